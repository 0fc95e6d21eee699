package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

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
		return x.apply(ctx, &application{out: out, render: render})
	})
	return out, err
}

// DecideInvitation decides on something that happened on the registration page of the invitation with this digest. The
// outcome is stored even where the decision comes with access.ErrWrongCode, since the try counts.
func (s *Store) DecideInvitation(ctx context.Context, digest token.Digest, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render) error {
	return s.decidePage(ctx, (*tx).invitationSituation, digest, decide, render)
}

// DecideApproval is the same for the page of an approver's token.
func (s *Store) DecideApproval(ctx context.Context, digest token.Digest, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render) error {
	return s.decidePage(ctx, (*tx).approvalSituation, digest, decide, render)
}

// pageSituation loads what a page is about by the digest of the token in its link.
type pageSituation func(*tx, context.Context, token.Digest) (*access.Situation, error)

func (s *Store) decidePage(ctx context.Context, load pageSituation, digest token.Digest, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render) error {
	var verdict error
	err := s.inTx(ctx, func(x *tx) error {
		sit, err := load(x, ctx, digest)
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
		return x.apply(ctx, &application{out: out, render: render})
	})
	if err != nil {
		return err
	}
	return verdict
}

// ViewInvitation loads the situation of an invitation for showing it; nothing is stored, and nobody waits for it.
func (s *Store) ViewInvitation(ctx context.Context, digest token.Digest, view func(*access.Situation)) error {
	return s.viewPage(ctx, (*tx).invitationSituation, digest, view)
}

// ViewApproval is the same for the page of an approver's token.
func (s *Store) ViewApproval(ctx context.Context, digest token.Digest, view func(*access.Situation)) error {
	return s.viewPage(ctx, (*tx).approvalSituation, digest, view)
}

func (s *Store) viewPage(ctx context.Context, load pageSituation, digest token.Digest, view func(*access.Situation)) error {
	return s.inView(ctx, func(x *tx) error {
		sit, err := load(x, ctx, digest)
		if err == nil {
			view(sit)
		}
		return err
	})
}

// application is an outcome to be stored.
type application struct {
	out    *access.Outcome
	render access.Render
}

// apply stores outcomes that do not depend on one another: first what others point at, the mails last, since they name it
// all. Of each table all new rows go together.
func (x *tx) apply(ctx context.Context, all ...*application) error {
	for _, step := range []func(context.Context, []*application) error{
		x.saveTickets, x.saveContacts, x.saveRequests, x.saveApprovals, x.saveAnswers, x.endApprovals, x.saveInvitations, x.saveOthers,
		x.saveTimers, x.saveEvents, x.saveTodos, x.saveMails,
	} {
		if err := step(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

func (x *tx) saveContacts(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, c := range a.out.Contacts {
			if err := x.saveContact(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *tx) saveAnswers(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, d := range a.out.Decisions {
			if err := x.saveDecision(ctx, d); err != nil {
				return err
			}
		}
		for _, g := range a.out.Delegations {
			if err := x.saveDelegation(ctx, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// endApprovals ends the tokens of people and of requests.
func (x *tx) endApprovals(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, c := range a.out.Retired {
			if _, err := x.ExecContext(ctx, `UPDATE approvals SET state = 'closed' WHERE state = 'open' AND approver_kind = 'contact' AND approver_id = $1`,
				c.ID); err != nil {
				return fmt.Errorf("ending the tokens of contact %d: %w", c.ID, err)
			}
		}
		for _, r := range a.out.Ended {
			if _, err := x.ExecContext(ctx, `UPDATE approvals SET state = 'closed' WHERE state = 'open'
				AND id IN (SELECT approval_id FROM approval_lines WHERE request_id = $1)
				AND id NOT IN (SELECT l.approval_id FROM requests r JOIN approval_lines l ON l.request_id = r.id
					WHERE r.ticket_id = $2 AND r.state IN ('awaiting_approval', 'approved'))`, r.ID, r.TicketID); err != nil {
				return fmt.Errorf("ending the tokens of request %d: %w", r.ID, err)
			}
		}
	}
	return nil
}

// saveInvitations saves revoked ones before the new: only one may live.
func (x *tx) saveInvitations(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, live := range []bool{false, true} {
			for _, i := range a.out.Invitations {
				if i.State.Live() == live {
					if err := x.saveInvitation(ctx, i); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// saveOthers saves what few outcomes have.
func (x *tx) saveOthers(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, v := range a.out.Visits {
			if err := x.saveVisit(ctx, v); err != nil {
				return err
			}
		}
		for _, p := range a.out.Acceptances {
			if _, err := x.ExecContext(ctx, `INSERT INTO policy_acceptances (contact_id, policy, version, accepted_at) VALUES ($1, $2, $3, $4)`,
				p.ContactID, p.Policy.URL, p.Policy.Version, stamp(p.At)); err != nil {
				return fmt.Errorf("recording that contact %d accepted a policy: %w", p.ContactID, err)
			}
		}
		for _, c := range a.out.Challenges {
			if err := x.saveChallenge(ctx, c); err != nil {
				return err
			}
		}
		for _, c := range a.out.SenderChallenges {
			if err := x.saveSenderChallenge(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *tx) saveTimers(ctx context.Context, all []*application) error {
	var timers []*access.Timer
	for _, a := range all {
		timers = append(timers, a.out.Timers...)
	}
	return x.insertTimers(ctx, timers)
}

func (x *tx) saveEvents(_ context.Context, all []*application) error {
	for _, a := range all {
		for _, e := range a.out.Events {
			t := a.out.Ticket
			if e.Request != nil && e.Request.Ticket != nil {
				t = e.Request.Ticket
			}
			x.appendEvent(t, e)
		}
	}
	return nil
}

func (x *tx) saveTodos(ctx context.Context, all []*application) error {
	for _, a := range all {
		for _, t := range a.out.Todos {
			if err := x.saveTodo(ctx, t, a.out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *tx) saveMails(ctx context.Context, all []*application) error {
	var mails []outgoingMail
	for _, a := range all {
		for _, m := range a.out.Mails {
			r, err := a.render(m)
			if err != nil {
				return fmt.Errorf("writing a mail of kind %s: %w", m.Kind, err)
			}
			mails = append(mails, outgoingMail{m, r, a.out.Client})
		}
	}
	return x.insertOutbound(ctx, mails)
}
