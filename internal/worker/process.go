package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// ProcessStore is what processing mails needs of the store.
type ProcessStore interface {
	ClaimInbound(ctx context.Context, lease time.Duration, limit int) ([]access.Inbound, error)
	RenewInbound(ctx context.Context, claimed []access.Inbound, lease time.Duration) error
	ReleaseInbound(ctx context.Context, in *access.Inbound) error
	QuarantineInbound(ctx context.Context, in *access.Inbound, f access.Facts, reason string) error
	FindThread(ctx context.Context, l *access.Lookup) (*access.Thread, error)
	DecideMail(ctx context.Context, in *access.Inbound, l *access.Lookup, f access.Facts,
		decide func(*access.Situation) (*access.Outcome, error), render access.Render) (*access.Outcome, error)
}

// Processor reads, weighs and decides mails in the order of their arrival.
type Processor struct {
	Store     ProcessStore
	Mailboxes map[string]Mailbox // by name in the config
	Models    []*policy.Model    // for reading a mail whose client is not known
	Env       func() *access.Env
	Render    access.Render
	Wake      <-chan struct{}
	Now       func() time.Time
	Log       *slog.Logger

	// Batch is how many mails are claimed at a time; Readers how many are parsed at once.
	Batch, Readers int
	// Limit is how long the reading of one mail may take.
	Limit time.Duration
	// How far automatic answers are counted, as in access.Settings.
	AnswersPerAddress, AnswersPerClient int
	// DNS is asked where a mailbox's senders are judged here.
	DNS senderauth.Resolver
	// Canary finishes a mail that the daemon wrote to itself, and reports whether it was one; nil where none are sent.
	Canary func(ctx context.Context, in *access.Inbound) (bool, error)
	// Observe is told how long the work on a mail took, without its waits; may be nil.
	Observe func(took time.Duration)

	refused  int64 // the mail at which the store has failed last, and how often in a row
	refusals int
}

// Mailbox is what processing must know of a mailbox.
type Mailbox struct {
	Team   access.Team
	Own    mailaddr.Address // its address: mail from it is ours
	Other  access.OtherMail // what becomes of mail that asks for no access
	Sender senderauth.Config
}

// lookupLimit is how long the DNS questions about one mail may take together; less than Processor.Limit.
const lookupLimit = 8 * time.Second

// Run processes until the context ends.
func (p *Processor) Run(ctx context.Context) {
	l := loop{name: "process", log: p.Log, wake: p.Wake, now: p.Now, work: p.batch}
	l.run(ctx)
}

// batch claims mails, parses them side by side, and applies them one after the other.
func (p *Processor) batch(ctx context.Context) (bool, error) {
	claimed, err := p.Store.ClaimInbound(ctx, processLease, p.Batch)
	if err != nil {
		return false, err
	}
	parsed := p.parseAll(claimed)
	renewed := p.Now()
	for i := range claimed {
		if now := p.Now(); now.Sub(renewed) > processLease/6 {
			if err := p.Store.RenewInbound(ctx, claimed[i:], processLease); err != nil {
				p.release(ctx, claimed[i:])
				return false, err
			}
			renewed = now
		}
		if ctx.Err() != nil {
			p.release(ctx, claimed[i:])
			return false, nil
		}
		r := <-parsed[i]
		began := time.Now()
		if err := p.settle(ctx, &claimed[i], r); err != nil {
			p.release(ctx, claimed[i:])
			return false, fmt.Errorf("processing inbound message %d: %w", claimed[i].ID, err)
		}
		if p.Observe != nil {
			p.Observe(r.took + time.Since(began))
		}
	}
	return len(claimed) > 0, nil
}

// settle finishes a mail. An error is the store's, and all mails wait until it is over. But where the store takes
// everything but what follows from one mail, again and again, that mail is at fault: it goes to quarantine, so that the
// others need not wait for ever.
func (p *Processor) settle(ctx context.Context, in *access.Inbound, r parseResult) error {
	ctx = context.WithoutCancel(ctx) // a soft stop finishes what has begun
	err := guard(p.Log, func() error { return p.one(ctx, in, r) })
	if errors.Is(err, errPanicked) {
		return p.quarantine(ctx, in, access.Facts{}, err)
	}
	if err == nil {
		p.refused, p.refusals = 0, 0
		return nil
	}
	if p.refused != in.ID {
		p.refused, p.refusals = in.ID, 0
	}
	if p.refusals++; p.refusals < maxRefusals {
		return err
	}
	p.Log.ErrorContext(ctx, "the store refuses what follows from a mail", "inbound", in.ID, "error", err)
	return p.quarantine(ctx, in, access.Facts{}, errors.New("what follows from it could not be stored, several times"))
}

// maxRefusals is how often in a row the store may refuse what follows from one mail; with the back-off that takes about
// half a minute.
const maxRefusals = 6

func (p *Processor) release(ctx context.Context, rest []access.Inbound) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for i := range rest {
		if err := p.Store.ReleaseInbound(ctx, &rest[i]); err != nil {
			p.Log.WarnContext(ctx, "a claim could not be given back; it waits for its lease", "inbound", rest[i].ID, "error", err)
		}
	}
}

// parseResult is a mail as parsed and weighed, or why that failed.
type parseResult struct {
	mail  *message.Message
	proof senderauth.Evidence
	took  time.Duration
	err   error
}

func (p *Processor) parseAll(claimed []access.Inbound) []chan parseResult {
	results := make([]chan parseResult, len(claimed))
	slots := make(chan struct{}, max(1, p.Readers))
	for i := range claimed {
		results[i] = make(chan parseResult, 1)
		in := &claimed[i]
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			began := time.Now()
			r, err := bounded(p, func() (parseResult, error) { return p.parse(in) })
			if err != nil {
				r = parseResult{err: err}
			}
			r.took = time.Since(began)
			results[i] <- r
		}()
	}
	return results
}

