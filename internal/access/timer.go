package access

import "fmt"

// DecideTimer says what follows when a timer is due. What counts is what is due by then, of all that the timer's ticket has: one
// that was set for an earlier round, or for a state that has passed, finds nothing.
func DecideTimer(s *Situation, t *Timer, env *Env) (*Outcome, error) {
	d := newDecider(s, nil, env)
	if t.Kind == TimerDigest {
		d.digest(t)
		return d.out, d.err
	}
	if s.Client == nil || d.model == nil {
		return nil, fmt.Errorf("firing timer %d: its client has no known role model", t.ID)
	}
	switch t.Kind {
	case TimerRelease:
		r := d.requestByID(t.RequestID)
		if r == nil || r.State != Approved {
			break
		}
		if env.Now.Before(r.HeldUntil) {
			// Another machine's clock was ahead of ours, or it was approved anew since.
			d.timer(TimerRelease, r, nil, r.HeldUntil)
			break
		}
		d.release(r)
		d.closeApprovals(nil, []*Request{r})
	case TimerExpiry:
		// The deadline is counted from when the request was last asked about.
		if r := d.requestByID(t.RequestID); r != nil && (r.State == NeedsDetails || r.State == AwaitingApproval) {
			d.expire(r)
		}
	case TimerRefused:
		d.cameBack()
	case TimerSenderExpiry:
		d.expireSender(t)
	case TimerSenderReminder:
		d.remindSender(t)
	case TimerVisitOver:
		if r := d.requestByID(t.RequestID); r != nil {
			d.visitOver(r)
		}
	case TimerVisitReview:
		if r := d.requestByID(t.RequestID); r != nil {
			d.reviewVisit(r)
		}
	case TimerInvitationExpiry:
		d.lapse(t)
	case TimerReminder:
		d.remind()
	case TimerEscalation:
		d.escalate()
	case TimerReroute:
		d.reroute(t)
	case TimerDelegationEnd:
		d.endTimer(t)
	}
	d.done()
	return d.out, d.err
}

// expire ends a request that waited too long. Expiry fails closed: nothing is granted (R11).
func (d *decider) expire(r *Request) {
	if due := d.deadline(r); d.env.Now.Before(due) {
		d.timer(TimerExpiry, r, nil, due)
		return
	}
	r.State, r.Stage = Expired, ""
	d.touch(r)
	d.event("expired", r, nil)
	d.closeApprovals(nil, []*Request{r})
	d.outcome(r, d.line(r, StatusExpired))
}

// lapse ends an invitation that was not used in time; the invitee's page offers a new link (R30).
func (d *decider) lapse(t *Timer) {
	i := d.s.Invitation
	if i == nil || !i.State.Live() {
		return
	}
	if d.env.Now.Before(i.ExpiresAt) {
		d.timer(TimerInvitationExpiry, d.requestByID(i.RequestID), i, i.ExpiresAt)
		return
	}
	i.State = InvitationExpired
	d.touchInvitation(i)
	r := d.requestByID(i.RequestID)
	if r == nil || r.State != Invited {
		return
	}
	r.State = Lapsed
	if c := d.contactByID(i.ContactID); c != nil {
		d.cancelBadge(r, c)
	}
	d.touch(r)
	d.event("lapsed", r, nil)
	d.outcome(r, d.line(r, StatusLapsed))
}
