package worker_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/worker"
)

var errStore = errors.New("the store is away")

// inbox is a store of inbound mails that keeps what became of them. Its hooks may fail or panic.
type inbox struct {
	mu          sync.Mutex
	waiting     []access.Inbound // not claimed
	claims      []time.Time
	renewed     []int64
	released    []int64
	finished    []int64
	runs        []int // how many mails were decided together each time
	quarantined map[int64]string
	classes     map[int64]string

	claim   func() error
	find    func(*access.Lookup)
	decide  func(*access.Inbound) error
	most    int // to decide together; 0 for all
	leave   func(in *access.Inbound, first bool) bool
	thread  *access.Thread
	release func() error
}

// newInbox holds a request by Tom, who may not ask, for each name.
func newInbox(names ...string) *inbox {
	s := &inbox{quarantined: map[int64]string{}, classes: map[int64]string{}}
	for i, name := range names {
		s.waiting = append(s.waiting, access.Inbound{ID: int64(i + 1), Mailbox: "support", Raw: request(i+1, name)})
	}
	return s
}

func request(n int, name string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.provider.example; dmarc=pass header.from=acme.example
From: Tom Okafor <tom@acme.example>
To: support@provider.example
Subject: Access
Date: Mon, 02 Mar 2026 10:00:00 +0000
Message-ID: <%d@acme.example>

Please add %s <new%d@acme.example> as Technician. She joins the night shift.
`, n, name, n), "\n", "\r\n"))
}

func (s *inbox) ClaimInbound(_ context.Context, _ time.Duration, limit int) ([]access.Inbound, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims = append(s.claims, time.Now())
	if s.claim != nil {
		if err := s.claim(); err != nil {
			return nil, err
		}
	}
	n := min(limit, len(s.waiting))
	claimed := slices.Clone(s.waiting[:n])
	s.waiting = s.waiting[n:]
	for i := range claimed {
		claimed[i].Attempts++
	}
	return claimed, nil
}

func (*inbox) NextInbound(context.Context) (time.Time, error) { return time.Time{}, nil }

func (s *inbox) RenewInbound(_ context.Context, claimed []access.Inbound, _ time.Duration) error {
	for _, in := range claimed {
		s.renewed = append(s.renewed, in.ID)
	}
	return nil
}

func (s *inbox) ReleaseInbound(_ context.Context, in *access.Inbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.release != nil {
		if err := s.release(); err != nil {
			return err
		}
	}
	s.released = append(s.released, in.ID)
	back := *in
	back.Attempts--
	s.waiting = append(s.waiting, back)
	slices.SortFunc(s.waiting, func(a, b access.Inbound) int { return int(a.ID - b.ID) })
	return nil
}

func (s *inbox) QuarantineInbound(_ context.Context, in *access.Inbound, _ access.Facts, reason string) error {
	s.quarantined[in.ID] = reason
	return nil
}

func (s *inbox) FindThreads(_ context.Context, lookups []*access.Lookup) ([]*access.Thread, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var threads []*access.Thread
	for _, l := range lookups {
		if s.find != nil {
			s.find(l)
		}
		threads = append(threads, cmp.Or(s.thread, &access.Thread{}))
	}
	return threads, nil
}

// DecideMails decides on all of the mails or, where there is an error, on none.
func (s *inbox) DecideMails(_ context.Context, mails []*access.Undecided) ([]*access.Outcome, error) {
	all := make([]*access.Outcome, len(mails))
	var finished []int64
	if s.most > 0 {
		mails = mails[:min(s.most, len(mails))]
	}
	for i, m := range mails {
		if s.leave != nil && s.leave(m.In, i == 0) {
			continue
		}
		o, err := s.decideOne(m)
		if err != nil {
			return nil, err
		}
		all[i], finished = o, append(finished, m.In.ID)
	}
	s.finished, s.runs = append(s.finished, finished...), append(s.runs, len(mails))
	return all, nil
}

func (s *inbox) decideOne(u *access.Undecided) (*access.Outcome, error) {
	if s.decide != nil {
		if err := s.decide(u.In); err != nil {
			return nil, err
		}
	}
	tom := &access.Contact{ID: 1, ClientID: 1, Name: "Tom Okafor", Address: address("tom@acme.example"), Kind: access.Person,
		State: access.ContactActive, Roles: []string{"technician"}}
	o, err := u.Decide(&access.Situation{Client: &access.Client{ID: 1, Name: "Acme", RoleModel: "contact-levels"},
		AuthorContacts: []*access.Contact{tom}, Contacts: []*access.Contact{tom}})
	if err != nil {
		return nil, err
	}
	for _, m := range o.Mails {
		if _, err := u.Render(m); err != nil {
			return nil, err
		}
	}
	s.classes[u.In.ID] = u.Facts.Class
	return o, nil
}

func env() *access.Env {
	return &access.Env{Now: time.Now(), Rand: rand.Reader, Settings: access.DefaultSettings, Model: func(id string) *policy.Model {
		m, err := policy.Builtin(id)
		if err != nil {
			panic(err)
		}
		return m
	}}
}

func render(*access.Mail) (*access.Rendered, error) { return &access.Rendered{}, nil }

func newProcessor(t *testing.T, s *inbox) *worker.Processor {
	t.Helper()
	m, err := policy.Builtin("contact-levels")
	if err != nil {
		t.Fatal(err)
	}
	return &worker.Processor{Store: s, Models: []*policy.Model{m}, Env: env, Render: render, Wake: make(chan struct{}), Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Batch: 50, Together: 25, Readers: 2, Limit: 10 * time.Second,
		Mailboxes: map[string]worker.Mailbox{"support": {Team: access.TeamSupport, Own: address("support@provider.example"),
			Sender: senderauth.Config{AuthservID: "mx.provider.example"}}}}
}

// oneByOne decides each mail in a transaction of its own.
func oneByOne(t *testing.T, s *inbox) *worker.Processor {
	t.Helper()
	p := newProcessor(t, s)
	p.Together = 1
	return p
}

func address(s string) mailaddr.Address {
	a, err := mailaddr.Parse(s)
	if err != nil {
		panic(err) // the addresses are the tests' own
	}
	return a
}