func (p *Processor) parse(in *access.Inbound) (parseResult, error) {
	if in.Truncated {
		return parseResult{}, errors.New("larger than the limit for a mail: only its beginning was fetched")
	}
	m, err := message.Parse(in.Raw)
	if err != nil {
		return parseResult{}, err
	}
	// Not the loop's context: a soft stop finishes what has begun.
	ctx, cancel := context.WithTimeout(context.Background(), lookupLimit)
	defer cancel()
	proof := senderauth.Weigh(ctx, senderauth.Mail{Raw: in.Raw, Fields: m.Fields, Author: m.Author.Address, AuthorErr: m.AuthorErr,
		At: in.InternalDate}, p.Mailboxes[in.Mailbox].Sender, p.DNS)
	if in.Confirmed {
		proof = proof.Confirmed(m.Author.Address.Domain)
	}
	return parseResult{mail: m, proof: proof}, nil
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
	limit := time.NewTimer(p.Limit)
	defer limit.Stop()
	select {
	case r := <-done:
		return r.value, r.err
	case <-limit.C:
		var none T
		return none, fmt.Errorf("reading took longer than %s", p.Limit)
	}
}

// one finishes a mail, whatever it holds: an error is the store's alone. What cannot be read or decided is quarantined
// with the reason, for a human.
func (p *Processor) one(ctx context.Context, in *access.Inbound, r parseResult) error {
	if p.Canary != nil {
		if ours, err := p.Canary(ctx, in); ours || err != nil {
			return err
		}
	}
	if r.err != nil {
		return p.quarantine(ctx, in, access.Facts{}, r.err)
	}
	facts := access.Facts{Subject: r.mail.Subject, MessageID: r.mail.MessageID, Author: r.mail.Author.Address.String(),
		Verdict: string(r.proof.Verdict), Evidence: r.proof.String()}
	if r.mail.AuthorErr != nil {
		facts.Author = ""
	}
	lookup, refs := newLookup(in.ID, r.mail)
	lookup.ContactID = in.Handling.Contact
	thread, err := p.Store.FindThread(ctx, lookup)
	if err != nil {
		return err
	}
	reading, err := bounded(p, func() (interpret.Reading, error) { return interpret.Read(r.mail, p.context(thread)), nil })
	if err != nil {
		return p.quarantine(ctx, in, facts, err)
	}
	facts.Class, facts.Words = string(reading.Class), reading.OwnWords
	if p.fromOurselves(in, r.mail) {
		// Our own mail in our own mailbox, say by a Bcc or a loop, is a machine's.
		reading.Class = interpret.ClassAuto
	}
	addBounce(lookup, reading.Bounce)
	if len(reading.Commands) > 0 {
		addTickets(lookup, reading.OwnWords) // "cancel REQ-2026-00042"
	}
	lookup.AnswersPerAddress, lookup.AnswersPerClient = p.AnswersPerAddress, p.AnswersPerClient
	incoming := &access.Incoming{InboundID: in.ID, Team: p.Mailboxes[in.Mailbox].Team, Author: r.mail.Author.Address,
		Name: r.mail.Author.Name, MessageID: r.mail.MessageID, Subject: r.mail.Subject, Refs: refs, Reading: reading, Proof: r.proof,
		Other: p.Mailboxes[in.Mailbox].Other, Handling: in.Handling}
	return p.decide(ctx, in, lookup, facts, incoming)
}

// ourID is the form of the Message-IDs that this program gives its mails about tickets and with tokens.
var ourID = regexp.MustCompile(`(?i)^(?:REQ-\d{4}-\d{5,9}|[a-z]\.[a-z2-7]{26})\.[a-z2-7]{16,20}@`)

// fromOurselves reports whether this program wrote the mail, here or at another provider: such mail is a machine's, also
// where a relay has removed the field that says so. Two of them would answer one another for ever.
func (p *Processor) fromOurselves(in *access.Inbound, m *message.Message) bool {
	return m.AuthorErr == nil && m.Author.Address.Key() == p.Mailboxes[in.Mailbox].Own.Key() || ourID.MatchString(m.MessageID)
}

func (p *Processor) decide(ctx context.Context, in *access.Inbound, l *access.Lookup, f access.Facts, incoming *access.Incoming) error {
	var fault error // of the core or a template: the mail's, not the store's
	blame := func(err error) error {
		if err != nil {
			fault = err
		}
		return err
	}
	out, err := p.Store.DecideMail(ctx, in, l, f, func(s *access.Situation) (o *access.Outcome, err error) {
		err = blame(guard(p.Log, func() (err error) {
			o, err = access.DecideMail(s, incoming, p.Env())
			return err
		}))
		return o, err
	}, func(m *access.Mail) (r *access.Rendered, err error) {
		err = blame(guard(p.Log, func() (err error) {
			r, err = p.Render(m)
			return err
		}))
		return r, err
	})
	if fault != nil {
		return p.quarantine(ctx, in, f, fault)
	}
	if err != nil {
		return err
	}
	alarm(ctx, p.Log, out)
	p.Log.InfoContext(ctx, "mail processed", "inbound", in.ID, "mailbox", in.Mailbox, "class", f.Class, "verdict", f.Verdict,
		"disposition", out.Disposition)
	return nil
}

func (p *Processor) quarantine(ctx context.Context, in *access.Inbound, f access.Facts, why error) error {
	p.Log.WarnContext(ctx, "mail quarantined", "inbound", in.ID, "mailbox", in.Mailbox, "reason", why)
	return p.Store.QuarantineInbound(ctx, in, f, why.Error())
}
