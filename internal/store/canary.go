package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// canaryKind is the kind of a canary among outgoing mails, and canaryClass its class among inbound ones.
const (
	canaryKind  = "canary"
	canaryClass = "canary"
)

// canaryHeader bounds where a mark is looked for, and canaryMark is its form: when it was sent, and a keyed digest.
const canaryHeader = 32 << 10

var canaryMark = regexp.MustCompile(`(?im)^` + access.CanaryField + `:[ \t]*(?:\r?\n[ \t]+)?(\d{16})-([0-9a-f]{32})[ \t]*\r?$`)

// Canary is the newest mail that a mailbox was sent to prove that mail goes out and comes in.
type Canary struct {
	Mailbox    string     `json:"-"`
	SentAt     time.Time  `json:"sent_at"`
	DueAt      time.Time  `json:"due_at"`
	ReturnedAt *time.Time `json:"returned_at"`
	Returned   int64      `json:"returned"`   // all that ever came back
	LateSince  *time.Time `json:"late_since"` // when the first was sent that did not come back in time, if none has come since
	Outgoing   string     `json:"outgoing"`   // what became of it on its way out: queued, sent, failed or dropped
}

// Where says on which way a late canary was lost, as far as that is known.
func (c *Canary) Where() string {
	if c.Outgoing == "sent" {
		return "incoming" // the submission server has accepted it
	}
	return "outgoing"
}

// canarySum is the mark of the canary that a mailbox was sent at a time. Who does not have the secret key cannot make one.
func (s *Store) canarySum(mailbox string, sent time.Time) string {
	h := hmac.New(sha256.New, s.cfg.Key)
	fmt.Fprintf(h, "canary\n%s\n%d", mailbox, sent.UnixMicro())
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// readMark finds a mark of ours in the header of a mail, and says when it was sent.
func (s *Store) readMark(mailbox string, raw []byte) (time.Time, bool) {
	header := raw[:min(len(raw), canaryHeader)]
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(header, []byte(end)); i >= 0 {
			header = header[:i+1]
		}
	}
	m := canaryMark.FindSubmatch(header)
	if m == nil {
		return time.Time{}, false
	}
	micro, err := strconv.ParseInt(string(m[1]), 10, 64)
	sent := time.UnixMicro(micro).UTC()
	return sent, err == nil && hmac.Equal(m[2], []byte(s.canarySum(mailbox, sent)))
}

// CanaryPlan is how often a mailbox gets a canary, and when its absence is an outage.
type CanaryPlan struct {
	Mailbox string
	Every   time.Duration
	Timeout time.Duration // less than Every
	// Since is from when on somebody has been there to see it come back.
	Since time.Time
	// Render writes the mail around its mark.
	Render func(mark string, sent time.Time) (*access.Rendered, error)
}

// KeepCanary sends a mailbox its next canary when it is time, and reports whether the last one has just become late, as
// the first of an outage. Of several daemons one does it.
func (s *Store) KeepCanary(ctx context.Context, p CanaryPlan) (late *Canary, err error) {
	err = s.inTx(ctx, func(x *tx) error {
		if err := x.exclusive(ctx, "canary "+p.Mailbox); err != nil {
			return err
		}
		var started bool // what comes before the first look is never read
		err := x.GetContext(ctx, &started, `SELECT started FROM mailboxes WHERE name = $1`, p.Mailbox)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !started {
			return nil
		}
		if err != nil {
			return err
		}
		last, err := loadCanaries(ctx, x, `WHERE c.mailbox = $1`, p.Mailbox)
		if err != nil {
			return err
		}
		if len(last) > 0 {
			c := &last[0]
			due := c.DueAt
			if earliest := stamp(p.Since.Add(p.Timeout)); due.Before(earliest) {
				due = earliest
			}
			if c.ReturnedAt == nil && c.LateSince == nil && !x.now.Before(due) {
				if _, err := x.ExecContext(ctx, `UPDATE canaries SET late_since = sent_at WHERE mailbox = $1`, p.Mailbox); err != nil {
					return err
				}
				c.LateSince = &c.SentAt
				late = c
				x.wake(TopicView)
			}
			ahead := c.SentAt.After(x.now.Add(p.Every)) // by a clock that was wrong
			if x.now.Before(c.SentAt.Add(p.Every)) && !ahead {
				return nil
			}
		}
		return x.sendCanary(ctx, p)
	})
	if err != nil {
		return nil, fmt.Errorf("keeping the canary of mailbox %s: %w", p.Mailbox, err)
	}
	return late, nil
}

// sendCanary queues the next canary and forgets those before it.
func (x *tx) sendCanary(ctx context.Context, p CanaryPlan) error {
	r, err := p.Render(fmt.Sprintf("%016d-%s", x.now.UnixMicro(), x.s.canarySum(p.Mailbox, x.now)), x.now)
	if err != nil {
		return err
	}
	digest := string(token.DigestOf(r.MessageID))
	sealed, err := x.s.seal.seal(nil, r.Raw, digest)
	if err != nil {
		return err
	}
	var id int64
	if err := x.insert(ctx, &id, `INSERT INTO outbound_messages (kind, sequence, mail_from, recipient, subject, words, message_id_digest,
		sealed, run_at, not_after, created_at) VALUES ($1, 1, $2, $3, $4, '', $5, $6, $7, $8, $7) RETURNING id`,
		canaryKind, r.MailFrom.String(), r.Rcpt.String(), r.Subject, digest, sealed, x.now, stamp(x.now.Add(p.Every))); err != nil {
		return err
	}
	if _, err := x.ExecContext(ctx, `INSERT INTO canaries (mailbox, outbound_id, sent_at, due_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (mailbox) DO UPDATE SET outbound_id = $2, sent_at = $3, due_at = $4, returned_at = NULL`,
		p.Mailbox, id, x.now, stamp(x.now.Add(p.Timeout))); err != nil {
		return err
	}
	x.wake(TopicOutbound)
	x.wake(TopicView)
	_, err = x.ExecContext(ctx, `DELETE FROM outbound_messages WHERE recipient = $1 AND kind = $2 AND state <> 'queued' AND created_at < $3
		AND id NOT IN (SELECT outbound_id FROM canaries)`, r.Rcpt.String(), canaryKind, x.now)
	return err
}

