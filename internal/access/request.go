package access

import (
	"reflect"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// request files what a contact asks: one ticket for the mail, one request for each person, one answer for all.
func (d *decider) request() {
	author := d.author()
	asked := d.wishes(author)
	if len(asked) == 0 {
		d.other("asks for nothing that is known")
		return
	}
	t := &Ticket{ClientID: d.s.Client.ID, Team: d.in.Team, Subject: d.in.Subject, MessageID: d.in.MessageID, CreatedAt: d.env.Now}
	if author != nil {
		t.RequesterID = author.ID
	} else {
		t.StaffID = d.s.AuthorStaff.ID
	}
	lines := append(d.fileAll(asked, t, 0), d.unsaid(author)...)
	d.out.Ticket = nil
	if slices.ContainsFunc(d.out.Requests, func(r *Request) bool { return r.Ticket == t }) {
		d.out.Ticket = t
	}
	d.answer(author, d.out.Ticket, lines)
}

// unsaid asks to what details shall be changed, where a mail wants that besides other things and does not say it.
func (d *decider) unsaid(author *Contact) []Line {
	if author == nil || !d.asksCommand("change_details") || !slices.ContainsFunc(d.in.Reading.Changes, interpret.Change.Empty) {
		return nil
	}
	return []Line{{Action: policy.ActionChangeDetails, Name: author.Name, Status: StatusUnsaid}}
}

// wishes are the requests of a mail, not filed yet.
func (d *decider) wishes(author *Contact) []*Request {
	var all []*Request
	if r := d.handOver(author); r != nil {
		return append(all, r)
	}
	for _, q := range d.in.Reading.Requests {
		all = append(all, d.newRequest(q, author))
	}
	for _, c := range d.in.Reading.Changes {
		if !c.Empty() {
			all = append(all, d.newChange(c, author))
		}
	}
	return all
}

// fileAll decides on new requests, which get their places in the ticket behind the first ones.
func (d *decider) fileAll(asked []*Request, t *Ticket, first int) []Line {
	author := d.author()
	var lines []Line
	var filed []*Request
	for _, r := range asked {
		r.Ticket, r.Position = t, first+len(filed)+1
		d.vouches(r)
		line, keep := d.file(r, author)
		if keep {
			filed = append(filed, r)
			d.touch(r)
		}
		lines = append(lines, line)
	}
	if d.out.Disposition != Applied {
		d.out.Disposition, d.out.Reason = Answered, "answered"
	}
	for _, r := range filed {
		d.event("request_filed", r, map[string]any{"action": r.Action, "name": r.Name, "email": r.Email.String(),
			"roles": r.Roles, "reason": r.Reason, "details": r.Details, "state": r.State, "rule": r.Rule})
		if r.underWay() {
			d.out.Disposition, d.out.Reason = Applied, "filed"
		}
	}
	return lines
}

// underWay reports whether asking had an effect: a refused, joined or questioned request is merely answered (R34).
func (r *Request) underWay() bool {
	return r.State == AwaitingApproval || r.State == Approved || r.State == Invited || r.State == Completed
}

func (d *decider) newRequest(asked interpret.Request, author *Contact) *Request {
	r := &Request{ClientID: d.s.Client.ID, Action: policy.Action(asked.Action), CreatedAt: d.env.Now}
	if author != nil {
		r.RequesterID = author.ID
	} else if d.s.AuthorStaff != nil {
		r.StaffID = d.s.AuthorStaff.ID
	}
	fill(r, asked)
	if r.Action == policy.ActionResendInvitation && r.Name == "" && r.Email.IsZero() && author != nil {
		r.Email = author.Address // CL-21: without a name the sender means themselves
	}
	if r.Action != policy.ActionAddUser {
		d.identify(r)
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
	r.Details.supply(asked)
	r.supplyVisit(asked)
}

// file decides on one new request. Forbidden goes before what is already there, and both before incomplete (R16).
// The second result says whether the request is kept; a joined one is not.
func (d *decider) file(r *Request, author *Contact) (Line, bool) {
	if author == nil {
		author = d.actor(r)
	}
	if author.State == ContactSuspended {
		r.State, r.Rule, r.RuleText = Refused, "R15", youSuspended
		return d.line(r, StatusRefused), true
	}
	d.inPlace(r)
	answer := d.evaluate(r, author)
	if !answer.Allowed {
		d.refuse(r, answer)
		return d.refusal(r, answer), true
	}
	if line, stop := d.alreadyThere(r); stop {
		d.join(r, author)
		return line, false
	}
	return d.check(r, answer)
}

// check sends an allowed request on its way, asks for what it lacks, or says what stands in its way. The second result says
// whether the request is kept.
func (d *decider) check(r *Request, answer policy.Answer) (Line, bool) {
	refuse := func(rule, why string) (Line, bool) {
		r.State, r.Stage, r.Rule, r.RuleText = Refused, "", rule, why
		return d.line(r, StatusRefused), true
	}
	if c := d.subject(r); r.Action == policy.ActionResendInvitation && c != nil && !d.invitable(c) {
		return refuse("CL-21", "There is no open invitation for this person.")
	}
	if why, stop := d.lastAuthority(r); stop && len(r.Roles) > 0 == (r.Action == policy.ActionChangeRole) {
		return refuse("R26", why)
	}
	if rule, why, stop := d.asHandOver(r, answer); stop {
		return refuse(rule, why)
	}
	if r.Action == policy.ActionScheduleVisit {
		if _, ok := d.site(r); !ok {
			d.waitForDetails(r)
			l := d.line(r, StatusDetails)
			l.Missing = append(l.Missing, FieldSite)
			return l, true
		}
		if _, _, ok := d.window(r); !ok {
			r.Details.Visit.Starts, r.Details.Visit.Ends = "", "" // a time that is gone, or cannot be, is asked for again
		}
	}
	if len(r.Missing()) > 0 {
		d.waitForDetails(r)
		return d.line(r, StatusDetails), true
	}
	if r.Action != policy.ActionAddUser && r.Action != policy.ActionScheduleVisit && d.subject(r) == nil {
		return d.line(r, StatusUnknown), false
	}
	if rule, why, stop := d.pointless(r); stop {
		return refuse(rule, why)
	}
	d.route(r, answer)
	return d.line(r, d.status(r)), true
}

// evaluate asks the role model whether the contact may ask this.
func (d *decider) evaluate(r *Request, by *Contact) policy.Answer {
	q := policy.Question{Action: r.Action, ActorRoles: by.Roles, Grants: by.Grants, PhysicalAccess: by.PhysicalAccess, Roles: r.Roles,
		Details: r.changed()}
	c := d.subject(r)
	if c != nil && c.State == ContactRemoved {
		c = nil
	}
	if c != nil {
		q.SubjectRoles, q.Self, q.Lead = c.Roles, c.ID == by.ID, c.Lead
		q.Admitted = c.PhysicalAccess || r.Details.Visit.Escort == "yes"
		if r.Action == policy.ActionResendInvitation && d.askedFor(c, by) {
			q.Self = true // R13: whoever asked for the person may ask for the invitation again
		}
	}
	if r.Action == policy.ActionScheduleVisit && c == nil && (r.Name != "" || !r.Email.IsZero()) {
		q.Unlisted = true
	}
	return d.model.Decide(q)
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

// FieldReplace is missing until the requester says that somebody shall lose the role that they ask for another person (R22).
const FieldReplace interpret.Field = "replace"

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
	case policy.ActionScheduleVisit:
		if r.Name == "" {
			m = append(m, interpret.FieldName)
		}
		if r.Details.Visit.Starts == "" {
			m = append(m, interpret.FieldStarts)
		}
		if r.Reason == "" {
			m = append(m, interpret.FieldReason)
		}
	case policy.ActionRemoveUser, policy.ActionResendInvitation, policy.ActionChangeDetails:
		if who {
			m = append(m, interpret.FieldEmail)
		}
	}
	if r.Details.Replaces != 0 && !r.Details.Agreed {
		m = append(m, FieldReplace)
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
	if o := d.askedAlready(r); o != nil {
		if anotherRole(o, r) {
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

// askedAlready is the open request for the same person, and the same details, as another one.
func (d *decider) askedAlready(r *Request) *Request {
	for _, o := range d.openAbout(r.Email) {
		if o != r && o.Action == r.Action && sameDetails(o, r) {
			return o
		}
	}
	return nil
}

func anotherRole(a, b *Request) bool {
	return len(a.Roles) > 0 && len(b.Roles) > 0 && !slices.Equal(a.Roles, b.Roles)
}

// join keeps in mind that a contact asked for what is open already: they are told how it ends (R29).
func (d *decider) join(r *Request, by *Contact) {
	o := d.askedAlready(r)
	if o == nil || o.ID == 0 || anotherRole(o, r) || by.ID == 0 || by.ID == o.RequesterID || slices.Contains(o.Details.Joined, by.ID) {
		return
	}
	o.Details.Joined = append(slices.Clone(o.Details.Joined), by.ID)
	d.keep(o)
	d.event("joined", o, map[string]any{"contact": by.ID})
}

// sameDetails reports whether two requests for one person ask the same, where more than person and role says what that is.
func sameDetails(a, b *Request) bool {
	if a.Action != policy.ActionChangeDetails && a.Action != policy.ActionScheduleVisit {
		return true
	}
	x, y := a.Details, b.Details
	for _, z := range []*Details{&x, &y} {
		z.Authors, z.Joined, z.Vouched, z.Unconfirmed = nil, nil, false, false
	}
	return reflect.DeepEqual(x, y)
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
	if c == nil || !d.authority(c) || r.Details.Replaces != 0 || r.Action != policy.ActionRemoveUser && r.Action != policy.ActionChangeRole {
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

// approving reports whether one of the roles has approving power.
func (d *decider) approving(roles []string) bool {
	return slices.ContainsFunc(clientSide, func(s policy.Stage) bool { return d.model.Approves(s, roles) })
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
	stages, quorum := d.needs(r, d.actor(r), a)
	r.Stages, r.Quorum = inOrder(slices.Concat(r.Stages, stages)), r.Quorum.With(quorum)
	r.Stage = ""
	d.routed = append(d.routed, r)
	d.advance(r)
}

// needs lists the stages of a request as asked by a contact, and how many people they take.
func (d *decider) needs(r *Request, by *Contact, a policy.Answer) ([]policy.Stage, policy.Quorum) {
	stages, quorum := slices.Clone(a.Stages), a.Quorum
	if d.own(r) {
		return nil, nil
	}
	if r.StaffID != 0 && r.Action != policy.ActionResendInvitation { // R13: its link goes to the invited address alone
		stages = append(stages, policy.StageClient, policy.StageStaff) // R14
	}
	if isYes(r.Details.Badge) && d.allowsBadge(r.Roles) {
		stages = append(stages, policy.StageSecurity) // R31
	}
	stages = append(stages, d.confirmations(r, a)...)
	if a.Checklist != policy.ChecklistNone {
		stages = append(stages, d.handOverStages(r)...)
	}
	if d.outside(r) {
		stages = append(stages, policy.StageStaff) // CL-18: staff confirm an address outside the client's domains
	}
	if a.ClientSkipped && (d.s.Client.FourEyes || by.Kind == Shared || r.Details.Vouched) {
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
	for _, s := range slices.Concat(clientSide, confirmations, []policy.Stage{policy.StageSecurity, policy.StageStaff}) {
		if slices.Contains(stages, s) {
			sorted = append(sorted, s)
		}
	}
	return sorted
}

// stands reports whether a request may still go on: its requester represents the client and may ask it, and it needs no
// more approval than it was filed with. Otherwise it says why not.
func (d *decider) stands(r *Request) (rule, why string, ok bool) {
	by := d.actor(r)
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
	if more || a.MovesPower && !r.MovesPower && (r.Action != policy.ActionAddUser || d.approving(r.Roles)) {
		return "R7", "Roles have changed since this was asked, and it would need other approvals now: please ask again.", false
	}
	if full, vacant := d.bounds(r); len(full)+len(vacant) > 0 && r.Details.Replaces == 0 {
		if _, last := d.lastAuthority(r); !last {
			return "R22", nameSuccessor, false
		}
	}
	return "", "", true
}

// actor is the contact by whose right a request is asked: its requester, or for staff an authority of the client (R14).
func (d *decider) actor(r *Request) *Contact {
	if r.StaffID == 0 {
		return d.requester(r)
	}
	if d.staffByID(r.StaffID) == nil {
		return nil
	}
	return &Contact{State: ContactActive, Kind: Person, PhysicalAccess: true, Roles: d.model.Approvers(policy.StageClient)}
}

func (d *decider) outside(r *Request) bool {
	if n := r.newAddress(); !n.IsZero() {
		return !d.inDomains(n)
	}
	return r.Action == policy.ActionAddUser && !r.Email.IsZero() && !d.inDomains(r.Email)
}

func (d *decider) inDomains(a mailaddr.Address) bool {
	return slices.ContainsFunc(d.s.Client.Domains, a.InDomain)
}

// resembled is the domain that people could take an address of the request for: one of the client, of who asks, or of our
// staff. It only warns: both acme.com and acme.example may be right.
func (d *decider) resembled(r *Request) string {
	a := r.newAddress()
	if a.IsZero() {
		a = r.Email
	}
	if a.IsZero() || d.s.Client == nil {
		return ""
	}
	known := slices.Clone(d.s.Client.Domains)
	if asks := d.requester(r); asks != nil {
		known = append(known, asks.Address.Domain)
	}
	for _, s := range d.s.Staff {
		known = append(known, s.Address.Domain)
	}
	like, _ := mailaddr.LooksLike(a.Domain, known)
	return mailaddr.DisplayDomain(like)
}

// foldName makes two spellings of one name equal for look-up.
func foldName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
