package mailbox

import (
	"bytes"
	"errors"
	"net"
	"sync/atomic"
)

// What a server may say within one command, literals of messages apart. Honest answers are far below: a search names a
// UID in at most eleven bytes.
const (
	answerLimit = 4 << 20
	searchLimit = 16 << 20
	bodyLimit   = 64 << 10 // around the literals of one fetch, and in them before somebody has taken them
	maxFound    = 2 << 20  // UIDs of one search
	readSize    = 16 << 10 // of one read
	recordCost  = 32       // bytes that TLS adds to each read, or a little more (RFC 8446 section 5.2)
	maxNesting  = 5000     // of lists that begin with a list
)

var (
	errTooMuch = errors.New("the server does not stop sending; is this an IMAP server?")
	errNested  = errors.New("the server sends lists nested without end")
)

// meter is a connection that ends when the server has sent more than it may: go-imap would keep it all.
type meter struct {
	net.Conn
	left, limit atomic.Int64
	over        atomic.Bool // for good, as is nested
	nested      atomic.Bool
	reading     atomic.Bool // a literal, outside the client's reader
}

func newMeter(conn net.Conn) *meter {
	m := &meter{Conn: conn}
	m.expect(answerLimit)
	return m
}

// expect lets the server send limit bytes from now on.
func (m *meter) expect(limit int64) {
	m.limit.Store(limit)
	m.left.Store(limit)
}

// allow takes n bytes of a literal, and what TLS has added to them, off what the server has sent.
func (m *meter) allow(n int) {
	for {
		left := m.left.Load()
		if m.left.CompareAndSwap(left, min(left+int64(n)+recordCost, m.limit.Load())) {
			return
		}
	}
}

// Read is called by the client's reader, for all commands.
func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Conn.Read(b[:min(len(b), readSize)])
	if m.left.Add(-int64(n)) < 0 {
		m.over.Store(true)
		_ = m.Conn.Close() // nothing more is wanted of it
		return 0, errTooMuch
	}
	return n, err
}

// reason is why the meter has ended the connection, or nil.
func (m *meter) reason() error {
	switch {
	case m.nested.Load():
		return errNested
	case m.over.Load():
		return errTooMuch
	}
	return nil
}

// guard sees what is said inside TLS, in both directions, and ends the session at lists nested so deep that go-imap's
// reader would use up its stack, which ends the program. It looks away while a literal is read, in which anything may
// stand; of what stands in front of that, the client's buffer holds less than maxNesting bytes.
type guard struct {
	*meter
	run atomic.Int64 // of '(' up to now; the client itself writes no such runs
}

func (g *guard) Write(p []byte) (int, error) {
	if g.reading.Load() || bytes.IndexByte(p, '(') < 0 {
		g.run.Store(0)
		return len(p), nil
	}
	run := g.run.Load()
	for _, b := range p {
		if run++; b != '(' {
			run = 0
		}
		if run > maxNesting {
			g.nested.Store(true)
			_ = g.Close() // as above
			return 0, errNested
		}
	}
	g.run.Store(run)
	return len(p), nil
}
