package daemon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	netsmtp "net/smtp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/store"
)

const (
	canaryLate = "a canary did not come back: mail does not go out, or does not come in"
	canaryBack = "a canary is back: mail goes out and comes in again"
)

// canaries waits until so many have come back.
func (w *world) canaries(n int64) {
	w.t.Helper()
	w.until("canaries come back", func(ctx context.Context, st *store.Store) (bool, error) {
		all, err := st.Canaries(ctx)
		return err == nil && len(all) == 1 && all[0].Returned >= n && all[0].ReturnedAt != nil, err
	})
}

// wantLogged checks how often a line was logged.
func (w *world) wantLogged(message string, want int) {
	w.t.Helper()
	if got, _ := w.log.look(message); got != want {
		w.t.Errorf("%q was logged %d times, want %d", message, got, want)
	}
}

// newHook is a webhook that refuses the first time, and passes on what it is told.
func newHook(t *testing.T) (address string, told <-chan string) {
	t.Helper()
	events := make(chan string, 10)
	var tries atomic.Int64
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var news struct{ Event, Way, Mailbox, Text string }
		if err != nil || json.Unmarshal(body, &news) != nil || r.Method != http.MethodPost || strings.Contains(string(body), "@") {
			t.Errorf("the webhook gets %s %q (%v)", r.Method, body, err)
		}
		if tries.Add(1) == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		events <- strings.TrimSpace(news.Mailbox + " " + news.Event + " " + news.Way)
	}))
	t.Cleanup(h.Close)
	return h.URL, events
}

func wantTold(t *testing.T, told <-chan string, want string) {
	t.Helper()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case got := <-told:
		if got != want {
			t.Errorf("the webhook is told %q, want %q", got, want)
		}
	case <-timeout.C:
		t.Fatalf("the webhook is not told %q", want)
	}
}

// Mail does not go out: one alarm, by log, health, metrics and webhook, however long it lasts, and one line when it is over.
func TestCanaryOutgoing(t *testing.T) {
	t.Parallel()
	address, told := newHook(t)
	w := newWorld(t, setup{extra: "metrics: {listen: \"127.0.0.1:0\"}\ncanary: {every: 10m, webhook: \"" + address + "/sesame-hook\"}"})
	w.canaries(1)
	w.wantFiled("Countersign/Processed", 1)
	if err := w.mail.StopSMTP(); err != nil {
		t.Fatal(err)
	}
	for range 3 { // three canaries are lost
		w.clock.advance(10 * time.Minute)
		w.awaitCanarySent()
		w.clock.advance(5 * time.Minute)
	}
	w.log.await(t, canaryLate, 1)
	if _, body := httpGet(t, "http://"+w.main.WebAddr()+"/healthz"); body != "canary support: did not come back; look at outgoing mail\n" {
		t.Errorf("health says %q", body)
	}
	_, page := httpGet(t, "http://"+w.main.MetricsAddr()+"/metrics")
	wantLines(t, page, `countersign_canary_late{mailbox="support"} 1`, `countersign_canaries_returned_total{mailbox="support"} 1`)
	w.log.await(t, "the webhook of the canary was not told; it is tried again", 1)
	w.clock.advance(time.Minute)
	wantTold(t, told, "support canary_late outgoing")
	if err := w.mail.StartSMTP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(10 * time.Minute)
	w.log.await(t, canaryBack, 1)
	wantTold(t, told, "support canary_back")
	w.wantLogged(canaryLate, 1)
	if _, body := httpGet(t, "http://"+w.main.WebAddr()+"/healthz"); body != "ok\n" {
		t.Errorf("health says %q", body)
	}
	w.wantSeen(2)
	if e, err := w.main.Store().Equation(t.Context()); err != nil || !e.Holds() || e.Counts[access.Applied] != 2 {
		t.Errorf("the equation with two canaries: %+v, %v", e, err)
	}
}

// wantSeen waits until so many mails have been seen and settled, canaries among them.
func (w *world) wantSeen(n int64) {
	w.t.Helper()
	w.until("all mails are settled", func(ctx context.Context, st *store.Store) (bool, error) {
		e, err := st.Equation(ctx)
		return err == nil && e.Seen == n && e.Counts[access.Pending] == 0, err
	})
}

