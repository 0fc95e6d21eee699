package access

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// request files what a contact asks: one ticket for the mail, one request for each person, one answer for all.
func (d *decider) request() {
	for _, asked := range d.in.Reading.Requests {
		if !performs(policy.Action(asked.Action)) {
			d.end(Quarantined, "asks for "+string(asked.Action)+", which people must do: the rest of the mail waits for them too")
			return
		}
	}
	if len(d.in.Reading.Requests) == 0 {
		d.other("asks for nothing that is known")
		return
	}
	author := d.author()
	var lines []Line
	var filed []*Request
	t := &Ticket{ClientID: d.s.Client.ID, RequesterID: author.ID, Team: d.in.Team, Subject: d.in.Subject,
		MessageID: d.in.MessageID, CreatedAt: d.env.Now}
	for _, asked := range d.in.Reading.Requests {
		r := d.newRequest(asked, author)
		r.Ticket, r.Position = t, len(filed)+1
		line, keep := d.file(r, author)
		if keep {
			filed = append(filed, r)
			d.touch(r)
		}
		lines = append(lines, line)
	}
	d.out.Ticket = nil
	if len(filed) > 0 {
		d.out.Ticket = t
	}
	d.out.Disposition, d.out.Reason = Answered, "answered"
	for _, r := range filed {
		d.event("request_filed", r, map[string]any{"action": r.Action, "name": r.Name, "email": r.Email.String(),
			"roles": r.Roles, "reason": r.Reason, "state": r.State, "rule": r.Rule})
		if r.underWay() {
			d.out.Disposition, d.out.Reason = Applied, "filed"
		}
	}
	d.answer(author, d.out.Ticket, lines)
}

// underWay reports whether asking had an effect: a refused, joined or questioned request is merely answered (R34).
func (r *Request) underWay() bool {
	return r.State == AwaitingApproval || r.State == Approved || r.State == Invited || r.State == Completed
}

// performs reports whether this release carries the action out itself.
func performs(a policy.Action) bool {
	switch a {
	case policy.ActionAddUser, policy.ActionChangeRole, policy.ActionRemoveUser, policy.ActionResendInvitation:
		return true
	}
	return false
}

func (d *decider) newRequest(asked interpret.Request, author *Contact) *Request {
	r := &Request{ClientID: d.s.Client.ID, RequesterID: author.ID, Action: policy.Action(asked.Action), CreatedAt: d.env.Now}
	fill(r, asked)
	if r.Action == policy.ActionResendInvitation && r.Name == "" && r.Email.IsZero() {
		r.Email = author.Address // CL-21: without a name the sender means themselves
	}
	if c := d.subject(r); c != nil && r.Action != policy.ActionAddUser {
		r.ContactID, r.Email = c.ID, c.Address
		if r.Name == "" {
			r.Name = c.Name
		}
	}
	return r
}

// fill takes over what the mail says where the request does not know it yet.
func fill(r *Request, asked interpret.Request) {
	if r.Name == "" && asked.Name != nil {
		r.Name = *asked.Name
	}
	if r.Email.IsZero() && asked.Email != nil {
		if a, err := mailaddr.Parse(*asked.Email); err == nil {
			r.Email = a
		}
	}
	if len(r.Roles) == 0 && len(asked.Roles) > 0 {
		r.Roles = slices.Sorted(slices.Values(asked.Roles))
	}
	if r.Reason == "" && asked.Reason != nil {
		r.Reason = *asked.Reason
	}
}

// file decides on one new request. Forbidden goes before what is already there, and both before incomplete (R16).
// The second result says whether the request is kept; a joined one is not.
func (d *decider) file(r *Request, author *Contact) (Line, bool) {
	if author.State == ContactSuspended {
		r.State, r.Rule, r.RuleText = Refused, "R15", "Your own access is suspended, so please ask your provider's support team first."
		return d.line(r, StatusRefused), true
	}
	answer := d.evaluate(r, author)
	if !answer.Allowed {
		d.refuse(r, answer)
		return d.refusal(r, answer), true
	}
	if line, stop := d.alreadyThere(r); stop {
		return line, false
	}
	if c := d.subject(r); r.Action == policy.ActionResendInvitation && c != nil && c.State != ContactInvited {
		r.State, r.Rule, r.RuleText = Refused, "CL-21", "There is no open invitation for this person."
		return d.line(r, StatusRefused), true
	}
	if len(r.Missing()) > 0 {
		d.waitForDetails(r)
		return d.line(r, StatusDetails), true
	}
	if r.Action != policy.ActionAddUser && d.subject(r) == nil {
		return d.line(r, StatusUnknown), false
	}
	if why, stop := d.lastAuthority(r); stop {
		r.State, r.Rule, r.RuleText = Refused, "R26", why
		return d.line(r, StatusRefused), true
	}
	if d.handsOver(r, answer) {
		r.State, r.Rule, r.RuleText = Refused, "R22", byPhoneOnly
		return d.line(r, StatusRefused), true
	}
	d.route(r, answer)
	return d.line(r, d.status(r)), true
}

