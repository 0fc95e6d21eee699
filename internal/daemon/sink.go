package daemon

import (
	"context"
	"log/slog"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/worker"
)

// sink is the store as one mailbox's session sees it: mail in, dispositions out.
type sink struct {
	store *store.Store
	name  string
	file  bool // filing.mode is move
	meter *mailboxMeter
	log   *slog.Logger
}

func (s *sink) Cursor(ctx context.Context) (mailbox.Cursor, bool, error) {
	c, ok, err := s.store.Cursor(ctx, s.name)
	return mailbox.Cursor(c), ok, err
}

func (s *sink) SetCursor(ctx context.Context, c mailbox.Cursor) error {
	return s.store.StartAt(ctx, s.name, access.Cursor(c))
}

func (s *sink) Store(ctx context.Context, fetched []mailbox.Fetched, c mailbox.Cursor) error {
	mails := make([]access.RawMail, len(fetched))
	for i, f := range fetched {
		mails[i] = access.RawMail{UIDValidity: f.UIDValidity, UID: f.UID, InternalDate: f.InternalDate, Size: f.Size, Raw: f.Raw,
			Truncated: f.Truncated, Unfetchable: f.Unfetchable}
		if f.Unfetchable == "" {
			mails[i].Lookup = worker.HeaderLookup(s.log, f.Raw)
		}
	}
	err := s.store.StoreMails(ctx, s.name, mails, c.UIDValidity, c.UID)
	if err == nil && len(fetched) > 0 {
		s.meter.stored(fetched[len(fetched)-1].InternalDate)
	}
	return err
}

func (s *sink) Known(ctx context.Context, uidValidity uint32, uids []uint32) ([]uint32, error) {
	return s.store.MissingUIDs(ctx, s.name, uidValidity, uids)
}

func (s *sink) Same(ctx context.Context, uidValidity, uid uint32, received time.Time) (bool, error) {
	return s.store.SameMail(ctx, s.name, uidValidity, uid, received)
}

func (s *sink) ToFile(ctx context.Context, limit int) ([]mailbox.Filing, error) {
	if !s.file {
		return nil, nil
	}
	rows, err := s.store.ToFile(ctx, s.name, limit)
	if err != nil {
		return nil, err
	}
	var filings []mailbox.Filing
	for _, r := range rows {
		f := mailbox.Filing{ID: r.ID, UIDValidity: r.UIDValidity, UID: r.UID, Folder: mailbox.FileProcessed}
		switch r.Disposition {
		case access.Quarantined:
			f.Folder = mailbox.FileQuarantine
		case access.Left:
			f.Folder = mailbox.FileOther
		}
		filings = append(filings, f)
	}
	return filings, nil
}

func (s *sink) Filed(ctx context.Context, ids []int64) error { return s.store.Filed(ctx, ids) }