// awaitCanarySent waits until the newest canary is of now.
func (w *world) awaitCanarySent() {
	w.t.Helper()
	w.until("a canary is sent", func(ctx context.Context, st *store.Store) (bool, error) {
		all, err := st.Canaries(ctx)
		return err == nil && len(all) == 1 && w.clock.Now().Sub(all[0].SentAt) < time.Minute, err
	})
}

// Mail goes out, and what comes back cannot be read.
func TestCanaryIncoming(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{extra: "canary: {every: 10m}"})
	w.canaries(1)
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(10 * time.Minute)
	w.awaitCanarySent()
	w.until("the canary is with the server", func(ctx context.Context, st *store.Store) (bool, error) {
		all, err := st.Canaries(ctx)
		return err == nil && all[0].Outgoing == "sent", err
	})
	w.clock.advance(5 * time.Minute)
	w.log.await(t, canaryLate, 1)
	_, body := httpGet(t, "http://"+w.main.WebAddr()+"/healthz")
	wantLines(t, body, "canary support: did not come back; look at incoming mail")
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.log.await(t, canaryBack, 1) // late, and yet back
	w.wantLogged(canaryLate, 1)
}

// A canary that somebody else writes is a mail like any other: without the secret key nobody makes the mark. Neither is
// one that comes a second time, or that is quoted, taken for the proof that mail goes out and comes in.
func TestCanaryForged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{extra: "canary: {every: 10m}"})
	w.canaries(1)
	var sent mailserver.Delivery
	for _, d := range w.mail.Deliveries() {
		if d.To == support {
			sent = d
		}
	}
	w.mail.SetFaults(mailserver.Faults{FailData: func(from string, _ []string) error {
		if from == support { // as the canary that is to come
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Try again later"}
		}
		return nil
	}})
	w.clock.advance(10 * time.Minute)
	w.awaitCanarySent()
	m, err := message.Parse(sent.Raw)
	if err != nil {
		t.Fatal(err)
	}
	mark := m.Get(access.CanaryField)
	when, sum, ok := strings.Cut(mark, "-")
	all, err := w.main.Store().Canaries(t.Context())
	if !ok || err != nil {
		t.Fatalf("the mark is %q; %v", mark, err)
	}
	expected := fmt.Sprintf("%016d", all[0].SentAt.UnixMicro())
	for i, header := range []string{
		access.CanaryField + ": " + expected + "-" + sum,                     // the sum of another one
		access.CanaryField + ": " + expected + "-" + strings.Repeat("0", 32), // no sum
		access.CanaryField + ": " + expected,
		"X-Other: x\r\n\r\n" + access.CanaryField + ": " + when + "-" + sum, // in the body
	} {
		w.deliver(fmt.Appendf(nil, "From: Support <%[1]s>\r\nTo: %[1]s\r\nSubject: Canary\r\nMessage-ID: <forged%[2]d@provider.example>\r\n"+
			"Date: Sun, 22 Nov 2026 12:00:0%[2]d +0000\r\nAuto-Submitted: auto-generated\r\n%[3]s\r\n\r\nHello %[2]d\r\n", support, i, header))
	}
	w.deliver(sent.Raw) // and the real one of before, once more
	w.wantSeen(6)
	all, err = w.main.Store().Canaries(t.Context())
	if err != nil || len(all) != 1 || all[0].ReturnedAt != nil || all[0].Returned != 2 {
		t.Errorf("the canary after the forgeries: %+v, %v", all, err)
	}
	e, err := w.main.Store().Equation(t.Context())
	if err != nil || e.Counts[access.Applied] != 2 || e.Counts[access.Left] != 4 {
		t.Errorf("the equation after the forgeries: %+v, %v", e, err)
	}
}

// deliver hands a mail of a stranger to the MX as it is.
func (w *world) deliver(raw []byte) {
	w.t.Helper()
	if err := netsmtp.SendMail(w.mail.SMTPAddr(), nil, "attacker@stranger.example", []string{support}, raw); err != nil {
		w.t.Fatal(err)
	}
}
