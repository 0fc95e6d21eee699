package mailbox

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/mailserver"
)

// TestQuotaFull: what cannot be filed stays where it is, is said once, and goes to its folder when there is room again.
// New mail is read meanwhile.
func TestQuotaFull(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		var room atomic.Bool
		p := proxyTo(t, s.port())
		p.Answer(func(line string) string {
			tag, rest, _ := strings.Cut(line, " ")
			if room.Load() || !strings.HasPrefix(rest, "UID MOVE") {
				return ""
			}
			return tag + " NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"
		})
		cfg := configFor(p.Port())
		cfg.IdleRefresh = 50 * time.Millisecond
		sink, log := newMemory(), &lines{}
		sink.settle = func(Fetched) FilingTarget { return FileProcessed }
		runLogged(t, cfg, sink, log)
		for n := range 2 {
			s.deliver(t, message(n, 0))
			sink.awaitMessages(t, n+1)
		}
		sink.awaitState(t, Idle, count(sink.snapshot().states, Idle)+3)
		checkFolder(t, s, "INBOX", 2)
		room.Store(true)
		sink.awaitFiled(t, 2)
		checkFolder(t, s, "Countersign/Processed", 2)
		if n := strings.Count(log.String(), "the server refuses to file; it is tried again"); n != 1 {
			t.Errorf("the refusal was logged %d times, want once:\n%s", n, log.String())
		}
	})
}

// TestGoneBack: a server that was restored and kept its UIDVALIDITY gives numbers of mails that were read to new ones.
func TestGoneBack(t *testing.T) {
	for name, arrivals := range map[string]int{"nothingnew": 0, "fewernew": 2, "asmanynew": 3, "morenew": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmbedded(t, mailserver.Faults{})
			s.deliver(t, message(1, 0))
			restore, err := s.Snapshot(user, "INBOX")
			if err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				s.deliver(t, message(2+n, 0))
			}
			sink := newMemory()
			_, stop := run(t, configFor(s.port()), sink)
			sink.awaitMessages(t, 4)
			stop()
			later := sink.messages()[0].InternalDate.Add(time.Hour) // INTERNALDATE knows only seconds
			restore()
			for n := range arrivals {
				appendMail(t, colleague(t, s), message(10+n, 0), later)
			}
			log := &lines{}
			r := New(configFor(s.port()), sink, slog.New(slog.NewTextHandler(log, nil)))
			session, err := connect(t.Context(), r.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer session.close()
			if err := session.open(t.Context()); err != nil {
				t.Fatal(err)
			}
			c, err := r.findCursor(t.Context(), session)
			if err != nil {
				t.Fatal(err)
			}
			if c.UID != 0 || !strings.Contains(log.String(), "gone back to an older state") {
				t.Errorf("reading goes on after UID %d; the log says %q", c.UID, log.String())
			}
			// It is not found to have gone back again.
			if _, err := r.readNew(t.Context(), session, c); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestRenamed: while the mailbox has another name nothing is lost, and a session that idles does not stay with the renamed
// one, where nothing arrives.
func TestRenamed(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		c := colleague(t, s)
		create := func() {
			t.Helper()
			if err := c.Create("Support", nil).Wait(); err != nil {
				t.Fatal(err)
			}
		}
		create()
		add := func(n int) {
			t.Helper()
			command := c.Append("Support", int64(len(message(n, 0))), nil)
			if _, err := command.Write(message(n, 0)); err != nil {
				t.Fatal(err)
			}
			if err := command.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := command.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		rename := func(from, to string) {
			t.Helper()
			if err := c.Rename(from, to, nil).Wait(); err != nil {
				t.Fatal(err)
			}
		}
		add(1)
		cfg := configFor(s.port())
		cfg.Mailbox, cfg.IdleRefresh = "Support", 50*time.Millisecond
		sink := newMemory()
		run(t, cfg, sink)
		sink.awaitMessages(t, 1)
		sink.awaitState(t, Idle, 1)
		rename("Support", "Old")
		sink.awaitState(t, Disconnected, 1)
		rename("Old", "Support")
		add(2)
		checkWhole(t, sink.awaitMessages(t, 2), message(1, 0), message(2, 0))
		// Somebody makes a new one of the same name at once.
		rename("Support", "Old")
		create()
		add(3)
		checkWhole(t, sink.awaitMessages(t, 3), message(1, 0), message(2, 0), message(3, 0))
	})
}
