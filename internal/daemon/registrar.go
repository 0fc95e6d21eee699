package daemon

import (
	"context"
	"log/slog"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

// registrar is the registration page's way to the core and the store.
type registrar struct {
	store  *store.Store
	env    func() *access.Env
	render access.Render
}

func (r *registrar) Invitation(ctx context.Context, t token.Token) (view access.InvitationView, err error) {
	loadErr := r.store.ViewInvitation(ctx, t.Digest(), func(s *access.Situation) {
		env := r.env()
		view, err = access.ViewInvitation(s, env), access.CheckInvitation(s.Invitation, env.Now)
	})
	if loadErr != nil {
		err = loadErr
	}
	return view, err
}

func (r *registrar) SendCode(ctx context.Context, t token.Token, session token.Digest) error {
	return r.store.DecideInvitation(ctx, t.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideCode(s, session, r.env())
	}, r.render)
}

func (r *registrar) Register(ctx context.Context, t token.Token, session token.Digest, code token.Code, accepted string) error {
	return r.store.DecideInvitation(ctx, t.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideRegistration(s, session, code, accepted, r.env())
	}, r.render)
}

func (r *registrar) Renew(ctx context.Context, t token.Token) error {
	return r.store.DecideInvitation(ctx, t.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideNewLink(s, r.env())
	}, r.render)
}

// stopper is the way of the pages that answer STOP.
type stopper struct {
	store  *store.Store
	env    func() *access.Env
	render access.Render
	log    *slog.Logger
}

func (p *stopper) Stoppable(ctx context.Context, t token.Token) (view access.StopView, err error) {
	loadErr := p.store.ViewApproval(ctx, t.Digest(), func(s *access.Situation) { view, err = access.ViewStop(s, t, p.env()) })
	if loadErr != nil {
		err = loadErr
	}
	return view, err
}

func (p *stopper) SendStopCode(ctx context.Context, t token.Token, session token.Digest) error {
	return p.store.DecideApproval(ctx, t.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideStopCode(s, t, session, p.env())
	}, p.render)
}

func (p *stopper) Stop(ctx context.Context, t token.Token, session token.Digest, code token.Code) error {
	var alarms []string
	err := p.store.DecideApproval(ctx, t.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		out, err := access.DecideStop(s, t, session, code, p.env())
		if out != nil {
			alarms = out.Alarms
		}
		return out, err
	}, p.render)
	if err == nil {
		for _, a := range alarms {
			p.log.ErrorContext(ctx, "a human is needed", "why", a)
		}
	}
	return err
}
