package mailbox

import (
	"errors"
	"net"
	"sync/atomic"
)

// What a server may say within one command, literals of messages apart. Honest answers are far below: a search names a
// UID in at most eleven bytes.
const (
	answerLimit = 4 << 20
	searchLimit = 16 << 20
	maxFound    = 2 << 20   // UIDs of one search
	readSize    = 256 << 10 // of one read: bytes of a literal are allowed after they were read
)

// errTooMuch means that the server said more than any honest answer has.
var errTooMuch = errors.New("the server does not stop sending; is this an IMAP server?")

// meter is a connection that ends when the server has sent more than it may: go-imap would keep it all.
type meter struct {
	net.Conn
	left atomic.Int64
	over atomic.Bool // for good
}

func newMeter(conn net.Conn) *meter {
	m := &meter{Conn: conn}
	m.left.Store(answerLimit)
	return m
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