// CanaryBack is what a returned canary tells.
type CanaryBack struct {
	Took  time.Duration
	Since time.Time // when the outage began that it ends; zero where there was none
}

// FinishCanary finishes a claimed mail that is a canary of ours: one that carries a mark made with the secret key for this
// mailbox. Only the newest one, at its first return, proves that mail goes out and comes in. It is nil for all other mail.
func (s *Store) FinishCanary(ctx context.Context, in *access.Inbound) (*CanaryBack, error) {
	sent, ours := s.readMark(in.Mailbox, in.Raw)
	if !ours {
		return nil, nil
	}
	back := &CanaryBack{}
	err := s.inTx(ctx, func(x *tx) error {
		rows, err := loadCanaries(ctx, x, `WHERE c.mailbox = $1`, in.Mailbox)
		if err != nil {
			return err
		}
		newest := len(rows) > 0 && rows[0].SentAt.Equal(sent) && rows[0].ReturnedAt == nil
		query := `UPDATE canaries SET returned = returned + 1 WHERE mailbox = $1`
		args := []any{in.Mailbox}
		if newest {
			back.Took = x.now.Sub(sent)
			if since := rows[0].LateSince; since != nil {
				back.Since = *since
			}
			query = `UPDATE canaries SET returned = returned + 1, returned_at = $2, late_since = NULL, tell_at = NULL WHERE mailbox = $1`
			args = append(args, x.now)
		}
		if _, err := x.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		return x.finishInbound(ctx, in, "", access.Facts{Class: canaryClass}, &access.Outcome{Disposition: access.Applied, Reason: "a canary: mail goes out and comes in"})
	})
	if err != nil {
		return nil, fmt.Errorf("finishing a canary: %w", err)
	}
	return back, nil
}

// CanaryNews claims the telling of a mailbox's outage, or of its end, to whoever is told by webhook: nil where that is
// known already, or somebody is at it. A claim that CanaryTold does not confirm can be had again after retry.
func (s *Store) CanaryNews(ctx context.Context, mailbox string, retry time.Duration) (*Canary, error) {
	var news *Canary
	err := s.inTx(ctx, func(x *tx) error {
		err := x.one(ctx, `UPDATE canaries SET tell_at = $2 WHERE mailbox = $1 AND told <> (late_since IS NOT NULL) AND (tell_at IS NULL OR tell_at <= $3)`,
			mailbox, stamp(x.now.Add(retry)), x.now)
		if errors.Is(err, ErrFenced) {
			return nil
		}
		if err != nil {
			return err
		}
		rows, err := loadCanaries(ctx, x, `WHERE c.mailbox = $1`, mailbox)
		if err == nil && len(rows) > 0 {
			news = &rows[0]
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for news of the canary of mailbox %s: %w", mailbox, err)
	}
	return news, nil
}

// CanaryTold notes that the news of c has been told.
func (s *Store) CanaryTold(ctx context.Context, c *Canary) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE canaries SET told = $2, tell_at = NULL WHERE mailbox = $1`, c.Mailbox, c.LateSince != nil); err != nil {
		return fmt.Errorf("noting what was told of the canary of mailbox %s: %w", c.Mailbox, err)
	}
	return nil
}

// Canaries lists the newest canary of each mailbox.
func (s *Store) Canaries(ctx context.Context) ([]Canary, error) { return loadCanaries(ctx, s.read, "") }

func loadCanaries(ctx context.Context, q queryer, where string, args ...any) ([]Canary, error) {
	var rows []struct {
		Mailbox  string       `db:"mailbox"`
		SentAt   time.Time    `db:"sent_at"`
		DueAt    time.Time    `db:"due_at"`
		Returned sql.NullTime `db:"returned_at"`
		Count    int64        `db:"returned"`
		Late     sql.NullTime `db:"late_since"`
		Outgoing string       `db:"outgoing"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT c.mailbox, c.sent_at, c.due_at, c.returned_at, c.returned, c.late_since, coalesce(o.state, '') AS outgoing
		FROM canaries c LEFT JOIN outbound_messages o ON o.id = c.outbound_id `+where, args...); err != nil {
		return nil, fmt.Errorf("loading the canaries: %w", err)
	}
	var all []Canary
	for _, r := range rows {
		all = append(all, Canary{Mailbox: r.Mailbox, SentAt: r.SentAt.UTC(), DueAt: r.DueAt.UTC(), ReturnedAt: when(r.Returned),
			Returned: r.Count, LateSince: when(r.Late), Outgoing: r.Outgoing})
	}
	return all, nil
}
