package access

import (
	"slices"
	"time"
)

// deadline is when a request that waits for details or an approval expires (R11).
func (d *decider) deadline(r *Request) time.Time {
	asked := r.AskedAt
	if asked.IsZero() {
		asked = r.UpdatedAt
	}
	return asked.Add(d.env.Settings.RequestExpiry)
}

// await sets the timers of a request that was just asked about: it expires, people are reminded, and a stage that nobody
// answers is escalated.
func (d *decider) await(r *Request) {
	r.AskedAt, r.Reminders, r.Escalated = d.env.Now, 0, false
	d.timer(TimerExpiry, r, nil, d.deadline(r))
	d.remindAgain(r)
	if wait := d.env.Settings.Escalation; r.State == AwaitingApproval && wait > 0 && wait < d.env.Settings.RequestExpiry {
		d.timer(TimerEscalation, r, nil, r.AskedAt.Add(wait))
	}
}

// remindAgain sets the timer of the next reminder, if there is one before the request expires.
func (d *decider) remindAgain(r *Request) {
	all := d.env.Settings.Reminders
	if r.Reminders < len(all) && all[r.Reminders] < d.env.Settings.RequestExpiry {
		d.timer(TimerReminder, r, nil, r.AskedAt.Add(all[r.Reminders]))
	}
}

// remindersDue is how many reminders should have gone out by now.
func (d *decider) remindersDue(r *Request) int {
	n := 0
	for _, wait := range d.env.Settings.Reminders {
		if !d.env.Now.Before(r.AskedAt.Add(wait)) {
			n++
		}
	}
	return n
}

// waits reports whether a request waits for people, and its expiry is not due as well.
func (d *decider) waits(r *Request) bool {
	return (r.State == NeedsDetails || r.State == AwaitingApproval) && d.env.Now.Before(d.deadline(r))
}

// remind reminds whoever can still answer, in one mail for all requests of the ticket that are due. After an outage the
// reminders that were missed become one.
func (d *decider) remind() {
	var details []*Request
	for _, r := range d.s.Requests {
		due := d.remindersDue(r)
		if !d.waits(r) || due <= r.Reminders {
			continue
		}
		r.Reminders = due
		d.keep(r)
		d.event("reminded", r, map[string]any{"stage": r.Stage, "reminder": due})
		d.remindAgain(r)
		if r.State == NeedsDetails {
			details = append(details, r)
			continue
		}
		d.remindApprovers(r)
	}
	d.remindRequester(details)
}

func (d *decider) remindApprovers(r *Request) {
	for _, c := range d.present(r) {
		d.addAsk(&ask{stage: r.Stage, kind: ByContact, contact: c, again: true}, r)
	}
	if r.Escalated || !fromClient(r.Stage) {
		for _, m := range d.colleagues(r) {
			d.addAsk(&ask{stage: r.Stage, kind: ByStaff, staff: m, escalated: fromClient(r.Stage), again: true}, r)
		}
	}
}

// remindRequester asks once more for what is missing.
func (d *decider) remindRequester(waiting []*Request) {
	if len(waiting) == 0 {
		return
	}
	to := d.requester(waiting[0])
	if to == nil || to.State != ContactActive {
		return
	}
	m := &Mail{Kind: MailReminder, To: to.Address, ToName: to.Name, Language: to.Language, Ticket: d.s.Ticket,
		InReplyTo: d.s.Ticket.MessageID, Data: MailData{Client: d.s.Client.Name, Requester: to.Name}}
	for _, r := range waiting {
		m.Data.Lines = append(m.Data.Lines, d.line(r, StatusDetails))
		m.Data.Until = earlier(m.Data.Until, d.deadline(r))
	}
	d.out.Mails = append(d.out.Mails, m)
}

// earlier is the earlier of two times, where zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// escalate asks staff to stand in for approvers of the ticket who do not answer (R11). Where staff themselves do not answer,
// a human must see to it. Requests that were answered meanwhile are asked anew, and are not due.
func (d *decider) escalate() {
	for _, r := range d.s.Requests {
		if !d.waits(r) || r.State != AwaitingApproval || r.Escalated || r.Stage == StageNewAddress || d.env.Now.Before(r.AskedAt.Add(d.env.Settings.Escalation)) {
			continue
		}
		r.Escalated = true
		d.keep(r)
		d.event("escalated", r, map[string]any{"stage": r.Stage})
		if !fromClient(r.Stage) {
			d.out.Alarms = append(d.out.Alarms, "team "+string(d.team(r))+" has not answered stage "+string(r.Stage)+" of a request in time")
			continue
		}
		for _, m := range d.colleagues(r) {
			d.addAsk(&ask{stage: r.Stage, kind: ByStaff, staff: m, escalated: true, silent: true}, r)
		}
	}
}

// reroute asks whoever may answer since people have come, gone or changed roles.
func (d *decider) reroute(t *Timer) {
	r := d.requestByID(t.RequestID)
	if r == nil || r.State != AwaitingApproval || !d.waits(r) {
		return
	}
	d.keep(r)
	d.askMissing(r)
}

// rerouteAll sets the timers by which the client's waiting requests are asked about anew, after a change of who may
// approve: their approvals belong to other tickets.
func (d *decider) rerouteAll() {
	for _, r := range d.open() {
		if r.State == AwaitingApproval && r.ID != 0 {
			d.timer(TimerReroute, r, nil, d.env.Now)
		}
	}
}

// powerMoved reports whether this event carried a change of approving power out.
func (d *decider) powerMoved() bool {
	return slices.ContainsFunc(d.out.Requests, func(r *Request) bool { return r.State == Completed && r.MovesPower })
}

// keep puts a request into the outcome without a stamp: nobody has acted on it.
func (d *decider) keep(r *Request) {
	if !slices.Contains(d.out.Requests, r) {
		d.out.Requests = append(d.out.Requests, r)
	}
}
