package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// triesAlone is how often one message may end a session, fetched alone, before it is given up as unfetchable.
const triesAlone = 3

// trouble remembers, across sessions, what could not be fetched.
type trouble struct {
	oneByOne uint32         // up to this UID messages are fetched alone, to find the culprit of a failed batch
	tries    map[uint32]int // failures of a UID fetched alone
}

// announced is what the server says about a message before its bytes.
type announced struct {
	size int64
	date time.Time
}

// fetchBatch fetches a beginning of uids, which are ascending and not empty, and returns how many of them it accounts
// for. Messages that have vanished from the server meanwhile are accounted for without a Fetched.
func (r *Runner) fetchBatch(ctx context.Context, s *session, uids []uint32) (n int, messages []Fetched, err error) {
	batch := uids[:min(len(uids), r.cfg.BatchSize)]
	if batch[0] <= r.trouble.oneByOne {
		batch = batch[:1]
	}
	known := map[uint32]announced{}
	messages, n, err = s.fetch(ctx, batch, known)
	switch {
	case err == nil:
		delete(r.trouble.tries, batch[0])
		return n, messages, nil
	case ctx.Err() != nil:
		return 0, nil, err
	case len(batch) > 1:
		r.trouble.oneByOne = batch[len(batch)-1]
		return 0, nil, err
	}
	uid := batch[0]
	if r.trouble.tries == nil {
		r.trouble.tries = map[uint32]int{}
	}
	r.trouble.tries[uid]++
	if r.trouble.tries[uid] < triesAlone {
		return 0, nil, err
	}
	delete(r.trouble.tries, uid)
	r.log.Error("message cannot be fetched", "uid", uid, "error", err)
	given := Fetched{UIDValidity: s.selected.UIDValidity, UID: uid, Unfetchable: err.Error()}
	given.Size, given.InternalDate = known[uid].size, known[uid].date
	return 1, []Fetched{given}, nil
}

// fetch fetches batch, or as much of its beginning as fits into MaxMessage bytes at once. It fills known as it goes.
func (s *session) fetch(ctx context.Context, batch []uint32, known map[uint32]announced) ([]Fetched, int, error) {
	if err := s.fetchAnnounced(ctx, batch, known); err != nil {
		return nil, 0, err
	}
	n, whole, large := s.divide(batch, known)
	bodies := map[uint32]body{}
	all := &imap.FetchItemBodySection{Peek: true}
	if err := s.fetchBodies(ctx, whole, all, bodies); err != nil {
		return nil, 0, err
	}
	beginning := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: s.cfg.HeaderKeep}}
	if err := s.fetchBodies(ctx, large, beginning, bodies); err != nil {
		return nil, 0, err
	}
	var messages []Fetched
	var absent []uint32
	for _, uid := range batch[:n] {
		b, ok := bodies[uid]
		if !ok {
			absent = append(absent, uid)
			continue
		}
		messages = append(messages, s.message(uid, known[uid], b))
	}
	still, err := s.present(ctx, absent)
	if err != nil {
		return nil, 0, err
	}
	if len(still) > 0 {
		return nil, 0, fmt.Errorf("fetching UID %d: the server has the message and does not give it", still[0])
	}
	return messages, n, nil
}

// divide takes as many of batch as fit into MaxMessage bytes together, at least one, so that a batch of large mails
// does not fill the memory, and sets those apart that are over MaxMessage by themselves.
func (s *session) divide(batch []uint32, known map[uint32]announced) (n int, whole, large []uint32) {
	var sum int64
	for _, uid := range batch {
		a, ok := known[uid]
		cost := a.size
		if cost > s.cfg.MaxMessage {
			cost = s.cfg.HeaderKeep
		}
		if n > 0 && sum+cost > s.cfg.MaxMessage {
			break
		}
		sum += cost
		n++
		switch {
		case !ok: // vanished, presumably
		case a.size > s.cfg.MaxMessage:
			large = append(large, uid)
		default:
			whole = append(whole, uid)
		}
	}
	return n, whole, large
}

func (s *session) message(uid uint32, a announced, b body) Fetched {
	m := Fetched{UIDValidity: s.selected.UIDValidity, UID: uid, InternalDate: a.date, Raw: b.raw, Size: int64(len(b.raw))}
	if a.size > s.cfg.MaxMessage || b.size > int64(len(b.raw)) {
		m.Truncated = true
		m.Size = max(a.size, b.size)
	}
	return m
}

