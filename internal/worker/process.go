package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
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
	// NextInbound is when to look again where no mail was to be had: zero for no time of its own.
	NextInbound(ctx context.Context) (time.Time, error)
	RenewInbound(ctx context.Context, claimed []access.Inbound, lease time.Duration) error
	ReleaseInbound(ctx context.Context, in *access.Inbound) error
	QuarantineInbound(ctx context.Context, in *access.Inbound, f access.Facts, reason string) error
	FindThreads(ctx context.Context, lookups []*access.Lookup) ([]*access.Thread, error)
	// DecideMails decides on the first of the mails, and on others of them where that is the same as one after the other, in one
	// transaction. Outcomes are nil for those that are left. access.ErrNotItsTurn says that the first is no longer claimed.
	DecideMails(ctx context.Context, mails []*access.Undecided) ([]*access.Outcome, error)
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

	// Batch is how many mails are claimed at a time, Together how many are decided in one transaction at most; Readers is how many
	// are read at once.
	Batch, Together, Readers int
	// Limit is how long the reading of one mail may take.
	Limit time.Duration
	// How far automatic answers are counted, as in access.Settings.
	AnswersPerAddress, AnswersPerClient int
	// DNS is asked where a mailbox's senders are judged here.
	DNS senderauth.Resolver
	// Canary finishes a mail that the daemon wrote to itself, and reports whether it was one; nil where none are sent.
	Canary func(ctx context.Context, in *access.Inbound) (bool, error)
	// Turn is told whenever the loop goes on: within minutes, or it hangs; may be nil.
	Turn func()
	// Observe is told how long the work on a mail took, without its waits; may be nil.
	Observe func(took time.Duration)
	// Prepared is told when all is ready that mails are read by, before the first is; may be nil.
	Prepared func()

	refusals map[int64]int    // how often the store has refused what follows from a mail
	owed     []access.Inbound // claims that the store could not take back
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
	interpret.Prepare() // while the mailboxes are opened; or the first mail would seem to take long
	tell(p.Prepared)
	l := loop{name: "process", log: p.Log, wake: p.Wake, now: p.Now, next: p.Store.NextInbound, turn: p.Turn, work: p.batch}
	l.run(ctx)
}

// batch claims mails, reads them side by side and ahead, and decides them.
func (p *Processor) batch(ctx context.Context) (bool, error) {
	if owed := p.owed; len(owed) > 0 {
		p.owed = nil
		p.release(ctx, owed)
	}
	claimed, err := p.Store.ClaimInbound(ctx, processLease, p.Batch)
	if err != nil {
		p.release(ctx, claimed) // which may be ours and nobody's
		return false, err
	}
	if len(claimed) == 0 {
		return false, nil
	}
	c := newClaim(claimed)
	ahead, stop := context.WithCancel(context.WithoutCancel(ctx))
	runs, ended := p.readAhead(ahead, c)
	defer func() {
		stop()
		<-ended
	}()
	err = p.settleAll(ctx, c, runs)
	p.release(ctx, c.open())
	return err == nil && ctx.Err() == nil, err
}

// settleAll finishes the mails of a claim until the context ends, or the store fails.
func (p *Processor) settleAll(ctx context.Context, c *claim, runs <-chan []*reading) error {
	renewed := p.Now()
	renew := time.NewTicker(processLease / 6)
	defer renew.Stop()
	var run []*reading
	var failure error
	for ctx.Err() == nil {
		tell(p.Turn)
		run = slices.DeleteFunc(run, func(r *reading) bool { return !c.isOpen(r.in) })
		if c.isEnded() {
			return failure
		}
		if now := p.Now(); now.Sub(renewed) >= processLease/6 {
			if err := p.Store.RenewInbound(ctx, c.open(), processLease); err != nil {
				return err
			}
			renewed = now
		}
		if len(run) == 0 {
			select {
			case run = <-runs:
			case <-renew.C: // it is still being read
			}
			continue
		}
		if len(run) < p.Together {
			// What was left goes with what comes next: a transaction costs much the same for one mail as for many.
			select {
			case next := <-runs:
				run = append(run, next...)
			default: // nor is anything waited for
			}
		}
		if err := p.settle(ctx, c, run); err != nil {
			again := c.failed
			c.failed, failure = true, fmt.Errorf("processing inbound message %d: %w", run[0].in.ID, err)
			if again || passes(err) { // it is the store that fails, whatever it is asked
				return failure
			}
			p.release(ctx, c.endFrom(run[0].in))
		}
	}
	return nil
}

