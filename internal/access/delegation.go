package access

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// ActionDelegate is what a delegation is filed as: it is told, held and stopped like a request. No model has rules for it,
// since R10 holds in all of them.
const ActionDelegate policy.Action = "delegate"

// maxDelegation is how long somebody can decide for somebody else (design section 6).
const maxDelegation = 30 * 24 * time.Hour

// Delegation is who decides for a contact while they are absent. It gives nobody a right they have not: the delegate may
// approve the stage themselves. It only mutes the absent one's mail (R10).
type Delegation struct {
	ID        int64
	ClientID  int64
	RequestID int64
	FromID    int64 // contact
	ToID      int64 // contact
	EndsAt    time.Time
	State     DelegationState
	CreatedAt time.Time

	Request *Request // where the delegation is new
}

// DelegationState is where a delegation stands.
type DelegationState string

// The states of a delegation.
const (
	DelegationHeld   DelegationState = "held"   // until the hold on approving power has run out
	DelegationActive DelegationState = "active" // until EndsAt
	DelegationEnded  DelegationState = "ended"
)

// Why a delegation is not made. Each is a whole text, since it is told and translated as one.
const (
	noPower        = "You have no approvals that you could delegate."
	noDelegate     = "We could not tell to whom, or until when. Please write: Delegate my approvals to FIRST LAST until YEAR-MONTH-DAY."
	notEligible    = "Only somebody of your company who may approve the same requests can decide for you, and not while they are absent themselves."
	tooLong        = "A delegation ends on a day that is still to come, within 30 days."
	tooShort       = "A delegation begins when the waiting time on who may approve is over, and would have ended by then. Please name a later day."
	delegatedTwice = "You have delegated your approvals already. Please end that first: End my delegation."
	noDelegation   = "You have no delegation that could be ended."
)

// delegates handles the command delegate, and reports whether the mail is one.
func (d *decider) delegates() bool {
	g, author := d.in.Reading.Delegate, d.author()
	if g == nil || author == nil || author.State != ContactActive || d.decides() {
		return false
	}
	if d.in.Proof.Method == senderauth.MethodSPF {
		d.end(Quarantined, "a delegation needs more proof of its sender than SPF")
		return true
	}
	if g.End {
		d.endOwn(author)
		return true
	}
	d.delegate(author, g)
	return true
}

// decides reports whether the mail answers an approval: that goes before.
func (d *decider) decides() bool {
	for _, v := range d.in.Reading.Decisions {
		if v != interpret.Unclear {
			return true
		}
	}
	return false
}

func (d *decider) delegate(from *Contact, g *interpret.Delegation) {
	to, ends, why := d.weighDelegation(from, g)
	if why != "" {
		d.refuseDelegation(from, why)
		return
	}
	for _, old := range d.s.Delegations {
		if old.FromID == from.ID && old.State == DelegationActive { // it is over, and its timer has not fired yet
			d.endDelegation(old, d.requestByID(old.RequestID))
		}
	}
	t := &Ticket{ClientID: d.s.Client.ID, RequesterID: from.ID, Team: d.in.Team, Subject: d.in.Subject, MessageID: d.in.MessageID, CreatedAt: d.env.Now}
	r := &Request{ClientID: d.s.Client.ID, RequesterID: from.ID, ContactID: to.ID, Action: ActionDelegate, Name: to.Name, Email: to.Address,
		Position: 1, Ticket: t, Rule: "R10", RuleText: "An approver who is absent may let another one decide.", MovesPower: true, CreatedAt: d.env.Now}
	d.out.Ticket = t
	d.out.Delegations = append(d.out.Delegations, &Delegation{ClientID: r.ClientID, FromID: from.ID, ToID: to.ID, EndsAt: ends,
		State: DelegationHeld, CreatedAt: d.env.Now, Request: r})
	d.touch(r)
	d.event("delegation_filed", r, map[string]any{"from": from.ID, "to": to.ID, "ends_at": ends})
	d.approve(r)
	d.out.Disposition, d.out.Reason = Applied, "delegation"
	d.answer(from, t, []Line{d.line(r, d.status(r))})
	d.linkToEnd(d.out.Mails[len(d.out.Mails)-1], from, r)
}

// linkToEnd puts a token into a mail to somebody who is absent, with which they end their delegation on a page (R10).
func (d *decider) linkToEnd(m *Mail, from *Contact, r *Request) {
	tok := d.mint()
	t := d.ticketOf(r)
	d.touchApproval(&Approval{TicketID: t.ID, Stage: StageDelegation, ApproverKind: ByContact, ApproverID: from.ID, Name: from.Name,
		Address: from.Address, Token: tok.Digest(), Text: token.DigestOf(string(StageDelegation)), State: ApprovalOpen,
		Lines: []ApprovalLine{{Number: 1, RequestID: r.ID, Round: r.Round, Request: r}}, CreatedAt: d.env.Now, Ticket: t})
	m.Data.Token = tok
}

