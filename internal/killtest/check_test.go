package killtest

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/message"
)

// restless says what is still to do, or nil.
func (s *scene) restless() error {
	db := s.database()
	for what, query := range map[string]string{
		"mails to process": `SELECT count(*) FROM inbound_messages WHERE disposition = 'pending'`,
		"mails to file":    `SELECT count(*) FROM inbound_messages WHERE filed_at IS NULL AND disposition IN ('applied', 'answered', 'duplicate', 'quarantined')`,
		"mails to send":    `SELECT count(*) FROM outbound_messages WHERE state = 'queued'`,
		"timers to fire":   `SELECT count(*) FROM timers WHERE fired_at IS NULL AND kind = 'release'`,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%d %s", n, what)
		}
	}
	if n := s.system.queued(); n > 0 {
		return fmt.Errorf("%d mails on their way", n)
	}
	s.mu.Lock()
	sent := len(s.sent)
	s.mu.Unlock()
	var stored int
	if err := db.QueryRow(`SELECT count(*) FROM inbound_messages`).Scan(&stored); err != nil {
		return err
	}
	if stored < sent {
		return fmt.Errorf("%d of %d mails are stored", stored, sent)
	}
	return nil
}

func (s *scene) database() *sql.DB {
	if s.db == nil {
		s.db = s.system.open(s.t, s.dir)
	}
	return s.db
}

// books is what the checker finds wrong.
type books struct {
	lost, doubled []string
	again         int // mails whose acceptance was cut off: sent twice with one Message-ID
}

// check proves, from the mailboxes and the database alone and knowing what was sent, that nothing was lost or doubled.
func (s *scene) check(n int) {
	t := s.t
	t.Helper()
	b := &books{}
	s.checkInbound(b)
	s.checkRequests(b, n)
	s.checkOutbound(b)
	if out := s.run("audit", "verify", "--config", s.path("config.yaml")); out == "" {
		t.Error("audit verify says nothing")
	}
	for _, line := range slices.Concat(b.lost, b.doubled) {
		t.Error(line)
	}
	t.Logf("dispositions: %s", s.shares())
	var restarts []string
	for _, what := range slices.Sorted(maps.Keys(s.disturbed)) {
		restarts = append(restarts, fmt.Sprintf("%s %d", what, s.disturbed[what]))
	}
	t.Logf("restarts in between: %s", strings.Join(restarts, ", "))
	t.Logf("kills: %d, mails: %d, lost: %d, doubled: %d (sent again with the same Message-ID: %d)", *kills, len(s.sent), len(b.lost), len(b.doubled), b.again)
}

// checkInbound: each mail that reached the mailbox has one row, with what it must become, and lies where it belongs.
func (s *scene) checkInbound(b *books) {
	rows := s.query(`SELECT message_id, disposition, reason FROM inbound_messages`)
	got := map[string][]string{}
	filed := map[string]int{}
	for _, r := range rows {
		if r[0] == "" {
			b.lost = append(b.lost, fmt.Sprintf("a mail was not read, and became %s: %s", r[1], r[2]))
		}
		got[r[0]] = append(got[r[0]], r[1])
		filed[r[1]]++
	}
	for id, becomes := range s.sent {
		switch d := got[id]; {
		case len(d) == 0:
			b.lost = append(b.lost, "no row for the mail "+id)
		case len(d) > 1:
			b.doubled = append(b.doubled, fmt.Sprintf("the mail %s has the rows %v", id, d))
		case d[0] != becomes:
			b.lost = append(b.lost, fmt.Sprintf("the mail %s became %s, want %s", id, d[0], becomes))
		}
	}
	if len(got) > len(s.sent) {
		b.doubled = append(b.doubled, fmt.Sprintf("%d mails are stored, %d were sent", len(got), len(s.sent)))
	}
	for folder, want := range map[string]int{"INBOX": filed["left"], "Countersign/Processed": filed["applied"] + filed["answered"] + filed["duplicate"],
		"Countersign/Quarantine": filed["quarantined"]} {
		if n := s.system.folder(folder); n != want {
			b.lost = append(b.lost, fmt.Sprintf("%s holds %d mails, want %d", folder, n, want))
		}
	}
}

