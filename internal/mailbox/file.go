package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// filingLimit is how many messages one MOVE takes: whole sets, because servers work message by message on their own
// disk but answer once.
const filingLimit = 200

// expungeIssued says that a message of those named is gone (RFC 5530 section 3).
const expungeIssued imap.ResponseCode = "EXPUNGEISSUED"

// file moves to their folders what the Sink has settled. A folder that refuses is tried again at the next round.
func (r *Runner) file(ctx context.Context, s *session) error {
	for {
		filings, err := r.sink.ToFile(ctx, filingLimit)
		if err != nil {
			return fmt.Errorf("asking what is to be filed: %w", err)
		}
		// What somebody has moved or deleted meanwhile is filed, too; some servers break off when a MOVE finds nothing.
		var uids []uint32
		for _, f := range filings {
			if s.holds(f) {
				uids = append(uids, f.UID)
			}
		}
		slices.Sort(uids)
		if uids, err = s.present(ctx, uids); err != nil {
			return err
		}
		var done []int64
		for _, target := range []FilingTarget{FileProcessed, FileQuarantine, FileOther} {
			ids, err := r.fileTo(ctx, s, target, filings, uids)
			if err != nil {
				return err
			}
			done = append(done, ids...)
		}
		if len(done) == 0 {
			return nil
		}
		r.filedAt = time.Now()
		if err := r.sink.Filed(ctx, done); err != nil {
			return fmt.Errorf("recording %d filings: %w", len(done), err)
		}
		if len(filings) < filingLimit {
			return nil
		}
	}
}

// holds says whether the UID of f names a message of the mailbox: that of another UIDVALIDITY names none any more, or a wrong one.
func (s *session) holds(f Filing) bool { return f.UIDValidity == s.selected.UIDValidity }

// fileTo files what goes to one folder and returns the filings that are settled. present are the UIDs that are still there.
func (r *Runner) fileTo(ctx context.Context, s *session, target FilingTarget, filings []Filing, present []uint32) ([]int64, error) {
	var ids []int64
	var uids []uint32
	for _, f := range filings {
		if f.Folder != target {
			continue
		}
		ids = append(ids, f.ID)
		if _, there := slices.BinarySearch(present, f.UID); there && s.holds(f) {
			uids = append(uids, f.UID)
		}
	}
	if len(uids) == 0 {
		return ids, nil
	}
	slices.Sort(uids)
	var refusal *imap.Error
	err := s.moveTo(ctx, uids, target)
	if errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeTryCreate {
		delete(s.folders, target) // somebody has removed it
		err = s.moveTo(ctx, uids, target)
	}
	if errors.As(err, &refusal) && refusal.Code == expungeIssued {
		// Somebody has removed one just now: the server tells of it with the NOOP.
		if err = watchedErr(ctx, s, "NOOP", func() error { return s.client.Noop().Wait() }); err == nil {
			uids, err = s.present(ctx, uids)
		}
		if err == nil && len(uids) > 0 {
			err = s.moveTo(ctx, uids, target)
		}
	}
	if errors.As(err, &refusal) {
		if !r.refused[target] { // once, not at every mail
			r.log.Error("the server refuses to file; it is tried again", "folder", string(target), "count", len(uids), "error", err)
		}
		r.refused[target] = true
		return nil, nil
	}
	delete(r.refused, target)
	if err != nil {
		return nil, err
	}
	r.log.Info("messages filed", "folder", string(target), "count", len(uids))
	return ids, nil
}

func (s *session) moveTo(ctx context.Context, uids []uint32, target FilingTarget) error {
	folder, err := s.folder(ctx, target)
	if err != nil {
		return err
	}
	return s.move(ctx, uids, folder)
}

// move moves messages to a folder. Client.Move is only good for servers with MOVE: its substitute sends COPY, STORE and
// EXPUNGE at once, and when the COPY fails the mail is gone.
func (s *session) move(ctx context.Context, uids []uint32, folder string) error {
	set := uidSet(uids)
	if s.caps.Has(imap.CapMove) {
		_, err := watched(ctx, s, "moving to "+folder, func() (*imapclient.MoveData, error) {
			return s.client.Move(set, folder).Wait()
		})
		return err
	}
	_, err := watched(ctx, s, "copying to "+folder, func() (*imap.CopyData, error) {
		return s.client.Copy(set, folder).Wait()
	})
	if err != nil {
		return err
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	err = watchedErr(ctx, s, "marking as deleted", func() error { return s.client.Store(set, deleted, nil).Close() })
	if err != nil || !s.caps.Has(imap.CapUIDPlus) {
		// Without UIDPLUS the only EXPUNGE would take other people's deleted mail along.
		return err
	}
	return watchedErr(ctx, s, "expunging", func() error { return s.client.UIDExpunge(set).Close() })
}
