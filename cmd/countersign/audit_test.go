package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
)

// auditConfig is a config whose trail holds n events.
func auditConfig(t *testing.T, n int) string {
	t.Helper()
	path := sqliteConfig(t)
	must(t, "client", "import", "--config", path, file(t, "clients.yaml", clients))
	for i := range n {
		addEvent(t, path, i+1)
	}
	return path
}

// addEvent writes to-do number n, and that it is done, which is an event.
func addEvent(t *testing.T, path string, n int) {
	t.Helper()
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.OpenStore(t.Context(), cfg, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.NoteTodo(t.Context(), access.Todo{Kind: access.TodoStorm, About: fmt.Sprint(n)}); err != nil {
		t.Fatal(err)
	}
	must(t, "todo", "done", "--config", path, "--by", "paul@provider.example", fmt.Sprint(n))
}

// Whoever has only the export recomputes every hash from it, as docs/audit.md says.
func TestAuditExport(t *testing.T) {
	t.Parallel()
	cfg := "--config=" + auditConfig(t, 3)
	lines := strings.Split(strings.TrimSpace(must(t, "audit", "export", cfg)), "\n")
	previous, done := map[string]string{}, 0
	for _, line := range lines[:len(lines)-1] {
		var e struct {
			Chain, Kind, Salt, Previous, Hash string
			Sequence                          int
			RequestID                         int `json:"request_id"`
			At                                time.Time
			Payload                           json.RawMessage
			PayloadSum                        string `json:"payload_sum"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		salt, err := hex.DecodeString(e.Salt)
		if err != nil {
			t.Fatal(err)
		}
		payload := sha256.Sum256(append(salt, e.Payload...))
		hash := sha256.Sum256(fmt.Appendf(nil, "%q %d %q %d %d %s %s", e.Chain, e.Sequence, e.Kind, e.RequestID, e.At.UnixMicro(), hex.EncodeToString(payload[:]), previous[e.Chain]))
		if e.PayloadSum != hex.EncodeToString(payload[:]) || e.Hash != hex.EncodeToString(hash[:]) || e.Previous != previous[e.Chain] {
			t.Errorf("the hashes of this event are not those of its content: %s", line)
		}
		previous[e.Chain] = e.Hash
		if e.Kind == "todo_done" {
			done++
		}
	}
	var end struct{ Checkpoint string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || !strings.HasPrefix(end.Checkpoint, "checkpoint ") || done != 3 {
		t.Errorf("%d to-dos; the last line is %s (%v)", done, lines[len(lines)-1], err)
	}
	rows, err := csv.NewReader(strings.NewReader(must(t, "audit", "export", cfg, "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != len(lines) || rows[0][5] != "kind" {
		t.Errorf("%d lines of CSV, want %d: %v", len(rows), len(lines), err)
	}
	if code, _, errs := call(t, "audit", "export", cfg, "--ticket", "REQ-2026-99999"); code != exitFailed || !strings.Contains(errs, "there is no ticket") {
		t.Errorf("a ticket that is not there: exit code %d, %s", code, errs)
	}
}

// The checkpoint that a verify prints shows at the next one that the end of the trail was cut off.
func TestAuditCheckpoint(t *testing.T) {
	t.Parallel()
	path := auditConfig(t, 2)
	cfg := "--config=" + path
	early := filepath.Join(t.TempDir(), "early.db")
	must(t, "backup", cfg, early)
	kept := file(t, "checkpoints.txt", must(t, "audit", "verify", cfg)+"another line\n")
	addEvent(t, path, 3)
	out := must(t, "audit", "verify", cfg, "--checkpoints", kept)
	if !strings.Contains(out, "1 checkpoints hold\ncheckpoint ") {
		t.Errorf("an honest trail: %s", out)
	}
	now := out[strings.Index(out, "checkpoint 2"):]
	must(t, "audit", "verify", cfg, "--checkpoint", now)
	// Somebody puts back an older database: every chain in it is whole.
	data, err := os.ReadFile(early)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "test.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "audit", "verify", cfg, "--checkpoints", kept)
	if code, out, errs := call(t, "audit", "verify", cfg, "--checkpoints", kept, "--checkpoint", now); code != exitFailed || !strings.Contains(out, "1 are missing") ||
		!strings.Contains(errs, "broken in 1 places") {
		t.Errorf("a trail whose end is gone: exit code %d, %s%s", code, out, errs)
	}
	if code, out, _ := call(t, "audit", "verify", cfg, "--checkpoint", strings.Replace(now, " ", "  ", 1)); code != exitUsage {
		t.Errorf("a line that is no checkpoint: exit code %d, %s", code, out)
	}
}
