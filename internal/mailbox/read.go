package mailbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// findCursor asks the Sink where to go on, and settles it for a mailbox that was never read or has been renumbered.
func (r *Runner) findCursor(ctx context.Context, s *session) (Cursor, error) {
	c, ok, err := r.sink.Cursor(ctx)
	if err != nil {
		return Cursor{}, fmt.Errorf("reading the cursor: %w", err)
	}
	validity := s.selected.UIDValidity
	back := false
	if ok && c.UIDValidity == validity {
		if back, err = r.goneBack(ctx, s, c); err != nil || !back {
			return c, err
		}
	}
	switch {
	case back:
		r.log.Warn("the mailbox has gone back to an older state, reading it again", "uid_next", uint32(s.selected.UIDNext), "read_up_to", c.UID, "since", c.Since)
		c, err = s.renumberedCursor(ctx, c.Since)
	case ok:
		r.log.Warn("UIDVALIDITY has changed, reading the mailbox again", "from", c.UIDValidity, "to", validity, "since", c.Since)
		c, err = s.renumberedCursor(ctx, c.Since)
	default:
		c, err = s.startCursor(ctx, r.cfg.Start)
	}
	if err != nil {
		return Cursor{}, err
	}
	r.trouble = trouble{}
	if err := r.sink.SetCursor(ctx, c); err != nil {
		return Cursor{}, fmt.Errorf("setting the cursor: %w", err)
	}
	return c, nil
}

// goneBack tells whether the server was restored from a backup and kept its UIDVALIDITY, which RFC 9051 section 2.3.1.1
// forbids: UIDs that were read then stand for mail that has come since. Either UIDNEXT shows it, or the last message up to
// the cursor, which is then another one than the Sink has.
func (r *Runner) goneBack(ctx context.Context, s *session, c Cursor) (bool, error) {
	if next := uint32(s.selected.UIDNext); next > 0 && next <= c.UID {
		return true, nil
	}
	if c.UID == 0 {
		return false, nil
	}
	last, err := s.lastUpTo(ctx, c.UID, r.cfg.Window)
	if err != nil || len(last) == 0 {
		return false, err
	}
	known := map[uint32]announced{}
	if err := s.fetchAnnounced(ctx, last, known); err != nil {
		return false, err
	}
	a, ok := known[last[0]]
	if !ok || a.date.IsZero() {
		return false, nil // it has just vanished
	}
	same, err := r.sink.Same(ctx, c.UIDValidity, last[0], a.date)
	if err != nil {
		return false, fmt.Errorf("comparing UID %d: %w", last[0], err)
	}
	return !same, nil
}

// startCursor is the position before the first message that start wants.
func (s *session) startCursor(ctx context.Context, start Start) (Cursor, error) {
	c := Cursor{UIDValidity: s.selected.UIDValidity, Since: start.Since}
	switch start.Mode {
	case StartAll:
		c.Since = time.Time{}
		return c, nil
	case StartSince:
		uids, err := s.search(ctx, &imap.SearchCriteria{Since: start.Since})
		if err != nil {
			return c, err
		}
		if len(uids) > 0 {
			c.UID = uids[0] - 1
			return c, nil
		}
	default:
		c.Since = time.Now().UTC().Truncate(time.Second)
	}
	if s.selected.UIDNext > 0 {
		c.UID = uint32(s.selected.UIDNext) - 1
		return c, nil
	}
	// A server may keep UIDNEXT to itself (RFC 3501 section 6.3.1).
	uids, err := s.search(ctx, &imap.SearchCriteria{})
	if err != nil {
		return c, err
	}
	if len(uids) > 0 {
		c.UID = uids[len(uids)-1]
	}
	return c, nil
}

// renumberedCursor is the position before everything that may have come since reading began.
func (s *session) renumberedCursor(ctx context.Context, since time.Time) (Cursor, error) {
	if since.IsZero() {
		return s.startCursor(ctx, Start{Mode: StartAll})
	}
	// SEARCH compares only dates, in the server's zone: a day earlier misses nothing.
	c, err := s.startCursor(ctx, Start{Mode: StartSince, Since: since.AddDate(0, 0, -1)})
	c.Since = since
	return c, err
}

// readNew brings everything behind the cursor to the Sink and returns the new cursor.
func (r *Runner) readNew(ctx context.Context, s *session, c Cursor) (Cursor, error) {
	if c.UID == math.MaxUint32 {
		return c, nil
	}
	first := c.UID + 1
	uids, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(first), Stop: 0}}}})
	if err != nil {
		return c, err
	}
	// n:* always names the last message, even when its UID is below n.
	uids = slices.DeleteFunc(uids, func(uid uint32) bool { return uid < first })
	for len(uids) > 0 {
		n, messages, err := r.fetchBatch(ctx, s, uids)
		if err != nil {
			return c, err
		}
		next := c
		next.UID = uids[n-1]
		if err := r.store(ctx, messages, next); err != nil {
			return c, err
		}
		if len(messages) > 0 && messages[0].Unfetchable != "" {
			r.retryAt = time.Now().Add(r.cfg.RetryAfter)
		}
		c, uids = next, uids[n:]
	}
	return c, nil
}