// settle finishes the first of the mails, and others of them with it. An error is that of the first.
func (p *Processor) settle(ctx context.Context, c *claim, run []*reading) error {
	ctx = context.WithoutCancel(ctx) // a soft stop finishes what has begun
	together := 0
	for together < min(len(run), p.Together) && !run[together].alone && run[together].err == nil {
		together++
	}
	if together > 1 {
		err := guard(p.Log, func() error { return p.several(ctx, c, run[:together]) })
		if err == nil {
			return nil
		}
		if errors.Is(err, access.ErrNotItsTurn) {
			p.setAside(ctx, c, run[0].in)
			return nil
		}
		for _, r := range run[:together] { // whose fault it is shows when each is on its own
			r.alone = true
		}
	}
	return p.settleOne(ctx, c, run[0])
}

// settleOne finishes a mail. An error is the store's, and the mail waits until it is over, with those that must not be decided
// before it. But where the store takes everything but what follows from one mail, again and again, that mail is at fault: it
// goes to quarantine, so that the others need not wait for ever.
func (p *Processor) settleOne(ctx context.Context, c *claim, r *reading) error {
	began := time.Now()
	err := guard(p.Log, func() error { return p.one(ctx, c, r) })
	switch {
	case errors.Is(err, access.ErrNotItsTurn):
		p.setAside(ctx, c, r.in)
		return nil
	case errors.Is(err, errPanicked):
		err = p.quarantine(ctx, c, r.in, access.Facts{}, err)
	case err != nil && !c.failed:
		if p.refusals == nil || len(p.refusals) > mostRefused {
			p.refusals = map[int64]int{}
		}
		p.refusals[r.in.ID]++
		if n := p.refusals[r.in.ID]; n < maxRefusals || passes(err) && n < maxOutages {
			return err
		}
		p.Log.ErrorContext(ctx, "the store refuses what follows from a mail", "inbound", r.in.ID, "error", err)
		err = p.quarantine(ctx, c, r.in, access.Facts{}, errors.New("what follows from it could not be stored, several times"))
	}
	if err != nil {
		return err
	}
	p.settled(c, r, began)
	return nil
}

// setAside gives back what waits for a mail that the store has taken back: it may concern any client.
func (p *Processor) setAside(ctx context.Context, c *claim, in *access.Inbound) {
	c.end(in)
	p.release(ctx, c.endFrom(&access.Inbound{ID: in.ID, Lane: access.AnyLane}))
}

// settled notes that a mail is finished, on which the work began then.
func (p *Processor) settled(c *claim, r *reading, began time.Time) {
	c.end(r.in)
	c.failed = false
	delete(p.refusals, r.in.ID)
	if p.Observe != nil {
		p.Observe(r.took + time.Since(began))
	}
}

// maxRefusals is how often in a row the store may refuse what follows from one mail; with the back-off that takes about
// half a minute. What passes by itself, such as a full disk, is no mail's fault, unless it happens to that mail for hours.
const (
	maxRefusals = 6
	maxOutages  = 2000
	mostRefused = 1000 // mails that are remembered
)

func (p *Processor) release(ctx context.Context, rest []access.Inbound) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var last error
	for i := range rest {
		if err := p.Store.ReleaseInbound(ctx, &rest[i]); err != nil {
			last = err
			p.owed = append(p.owed, rest[i])
		}
	}
	if last != nil {
		p.Log.WarnContext(ctx, "claims could not be given back; it is tried again", "count", len(p.owed), "error", last)
	}
}

// several finishes mails together, the first of them at least.
func (p *Processor) several(ctx context.Context, c *claim, run []*reading) error {
	began := time.Now()
	if err := p.refresh(ctx, c, run); err != nil {
		return err
	}
	var decisions []*decision
	var mails []*access.Undecided
	for _, r := range run {
		if r.err != nil {
			break
		}
		d := p.decision(r)
		decisions, mails = append(decisions, d), append(mails, d.undecided)
	}
	if len(mails) == 0 {
		return nil // the first goes on its own
	}
	outs, err := p.Store.DecideMails(ctx, mails)
	if err != nil {
		return err
	}
	for i, out := range outs {
		if out != nil {
			p.report(ctx, c, decisions[i], out)
			p.settled(c, run[i], began)
		}
	}
	return nil
}