// weighDelegation finds out to whom and until when, or why not.
func (d *decider) weighDelegation(from *Contact, g *interpret.Delegation) (to *Contact, ends time.Time, why string) {
	if !d.hasPower(from) {
		return nil, ends, noPower
	}
	to = d.delegateOf(g)
	if to == nil || g.Until == nil {
		return nil, ends, noDelegate
	}
	day, err := time.ParseInLocation("2006-01-02", *g.Until, d.env.Settings.zone())
	if err != nil {
		return nil, ends, noDelegate
	}
	ends = day.AddDate(0, 0, 1).UTC() // the last day counts
	switch {
	case !ends.After(d.env.Now), ends.After(d.env.Now.Add(maxDelegation)):
		return nil, ends, tooLong
	case !ends.After(d.env.Now.Add(max(d.env.Settings.Hold, d.env.Settings.UndoWindow))):
		return nil, ends, tooShort
	case !d.mayStandIn(to, from) || d.absent(to) != nil:
		return nil, ends, notEligible
	case d.delegationOf(from) != nil:
		return nil, ends, delegatedTwice
	}
	return to, ends, ""
}

// delegateOf is the contact that the mail names: by address, or by a name that only one has. A given name alone must be one
// that no other active contact begins with.
func (d *decider) delegateOf(g *interpret.Delegation) *Contact {
	var address mailaddr.Address
	if g.Email != nil {
		var err error
		if address, err = mailaddr.Parse(*g.Email); err != nil {
			return nil
		}
	}
	var found *Contact
	for _, c := range d.s.Contacts {
		byAddress := !address.IsZero() && c.Address.Key() == address.Key()
		byName := address.IsZero() && g.Name != nil && (foldName(c.Name) == foldName(*g.Name) || len(strings.Fields(*g.Name)) == 1 && givenName(c.Name) == givenName(*g.Name))
		if c.State != ContactActive || !byAddress && !byName {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

func givenName(name string) string {
	first, _, _ := strings.Cut(foldName(name), " ")
	return first
}

// mayStandIn: an active person who may approve a stage that the absent one may approve.
func (d *decider) mayStandIn(to, from *Contact) bool {
	return to.ID != from.ID && d.hasPower(to) && slices.ContainsFunc(clientSide, func(s policy.Stage) bool {
		return d.model.Approves(s, to.Roles, to.Grants...) && d.model.Approves(s, from.Roles, from.Grants...)
	})
}

func (d *decider) refuseDelegation(from *Contact, why string) {
	d.out.Disposition, d.out.Reason = Answered, "delegation refused"
	d.out.Ticket = nil
	d.answer(from, nil, []Line{{Action: ActionDelegate, Name: from.Name, For: from.Name, Status: StatusRefused, Rule: "R10", Text: why}})
}

// delegationOf is the contact's delegation that is held or active.
func (d *decider) delegationOf(from *Contact) *Delegation {
	for _, g := range slices.Concat(d.s.Delegations, d.out.Delegations) {
		if g.FromID == from.ID && d.lasts(g) {
			return g
		}
	}
	return nil
}

// lasts reports whether a delegation is held or active.
func (d *decider) lasts(g *Delegation) bool {
	return g != nil && (g.State == DelegationHeld || g.State == DelegationActive && g.EndsAt.After(d.env.Now))
}

// absent is the contact's delegation that counts now.
func (d *decider) absent(c *Contact) *Delegation {
	if g := d.delegationOf(c); g != nil && g.State == DelegationActive {
		return g
	}
	return nil
}

// delegationBy is the delegation that a request is about.
func (d *decider) delegationBy(r *Request) *Delegation {
	for _, g := range slices.Concat(d.s.Delegations, d.out.Delegations) {
		if g.Request == r || r.ID != 0 && g.RequestID == r.ID {
			return g
		}
	}
	return nil
}

// begin carries a delegation out when its hold has run out, if it still stands.
func (d *decider) begin(r *Request) {
	g, from := d.delegationBy(r), d.requester(r)
	if g == nil || from == nil || !d.hasPower(from) {
		d.fail(r, "R10", noPower)
		return
	}
	if !g.EndsAt.After(d.env.Now) { // after an outage
		d.fail(r, "R10", tooShort)
		return
	}
	to := d.contactByID(g.ToID)
	if to == nil || !d.mayStandIn(to, from) || d.absent(to) != nil {
		d.fail(r, "R10", notEligible)
		return
	}
	g.State, r.State = DelegationActive, Completed
	d.touchDelegation(g)
	d.timer(TimerDelegationEnd, r, nil, g.EndsAt)
	d.event("delegation_begun", r, map[string]any{"from": from.ID, "to": to.ID, "ends_at": g.EndsAt})
	d.tellDelegation("begun", g, r)
}

// endOwn ends the author's delegation at once.
func (d *decider) endOwn(author *Contact) {
	g := d.delegationOf(author)
	if g == nil {
		d.refuseDelegation(author, noDelegation)
		return
	}
	d.out.Ticket = nil
	d.endEarly(g)
}

// endEarly ends a delegation by the word of the one who was absent, also one that is still held.
func (d *decider) endEarly(g *Delegation) {
	d.out.Disposition, d.out.Reason = Applied, "delegation ended"
	r := d.requestByID(g.RequestID)
	if r != nil && r.State == Approved {
		r.State = Cancelled
		d.touch(r)
	}
	d.endDelegation(g, r)
}

// endTimer ends a delegation whose last day is over.
func (d *decider) endTimer(t *Timer) {
	r := d.requestByID(t.RequestID)
	if r == nil {
		return
	}
	g := d.delegationBy(r)
	if g == nil || g.State != DelegationActive {
		return
	}
	if d.env.Now.Before(g.EndsAt) {
		d.timer(TimerDelegationEnd, r, nil, g.EndsAt)
		return
	}
	d.endDelegation(g, r)
}

// endDelegation asks the one who was absent about all that still waits.
func (d *decider) endDelegation(g *Delegation, r *Request) {
	d.closeDelegation(g)
	d.event("delegation_ended", r, map[string]any{"from": g.FromID, "to": g.ToID})
	d.tellDelegation("ended", g, r)
	d.rerouteAll()
}

// closeDelegation ends a delegation, and its tokens wherever that happens: it is alone on its ticket.
func (d *decider) closeDelegation(g *Delegation) {
	g.State = DelegationEnded
	d.touchDelegation(g)
	d.out.Ended = append(d.out.Ended, &Request{ID: g.RequestID})
}

// dropDelegations ends delegations whose request this event has stopped.
func (d *decider) dropDelegations() {
	for _, r := range d.out.Requests {
		if r.Action != ActionDelegate || r.State != Cancelled && r.State != Refused {
			continue
		}
		if g := d.delegationBy(r); g != nil && g.State != DelegationEnded {
			d.closeDelegation(g)
		}
	}
}

// tellDelegation tells both of them and all other authorities.
func (d *decider) tellDelegation(what string, g *Delegation, r *Request) {
	from, to := d.contactByID(g.FromID), d.contactByID(g.ToID)
	if from == nil || to == nil {
		return
	}
	for _, c := range d.s.Contacts {
		if c.State != ContactActive || c.Kind != Person || c != from && c != to && !d.hasPower(c) {
			continue
		}
		m := &Mail{Kind: MailDelegation, To: c.Address, ToName: c.Name, Language: c.Language, Data: MailData{Client: d.s.Client.Name,
			Person: from.Name, Reason: what, Lines: []Line{{Action: ActionDelegate, Name: to.Name, Email: to.Address.Display(), For: from.Name}}}}
		if r != nil {
			m.Ticket = d.ticketOf(r)
		}
		if what == "begun" {
			m.Data.Until = g.EndsAt
		}
		if c == from {
			m.Data.Person = "" // it is they themselves
			if what == "begun" {
				d.linkToEnd(m, from, r)
			}
		}
		d.out.Mails = append(d.out.Mails, m)
	}
}

func (d *decider) touchDelegation(g *Delegation) {
	if !slices.Contains(d.out.Delegations, g) {
		d.out.Delegations = append(d.out.Delegations, g)
	}
}

// present are the candidates who are written to. An absent one is not, where their delegate is; but never are so many left
// out that too few are asked (R10).
func (d *decider) present(r *Request) []*Contact {
	all := d.candidates(r)
	here := slices.DeleteFunc(slices.Clone(all), func(c *Contact) bool {
		g := d.absent(c)
		return g != nil && slices.ContainsFunc(all, func(o *Contact) bool { return o.ID == g.ToID && d.absent(o) == nil })
	})
	if len(here) < d.lacking(r) {
		return all
	}
	return here
}

// standsInFor names those for whom the contact decides.
func (d *decider) standsInFor(c *Contact) string {
	var names []string
	for _, o := range d.s.Contacts {
		if g := d.absent(o); g != nil && g.ToID == c.ID {
			names = append(names, o.Name)
		}
	}
	return strings.Join(names, ", ")
}

// zone is the provider's.
func (s Settings) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}
