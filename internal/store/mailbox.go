package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// mailboxID finds a mailbox by its name in the config, and makes its row on first sight.
func (x *tx) mailboxID(ctx context.Context, name string) (int64, error) {
	var id int64
	_, err := x.ExecContext(ctx, `INSERT INTO mailboxes (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, name)
	if err == nil {
		err = x.GetContext(ctx, &id, `SELECT id FROM mailboxes WHERE name = $1`, name)
	}
	if err != nil {
		return 0, fmt.Errorf("finding mailbox %s: %w", name, err)
	}
	return id, nil
}

// Cursor is the last UID of a mailbox that is accounted for. ok is false when the mailbox was never read.
func (s *Store) Cursor(ctx context.Context, mailbox string) (c access.Cursor, ok bool, err error) {
	var row struct {
		UIDValidity uint32       `db:"uidvalidity"`
		UID         uint32       `db:"last_uid"`
		Since       sql.NullTime `db:"read_since"`
		Started     bool         `db:"started"`
	}
	err = s.read.GetContext(ctx, &row, `SELECT uidvalidity, last_uid, read_since, started FROM mailboxes WHERE name = $1`, mailbox)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("reading the cursor of mailbox %s: %w", mailbox, err)
	}
	return access.Cursor{UIDValidity: row.UIDValidity, UID: row.UID, Since: at(row.Since)}, row.Started, nil
}

// StoreMails commits a batch of fetched mails and the cursor in one transaction: from then on nothing of them is lost.
// A mail that is there already is not stored again, whether it comes with the same UID or, after a change of
// UIDVALIDITY, with the same bytes. One that could not be fetched before takes its place.
//
// Where the database refuses to look for what a header says, the batch goes into no lanes of its own: no mail keeps others from
// being stored.
func (s *Store) StoreMails(ctx context.Context, mailbox string, mails []access.RawMail, uidvalidity, uid uint32) error {
	err := s.storeMails(ctx, mailbox, mails, uidvalidity, uid)
	var passing interface{ Temporary() bool }
	if errors.Is(err, errNoLanes) && !errors.As(err, &passing) && ctx.Err() == nil {
		mails = slices.Clone(mails)
		for i := range mails {
			mails[i].Lookup = nil
		}
		return s.storeMails(ctx, mailbox, mails, uidvalidity, uid)
	}
	return err
}

// errNoLanes says that it was not the mails that could not be stored.
var errNoLanes = errors.New("the lanes of mails cannot be found")

func (s *Store) storeMails(ctx context.Context, mailbox string, mails []access.RawMail, uidvalidity, uid uint32) error {
	some := len(mails) > 0
	return s.inTx(ctx, func(x *tx) error {
		id, err := x.mailboxID(ctx, mailbox)
		if err != nil {
			return err
		}
		seen := 0
		known, err := x.knownMails(ctx, id, mails)
		if err != nil {
			return fmt.Errorf("looking for the mails of mailbox %s: %w", mailbox, err)
		}
		lookups := make([]*access.Lookup, len(mails))
		for i := range mails {
			lookups[i] = mails[i].Lookup
		}
		lanes, err := x.lanesOf(ctx, lookups)
		if err != nil {
			return fmt.Errorf("storing mails of mailbox %s: %w: %w", mailbox, errNoLanes, err)
		}
		for len(mails) > 0 {
			n, added, err := x.storeSome(ctx, id, mails, lanes, known)
			if err != nil {
				return fmt.Errorf("storing UID %d to UID %d of mailbox %s: %w", mails[0].UID, mails[n-1].UID, mailbox, err)
			}
			seen += added
			mails, lanes = mails[n:], lanes[n:]
		}
		if _, err := x.ExecContext(ctx, `UPDATE mailboxes SET uidvalidity = $2, last_uid = $3, seen = seen + $4, started = TRUE WHERE id = $1`,
			id, uidvalidity, uid, seen); err != nil {
			return fmt.Errorf("moving the cursor of mailbox %s: %w", mailbox, err)
		}
		if some {
			x.wake(TopicInbound)
			x.wake(TopicView)
		}
		return nil
	})
}

// inboundTable has the bytes last: what the driver writes behind an argument may move it to a larger buffer.
var inboundTable = newTable("inbound_messages", true, "mailbox_id bigint", "uidvalidity bigint", "uid bigint", "digest text", "size bigint",
	"truncated boolean", "internal_date timestamptz", "stored_at timestamptz", "disposition text", "reason text", "lane bigint", "raw bytea")

// storeSome stores the first of the mails or, on PostgreSQL, as many as are small and not there yet with one statement. It
// says how many it took, and how many of them were not there yet.
func (x *tx) storeSome(ctx context.Context, mailbox int64, mails []access.RawMail, lanes []access.Lane, known map[string]bool) (n, added int, err error) {
	var rows [][]any
	for i := range mails {
		m := &mails[i]
		digest := digestOf(m)
		if !x.s.pg || known[digest] || known[placeOf(m)] || len(m.Raw) > maxListed || m.Unfetchable != "" || m.UIDValidity != mails[0].UIDValidity {
			break
		}
		known[digest], known[placeOf(m)] = true, true
		rows = append(rows, []any{mailbox, m.UIDValidity, m.UID, digest, m.Size, m.Truncated, stamp(m.InternalDate), x.now,
			string(access.Pending), "", lanes[i], m.Raw})
	}
	if len(rows) > 0 {
		_, err := x.add(ctx, inboundTable, rows)
		return len(rows), len(rows), err
	}
	one, err := x.storeMail(ctx, mailbox, &mails[0], lanes[0])
	if one {
		added = 1
	}
	return 1, added, err
}

// knownMails are the digests and places of those of the mails that are stored already; on SQLite each is looked up by itself.
func (x *tx) knownMails(ctx context.Context, mailbox int64, mails []access.RawMail) (map[string]bool, error) {
	known := map[string]bool{}
	if !x.s.pg || len(mails) == 0 {
		return known, nil
	}
	var digests []string
	var uids []int64
	for i := range mails {
		digests, uids = append(digests, digestOf(&mails[i])), append(uids, int64(mails[i].UID))
	}
	var rows []struct {
		Digest      string `db:"digest"`
		UIDValidity uint32 `db:"uidvalidity"`
		UID         uint32 `db:"uid"`
	}
	if err := x.SelectContext(ctx, &rows, `SELECT digest, uidvalidity, uid FROM inbound_messages WHERE mailbox_id = $1 AND `+among(x, "digest", 2)+`
		UNION SELECT digest, uidvalidity, uid FROM inbound_messages WHERE mailbox_id = $1 AND uidvalidity = $3 AND `+among(x, "uid", 4),
		mailbox, listOf(x, digests), mails[0].UIDValidity, listOf(x, uids)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		known[r.Digest], known[placeOf(&access.RawMail{UIDValidity: r.UIDValidity, UID: r.UID})] = true, true
	}
	return known, nil
}

func digestOf(m *access.RawMail) string {
	sum := sha256.Sum256(m.Raw)
	return hex.EncodeToString(sum[:])
}

func placeOf(m *access.RawMail) string { return fmt.Sprintf("%d/%d", m.UIDValidity, m.UID) }

// storeMail reports whether the mail was not there yet.
func (x *tx) storeMail(ctx context.Context, mailbox int64, m *access.RawMail, l access.Lane) (added bool, err error) {
	digest := digestOf(m)
	disposition := access.Pending
	if m.Unfetchable != "" {
		disposition, digest = access.Unfetchable, ""
	} else {
		// RFC 9051 section 2.3.1.1: with a new UIDVALIDITY the old UIDs mean nothing, but the mails are the same. One that
		// was filed before is in the mailbox again.
		res, err := x.ExecContext(ctx, `UPDATE inbound_messages SET uidvalidity = $3, uid = $4, filed_at = NULL
			WHERE id = (SELECT min(id) FROM inbound_messages WHERE mailbox_id = $1 AND digest = $2 AND uidvalidity <> $3)
			AND NOT EXISTS (SELECT 1 FROM inbound_messages WHERE mailbox_id = $1 AND uidvalidity = $3 AND uid = $4)`,
			mailbox, digest, m.UIDValidity, m.UID)
		if err != nil {
			return false, err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			x.wake(TopicFiling)
			return false, err
		}
	}
	res, err := x.ExecContext(ctx, `INSERT INTO inbound_messages
		(mailbox_id, uidvalidity, uid, digest, size, raw, truncated, internal_date, stored_at, disposition, reason, lane)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (mailbox_id, uidvalidity, uid) DO NOTHING`,
		mailbox, m.UIDValidity, m.UID, digest, m.Size, m.Raw, m.Truncated, stamp(m.InternalDate), x.now, disposition, m.Unfetchable, l)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 1 {
		return n == 1, err
	}
	return x.storeKnown(ctx, mailbox, digest, m, l)
}

// storeKnown is storeMail for a UID that is taken. It is the mail that has it, unless the server has gone back to an older
// state and now gives its UIDs to others: then the row lets go of its number, and is found by its bytes if they come again.
// Bytes alone prove nothing, since some servers write a mail anew for each who fetches it.
func (x *tx) storeKnown(ctx context.Context, mailbox int64, digest string, m *access.RawMail, l access.Lane) (added bool, err error) {
	var row struct {
		ID           int64              `db:"id"`
		Digest       string             `db:"digest"`
		InternalDate time.Time          `db:"internal_date"`
		Disposition  access.Disposition `db:"disposition"`
	}
	if err := x.GetContext(ctx, &row, `SELECT id, digest, internal_date, disposition FROM inbound_messages
		WHERE mailbox_id = $1 AND uidvalidity = $2 AND uid = $3`, mailbox, m.UIDValidity, m.UID); err != nil {
		return false, err
	}
	switch {
	case m.Unfetchable != "":
		return false, nil
	case row.Disposition == access.Unfetchable:
		_, err = x.ExecContext(ctx, `UPDATE inbound_messages SET digest = $2, size = $3, raw = $4, truncated = $5, internal_date = $6,
			disposition = 'pending', reason = '', lane = $7 WHERE id = $1`, row.ID, digest, m.Size, m.Raw, m.Truncated, stamp(m.InternalDate), l)
		return false, err
	case row.Digest == digest:
		_, err = x.ExecContext(ctx, `UPDATE inbound_messages SET filed_at = NULL WHERE id = $1`, row.ID)
		x.wake(TopicFiling)
		return false, err
	case row.InternalDate.Equal(stamp(m.InternalDate)):
		return false, nil
	}
	if _, err := x.ExecContext(ctx, `UPDATE inbound_messages SET uidvalidity = 0, uid = id WHERE id = $1`, row.ID); err != nil {
		return false, err
	}
	return x.storeMail(ctx, mailbox, m, l)
}

// SameMail tells whether a mail with this UID may be the one that is stored with it, going by when the server received it.
// It holds where none is stored.
func (s *Store) SameMail(ctx context.Context, mailbox string, uidvalidity, uid uint32, received time.Time) (bool, error) {
	var dates []time.Time
	if err := s.read.SelectContext(ctx, &dates, `SELECT i.internal_date FROM inbound_messages i JOIN mailboxes m ON m.id = i.mailbox_id
		WHERE m.name = $1 AND i.uidvalidity = $2 AND i.uid = $3 AND i.disposition <> 'unfetchable'`, mailbox, uidvalidity, uid); err != nil {
		return false, fmt.Errorf("looking for UID %d of mailbox %s: %w", uid, mailbox, err)
	}
	return len(dates) == 0 || dates[0].Equal(stamp(received)), nil
}

// retryUnfetchable is for how long a mail that could not be fetched is tried again now and then.
const retryUnfetchable = 48 * time.Hour

// StartAt says where reading starts under a UIDVALIDITY: everything up to the cursor is not ours. Mails behind it that are
// still to be filed let go of their numbers until they come again: after the server has gone back to an older state, the next
// new mail may have such a number, and would be moved away unread in their place.
func (s *Store) StartAt(ctx context.Context, mailbox string, c access.Cursor) error {
	return s.inTx(ctx, func(x *tx) error {
		id, err := x.mailboxID(ctx, mailbox)
		if err != nil {
			return err
		}
		if _, err := x.ExecContext(ctx, `UPDATE mailboxes SET uidvalidity = $2, last_uid = $3, start_uid = $3, read_since = $4, started = TRUE
			WHERE id = $1`, id, c.UIDValidity, c.UID, nullTime(c.Since)); err != nil {
			return fmt.Errorf("starting mailbox %s: %w", mailbox, err)
		}
		if _, err := x.ExecContext(ctx, `UPDATE inbound_messages SET uidvalidity = 0, uid = id
			WHERE mailbox_id = $1 AND uidvalidity = $2 AND uid > $3 AND filed_at IS NULL AND disposition <> 'unfetchable'`,
			id, c.UIDValidity, c.UID); err != nil {
			return fmt.Errorf("taking their numbers from the mails to be read again in mailbox %s: %w", mailbox, err)
		}
		return nil
	})
}

// MissingUIDs returns those of the UIDs that lie above the start of reading and have no row, or one without a mail since
// the server did not give it lately.
func (s *Store) MissingUIDs(ctx context.Context, mailbox string, uidvalidity uint32, uids []uint32) ([]uint32, error) {
	var start uint32
	if err := s.read.GetContext(ctx, &start, `SELECT start_uid FROM mailboxes WHERE name = $1`, mailbox); err != nil {
		return nil, fmt.Errorf("reading the start of mailbox %s: %w", mailbox, err)
	}
	// Along the index, UID by UID: the mailbox holds few of all mails that were ever read from it.
	var missing []uint32
	for part := range slices.Chunk(uids, 1000) {
		list := make([]int64, len(part))
		for i, u := range part {
			list[i] = int64(u)
		}
		var known []uint32
		if err := s.read.SelectContext(ctx, &known, `SELECT uid FROM inbound_messages WHERE uidvalidity = $2 AND `+among(s.read, "uid", 3)+`
			AND mailbox_id = (SELECT id FROM mailboxes WHERE name = $1) AND NOT (disposition = 'unfetchable' AND stored_at > $4)`,
			mailbox, uidvalidity, listOf(s.read, list), stamp(s.cfg.Now().Add(-retryUnfetchable))); err != nil {
			return nil, fmt.Errorf("listing the stored UIDs of mailbox %s: %w", mailbox, err)
		}
		slices.Sort(known)
		for _, u := range part {
			if _, have := slices.BinarySearch(known, u); u > start && !have {
				missing = append(missing, u)
			}
		}
	}
	return missing, nil
}

// Unfiled is a mail whose disposition is committed and that waits to be filed on the server.
type Unfiled struct {
	ID          int64              `db:"id"`
	UIDValidity uint32             `db:"uidvalidity"`
	UID         uint32             `db:"uid"`
	Disposition access.Disposition `db:"disposition"`
}

// ToFile lists mails to file, oldest first.
func (s *Store) ToFile(ctx context.Context, mailbox string, limit int) ([]Unfiled, error) {
	var rows []Unfiled
	err := s.read.SelectContext(ctx, &rows, `SELECT id, uidvalidity, uid, disposition FROM inbound_messages
		WHERE filed_at IS NULL AND NOT held AND disposition IN ('applied', 'answered', 'duplicate', 'quarantined')
		AND mailbox_id = (SELECT id FROM mailboxes WHERE name = $1)
		UNION ALL SELECT id, uidvalidity, uid, disposition FROM inbound_messages WHERE filed_at IS NULL AND move_other
		AND mailbox_id = (SELECT id FROM mailboxes WHERE name = $1) ORDER BY id LIMIT $2`, mailbox, limit)
	if err != nil {
		return nil, fmt.Errorf("listing mails to file in mailbox %s: %w", mailbox, err)
	}
	return rows, nil
}

// Filed records that mails have been filed on the server.
func (s *Store) Filed(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return s.inTx(ctx, func(x *tx) error {
		if _, err := x.ExecContext(ctx, `UPDATE inbound_messages SET filed_at = $1 WHERE `+among(x, "id", 2), x.now, listOf(x, ids)); err != nil {
			return fmt.Errorf("recording filed mails: %w", err)
		}
		return nil
	})
}

// LeaseMailbox makes owner the one daemon that reads the mailbox until the lease ends. It reports false while another
// one holds it.
func (s *Store) LeaseMailbox(ctx context.Context, mailbox, owner string, d time.Duration) (bool, error) {
	held := false
	err := s.inTx(ctx, func(x *tx) error {
		id, err := x.mailboxID(ctx, mailbox)
		if err != nil {
			return err
		}
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		err = x.one(ctx, `UPDATE mailboxes SET lease_owner = $2, lease_until = $3
			WHERE id = $1 AND (lease_owner = $2 OR lease_until IS NULL OR lease_until < $4)`, id, owner, stamp(now.Add(d)), now)
		if errors.Is(err, ErrFenced) {
			return nil
		}
		held = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("leasing mailbox %s: %w", mailbox, err)
	}
	return held, nil
}

// ReleaseMailbox ends a lease early, so that another daemon can take over at once.
func (s *Store) ReleaseMailbox(ctx context.Context, mailbox, owner string) error {
	return s.inTx(ctx, func(x *tx) error {
		if _, err := x.ExecContext(ctx, `UPDATE mailboxes SET lease_until = NULL, lease_owner = '' WHERE name = $1 AND lease_owner = $2`,
			mailbox, owner); err != nil {
			return fmt.Errorf("releasing mailbox %s: %w", mailbox, err)
		}
		return nil
	})
}