// checkRequests: each mail that asks for somebody made one request, which went its way once.
func (s *scene) checkRequests(b *books, n int) {
	states := map[string][]string{}
	for _, r := range s.query(`SELECT email, state, id FROM requests`) {
		states[r[0]] = append(states[r[0]], r[1])
	}
	for i := range n {
		m := s.load.Mail(i)
		var want []string
		switch m.Kind {
		case load.KindRequest:
			want = []string{"invited"}
			if rejects(newcomer.FindStringSubmatch(m.Newcomer)[1]) {
				want = []string{"rejected"}
			}
		case load.KindIncomplete:
			want = []string{"needs_details"}
		case load.KindForbidden:
			want = []string{"refused"}
		}
		if m.Newcomer == "" {
			continue
		}
		if got := states[m.Newcomer]; !slices.Equal(got, want) {
			list := &b.lost
			if len(got) > len(want) {
				list = &b.doubled
			}
			*list = append(*list, fmt.Sprintf("the requests for %s (%s) are %v, want %v", m.Newcomer, m.Kind, got, want))
		}
		invitations := 0
		for _, raw := range s.distinct(b, m.Newcomer) {
			if strings.Contains(raw, "/register/") {
				invitations++
			}
		}
		if (invitations == 1) != slices.Equal(want, []string{"invited"}) || invitations > 1 {
			b.doubled = append(b.doubled, fmt.Sprintf("%d invitations went to %s, whose request must be %v", invitations, m.Newcomer, want))
		}
	}
	for _, r := range s.query(`SELECT request_id, stage, round, count(*) FROM decisions GROUP BY request_id, stage, round HAVING count(*) > 1`) {
		b.doubled = append(b.doubled, fmt.Sprintf("decided twice: %v", r))
	}
}

// checkOutbound: what is on record as sent has arrived, once, and nothing else; nobody was told the same thing twice.
func (s *scene) checkOutbound(b *books) {
	sent := map[string]int{}
	for _, r := range s.query(`SELECT recipient, state FROM outbound_messages`) {
		if r[1] != "sent" {
			b.lost = append(b.lost, fmt.Sprintf("a mail to %s is %s", r[0], r[1]))
		}
		sent[r[0]]++
	}
	for _, a := range s.addresses {
		if got := len(s.distinct(b, a)); got != sent[a] {
			b.lost = append(b.lost, fmt.Sprintf("%s got %d mails, %d are on record", a, got, sent[a]))
		}
	}
	for _, r := range s.query(`SELECT ticket_id, recipient, kind, count(*) FROM outbound_messages
		WHERE kind IN ('answer', 'approval', 'invitation', 'receipt') GROUP BY ticket_id, recipient, kind HAVING count(*) > 1`) {
		b.doubled = append(b.doubled, fmt.Sprintf("told twice: ticket %s, %s, %s", r[0], r[1], r[2]))
	}
}

// distinct is the mail of an inbox, each Message-ID once.
func (s *scene) distinct(b *books, address string) []string {
	s.t.Helper()
	var list []string
	seen := map[string]bool{}
	for _, raw := range s.system.inbox(address) {
		m, err := message.Parse(raw)
		if err != nil {
			s.t.Fatal(err)
		}
		if seen[m.MessageID] {
			s.again[address+m.MessageID] = true
			b.again = len(s.again)
			continue
		}
		seen[m.MessageID] = true
		list = append(list, m.Text)
	}
	return list
}

func (s *scene) query(text string) [][]string {
	s.t.Helper()
	rows, err := s.database().Query(text)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *scene) shares() string {
	var parts []string
	for _, r := range s.query(`SELECT disposition, count(*) * 100 / (SELECT count(*) FROM inbound_messages) FROM inbound_messages GROUP BY disposition ORDER BY 2 DESC`) {
		parts = append(parts, r[0]+" "+r[1]+" %")
	}
	return strings.Join(parts, ", ")
}
