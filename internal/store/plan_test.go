package store_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/store/storetest"
)

// growing are the tables that have a row for each mail, request or contact there ever was.
var growing = []string{"clients", "client_domains", "contacts", "contact_roles", "contact_grants", "tickets", "inbound_messages", "requests",
	"approvals", "approval_lines", "decisions", "delegations", "invitations", "challenges", "approval_codes", "outbound_messages", "timers", "events",
	"event_payloads", "visits", "sender_challenges"}

// waiting are the indexes that hold only what waits or is in force: reading one from end to end is no more than there is to do.
var waiting = []string{"inbound_messages_pending", "inbound_messages_unfiled", "inbound_messages_to_move", "outbound_messages_queued",
	"outbound_messages_fifo", "outbound_messages_until", "outbound_messages_inviting", "timers_due", "delegations_live"}

// daily are the beginnings of the statements of a digest that tell of all that wait for people.
var daily = map[string][]string{"SELECT count(*) FROM inbound_messages INDEXED BY inbound_messages_quarantined": {"inbound_messages_quarantined"},
	"SELECT count(*) FROM requests r WHERE r.state IN ('awaiting_approval', 'needs_details')": openIndexes,
	"SELECT t.number, c.name AS client, t.team, r.name, r.email":                              openIndexes}

// openIndexes are the indexes that hold the open requests alone.
var openIndexes = []string{"requests_open", "requests_open_about"}

// aboutAddresses is in the statement that looks for open requests by client and address.
var aboutAddresses = regexp.MustCompile(`FROM (?:unnest\(\$3::bigint\[\], \$4|json_each\(\$3)`)

// mayRead reports whether a statement may read an index from end to end.
func mayRead(query, index string) bool {
	for begin, all := range daily {
		if strings.HasPrefix(oneLine(query), begin) && slices.Contains(all, index) {
			return true
		}
	}
	return slices.Contains(waiting, index)
}

// What is run for each mail must cost the same however much there is: each statement finds its rows by an index.
func TestPlansSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "countersign.db")
	db := rawSQLite(t, path)
	s := storetest.Hot(t, database(db, store.Config{Driver: "sqlite", Path: path}))
	scan := regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)
	byAddress := 0
	for _, query := range hotStatements(t, s) {
		names := aliases(query)
		for _, row := range queryText(t, db, `EXPLAIN QUERY PLAN `+query, make([]any, parameters(query))...) {
			if aboutAddresses.MatchString(query) && row[3] == "SEARCH r USING INDEX requests_open_about (client_id=? AND <expr>=?)" {
				byAddress++
			}
			m := scan.FindStringSubmatch(row[3])
			if m != nil && slices.Contains(growing, names.table(m[1])) && !mayRead(query, m[2]) {
				t.Errorf("%s:\n%s", row[3], oneLine(query))
			}
		}
	}
	if byAddress != 1 {
		t.Errorf("%d statements look for open requests by client and address, want 1", byAddress)
	}
}

func (c *cluster) testPlans(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	db := rawPostgres(t, cfg.DSN)
	s := storetest.Hot(t, database(db, cfg))
	db.SetMaxOpenConns(1) // settings are the session's
	// As if there were a million rows of each, and little that waits.
	for _, column := range queryText(t, db, `SELECT table_name, column_name FROM information_schema.columns WHERE table_name IN ('`+strings.Join(growing, "', '")+`')`) {
		queryText(t, db, `ALTER TABLE `+column[0]+` ALTER COLUMN `+column[1]+` SET (n_distinct = -0.1)`)
	}
	for _, set := range []string{`ANALYZE`, `SET plan_cache_mode = force_generic_plan`, `SET enable_seqscan = off`,
		`UPDATE pg_class SET relpages = 1, reltuples = 1000000 WHERE relname IN ('` + strings.Join(growing, "', '") + `')`,
		`UPDATE pg_class SET relpages = 1, reltuples = 100 WHERE relname IN ('` + strings.Join(waiting, "', '") + `')`} {
		queryText(t, db, set)
	}
	byAddress := 0
	for i, query := range hotStatements(t, s) {
		name := fmt.Sprintf("hot%d", i)
		queryText(t, db, `PREPARE `+name+` AS `+query)
		args := ""
		if n := parameters(query); n > 0 {
			args = `(` + strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ") + `)`
		}
		var plans []struct{ Plan planNode }
		if err := json.Unmarshal([]byte(queryText(t, db, `EXPLAIN (FORMAT JSON) EXECUTE `+name+args)[0][0]), &plans); err != nil {
			t.Fatal(err)
		}
		for _, p := range plans {
			p.Plan.walk(func(n *planNode) {
				all := n.Condition == "" && n.Recheck == ""
				if aboutAddresses.MatchString(query) && n.Index == "requests_open_about" && strings.Contains(n.Condition, "client_id = v.client_id") &&
					strings.Contains(n.Condition, "= v.key") {
					byAddress++
				}
				if slices.Contains(growing, n.Relation) && all && !mayRead(query, n.Index) && n.Type != "ModifyTable" {
					t.Errorf("%s on %s by %q reads all of it:\n%s", n.Type, n.Relation, n.Index, oneLine(query))
				}
			})
		}
	}
	if byAddress != 1 {
		t.Errorf("%d statements look for open requests by client and address, want 1", byAddress)
	}
}

// planNode is a step of a plan of PostgreSQL.
type planNode struct {
	Type      string     `json:"Node Type"`
	Relation  string     `json:"Relation Name"`
	Index     string     `json:"Index Name"`
	Condition string     `json:"Index Cond"`
	Recheck   string     `json:"Recheck Cond"`
	Plans     []planNode `json:"Plans"`
}

func (n *planNode) walk(fn func(*planNode)) {
	fn(n)
	for i := range n.Plans {
		n.Plans[i].walk(fn)
	}
}

var places = regexp.MustCompile(`\$(\d+)`)

func parameters(query string) int {
	most := 0
	for _, m := range places.FindAllStringSubmatch(query, -1) {
		var n int
		fmt.Sscan(m[1], &n)
		most = max(most, n)
	}
	return most
}

// tableNames are the tables of a statement by the names that it gives them.
type tableNames map[string]string

var named = regexp.MustCompile(`(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?`)

func aliases(query string) tableNames {
	names := tableNames{}
	for _, m := range named.FindAllStringSubmatch(query, -1) {
		names[m[2]] = m[1]
	}
	return names
}

func (n tableNames) table(name string) string {
	if t := n[name]; t != "" {
		return t
	}
	return name
}

// byHand are the beginnings of statements that people cause: they may read all there is.
var byHand = []string{"SELECT 'seen' AS disposition", "SELECT t.number AS ticket", "INSERT INTO timers (kind, request_id, round, due_at)"}

// hotStatements are those that were run, but for those that people cause.
func hotStatements(t *testing.T, s *store.Store) []string {
	t.Helper()
	var hot []string
	for _, query := range s.Statements() {
		if !slices.ContainsFunc(byHand, func(begin string) bool { return strings.HasPrefix(oneLine(query), begin) }) {
			hot = append(hot, query)
		}
	}
	if len(hot) < 60 {
		t.Fatalf("%d statements were run, too few for a mail's whole way", len(hot))
	}
	return hot
}

func oneLine(query string) string { return strings.Join(strings.Fields(query), " ") }
