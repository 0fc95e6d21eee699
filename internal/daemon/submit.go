package daemon

import (
	"context"
	"errors"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/submission"
)

// submitter is one connection to the submission server as the sending worker sees it.
type submitter struct{ client *submission.Client }

func (s submitter) Submit(ctx context.Context, o *access.Outgoing) error {
	err := s.client.Send(ctx, submission.Envelope{MailFrom: o.MailFrom.String(), Rcpt: o.Rcpt.String()}, o.Raw)
	var refused *submission.Error
	if errors.As(err, &refused) {
		return verdict{refusal: refused}
	}
	return err
}

// verdict tells the worker whether trying again makes sense.
type verdict struct{ refusal *submission.Error }

func (v verdict) Error() string     { return v.refusal.Error() }
func (v verdict) Unwrap() error     { return v.refusal }
func (v verdict) IsPermanent() bool { return v.refusal.Permanent }
