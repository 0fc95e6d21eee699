package daemon

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/internal/web"
)

// intake is the way of what portals ask to the core and the store.
type intake struct {
	store  *store.Store
	env    func() *access.Env
	render access.Render
	limits config.Limits
}

func (i *intake) Submit(ctx context.Context, key string, body token.Digest, sub *access.Submission) ([]byte, bool, error) {
	l := &access.Lookup{Author: sub.Contact, Client: sub.Client, AnswersPerAddress: i.limits.AnswersPerAddress,
		AnswersPerClient: i.limits.AnswersPerClient}
	response, again, err := i.store.DecideSubmission(ctx, store.SubmissionKey{Portal: sub.Portal, Key: token.DigestOf(key), Body: body}, l,
		func(s *access.Situation) (*access.Outcome, error) { return access.DecideSubmission(s, sub, i.env()) }, i.render,
		func(o *access.Outcome) ([]byte, error) { return json.Marshal(web.ReceiptOf(o)) })
	if errors.Is(err, store.ErrKeyReused) {
		err = web.ErrKeyReused
	}
	return response, again, err
}

// portals are those of the config, as the pages know them.
func (d *Daemon) portals() []web.Portal {
	var all []web.Portal
	for _, p := range d.cfg.Portals {
		all = append(all, web.Portal{Name: p.Name, Token: token.Digest(p.TokenDigest), Team: access.Team(p.Team), Clients: p.Clients,
			PerMinute: p.PerMinute})
	}
	return all
}
