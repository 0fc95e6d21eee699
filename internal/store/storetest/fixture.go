package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
)

// key seals the outgoing mail of every store of the suite.
var key = bytes.Repeat([]byte{7}, 32)

// epoch is when each test starts: off UTC and finer than a microsecond, since the engines must not care.
var epoch = time.Date(2026, 3, 2, 14, 30, 0, 123456789, time.FixedZone("IST", 5*3600+1800))

// clock is a time that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fixture is an open store and what a test needs beside it.
type fixture struct {
	*store.Store
	db       *Database
	clock    *clock
	post     *post
	world    world
	settings access.Settings
	model    *policy.Model   // of all clients; the built-in one where nil
	another  func() *fixture // on a database of its own
}

func newFixture(t *testing.T, db *Database) *fixture {
	t.Helper()
	f := &fixture{db: db, clock: &clock{now: epoch}, post: &post{}, settings: access.DefaultSettings}
	f.Store = f.open(t)
	return f
}

// open opens one more store on the same database.
func (f *fixture) open(t testing.TB) *store.Store {
	t.Helper()
	cfg := f.db.Config
	cfg.Key, cfg.Now, cfg.LeaseClock, cfg.Rand = key, f.clock.Now, f.clock.Now, rand.Reader
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// count is the one number that a query returns.
func (f *fixture) count(t testing.TB, query string, args ...any) int {
	t.Helper()
	rows := f.db.Query(t, query, args...)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("%s: got %v, want one number", query, rows)
	}
	n, err := strconv.Atoi(rows[0][0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func address(s string) mailaddr.Address {
	a, err := mailaddr.Parse(s)
	if err != nil {
		panic(err) // the addresses are the suite's own
	}
	return a
}

// arrive stores mails of these texts as the next UIDs of the mailbox "support", and returns them claimed, in order.
func (f *fixture) arrive(t testing.TB, texts ...string) []access.Inbound {
	t.Helper()
	f.deliver(t, texts...)
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, len(texts))
	if err != nil {
		t.Fatal(err)
	}
	if len(claimed) != len(texts) {
		t.Fatalf("%d mails were claimed, want %d", len(claimed), len(texts))
	}
	return claimed
}

// deliver stores mails of these texts as the next UIDs of the mailbox "support".
func (f *fixture) deliver(t testing.TB, texts ...string) {
	t.Helper()
	c, _, err := f.Cursor(t.Context(), "support")
	last := c.UID
	if err != nil {
		t.Fatal(err)
	}
	var mails []access.RawMail
	for _, text := range texts {
		last++
		mails = append(mails, rawMail(1, last, text))
	}
	if err := f.StoreMails(t.Context(), "support", mails, 1, last); err != nil {
		t.Fatal(err)
	}
}

func rawMail(uidvalidity, uid uint32, text string) access.RawMail {
	raw := []byte("Subject: " + text + "\r\n\r\n" + text + "\r\n")
	return access.RawMail{UIDValidity: uidvalidity, UID: uid, InternalDate: epoch.Add(-time.Hour), Size: int64(len(raw)), Raw: raw}
}

// outcome makes a decide function that returns o whatever the situation.
func outcome(o *access.Outcome) func(*access.Situation) (*access.Outcome, error) {
	return func(*access.Situation) (*access.Outcome, error) { return o, nil }
}

// finish ends a claimed mail with an outcome.
func (f *fixture) finish(t testing.TB, in access.Inbound, o *access.Outcome) {
	t.Helper()
	if _, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{}, outcome(o), f.post.render); err != nil {
		t.Fatal(err)
	}
}

// together runs n functions at once and returns their errors. A first error ends the context of the others, which may
// wait for what the failed one should have done.
func together(ctx context.Context, n int, fn func(ctx context.Context, i int) error) []error {
	errs := make([]error, n)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			if errs[i] = fn(ctx, i); errs[i] != nil {
				cancel()
			}
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func noErrors(t testing.TB, errs []error) {
	t.Helper()
	for i, err := range errs {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// post renders mail orders in the simplest way and keeps them for the test to read: the people's mail programs.
type post struct {
	mu   sync.Mutex
	sent []*access.Mail
}

func (p *post) render(m *access.Mail) (*access.Rendered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	raw := fmt.Sprintf("To: %s\r\nSubject: %s\r\n\r\nDear %s\r\n", m.To, m.Kind, m.ToName)
	if m.Ref != nil {
		raw += "Ref: " + m.Ref.String() + "\r\n"
	}
	if !m.Data.Token.IsZero() {
		raw += "https://access.example.net/register/" + m.Data.Token.Reveal() + "\r\n"
	}
	return &access.Rendered{MessageID: fmt.Sprintf("%d@countersign.example", len(p.sent)), MailFrom: address("bounces@provider.example"),
		Rcpt: m.To, Subject: string(m.Kind), Raw: []byte(raw), Words: "Dear " + m.ToName, WordsIn: translated(m)}, nil
}

// translated is what a mail says in German; answers to Maria say it in English alone.
func translated(m *access.Mail) map[string]string {
	if m.To.Key() == "maria@client.example" {
		return nil
	}
	return map[string]string{"de": `Liebe "` + m.ToName + `"`}
}

// take returns the mails of a kind ordered since the last take of that kind.
func (p *post) take(kind access.MailKind) []*access.Mail {
	p.mu.Lock()
	defer p.mu.Unlock()
	var got, rest []*access.Mail
	for _, m := range p.sent {
		if m.Kind == kind {
			got = append(got, m)
		} else {
			rest = append(rest, m)
		}
	}
	p.sent = rest
	return got
}
