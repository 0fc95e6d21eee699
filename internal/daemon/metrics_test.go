package daemon_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// httpGet reads a page of the daemon.
func httpGet(t *testing.T, url string) (status int, body string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// wantLines checks that each line stands in a page.
func wantLines(t *testing.T, page string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the line %q is missing from\n%s", line, page)
		}
	}
}

// The metrics tell what became of the mails, on a port of their own, and name nobody.
func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{extra: `metrics: {listen: "127.0.0.1:0"}`})
	w.send("maria", janeSecondary)
	w.get("paul", "Jane Doe", "APPROVE")
	w.send("mallo", janeSecondary) // a stranger
	w.rest()
	w.wantFiled("Countersign/Processed", 1)
	if status, _ := httpGet(t, "http://"+w.main.WebAddr()+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the public pages answer /metrics with %d", status)
	}
	status, page := httpGet(t, "http://"+w.main.MetricsAddr()+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, page)
	}
	wantLines(t, page, `countersign_build_info{version="devel"} 1`, "countersign_database_up 1", "countersign_mails_seen_total 2",
		`countersign_mails{disposition="applied"} 1`, `countersign_mails{disposition="quarantined"} 1`, `countersign_mails{disposition="pending"} 0`,
		"countersign_equation_holds 1", "countersign_inbound_waiting 0", "countersign_inbound_oldest_seconds 0", "countersign_outgoing_waiting 0",
		"countersign_timers_waiting 0", `countersign_requests{state="awaiting_approval"} 1`, `countersign_mailbox_connected{mailbox="support"} 1`,
		`countersign_mailbox_leased{mailbox="support"} 1`, `countersign_submissions_total{result="refused"} 0`, "countersign_processing_seconds_count 2", "countersign_todos_open 0")
	if strings.Contains(page, "@") || strings.Contains(page, "Acme") || strings.Contains(page, "Jane") {
		t.Errorf("the metrics name somebody:\n%s", page)
	}
	wantFormat(t, page)
	if status, body := httpGet(t, "http://"+w.main.MetricsAddr()+"/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("health: %d %q", status, body)
	}
}

// wantFormat checks each line against the text format, and that every number has its help and type once, in front of it.
func wantFormat(t *testing.T, page string) {
	t.Helper()
	sample := regexp.MustCompile(`^([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\.)*"\})? (?:[0-9.e+-]+|\+Inf)$`)
	meta := regexp.MustCompile(`^# (HELP|TYPE) ([a-z_]+) .+$`)
	said := map[string]bool{}
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if m := meta.FindStringSubmatch(line); m != nil {
			if key := m[1] + m[2]; said[key] {
				t.Errorf("said twice: %s", line)
			} else {
				said[key] = true
			}
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no line of the format: %q", line)
			continue
		}
		name := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(m[1], "")
		if !said["TYPE"+name] && !said["TYPE"+m[1]] {
			t.Errorf("no type stands before %q", line)
		}
	}
}
