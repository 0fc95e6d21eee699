package access

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// ask gathers the lines that one approver is asked about at one stage in one event.
type ask struct {
	stage     policy.Stage
	kind      ApproverKind
	contact   *Contact
	staff     *Staff
	escalated bool // staff stand in for the client's people
	silent    bool // because these do not answer
	again     bool // a reminder
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

// askStage begins a round of the request's stage and asks all who may answer it, at once (R10).
func (d *decider) askStage(r *Request) {
	d.await(r)
	d.askMissing(r)
}

// askMissing asks those who may answer the stage and have not been asked in this round: all of them when it begins, and
// whoever has come since. Where the client has too few people for it, staff stand in for those who are missing (R5).
func (d *decider) askMissing(r *Request) {
	for _, c := range d.present(r) {
		if !d.asked(ByContact, c.ID, r) {
			d.addAsk(&ask{stage: r.Stage, kind: ByContact, contact: c}, r)
		}
	}
	if fromClient(r.Stage) && r.Stage != StageNewAddress && len(d.candidates(r)) < d.lacking(r) {
		r.Escalated = true
	}
	if r.Escalated || !fromClient(r.Stage) {
		for _, m := range d.colleagues(r) {
			if !d.asked(ByStaff, m.ID, r) {
				d.addAsk(&ask{stage: r.Stage, kind: ByStaff, staff: m, escalated: fromClient(r.Stage)}, r)
			}
		}
	}
	if d.left(r) < d.lacking(r) {
		team := d.team(r)
		d.out.Alarms = append(d.out.Alarms, fmt.Sprintf("too few people in team %s may answer stage %s of a request: add a staff member", team, r.Stage))
		d.event("stage_without_approver", r, map[string]any{"stage": r.Stage, "team": team})
	}
}

// asked reports whether somebody holds a token for the stage of the request in this round.
func (d *decider) asked(kind ApproverKind, id int64, r *Request) bool {
	return slices.ContainsFunc(d.s.Approvals, func(a *Approval) bool {
		return a.State == ApprovalOpen && a.Stage == r.Stage && a.ApproverKind == kind && a.ApproverID == id &&
			slices.ContainsFunc(a.Lines, func(l ApprovalLine) bool { return l.RequestID == r.ID && r.ID != 0 && l.Round == r.Round })
	})
}

// mayApprove: an active person with an approving role, who is neither the requester nor the subject person, and who has
// not decided an earlier stage. A shared address never approves.
func (d *decider) mayApprove(c *Contact, r *Request) bool {
	if confirms(r.Stage) {
		return slices.Contains(d.confirmers(r), c)
	}
	if c.Kind != Person || c.State != ContactActive || !d.model.Approves(r.Stage, c.Roles, c.Grants...) || c.ID == r.RequesterID {
		return false
	}
	if m := d.staffByID(r.StaffID); m != nil && m.Address.Key() == c.Address.Key() {
		return false
	}
	if slices.Contains(r.Stages, StageDeputy) && slices.Contains(d.deputies(r), c) {
		return false // they are asked at a stage of their own, and nobody decides two (R6)
	}
	if d.s.Client.FourEyes && slices.Contains(r.Details.Authors, c.ID) {
		return false
	}
	if s := d.subject(r); s != nil && s.ID == c.ID || !r.Email.IsZero() && r.Email.Key() == c.Address.Key() {
		return false // the contact who was meant, or whoever has the address that was written
	}
	return !d.decidedBefore(r, c.Address)
}

// mayAnswer: a member of the stage's team, who is neither the requester nor the subject person, and who has not decided
// an earlier stage, not even as a contact: one address is one person.
func (d *decider) mayAnswer(m *Staff, r *Request) bool {
	if q := d.requester(r); q != nil && q.Address.Key() == m.Address.Key() || m.ID == r.StaffID {
		return false
	}
	about := func(a mailaddr.Address) bool { return !a.IsZero() && a.Key() == m.Address.Key() }
	return m.In(d.team(r)) && !about(r.Email) && !about(r.newAddress()) && !d.decidedBefore(r, m.Address)
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
	if r.Stage == policy.StageSecurity || r.Stage == policy.StageStaff && r.Details.Checklist == policy.ChecklistSecurity {
		return TeamSecurity // R24
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
		if a.stage == StageNewAddress {
			break // each new address answers for itself
		}
		if o.stage == a.stage && o.kind == a.kind && o.id() == a.id() && o.escalated == a.escalated && o.again == a.again && o.silent == a.silent {
			o.requests = append(o.requests, r)
			return
		}
	}
	a.requests = []*Request{r}
	d.asks = append(d.asks, a)
}

// done ends an event: those whom it concerns are asked.
func (d *decider) done() {
	d.dropDelegations()
	if d.powerMoved() {
		d.rerouteAll()
	}
	d.noticeFiled()
	d.flushAsks()
}

// flushAsks writes one approval, with its own token and mail, for each approver of this event.
func (d *decider) flushAsks() {
	if d.out.Disposition == Quarantined {
		return
	}
	for _, a := range d.asks {
		kind := MailApproval
		switch {
		case a.stage == StageHold:
			kind = MailNotice
		case a.again:
			kind = MailReminder
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
	person := ""
	if a.contact != nil {
		ap.Name, ap.Address, m.Language = a.contact.Name, a.contact.Address, a.contact.Language
		person = d.standsInFor(a.contact)
	} else {
		ap.Name, ap.Address, m.Language = a.staff.Name, a.staff.Address, a.staff.Language
	}
	if a.stage == StageNewAddress {
		ap.Address = a.requests[0].newAddress()
	}
	m.To, m.ToName = ap.Address, ap.Name
	m.Data = MailData{Client: d.s.Client.Name, Stage: a.stage, Escalated: a.escalated, Person: person}
	if a.silent {
		m.Data.Reason = "silent"
	}
	text := string(a.stage)
	for i, r := range a.requests {
		ap.Lines = append(ap.Lines, ApprovalLine{Number: i + 1, RequestID: r.ID, Round: r.Round, Request: r})
		l := d.line(r, d.status(r))
		l.Number = i + 1
		m.Data.Lines = append(m.Data.Lines, l)
		text += fmt.Sprintf("\n%d %s %q %q %q %q %s", l.Number, l.Action, l.Name, l.Email, l.Roles, l.Reason, d.detailsText(l))
		if c := d.requester(r); c != nil {
			m.Data.Requester = c.Name
		}
		if a.again {
			m.Data.Until = earlier(m.Data.Until, d.deadline(r))
		} else if m.Data.Until.Before(r.HeldUntil) {
			m.Data.Until = r.HeldUntil
		}
	}
	ap.Text = token.DigestOf(text)
	d.touchApproval(ap)
	d.out.Mails = append(d.out.Mails, m)
}

// detailsText writes down what a line shows beyond name, address, roles and reason.
func (d *decider) detailsText(l Line) []byte {
	text, err := json.Marshal(l.Details)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("writing down what an approver is shown: %w", err)
	}
	return text
}
