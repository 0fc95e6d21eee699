package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
)

// What needs a human is said last and ends in exit code 1; with nothing of the kind it is 0.
func TestStatus(t *testing.T) {
	t.Parallel()
	path := sqliteConfig(t)
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-time.Hour)
	st, err := daemon.OpenStore(t.Context(), cfg, daemon.Options{Now: func() time.Time { return then }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.LeaseMailbox(t.Context(), "support", "me", 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	out := must(t, "status", "--config", path)
	if !strings.Contains(out, "mailbox support: 0 seen, read by a daemon\n") || strings.Contains(out, "human") {
		t.Errorf("a quiet daemon: %s", out)
	}
	mail := access.RawMail{UIDValidity: 1, UID: 1, InternalDate: then, Size: 1, Raw: []byte("x")}
	if err := st.StoreMails(t.Context(), "support", []access.RawMail{mail}, 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := st.NoteTodo(t.Context(), access.Todo{Kind: access.TodoCertificate, About: "It ends.\x1b[2J"}); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, "status", "--config", path)
	for _, want := range []string{"1 seen = 1 pending", "to process: 1 (0 claimed, 0 tried before, the oldest since 1h0m", "to send: 0\n", "to do: certificate It ends.[2J, 1 times",
		"needs a human: the oldest mail to process has waited for 1h0m", "needs a human: 1 to-dos are open"} {
		if !strings.Contains(out, want) {
			t.Errorf("the status does not say %q:\n%s", want, out)
		}
	}
	if code != exitFailed || !strings.Contains(errs, "2 things need a human") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	code, out, _ = call(t, "status", "--json", "--config", path)
	var got struct {
		Equation struct{ Seen int }
		Holds    bool `json:"equation_holds"`
		Inbound  struct {
			Waiting int
			Oldest  time.Time
		}
		Mailboxes []struct{ Name string }
		Needs     []string `json:"needs_human"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if code != exitFailed || got.Equation.Seen != 1 || !got.Holds || got.Inbound.Waiting != 1 || got.Inbound.Oldest.UnixMicro() != then.UnixMicro() ||
		len(got.Mailboxes) != 1 || len(got.Needs) != 2 {
		t.Errorf("exit code %d, as JSON: %+v", code, got)
	}
}