// fetchAnnounced asks for sizes and dates.
func (s *session) fetchAnnounced(ctx context.Context, uids []uint32, known map[uint32]announced) error {
	options := &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}
	list, err := watched(ctx, s, fmt.Sprintf("fetching the sizes of %d messages from UID %d", len(uids), uids[0]),
		func() ([]*imapclient.FetchMessageBuffer, error) {
			return s.client.Fetch(uidSet(uids), options).Collect()
		})
	for _, m := range list {
		known[uint32(m.UID)] = announced{size: m.RFC822Size, date: m.InternalDate}
	}
	return err
}

// body is a section's bytes, and its size as the server announced it with the literal.
type body struct {
	raw  []byte
	size int64
}

// errShort means that a literal ended before its announced size: go-imap reports a connection cut within a literal as a
// clean end of file.
var errShort = errors.New("the connection ended within the message")

// Lies about sizes. A literal that is announced as larger than hugeLiteral is not read.
var (
	errUnannounced = errors.New("the server sends more than it had announced")
	errHuge        = errors.New("the server announces a message of a size that no mail has")
)

const hugeLiteral = 4 << 30

// fetchBodies fetches one section of each message into bodies, in one command.
func (s *session) fetchBodies(ctx context.Context, uids []uint32, section *imap.FetchItemBodySection, bodies map[uint32]body) error {
	if len(uids) == 0 {
		return nil
	}
	w := startWatch(ctx, s.conn, bodyLimit, s.cfg.CommandTimeout)
	options := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}
	command := s.client.Fetch(uidSet(uids), options)
	var readErr error
	var kept int64
	for m := command.Next(); m != nil; m = command.Next() {
		err := s.readMessage(w, uids, m, bodies, &kept)
		if err != nil && readErr == nil {
			readErr = err
		}
		if errors.Is(err, errShort) {
			// The client's reader goes on at the same time and would race with what Next and Close discard: it has to
			// end first.
			s.close()
			break
		}
	}
	err := command.Close()
	if readErr != nil {
		err = readErr
	}
	return w.end(fmt.Sprintf("fetching %d messages from UID %d", len(uids), uids[0]), err)
}

// readMessage reads one message of the FETCH response for uids.
func (s *session) readMessage(w *watch, uids []uint32, m *imapclient.FetchMessageData, bodies map[uint32]body, kept *int64) error {
	var uid uint32
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil { // NIL: the server cannot read its own message
				continue
			}
			b, err := s.readLiteral(w, item.Literal, kept)
			if err != nil {
				return fmt.Errorf("UID %d: %w", uid, err)
			}
			if _, again := bodies[uid]; !again && slices.Contains(uids, uid) {
				w.message()
			}
			bodies[uid] = b
		}
	}
	return nil
}

// readLiteral reads a literal to its end. More than MaxMessage bytes, which RFC822.SIZE had not announced, are cut to
// HeaderKeep. All literals of one command may keep twice MaxMessage bytes: together they were announced with less, and a
// server can send what nobody asked for.
func (s *session) readLiteral(w *watch, literal imap.LiteralReader, kept *int64) (body, error) {
	b := body{size: literal.Size()}
	keep := b.size
	if keep > s.cfg.MaxMessage {
		keep = s.cfg.HeaderKeep
	}
	if *kept += keep; b.size > hugeLiteral || *kept > 2*s.cfg.MaxMessage {
		return b, s.refuse(literal)
	}
	w.conn.reading.Store(true)
	defer w.conn.reading.Store(false)
	b.raw = make([]byte, keep)
	r := &progressReader{r: literal, w: w}
	n, err := io.ReadFull(r, b.raw)
	total := int64(n)
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, r) // reading up to EOF also releases the client's reader
		total += rest
	}
	if total < b.size {
		return b, fmt.Errorf("%w: %d of %d bytes", errShort, total, b.size)
	}
	return b, err
}

// refuse ends the connection in front of a literal that is not to be read. The client's reader waits until it is.
func (s *session) refuse(literal imap.LiteralReader) error {
	_ = s.conn.Close()
	err := errUnannounced
	if literal.Size() > hugeLiteral {
		err = errHuge
	}
	if n, _ := io.Copy(io.Discard, literal); n < literal.Size() {
		return fmt.Errorf("%w: %d bytes (%w)", err, literal.Size(), errShort)
	}
	return err
}

// progressReader tells the watch what arrives.
type progressReader struct {
	r io.Reader
	w *watch
}

func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if n > 0 {
		p.w.taken(n)
	}
	return n, err
}
