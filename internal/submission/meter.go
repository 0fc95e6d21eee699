package submission

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// replyLimit is how many bytes a server may send while one mail is handed over, or the connection is made. Honest ones
// need a hundredth of it.
const replyLimit = 1 << 20

var errTooMuch = errors.New("the server does not stop answering; is this an SMTP server?")

// meter is a connection that ends when the server has sent more than it may: a reply of many lines is kept whole.
type meter struct {
	net.Conn
	left     atomic.Int64
	starting atomic.Bool // STARTTLS was the last thing said
}

func newMeter(conn net.Conn) *meter {
	m := &meter{Conn: conn}
	m.left.Store(replyLimit)
	return m
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Conn.Read(b)
	if m.left.Add(-int64(n)) < 0 {
		_ = m.Conn.Close() // nothing more is wanted of it
		return 0, errTooMuch
	}
	return n, err
}

func (m *meter) Write(b []byte) (int, error) {
	m.starting.Store(string(b) == "STARTTLS\r\n")
	return m.Conn.Write(b)
}

// explain returns the reason of err where the library hides it.
func (m *meter) explain(err error) error {
	if m.left.Load() < 0 && !errors.Is(err, errTooMuch) {
		return errTooMuch
	}
	if _, refused := asReply(err); refused && m.starting.Load() {
		return fmt.Errorf("the server refuses STARTTLS: %w", err)
	}
	return err
}
