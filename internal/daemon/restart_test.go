package daemon_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/store"
)

// burst sends n requests by Tom, who may not ask: one answer for each.
func (w *world) burst(n int) {
	w.t.Helper()
	for i := range n {
		w.write(letter{author: "tom", id: fmt.Sprintf("burst.%d@acme.example", w.count()),
			text: fmt.Sprintf("Please add Lena Vogt <lena%d@acme.example> as Technician. She joins the night shift.", i)})
	}
}

// chatter sends n mails that are none of our business.
func (w *world) chatter(n int) {
	w.t.Helper()
	for i := range n {
		w.write(letter{author: "maria", unsigned: true, subject: "Fan noise",
			text: fmt.Sprintf("The fan in rack %d has been loud since this morning. Could somebody have a look?", i)})
	}
}

// wantAnswers checks that Tom got exactly one answer to each of the n mails of bursts, and no answer twice.
func (w *world) wantAnswers(n int) {
	w.t.Helper()
	w.rest()
	answers, ids := map[string]int{}, map[string]int{}
	for _, m := range w.deliveriesTo("tom") {
		ids[m.MessageID]++
		for _, id := range m.InReplyTo {
			answers[id]++
		}
	}
	for id, got := range answers {
		if got != 1 {
			w.t.Errorf("the mail %s got %d answers", id, got)
		}
	}
	if len(answers) != n || len(ids) != n {
		w.t.Errorf("%d mails were answered by %d, want %d each", len(answers), len(ids), n)
	}
	e, err := w.main.Store().Equation(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if left := int64(w.count() - n); !e.Holds() || e.Counts[access.Answered] != int64(n) || e.Counts[access.Left] != left {
		w.t.Errorf("the equation: %+v", e)
	}
}

// A soft stop in the middle of a burst of 200 mails, a quarter of which is to be answered, then a new daemon: each mail
// has one disposition, and each request one answer.
func TestStopWithinBurst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	half := func() {
		for range 25 {
			w.burst(1)
			w.chatter(3)
		}
	}
	half()
	w.until("some mails are processed", func(ctx context.Context, st *store.Store) (bool, error) {
		e, err := st.Equation(ctx)
		return e.Counts[access.Answered] > 5, err
	})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		w.stop()
	}()
	half() // goes on while the daemon stops
	<-stopped
	w.start()
	w.wantAnswers(50)
}

// crash leaves what a daemon leaves that dies while it processes: mails stored and claimed, never finished.
func (w *world) crash() {
	w.t.Helper()
	st := w.openStore()
	defer st.Close()
	ctx := w.t.Context()
	c, _, err := st.Cursor(ctx, "support")
	uidvalidity, uid := c.UIDValidity, c.UID
	if err != nil {
		w.t.Fatal(err)
	}
	raws, err := w.mail.Messages(support, "INBOX")
	if err != nil {
		w.t.Fatal(err)
	}
	var mails []access.RawMail
	for _, raw := range raws {
		uid++
		mails = append(mails, access.RawMail{UIDValidity: uidvalidity, UID: uid, InternalDate: time.Now(), Size: int64(len(raw)), Raw: raw})
	}
	if err := st.StoreMails(ctx, "support", mails, uidvalidity, uid); err != nil {
		w.t.Fatal(err)
	}
	w.claim(st, len(mails))
}

// claim claims mails as a daemon does that dies then, and checks that nobody else gets them meanwhile.
func (w *world) claim(st *store.Store, want int) {
	w.t.Helper()
	for _, n := range []int{want, 0} {
		claimed, err := st.ClaimInbound(w.t.Context(), time.Minute, 50)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(claimed) != n {
			w.t.Fatalf("%d mails were claimed, want %d", len(claimed), n)
		}
	}
}

// A daemon dies hard. When its claims have run out, the next one processes each mail once.
func TestHardDeath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	w.burst(3)
	w.crash()
	w.start()
	w.clock.advance(2 * time.Minute)
	w.wantAnswers(3)
	w.wantFiled("Countersign/Processed", 3)
}

// A mail that kills the daemon again and again is quarantined when it would be claimed once more. Those behind it that
// were claimed with it the first time are not blamed.
func TestKillerMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	w.send("tom", lenaTechnician) // the killer
	w.send("tom", janeSecondary)
	w.crash()
	st := w.openStore()
	for range 2 {
		w.clock.advance(2 * time.Minute)
		w.claim(st, 1)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * time.Minute)
	w.start()
	w.wantNews("tom: " + answered)
	got, err := w.main.Store().Messages(t.Context(), access.Quarantined, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Reason != "processing did not end, several times" {
		t.Errorf("quarantined are %+v", got)
	}
	w.wantFiled("Countersign/Quarantine", 1)
}

// playTwoDaemons: two daemons share one database and one mailbox. Nothing is done twice, and when the one that reads
// stops, the other takes over.
func playTwoDaemons(w *world) {
	first, second := w.main, w.launch()
	defer w.end(second)
	const n = 20
	w.burst(n)
	w.wantAnswers(n)
	w.main = second
	w.end(first)
	w.awaitIdle(second)
	w.burst(n)
	w.wantAnswers(2 * n)
	w.wantFiled("Countersign/Processed", 2*n)
	w.main = nil
}

// All loops of a daemon that has nothing to do go on, as those of one at work do: the supervisor hears of it.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	const stalled = 15 * time.Second // each loop looks for work every five
	w := newWorld(t, setup{})
	w.stop()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w.main = w.launchWith(w.config(), daemon.Options{Now: w.clock.Now, LeaseClock: w.clock.Now,
		Supervisor: daemon.Supervisor{Socket: path, Watchdog: 3 * time.Second, Stalled: stalled}})
	w.burst(3)
	if err := conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for began := time.Now(); time.Since(began) < stalled+8*time.Second; {
		b := make([]byte, 100)
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		said[string(b[:n])]++
	}
	if n, _ := w.log.look("a part of the program makes no progress; the supervisor starts it again"); n > 0 || said["WATCHDOG=1"] < 20 || said["READY=1"] != 1 {
		t.Errorf("it said %v, and %d times that it makes no progress", said, n)
	}
	w.wantAnswers(3)
}