// store hands messages to the Sink. With none, all UIDs of the batch have vanished, and there is nothing to remember.
func (r *Runner) store(ctx context.Context, messages []Fetched, c Cursor) error {
	if len(messages) == 0 {
		return nil
	}
	if err := r.sink.Store(ctx, messages, c); err != nil {
		return fmt.Errorf("storing %d messages up to UID %d: %w", len(messages), c.UID, err)
	}
	r.log.Info("messages stored", "count", len(messages), "uid", c.UID)
	return nil
}

// reconcile compares all UIDs up to the cursor with the Sink's rows and brings what is missing: what could not be fetched
// before, and what servers give that do not number as RFC 9051 section 2.3.1.1 demands.
func (r *Runner) reconcile(ctx context.Context, s *session, c Cursor) error {
	switch retry := !r.retryAt.IsZero(); {
	case retry && time.Now().Before(r.retryAt):
		return nil // it has just failed
	case !retry && time.Since(r.reconciled) < r.cfg.Reconcile:
		return nil
	}
	missing, err := r.missing(ctx, s, c)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		r.log.Warn("messages behind the cursor were not read, trying again", "count", len(missing))
	}
	slices.Sort(missing)
	for len(missing) > 0 {
		n, messages, err := r.fetchBatch(ctx, s, missing)
		if err != nil {
			return err
		}
		if err := r.store(ctx, messages, c); err != nil {
			return err
		}
		missing = missing[n:]
	}
	r.reconciled, r.retryAt = time.Now(), time.Time{}
	return nil
}

// pieces cuts the UIDs from 1 to last into ranges of no more messages than window, and returns where each ends.
func (s *session) pieces(ctx context.Context, last, window uint32) ([]uint32, error) {
	if last == 0 {
		return nil, nil
	}
	var marks imap.SeqSet
	if box := s.client.Mailbox(); box != nil {
		for n := window; n < box.NumMessages; n += window {
			marks.AddNum(n)
		}
	}
	if len(marks) == 0 {
		return []uint32{last}, nil
	}
	ends, err := s.search(ctx, &imap.SearchCriteria{SeqNum: []imap.SeqSet{marks}})
	return append(slices.DeleteFunc(ends, func(uid uint32) bool { return uid >= last }), last), err
}

// missing are the UIDs up to the cursor of which the Sink has no row.
func (r *Runner) missing(ctx context.Context, s *session, c Cursor) (missing []uint32, err error) {
	ends, err := s.pieces(ctx, c.UID, r.cfg.Window)
	if err != nil {
		return nil, err
	}
	first := uint32(1)
	for _, end := range ends {
		uids, err := s.searchRange(ctx, first, end)
		if err != nil {
			return nil, err
		}
		some, err := r.sink.Known(ctx, c.UIDValidity, uids)
		if err != nil {
			return nil, fmt.Errorf("comparing %d UIDs: %w", len(uids), err)
		}
		first, missing = end+1, append(missing, some...)
	}
	return missing, nil
}

// lastUpTo is the last message up to a UID; empty where there is none.
func (s *session) lastUpTo(ctx context.Context, uid, window uint32) ([]uint32, error) {
	ends, err := s.pieces(ctx, uid, window)
	if err != nil {
		return nil, err
	}
	for i, end := range slices.Backward(ends) {
		first := uint32(1)
		if i > 0 {
			first = ends[i-1] + 1
		}
		uids, err := s.searchRange(ctx, first, end)
		if err != nil || len(uids) > 0 {
			return uids[max(0, len(uids)-1):], err
		}
	}
	return nil, nil
}

// searchRange returns the UIDs that there are between two, both included.
func (s *session) searchRange(ctx context.Context, first, stop uint32) ([]uint32, error) {
	uids, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(first), Stop: imap.UID(stop)}}}})
	return slices.DeleteFunc(uids, func(uid uint32) bool { return uid < first || uid > stop }), err
}

// search returns the UIDs that match, ascending.
func (s *session) search(ctx context.Context, criteria *imap.SearchCriteria) ([]uint32, error) {
	data, err := watchedUpTo(ctx, s, searchLimit, "UID SEARCH", func() (*imap.SearchData, error) {
		return s.client.UIDSearch(criteria, nil).Wait()
	})
	if err != nil {
		return nil, err
	}
	return uidsOf(data)
}

// uidsOf lists what was found, ascending. A few bytes of an answer can name four thousand million UIDs, or "*", at which
// go-imap panics.
func uidsOf(data *imap.SearchData) ([]uint32, error) {
	set, _ := data.All.(imap.UIDSet)
	if set.Dynamic() {
		return nil, errors.New("UID SEARCH: the server found something that is no UID")
	}
	n := int64(0)
	for _, r := range set {
		if n += max(0, int64(r.Stop)-int64(r.Start)+1); n > maxFound {
			return nil, fmt.Errorf("UID SEARCH: the server found more than %d messages", maxFound)
		}
	}
	uids := make([]uint32, 0, n)
	for _, r := range set {
		for uid := int64(r.Start); uid <= int64(r.Stop); uid++ {
			uids = append(uids, uint32(uid))
		}
	}
	slices.Sort(uids)
	return uids, nil
}

// present returns those of uids that the server still has.
func (s *session) present(ctx context.Context, uids []uint32) ([]uint32, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	found, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{uidSet(uids)}})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(uid uint32) bool { return !slices.Contains(uids, uid) }), nil
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}