// one finishes a mail, whatever it holds: an error is the store's alone. What cannot be read or decided is quarantined
// with the reason, for a human.
func (p *Processor) one(ctx context.Context, c *claim, r *reading) error {
	if p.Canary != nil {
		if ours, err := p.Canary(ctx, r.in); ours || err != nil {
			return err
		}
	}
	if r.err == nil {
		if err := p.refresh(ctx, c, []*reading{r}); err != nil {
			return err
		}
	}
	if r.err != nil {
		facts := access.Facts{}
		if r.parsed != nil {
			facts = r.parsed.facts
		}
		return p.quarantine(ctx, c, r.in, facts, r.err)
	}
	d := p.decision(r)
	outs, err := p.Store.DecideMails(ctx, []*access.Undecided{d.undecided})
	if d.fault != nil {
		return p.quarantine(ctx, c, r.in, d.undecided.Facts, d.fault)
	}
	if err != nil {
		return err
	}
	p.report(ctx, c, d, outs[0])
	return nil
}

// decision is a mail as it goes to be decided.
type decision struct {
	undecided *access.Undecided
	mailbox   string
	fault     error // of the core or a template: the mail's, not the store's
}

func (p *Processor) decision(r *reading) *decision {
	in, mail, read, facts := r.in, r.parsed.mail, r.read, r.parsed.facts
	facts.Class, facts.Words = string(read.Class), read.OwnWords
	if p.fromOurselves(in, mail) {
		// Our own mail in our own mailbox, say by a Bcc or a loop, is a machine's.
		read.Class = interpret.ClassAuto
	}
	lookup := *r.parsed.lookup
	lookup.MessageIDs, lookup.Tickets = slices.Clone(lookup.MessageIDs), slices.Clone(lookup.Tickets)
	addBounce(&lookup, read.Bounce)
	if len(read.Commands) > 0 {
		addTickets(&lookup, read.OwnWords) // "cancel REQ-2026-00042"
	}
	lookup.AnswersPerAddress, lookup.AnswersPerClient = p.AnswersPerAddress, p.AnswersPerClient
	box := p.Mailboxes[in.Mailbox]
	incoming := &access.Incoming{InboundID: in.ID, Team: box.Team, Author: mail.Author.Address, Name: mail.Author.Name,
		MessageID: mail.MessageID, Subject: mail.Subject, Refs: r.parsed.refs, Reading: read, Proof: r.parsed.proof, Other: box.Other, Handling: in.Handling}
	d := &decision{mailbox: in.Mailbox}
	d.undecided = &access.Undecided{In: in, Lookup: &lookup, Facts: facts, Answers: r.parsed.lookup,
		Stands: func(t *access.Thread) bool { return reflect.DeepEqual(p.context(t), r.context) },
		Seek:   func(s *access.Situation) *access.Sought { return access.Seek(s, incoming) },
		Decide: func(s *access.Situation) (o *access.Outcome, err error) {
			err = guard(p.Log, func() (err error) {
				o, err = access.DecideMail(s, incoming, p.Env())
				return err
			})
			if d.fault = err; errors.Is(err, access.ErrMore) {
				d.fault = nil // nor is it the store's
			}
			return o, err
		},
		Render: func(m *access.Mail) (r *access.Rendered, err error) {
			d.fault = guard(p.Log, func() (err error) {
				r, err = p.Render(m)
				return err
			})
			return r, d.fault
		}}
	return d
}

func (p *Processor) report(ctx context.Context, c *claim, d *decision, out *access.Outcome) {
	c.count(d.undecided.In, out)
	alarm(ctx, p.Log, out)
	f := d.undecided.Facts
	p.Log.InfoContext(ctx, "mail processed", "inbound", d.undecided.In.ID, "mailbox", d.mailbox, "class", f.Class, "verdict", f.Verdict,
		"disposition", out.Disposition)
}

// ourID is the form of the Message-IDs that this program gives its mails about tickets and with tokens.
var ourID = regexp.MustCompile(`(?i)^(?:REQ-\d{4}-\d{5,9}|[a-z]\.[a-z2-7]{26})\.[a-z2-7]{16,20}@`)

// fromOurselves reports whether this program wrote the mail, here or at another provider: such mail is a machine's, also
// where a relay has removed the field that says so. Two of them would answer one another for ever.
func (p *Processor) fromOurselves(in *access.Inbound, m *message.Message) bool {
	return m.AuthorErr == nil && m.Author.Address.Key() == p.Mailboxes[in.Mailbox].Own.Key() || ourID.MatchString(m.MessageID)
}

func (p *Processor) quarantine(ctx context.Context, c *claim, in *access.Inbound, f access.Facts, why error) error {
	c.count(in, nil)
	p.Log.WarnContext(ctx, "mail quarantined", "inbound", in.ID, "mailbox", in.Mailbox, "reason", why)
	return p.Store.QuarantineInbound(ctx, in, f, why.Error())
}
