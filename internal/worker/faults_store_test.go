package worker_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/senderauth"
)

// outage is an error of the store that passes.
type outage struct{}

func (outage) Error() string   { return "the database is restarting" }
func (outage) Temporary() bool { return true }

// stubborn is an outbox that cannot record anything at first.
type stubborn struct {
	*outbox
	fails int
}

func (s *stubborn) FinishOutbound(ctx context.Context, all []access.Attempt) []error {
	s.mu.Lock()
	if s.fails--; s.fails >= 0 {
		s.mu.Unlock()
		return slices.Repeat([]error{outage{}}, len(all))
	}
	s.mu.Unlock()
	return s.outbox.FinishOutbound(ctx, all)
}

// A mail was accepted while the store is away: that is recorded when it is back, and the mail is not sent again.
func TestAcceptedWhileStoreAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &stubborn{outbox: newOutbox(1), fails: 20}
		submitted := 0
		sender := newSender(s.outbox, func(*access.Outgoing) error { submitted++; return nil })
		sender.Store = s
		send(t, sender, time.Hour)
		if diff := cmp.Diff(map[int64]access.Sent{1: {Accepted: true}}, s.sent); diff != "" || submitted != 1 {
			t.Errorf("submitted %d times, recorded (-want +got):\n%s", submitted, diff)
		}
	})
}

// The program is to stop while the store is away: it stays for a grace period, and records that a mail was accepted if the
// store comes back within it.
func TestStoppedWhileStoreAway(t *testing.T) {
	t.Parallel()
	for away, recorded := range map[time.Duration]bool{5 * time.Second: true, 25 * time.Second: true, 45 * time.Second: false} {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &absent{outbox: newOutbox(1), until: began.Add(time.Minute + away)}
				sender := newSender(s.outbox, func(*access.Outgoing) error { return nil })
				sender.Store, sender.Grace = s, 30*time.Second
				send(t, sender, time.Minute)
				if _, got := s.sent[1]; got != recorded {
					t.Errorf("recorded: %v, want %v", got, recorded)
				}
				if took := time.Since(began); took > time.Minute+min(away+2*time.Second, 30*time.Second) {
					t.Errorf("it stopped after %v", took)
				}
			})
		})
	}
}

// absent is an outbox that cannot record anything before a time.
type absent struct {
	*outbox
	until time.Time
}

func (a *absent) FinishOutbound(ctx context.Context, all []access.Attempt) []error {
	if time.Now().Before(a.until) {
		return slices.Repeat([]error{outage{}}, len(all))
	}
	return a.outbox.FinishOutbound(ctx, all)
}

// However long the store is away, no mail is blamed for it; one that it happens to for hours, and to no other, is.
func TestOutageBlamesNoMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outages     int
		finished    []int64
		quarantined map[int64]string
	}{
		"an hour": {1000, []int64{1, 2, 3}, map[int64]string{}},
		"hours":   {10000, []int64{1, 3}, map[int64]string{2: "what follows from it could not be stored, several times"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
				tries := 0
				s.decide = func(in *access.Inbound) error {
					if in.ID == 2 && tries < c.outages {
						tries++
						return outage{}
					}
					return nil
				}
				play(t, newProcessor(t, s), 12*time.Hour)
				if diff := cmp.Diff(c.finished, s.finished); diff != "" {
					t.Errorf("finished (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.quarantined, s.quarantined); diff != "" {
					t.Errorf("quarantined (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What cannot be given back at once, since the store is away, is given back as soon as it is there.
func TestGivenBackLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt")
		down := true
		s.decide = func(*access.Inbound) error {
			if down {
				return outage{}
			}
			return nil
		}
		s.release = func() error {
			if down {
				down = false
				return outage{}
			}
			return nil
		}
		play(t, newProcessor(t, s), 10*time.Second)
		if diff := cmp.Diff([]int64{2, 1}, s.released); diff != "" {
			t.Errorf("given back (-want +got):\n%s", diff)
		}
		if len(s.finished) != 2 {
			t.Errorf("finished are %v", s.finished)
		}
	})
}

// deafDNS does not answer while it is away, and heeds no context.
type deafDNS struct {
	senderauth.Resolver
	away chan struct{}
}

func (d deafDNS) LookupTXT(_ context.Context, name string) ([]string, error) {
	if strings.Contains(name, "slow.example") {
		<-d.away
	}
	return nil, errors.New("no such host")
}

// A mail at which reading does not come to an end is given up after the limit; those behind it wait no longer than that.
func TestReadingThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
		s.waiting[1].Raw = []byte(strings.ReplaceAll(string(s.waiting[1].Raw), "acme.example", "slow.example"))
		p := newProcessor(t, s)
		dns := deafDNS{away: make(chan struct{})}
		p.DNS = dns
		box := p.Mailboxes["support"]
		box.Sender.Mode = senderauth.OwnChecks
		p.Mailboxes["support"] = box
		start := time.Now()
		last := time.Duration(0)
		s.find = func(*access.Lookup) { last = time.Since(start) }
		play(t, p, time.Minute)
		close(dns.away)
		if diff := cmp.Diff(map[int64]string{2: "reading took longer than 10s"}, s.quarantined); diff != "" {
			t.Errorf("quarantined (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{1, 3}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
		if last > 11*time.Second {
			t.Errorf("the last mail waited %s", last)
		}
	})
}

// While mails are read for longer than a claim lasts, it is renewed; a stop waits for those in work, not for all.
func TestReadingForLong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		runs, ends time.Duration
		renewed    int // at least
	}{
		"to the end": {3 * time.Minute, 3 * time.Minute, 12},
		"stopped":    {time.Second, 11 * time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := manyMails(24)
				for i := range s.waiting {
					s.waiting[i].Raw = []byte(strings.ReplaceAll(string(s.waiting[i].Raw), "acme.example", "slow.example"))
				}
				p := newProcessor(t, s)
				dns := deafDNS{away: make(chan struct{})}
				defer close(dns.away)
				p.DNS = dns
				box := p.Mailboxes["support"]
				box.Sender.Mode = senderauth.OwnChecks
				p.Mailboxes["support"] = box
				start := time.Now()
				play(t, p, c.runs)
				if took := time.Since(start); took > c.ends {
					t.Errorf("it ended after %s", took)
				}
				renewed := 0
				for _, id := range s.renewed {
					if id == 24 {
						renewed++
					}
				}
				if renewed < c.renewed {
					t.Errorf("the claim of the last mail was renewed %d times in two minutes, want once in each ten seconds", renewed)
				}
			})
		})
	}
}
