package access

import (
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
)

// line shows a request in a mail.
func (d *decider) line(r *Request, status Status) Line {
	l := Line{Number: r.Position, Action: r.Action, Name: r.Name, Email: r.Email.Display(), Roles: d.titles(r.Roles),
		Reason: r.Reason, Status: status, Outside: r.Outside, Like: d.resembled(r), Details: d.lineDetails(r)}
	if g := d.delegationBy(r); r.Action == ActionDelegate && g != nil {
		l.Until = g.EndsAt
		if from := d.requester(r); from != nil {
			l.For = from.Name
		}
	}
	switch status {
	case StatusDetails:
		l.Missing = r.Missing()
		if slices.Contains(l.Missing, interpret.FieldRoles) {
			l.Options = d.allTitles()
		}
	case StatusRefused:
		l.Rule, l.Text = r.Rule, r.RuleText
	case StatusWaiting:
		d.waitsFor(&l, r)
	}
	return l
}

// waitsFor names the stage, and the people of the client who are asked at it.
func (d *decider) waitsFor(l *Line, r *Request) {
	l.WaitFor, l.Asked = r.Stage, nil
	if r.State == AwaitingApproval {
		l.Lacking = d.lacking(r)
	}
	if r.Stage == policy.StageClient || confirms(r.Stage) {
		for _, c := range d.present(r) {
			l.Asked = append(l.Asked, c.Name)
		}
	}
}

// refusal is a line that teaches: the rule, in words, and who at the client may ask instead.
func (d *decider) refusal(r *Request, a policy.Answer) Line {
	l := d.line(r, StatusRefused)
	for _, c := range d.s.Contacts {
		if c.State != ContactActive || c.ID == r.RequesterID {
			continue
		}
		if slices.ContainsFunc(c.Roles, func(role string) bool { return slices.Contains(a.MayAsk, role) }) {
			l.MayAsk = append(l.MayAsk, c.Name)
		}
	}
	return l
}

// status is what a mail says of a request's state.
func (d *decider) status(r *Request) Status {
	switch r.State {
	case NeedsDetails:
		return StatusDetails
	case Refused:
		return StatusRefused
	case Approved:
		return StatusHeld
	case Invited:
		return StatusInvited
	case Completed:
		return StatusCompleted
	case Rejected:
		return StatusRejected
	case Expired:
		return StatusExpired
	case Cancelled:
		return StatusCancelled
	case Lapsed:
		return StatusLapsed
	}
	return StatusWaiting
}

// lineDetails are the further details of a request as a mail shows them.
func (d *decider) lineDetails(r *Request) LineDetails {
	x := r.Details
	l := LineDetails{NewName: x.NewName, NewEmail: r.newAddress().Display(), Language: x.Language, PhysicalAccess: x.PhysicalAccess,
		Lead: x.Lead, Badge: x.Badge, Then: d.titles(x.Then), Checklist: x.Checklist != policy.ChecklistNone}
	if c := d.contactByID(x.Replaces); c != nil {
		l.Replaces = c.Name
	}
	if from, to, ok := d.window(r); ok && r.Action == policy.ActionScheduleVisit {
		site, _ := d.site(r)
		l.Visit = LineVisit{From: from, To: to, UntilEnd: x.Visit.Ends == "", Company: x.Visit.Company, Site: site.Name, Escort: x.Visit.Escort}
	}
	if r.Action == policy.ActionAddUser && len(r.Roles) > 0 && x.PhysicalAccess == nil && d.model.KnowsPhysicalAccess(r.Roles) {
		no := false
		l.PhysicalAccess = &no // AL-02: not named means no, and the answer says so
	}
	return l
}

func (d *decider) titles(ids []string) []string {
	var t []string
	for _, id := range ids {
		if role, ok := d.model.Role(id); ok {
			t = append(t, role.Title)
		} else {
			t = append(t, id)
		}
	}
	return t
}

