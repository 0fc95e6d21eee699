package worker

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// reading is a claimed mail as far as it has been read.
type reading struct {
	in     *access.Inbound
	parsed *parsed

	looked  bool  // context is known, by what had been decided then
	seen    int64 // of the news of its claim
	context interpret.Context
	read    interpret.Reading

	err   error // why it cannot be read
	alone bool  // it failed with others, or may be a canary
	took  time.Duration
}

// parsed is a mail as parsed and weighed.
type parsed struct {
	mail   *message.Message
	proof  senderauth.Evidence
	lookup *access.Lookup // without what reading adds
	refs   []token.Ref
	facts  access.Facts
}

// readAhead reads the mails, some of them together, in their order and side by side, while those before them are decided.
// What they answer may change meanwhile: see refresh.
func (p *Processor) readAhead(ctx context.Context, c *claim) (runs <-chan []*reading, ended <-chan struct{}) {
	out, done := make(chan []*reading), make(chan struct{})
	go func() {
		defer close(done)
		claimed := c.mails
		for len(claimed) > 0 && ctx.Err() == nil {
			n := min(max(1, p.Together), len(claimed))
			run := p.parseAll(ctx, claimed[:n])
			if err := guard(p.Log, func() error { return p.look(ctx, c, run) }); err != nil {
				for _, r := range run {
					r.alone = true
				}
			}
			select {
			case out <- run:
			case <-ctx.Done():
			}
			claimed = claimed[n:]
		}
	}()
	return out, done
}

func (p *Processor) parseAll(ctx context.Context, claimed []access.Inbound) []*reading {
	run := make([]*reading, len(claimed))
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, p.Readers))
	for i := range claimed {
		slots <- struct{}{}
		if ctx.Err() != nil {
			run = run[:i]
			break
		}
		r := &reading{in: &claimed[i]}
		run[i] = r
		wg.Go(func() {
			defer func() { <-slots }()
			began := time.Now()
			r.parsed, r.err = bounded(p, func() (*parsed, error) { return p.parse(r.in) })
			r.alone = r.parsed != nil && r.parsed.mail.Get(access.CanaryField) != ""
			r.took = time.Since(began)
		})
	}
	wg.Wait()
	return run
}

// refresh reads anew those mails that would be read otherwise by what has been decided since.
func (p *Processor) refresh(ctx context.Context, c *claim, run []*reading) error {
	var stale []*reading
	for _, r := range run {
		if !r.looked || r.seen != c.news(r.in) {
			stale = append(stale, r)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	return p.look(ctx, c, stale)
}

// look finds what the mails answer, and reads those for which that is news.
func (p *Processor) look(ctx context.Context, c *claim, run []*reading) error {
	var known []*reading
	var seen []int64
	var lookups []*access.Lookup
	for _, r := range run {
		if r.parsed != nil && r.err == nil {
			known, seen, lookups = append(known, r), append(seen, c.news(r.in)), append(lookups, r.parsed.lookup)
		}
	}
	if len(known) == 0 {
		return nil
	}
	threads, err := p.Store.FindThreads(ctx, lookups)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, p.Readers))
	for i, r := range known {
		asked := p.context(threads[i])
		r.seen = seen[i]
		if r.looked && reflect.DeepEqual(asked, r.context) {
			continue
		}
		r.looked, r.context = true, asked
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			r.read, r.err = bounded(p, func() (interpret.Reading, error) { return interpret.Read(r.parsed.mail, asked), nil })
		})
	}
	wg.Wait()
	return nil
}

func (p *Processor) parse(in *access.Inbound) (*parsed, error) {
	if in.Truncated {
		return nil, errors.New("larger than the limit for a mail: only its beginning was fetched")
	}
	m, err := message.Parse(in.Raw)
	if err != nil {
		return nil, err
	}
	// Not the loop's context: a soft stop finishes what has begun.
	ctx, cancel := context.WithTimeout(context.Background(), lookupLimit)
	defer cancel()
	proof := senderauth.Weigh(ctx, senderauth.Mail{Raw: in.Raw, Fields: m.Fields, Author: m.Author.Address, AuthorErr: m.AuthorErr,
		At: in.InternalDate}, p.Mailboxes[in.Mailbox].Sender, p.DNS)
	if in.Confirmed {
		proof = proof.Confirmed(m.Author.Address.Domain)
	}
	r := &parsed{mail: m, proof: proof, facts: access.Facts{Subject: m.Subject, MessageID: m.MessageID, Author: m.Author.Address.String(),
		Verdict: string(proof.Verdict), Evidence: proof.String()}}
	if m.AuthorErr != nil {
		r.facts.Author = ""
	}
	r.lookup, r.refs = newLookup(in.ID, m)
	r.lookup.ContactID = in.Handling.Contact
	return r, nil
}

// bounded runs f with a panic turned into an error, and gives up on it after the limit. What runs on is pure and ends by
// the limits on its input; nobody looks at its result.
func bounded[T any](p *Processor, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = guard(p.Log, func() (err error) {
			r.value, err = f()
			return err
		})
		done <- r
	}()
	// The limit is counted in steps, of which a machine that stood still misses most: there any mail takes long.
	const steps = 100
	step := time.NewTicker(p.Limit / steps)
	defer step.Stop()
	for range steps {
		select {
		case r := <-done:
			return r.value, r.err
		case <-step.C:
		}
	}
	var none T
	return none, fmt.Errorf("reading took longer than %s", p.Limit)
}
