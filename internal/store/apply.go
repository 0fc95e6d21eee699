package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// DecideMail decides on a claimed mail and stores the outcome, in one transaction that is fenced by the claim.
func (s *Store) DecideMail(ctx context.Context, in *access.Inbound, l *access.Lookup, f access.Facts,
	decide func(*access.Situation) (*access.Outcome, error), render access.Render) (*access.Outcome, error) {
	var out *access.Outcome
	err := s.inTx(ctx, func(x *tx) error {
		sit, err := x.mailSituation(ctx, l)
		if err != nil {
			return err
		}
		if out, err = decide(sit); err != nil {
			return err
		}
		if err := x.apply(ctx, out, render); err != nil {
			return err
		}
		if held, err := x.hold(ctx, in, f, out); held || err != nil {
			return err
		}
		return x.finishInbound(ctx, in, l.Duplicate, f, out)
	})
	return out, err
}

// DecideTimer decides on a claimed timer and stores the outcome.
func (s *Store) DecideTimer(ctx context.Context, t *access.Timer, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render) (*access.Outcome, error) {
	var out *access.Outcome
	err := s.inTx(ctx, func(x *tx) error {
		sit, err := x.timerSituation(ctx, t)
		if err != nil {
			return err
		}
		if out, err = decide(sit); err != nil {
			return err
		}
		// Before what follows: there is never more than one digest to come.
		if err := x.one(ctx, `UPDATE timers SET fired_at = $3, lease_until = NULL WHERE id = $1 AND attempts = $2 AND fired_at IS NULL`,
			t.ID, t.Attempts, x.now); err != nil {
			return fmt.Errorf("finishing timer %d: %w", t.ID, err)
		}
		return x.apply(ctx, out, render)
	})
	return out, err
}

// DecideInvitation decides on something that happened on the registration page of the invitation with this digest. The
// outcome is stored even where the decision comes with access.ErrWrongCode, since the try counts.
func (s *Store) DecideInvitation(ctx context.Context, digest token.Digest, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render) error {
	var verdict error
	err := s.inTx(ctx, func(x *tx) error {
		sit, err := x.invitationSituation(ctx, digest)
		if err != nil {
			return err
		}
		out, err := decide(sit)
		if out == nil {
			return err
		}
		if err != nil && !errors.Is(err, access.ErrWrongCode) {
			return err
		}
		verdict = err
		return x.apply(ctx, out, render)
	})
	if err != nil {
		return err
	}
	return verdict
}

// ViewInvitation loads the situation of an invitation for showing it; nothing is stored.
func (s *Store) ViewInvitation(ctx context.Context, digest token.Digest, view func(*access.Situation)) error {
	return s.inTx(ctx, func(x *tx) error {
		sit, err := x.invitationSituation(ctx, digest)
		if err == nil {
			view(sit)
		}
		return err
	})
}

// apply stores an outcome: first what others point at, the mails last, since they name it all.
func (x *tx) apply(ctx context.Context, o *access.Outcome, render access.Render) error {
	if o.Ticket != nil {
		if err := x.saveTicket(ctx, o.Ticket); err != nil {
			return err
		}
	}
	for _, c := range o.Contacts {
		if err := x.saveContact(ctx, c); err != nil {
			return err
		}
	}
	for _, r := range o.Requests {
		if err := x.saveRequest(ctx, r); err != nil {
			return err
		}
	}
	for _, a := range o.Approvals {
		if err := x.saveApproval(ctx, a); err != nil {
			return err
		}
	}
	for _, d := range o.Decisions {
		if err := x.saveDecision(ctx, d); err != nil {
			return err
		}
	}
	for _, g := range o.Delegations {
		if err := x.saveDelegation(ctx, g); err != nil {
			return err
		}
	}
	for _, c := range o.Retired {
		if _, err := x.ExecContext(ctx, `UPDATE approvals SET state = 'closed' WHERE state = 'open' AND approver_kind = 'contact' AND approver_id = $1`,
			c.ID); err != nil {
			return fmt.Errorf("ending the tokens of contact %d: %w", c.ID, err)
		}
	}
	for _, r := range o.Ended {
		if _, err := x.ExecContext(ctx, `UPDATE approvals SET state = 'closed' WHERE state = 'open'
			AND id IN (SELECT approval_id FROM approval_lines WHERE request_id = $1)
			AND id NOT IN (SELECT l.approval_id FROM approval_lines l JOIN requests r ON r.id = l.request_id
				WHERE r.ticket_id = $2 AND r.state IN ('awaiting_approval', 'approved'))`, r.ID, r.TicketID); err != nil {
			return fmt.Errorf("ending the tokens of request %d: %w", r.ID, err)
		}
	}
	// Revoked ones before the new: only one may live.
	for _, live := range []bool{false, true} {
		for _, i := range o.Invitations {
			if i.State.Live() == live {
				if err := x.saveInvitation(ctx, i); err != nil {
					return err
				}
			}
		}
	}
	for _, v := range o.Visits {
		if err := x.saveVisit(ctx, v); err != nil {
			return err
		}
	}
	for _, a := range o.Acceptances {
		if _, err := x.ExecContext(ctx, `INSERT INTO policy_acceptances (contact_id, policy, version, accepted_at) VALUES ($1, $2, $3, $4)`,
			a.ContactID, a.Policy.URL, a.Policy.Version, stamp(a.At)); err != nil {
			return fmt.Errorf("recording that contact %d accepted a policy: %w", a.ContactID, err)
		}
	}
	for _, c := range o.Challenges {
		if err := x.saveChallenge(ctx, c); err != nil {
			return err
		}
	}
	for _, c := range o.SenderChallenges {
		if err := x.saveSenderChallenge(ctx, c); err != nil {
			return err
		}
	}
	for _, t := range o.Timers {
		if err := x.insertTimer(ctx, t); err != nil {
			return err
		}
	}
	for _, e := range o.Events {
		t := o.Ticket
		if e.Request != nil && e.Request.Ticket != nil {
			t = e.Request.Ticket
		}
		if err := x.appendEvent(ctx, t, e); err != nil {
			return err
		}
	}
	for _, t := range o.Todos {
		if err := x.saveTodo(ctx, t, o); err != nil {
			return err
		}
	}
	for _, m := range o.Mails {
		r, err := render(m)
		if err != nil {
			return fmt.Errorf("writing a mail of kind %s: %w", m.Kind, err)
		}
		if err := x.insertOutbound(ctx, m, r, o.Client); err != nil {
			return err
		}
	}
	return nil
}
