package access

import (
	"fmt"
	"slices"

	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// ask gathers the lines that one approver is asked about at one stage in one event.
type ask struct {
	stage     policy.Stage
	kind      ApproverKind
	contact   *Contact
	staff     *Staff
	escalated bool
	requests  []*Request
}

func (a *ask) id() int64 {
	if a.contact != nil {
		return a.contact.ID
	}
	return a.staff.ID
}

// advance moves a request to its next stage, or approves it when it has passed the last one.
func (d *decider) advance(r *Request) {
	next := 0
	if r.Stage != "" {
		if rule, why, ok := d.stands(r); !ok {
			d.fail(r, rule, why)
			return
		}
		next = slices.Index(r.Stages, r.Stage) + 1
	}
	if next >= len(r.Stages) {
		d.approve(r)
		return
	}
	r.State, r.Stage = AwaitingApproval, r.Stages[next]
	r.Round++
	d.askStage(r)
}

// askStage asks all who may answer the request's stage, at once (R10).
func (d *decider) askStage(r *Request) {
	if r.Stage.ClientSide() {
		asked := false
		for _, c := range d.s.Contacts {
			if d.mayApprove(c, r) {
				d.addAsk(&ask{stage: r.Stage, kind: ByContact, contact: c}, r)
				asked = true
			}
		}
		if asked {
			return
		}
	}
	asked := false
	for _, m := range d.s.Staff {
		if d.mayAnswer(m, r) {
			d.addAsk(&ask{stage: r.Stage, kind: ByStaff, staff: m, escalated: r.Stage.ClientSide()}, r)
			asked = true
		}
	}
	if !asked {
		team := d.team(r)
		d.out.Alarms = append(d.out.Alarms, fmt.Sprintf("nobody in team %s may answer stage %s of a request: add a staff member", team, r.Stage))
		d.event("stage_without_approver", r, map[string]any{"stage": r.Stage, "team": team})
	}
}

// mayApprove: an active person with an approving role, who is neither the requester nor the subject person, and who has
// not decided an earlier stage. A shared address never approves.
func (d *decider) mayApprove(c *Contact, r *Request) bool {
	if c.Kind != Person || c.State != ContactActive || !d.model.Approves(r.Stage, c.Roles, c.Grants...) || c.ID == r.RequesterID {
		return false
	}
	if s := d.subject(r); s != nil && s.ID == c.ID || !r.Email.IsZero() && r.Email.Key() == c.Address.Key() {
		return false
	}
	return !d.decidedBefore(r, c.Address)
}

// mayAnswer: a member of the stage's team, who is neither the requester nor the subject person, and who has not decided
// an earlier stage, not even as a contact: one address is one person.
func (d *decider) mayAnswer(m *Staff, r *Request) bool {
	if q := d.requester(r); q != nil && q.Address.Key() == m.Address.Key() {
		return false
	}
	return m.In(d.team(r)) && (r.Email.IsZero() || r.Email.Key() != m.Address.Key()) && !d.decidedBefore(r, m.Address)
}

// mayDecide asks again, when the answer comes, what was asked when the token was made: roles and teams change meanwhile.
func (d *decider) mayDecide(a *Approval, r *Request) bool {
	if a.ApproverKind == ByContact {
		c := d.contactByID(a.ApproverID)
		return c != nil && d.mayApprove(c, r)
	}
	m := d.staffByID(a.ApproverID)
	return m != nil && d.mayAnswer(m, r)
}

// team is the staff team that answers a stage: the mailbox's for staff (R21), support where that team is empty or where
// staff stand in for missing client-side approvers (R5).
func (d *decider) team(r *Request) Team {
	if r.Stage == policy.StageSecurity {
		return TeamSecurity
	}
	t := d.ticketOf(r)
	if r.Stage == policy.StageStaff && t != nil {
		for _, m := range d.s.Staff {
			if m.In(t.Team) {
				return t.Team
			}
		}
	}
	return TeamSupport
}

func (d *decider) ticketOf(r *Request) *Ticket {
	if r.Ticket != nil {
		return r.Ticket
	}
	return d.s.Ticket
}

func (d *decider) addAsk(a *ask, r *Request) {
	for _, o := range d.asks {
		if o.stage == a.stage && o.kind == a.kind && o.id() == a.id() && o.escalated == a.escalated {
			o.requests = append(o.requests, r)
			return
		}
	}
	a.requests = []*Request{r}
	d.asks = append(d.asks, a)
}

// flushAsks writes one approval, with its own token and mail, for each approver of this event.
func (d *decider) flushAsks() {
	if d.out.Disposition == Quarantined {
		return
	}
	for _, a := range d.asks {
		kind := MailApproval
		if a.stage == StageHold {
			kind = MailNotice
		}
		d.writeAsk(a, kind)
	}
	d.asks = nil
}

func (d *decider) writeAsk(a *ask, kind MailKind) {
	t := d.ticketOf(a.requests[0])
	tok := d.mint()
	ref := &token.Ref{Kind: token.Approval, Token: tok}
	ap := &Approval{Stage: a.stage, ApproverKind: a.kind, ApproverID: a.id(), Token: tok.Digest(), State: ApprovalOpen,
		CreatedAt: d.env.Now, Ticket: t}
	if t != nil {
		ap.TicketID = t.ID
	}
	m := &Mail{Kind: kind, Ticket: t, Approval: ap, Ref: ref}
	if a.contact != nil {
		ap.Name, ap.Address, m.Language = a.contact.Name, a.contact.Address, a.contact.Language
	} else {
		ap.Name, ap.Address, m.Language = a.staff.Name, a.staff.Address, a.staff.Language
	}
	m.To, m.ToName = ap.Address, ap.Name
	m.Data = MailData{Client: d.s.Client.Name, Stage: a.stage, Escalated: a.escalated}
	text := string(a.stage)
	for i, r := range a.requests {
		ap.Lines = append(ap.Lines, ApprovalLine{Number: i + 1, RequestID: r.ID, Round: r.Round, Request: r})
		l := d.line(r, d.status(r))
		l.Number = i + 1
		m.Data.Lines = append(m.Data.Lines, l)
		text += fmt.Sprintf("\n%d %s %q %q %q %q", l.Number, l.Action, l.Name, l.Email, l.Roles, l.Reason)
		if c := d.requester(r); c != nil {
			m.Data.Requester = c.Name
		}
		if m.Data.Until.Before(r.HeldUntil) {
			m.Data.Until = r.HeldUntil
		}
	}
	ap.Text = token.DigestOf(text)
	d.touchApproval(ap)
	d.out.Mails = append(d.out.Mails, m)
}