// evaluate asks the role model whether the contact may ask this.
func (d *decider) evaluate(r *Request, by *Contact) policy.Answer {
	q := policy.Question{Action: r.Action, ActorRoles: by.Roles, Grants: by.Grants, PhysicalAccess: by.PhysicalAccess, Roles: r.Roles}
	if c := d.subject(r); c != nil {
		q.SubjectRoles, q.Self, q.Admitted, q.Lead = c.Roles, c.ID == by.ID, c.PhysicalAccess, c.Lead
		if r.Action == policy.ActionResendInvitation && d.askedFor(c, by) {
			q.Self = true // R13: whoever asked for the person may ask for the invitation again
		}
	}
	return d.model.Decide(q)
}

// byPhoneOnly is told to somebody who asks for a role that changes hands.
const byPhoneOnly = "A role that only one person holds, or may not stay empty, changes hands only by your provider's support team, who call an authorised person first. Please call them."

// handsOver reports whether the request would take such a role over, or leave it without a holder (R22 to R24).
func (d *decider) handsOver(r *Request, a policy.Answer) bool {
	if a.Checklist != "" {
		return true
	}
	q := policy.Question{Action: r.Action, Roles: r.Roles}
	subject := d.subject(r)
	if subject != nil {
		q.SubjectRoles = subject.Roles
	}
	others := map[string]int{}
	for _, c := range d.s.Contacts {
		if c != subject && (c.State == ContactActive || c.State == ContactInvited) {
			for _, role := range c.Roles {
				others[role]++
			}
		}
	}
	full, vacant := d.model.Bounds(q, others)
	return len(full) > 0 || len(vacant) > 0
}

// askedFor reports whether one contact's invitation goes back to a request of the other.
func (d *decider) askedFor(c, by *Contact) bool {
	return slices.ContainsFunc(d.s.Invitations, func(i *Invitation) bool {
		return i.ContactID == c.ID && i.Request != nil && i.Request.RequesterID == by.ID
	})
}

func (d *decider) refuse(r *Request, a policy.Answer) {
	r.State, r.Stage, r.Rule, r.RuleText = Refused, "", a.Rule, a.Reason
}

// Missing lists what the request cannot do without (CL-18).
func (r *Request) Missing() []interpret.Field {
	var m []interpret.Field
	who := r.Name == "" && r.Email.IsZero()
	switch r.Action {
	case policy.ActionAddUser:
		if r.Name == "" {
			m = append(m, interpret.FieldName)
		}
		if r.Email.IsZero() {
			m = append(m, interpret.FieldEmail)
		}
		if len(r.Roles) == 0 {
			m = append(m, interpret.FieldRoles)
		}
		if r.Reason == "" {
			m = append(m, interpret.FieldReason)
		}
	case policy.ActionChangeRole:
		if who {
			m = append(m, interpret.FieldEmail)
		}
		if len(r.Roles) == 0 {
			m = append(m, interpret.FieldRoles)
		}
	case policy.ActionRemoveUser, policy.ActionResendInvitation:
		if who {
			m = append(m, interpret.FieldEmail)
		}
	}
	return m
}

func (d *decider) waitForDetails(r *Request) {
	r.State, r.Stage = NeedsDetails, ""
	d.await(r)
}

// alreadyThere catches a request for somebody who is there, or that is asked already (R29).
func (d *decider) alreadyThere(r *Request) (Line, bool) {
	if r.Email.IsZero() || r.Action == policy.ActionResendInvitation {
		return Line{}, false
	}
	for _, o := range d.open() {
		if o == r || o.Action != r.Action || o.Email.Key() != r.Email.Key() {
			continue
		}
		if len(r.Roles) > 0 && len(o.Roles) > 0 && !slices.Equal(o.Roles, r.Roles) {
			return d.otherRole(r, o), true
		}
		l := d.line(r, StatusJoined)
		if o.Ticket != nil {
			l.Ticket = o.Ticket.Number
		}
		return l, true
	}
	c := d.contactByAddress(r.Email)
	if r.Action == policy.ActionAddUser && c != nil && (c.State == ContactActive || c.State == ContactSuspended) {
		l := d.line(r, StatusAlready)
		l.Roles = d.titles(c.Roles)
		return l, true
	}
	return Line{}, false
}

// open lists the client's open requests, those that this event opens included.
func (d *decider) open() []*Request {
	return slices.DeleteFunc(slices.Concat(d.s.Open, d.out.Requests), func(r *Request) bool { return !r.State.Open() })
}

// otherRole answers a request for a person for whom another role is asked already: two of them must not race.
func (d *decider) otherRole(r, open *Request) Line {
	l := d.line(r, StatusRefused)
	where := "the same mail"
	if open.Ticket != nil && open.Ticket.Number != "" {
		where = open.Ticket.Number
	}
	l.Rule = "R29"
	l.Text = "Another role for this person, " + strings.Join(d.titles(open.Roles), ", ") + ", is already asked for in " + where +
		". Which one is right? Please wait until that request has ended, then ask for the other role."
	return l
}

