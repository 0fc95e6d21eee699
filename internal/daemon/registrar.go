package daemon

import (
	"context"

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
