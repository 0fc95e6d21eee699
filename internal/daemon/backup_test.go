package daemon_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/store"
)

// A backup is made while the daemon runs, things go on, and the database is lost. After the restore nothing that was sent
// is sent again, what was decided after the backup is decided again from the mails that are moved back, and what the backup
// knows is recognised.
func TestRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	cfg := store.Config{Driver: "sqlite", Path: filepath.Join(w.dir, "countersign.db"), Now: w.clock.Now, Rand: rand.Reader}
	backup := filepath.Join(t.TempDir(), "backup.db")
	playRestore(w, func() {
		if err := store.Backup(t.Context(), cfg, backup); err != nil {
			t.Fatal(err)
		}
	}, func() *store.Recovery {
		var err error
		if cfg.Key, err = config.LoadOrCreateKey(w.config().SecretKeyFile, rand.Reader); err != nil {
			t.Fatal(err)
		}
		r, err := store.Restore(t.Context(), cfg, backup, true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

func playRestore(w *world, backup func(), restore func() *store.Recovery) {
	t := w.t
	w.send("maria", janeSecondary)
	m := w.get("paul", "Jane Doe", "APPROVE")
	w.rest()
	w.mail.SetFaults(mailserver.Faults{FailData: func(from string, _ []string) error {
		if strings.HasPrefix(from, "support") { // what the daemon sends
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Try again later"}
		}
		return nil
	}})
	w.send("tom", lenaTechnician)
	w.log.await(t, "outgoing mail not accepted yet", 1)
	backup()
	w.mail.SetFaults(mailserver.Faults{})
	w.clock.advance(time.Minute)
	w.get("tom", "CL-11")
	w.reply("paul", m, "APPROVE")
	w.get("jane", "/register/")
	w.rest()
	w.wantFiled("Countersign/Processed", 3)
	w.stop()

	r := restore()
	if r.Withheld != 1 || r.Newest.IsZero() {
		t.Errorf("restored: %+v, want one mail withheld", r)
	}
	w.moveBack("Countersign/Processed")
	w.start()
	w.get("jane", "/register/") // a new link: the old one's token is lost
	w.wantSeen(5)               // two before the backup, and three that were moved back
	e, err := w.main.Store().Equation(t.Context())
	if err != nil || !e.Holds() || e.Counts[access.Duplicate] != 2 {
		t.Errorf("the equation after the restore: %+v, %v", e, err)
	}
	w.clock.advance(time.Hour)
	for who, want := range map[string]int{"tom": 1, "jane": 2} {
		if got := len(w.deliveriesTo(who)); got != want {
			t.Errorf("%d mails reached %s, want %d", got, who, want)
		}
	}
	withheld, err := w.main.Store().OutgoingMails(t.Context(), "withheld", 10)
	if err != nil || len(withheld) != 1 || withheld[0].Recipient != people["tom"].address {
		t.Fatalf("withheld: %+v, %v", withheld, err)
	}
	todos, err := w.main.Store().Todos(t.Context(), 10)
	if err != nil || len(todos) != 1 || todos[0].Kind != access.TodoRestored {
		t.Errorf("to-dos: %+v, %v", todos, err)
	}
	// Staff find that it was never sent, and send it.
	if n, err := w.main.Store().SettleWithheld(t.Context(), []int64{withheld[0].ID}, true, address(t, people["paul"].address)); n != 1 || err != nil {
		t.Errorf("settling: %d, %v", n, err)
	}
	w.until("the withheld mail is sent", func(ctx context.Context, st *store.Store) (bool, error) {
		return len(w.deliveriesTo("tom")) == 2, nil
	})
	w.send("maria", "Please add Joan Roe <joan.roe@acme.example> as Secondary Contact. Reason: she runs the Berlin cage.")
	w.wantSeen(6)
	if number := w.requestNamed("Joan Roe").Ticket; number < fmt.Sprintf("REQ-%d-01000", w.clock.Now().UTC().Year()) {
		t.Errorf("the next ticket is %s: its number may have been given before", number)
	}
}

func (w *world) requestNamed(name string) access.RequestView {
	w.t.Helper()
	all, err := w.main.Store().Requests(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if string(r.Name) == name {
			return r
		}
	}
	w.t.Fatalf("there is no request for %s", name)
	return access.RequestView{}
}

// moveBack moves all mails of a folder back to the inbox, as an operator does.
func (w *world) moveBack(folder string) {
	w.t.Helper()
	c, err := imapclient.DialInsecure(w.mail.IMAPAddr(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(support, password).Wait(); err != nil {
		w.t.Fatal(err)
	}
	if _, err := c.Select(folder, nil).Wait(); err != nil {
		w.t.Fatal(err)
	}
	if _, err := c.Move(imap.SeqSet{{Start: 1, Stop: 0}}, "INBOX").Wait(); err != nil {
		w.t.Fatal(err)
	}
}