// lastAuthority keeps the last contact who can approve (R26).
func (d *decider) lastAuthority(r *Request) (string, bool) {
	c := d.subject(r)
	if c == nil || !d.authority(c) || r.Action != policy.ActionRemoveUser && r.Action != policy.ActionChangeRole {
		return "", false
	}
	if r.Action == policy.ActionChangeRole && d.model.Approves(policy.StageClient, r.Roles, c.Grants...) {
		return "", false
	}
	for _, o := range d.s.Contacts {
		if o.ID != c.ID && d.authority(o) {
			return "", false
		}
	}
	return c.Name + " is the last contact of " + d.s.Client.Name + " who can approve requests, so this needs a successor first.", true
}

// authority reports whether a contact may approve stage client: a person, active, with such a role.
func (d *decider) authority(c *Contact) bool {
	return c.Kind == Person && c.State == ContactActive && d.model.Approves(policy.StageClient, c.Roles, c.Grants...)
}

// hasPower reports whether a contact has approving power: any client-side stage counts (R4).
func (d *decider) hasPower(c *Contact) bool {
	return c.Kind == Person && c.State == ContactActive && slices.ContainsFunc(clientSide, func(s policy.Stage) bool {
		return d.model.Approves(s, c.Roles, c.Grants...)
	})
}

var clientSide = []policy.Stage{policy.StageClient, policy.StageSecurityImpact, policy.StageChargeImpact}

// route sends an allowed, complete request on its way through its stages.
func (d *decider) route(r *Request, a policy.Answer) {
	r.Rule, r.RuleText, r.MovesPower = a.Rule, a.Reason, a.MovesPower
	r.Outside = d.outside(r)
	// Stages that a request has already stay: somebody who may ask less than the requester supplied a detail.
	stages, quorum := d.needs(r, d.requester(r), a)
	r.Stages, r.Quorum = inOrder(slices.Concat(r.Stages, stages)), r.Quorum.With(quorum)
	r.Stage = ""
	d.routed = append(d.routed, r)
	d.advance(r)
}

// needs lists the stages of a request as asked by a contact, and how many people they take.
func (d *decider) needs(r *Request, by *Contact, a policy.Answer) ([]policy.Stage, policy.Quorum) {
	stages, quorum := slices.Clone(a.Stages), a.Quorum
	if d.outside(r) {
		stages = append(stages, policy.StageStaff) // CL-18: staff confirm an address outside the client's domains
	}
	if a.ClientSkipped && (d.s.Client.FourEyes || by.Kind == Shared || len(d.s.Vouched) > 0) {
		// A shared address never approves, not even by asking; nor does whoever is said to have written a released mail.
		if slices.Contains(stages, policy.StageClient) {
			quorum = quorum.With(policy.Quorum{policy.StageClient: quorum.Of(policy.StageClient) + 1})
		}
		stages = append(stages, policy.StageClient)
	}
	return inOrder(stages), quorum
}

// inOrder sorts stages into the order in which they are asked, without doubles.
func inOrder(stages []policy.Stage) []policy.Stage {
	var sorted []policy.Stage
	for _, s := range slices.Concat(clientSide, []policy.Stage{policy.StageSecurity, policy.StageStaff}) {
		if slices.Contains(stages, s) {
			sorted = append(sorted, s)
		}
	}
	return sorted
}

// stands reports whether a request may still go on: its requester represents the client and may ask it, and it needs no
// more approval than it was filed with. Otherwise it says why not.
func (d *decider) stands(r *Request) (rule, why string, ok bool) {
	by := d.requester(r)
	if by == nil || by.State != ContactActive {
		return "R15", "The person who asked for this no longer represents " + d.s.Client.Name + ".", false
	}
	a := d.evaluate(r, by)
	if !a.Allowed {
		return a.Rule, a.Reason, false
	}
	stages, quorum := d.needs(r, by, a)
	more := slices.ContainsFunc(stages, func(s policy.Stage) bool {
		return !slices.Contains(r.Stages, s) || quorum.Of(s) > r.Quorum.Of(s)
	})
	if more || a.MovesPower && !r.MovesPower && r.Action != policy.ActionAddUser {
		return "R7", "Roles have changed since this was asked, and it would need other approvals now: please ask again.", false
	}
	if _, last := d.lastAuthority(r); !last && d.handsOver(r, a) {
		return "R22", byPhoneOnly, false
	}
	return "", "", true
}

func (d *decider) outside(r *Request) bool {
	return r.Action == policy.ActionAddUser && !r.Email.IsZero() && !d.inDomains(r.Email)
}

func (d *decider) inDomains(a mailaddr.Address) bool {
	return slices.ContainsFunc(d.s.Client.Domains, a.InDomain)
}

// foldName makes two spellings of one name equal for look-up.
func foldName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