func (d *decider) allTitles() []string {
	var t []string
	for _, r := range d.model.Roles {
		t = append(t, r.Title)
	}
	return t
}

// answer tells the author of a mail, a contact or one of the staff, what becomes of all they asked, in one mail.
func (d *decider) answer(to *Contact, t *Ticket, lines []Line) {
	m := &Mail{Kind: MailAnswer, Ticket: t, InReplyTo: d.in.MessageID, Data: MailData{Client: d.s.Client.Name, Lines: lines}}
	if to != nil {
		m.To, m.ToName, m.Language, m.Data.Requester = to.Address, to.Name, to.Language, to.Name
	} else {
		s := d.s.AuthorStaff
		m.To, m.ToName, m.Language, m.Data.Requester = s.Address, s.Name, s.Language, s.Name
	}
	d.out.Mails = append(d.out.Mails, m)
}

// outcome tells the requester, where they still represent the client or work for the provider, and whoever joined in, how
// a request ended.
func (d *decider) outcome(r *Request, l Line) {
	d.tellJoined(r, l)
	m := &Mail{Kind: MailOutcome, Ticket: d.ticketOf(r), Data: MailData{Client: d.s.Client.Name, Lines: []Line{l}}}
	to, staff := d.requester(r), d.staffByID(r.StaffID)
	switch {
	case to != nil && to.State == ContactActive:
		m.To, m.ToName, m.Language = to.Address, to.Name, to.Language
	case staff != nil:
		m.To, m.ToName, m.Language = staff.Address, staff.Name, staff.Language
	default:
		return
	}
	m.Data.Requester = m.ToName
	if m.Ticket != nil {
		m.InReplyTo = m.Ticket.MessageID
	}
	d.out.Mails = append(d.out.Mails, m)
}

// tellJoined tells those who asked for the same how a request ended (R29).
func (d *decider) tellJoined(r *Request, l Line) {
	for _, id := range r.Details.Joined {
		if c := d.contactByID(id); c != nil && c.State == ContactActive {
			d.tell(MailOutcome, c, MailData{Lines: []Line{l}}, r)
		}
	}
}

// tellSupport tells the support team how a request ended that people may have to look into.
func (d *decider) tellSupport(r *Request, l Line) {
	for _, m := range d.s.Staff {
		if m.In(TeamSupport) {
			d.out.Mails = append(d.out.Mails, &Mail{Kind: MailOutcome, To: m.Address, ToName: m.Name, Language: m.Language,
				Ticket: d.ticketOf(r), Data: MailData{Client: d.s.Client.Name, Lines: []Line{l}}})
		}
	}
}

// mail writes to a contact.
func (d *decider) mail(kind MailKind, to *Contact, data MailData) {
	data.Client = d.s.Client.Name
	d.out.Mails = append(d.out.Mails, &Mail{Kind: kind, To: to.Address, ToName: to.Name, Language: to.Language,
		Ticket: d.s.Ticket, InReplyTo: d.in.MessageID, Data: data})
}

// reply answers an approver's mail. It goes to the address on file.
func (d *decider) reply(kind MailKind, a *Approval, data MailData) {
	data.Client = d.s.Client.Name
	m := &Mail{Kind: kind, To: a.Address, ToName: a.Name, Language: d.language(a), Ticket: d.s.Ticket,
		InReplyTo: d.in.MessageID, Data: data}
	// The answer to this mail may be a STOP or a clearer decision: it needs the token again, which only the mail has.
	for _, ref := range d.in.Refs {
		if a.Token.Matches(ref.Token) {
			m.Ref = &ref
		}
	}
	d.out.Mails = append(d.out.Mails, m)
}

// language is the approver's.
func (d *decider) language(a *Approval) string {
	if c := d.contactByID(a.ApproverID); a.ApproverKind == ByContact && c != nil {
		return c.Language
	}
	for _, m := range d.s.Staff {
		if a.ApproverKind == ByStaff && m.ID == a.ApproverID {
			return m.Language
		}
	}
	return ""
}
