package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// serverSilence is how long PostgreSQL may say nothing within an exchange, waits for locks included. Beyond that the
// connection is taken for dead: the system would find out after a quarter of an hour, and the driver never.
const serverSilence = 2 * time.Minute

// How long a daemon that is cut off, or hangs, in the middle of a transaction holds up those who wait for its locks: the server ends a
// transaction whose next statement does not come, and a connection that does not take an answer. Ours are never idle for
// seconds; one that was is done again.
const (
	idleInTransaction = "10s"
	untakenAnswer     = "10s"
)

// patience bounds the waits of all connections that it makes. It has no end until the schema is up to date, since a
// migration may take long.
type patience struct {
	net.Dialer
	silence atomic.Int64
}

// DialTimeout is for pq.Dialer.
func (p *patience) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return p.DialContext(ctx, network, address)
}

// Dial is for pq.Dialer.
func (p *patience) Dial(network, address string) (net.Conn, error) {
	return p.DialContext(context.Background(), network, address)
}

// DialContext is for pq.DialerContext.
func (p *patience) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := p.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: conn, silence: &p.silence}, nil
}

type patientConn struct {
	net.Conn
	silence *atomic.Int64
}

// Read waits for the server, which has been asked something: nobody reads from an idle connection.
func (c *patientConn) Read(b []byte) (int, error) {
	if d := time.Duration(c.silence.Load()); d > 0 {
		if err := c.SetReadDeadline(time.Now().Add(d)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// Write is bounded as Read is.
func (c *patientConn) Write(b []byte) (int, error) {
	if d := time.Duration(c.silence.Load()); d > 0 {
		if err := c.SetWriteDeadline(time.Now().Add(d)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

// connector makes connections of which the server ends what is cut off in a transaction.
type connector struct{ *pq.Connector }

// Connect is for driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	exec, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the driver runs no statement on a new connection"), conn.Close())
	}
	if _, err := exec.ExecContext(ctx, "SET idle_in_transaction_session_timeout = '"+idleInTransaction+"'; SET tcp_user_timeout = '"+untakenAnswer+"'", nil); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing a connection: %w", err), conn.Close())
	}
	return conn, nil
}
