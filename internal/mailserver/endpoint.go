package mailserver

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// endpoint owns one port and every connection accepted on it. It exists because both protocol libraries race when asked
// to close while clients are connected; here the sockets are cut from below and the libraries see a peer that hung up.
type endpoint struct {
	admit func() *feed // the service for a new connection, nil to refuse it
	tls   *tls.Config  // for implicit TLS, else nil

	services sync.WaitGroup
	feeds    []*feed

	lifecycle sync.Mutex    // one start or stop at a time
	accepting chan struct{} // closed when the accept loop has ended

	mu       sync.Mutex
	addr     string // host:port; after the first start with the real port, so that a restart keeps it
	listener net.Listener
	conns    map[*trackedConn]struct{}

	open sync.WaitGroup // connections whose handler has not ended
}

// serve runs a protocol server on the connections handed to f, until close.
func (e *endpoint) serve(f *feed, srv interface{ Serve(net.Listener) error }) {
	e.feeds = append(e.feeds, f)
	e.services.Go(func() {
		// Serve ends with the feed; what it returns then only says that it was closed.
		_ = srv.Serve(f)
	})
}

func (e *endpoint) address() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.addr
}

// start listens, on the same port as before if there was one. Starting twice does nothing.
func (e *endpoint) start(ctx context.Context) error {
	e.lifecycle.Lock()
	defer e.lifecycle.Unlock()
	if e.accepting != nil {
		return nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", e.address())
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.listener, e.addr = l, l.Addr().String()
	e.conns = make(map[*trackedConn]struct{})
	e.mu.Unlock()
	done := make(chan struct{})
	e.accepting = done
	go func() {
		defer close(done)
		e.accept(l)
	}()
	return nil
}

func (e *endpoint) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		f := e.admit()
		if f == nil {
			conn.Close()
			continue
		}
		c := e.track(conn)
		if e.tls != nil {
			c = tls.Server(c, e.tls)
		}
		select {
		case f.conns <- c:
		case <-f.closed:
			c.Close()
		}
	}
}

func (e *endpoint) track(conn net.Conn) net.Conn {
	c := &trackedConn{Conn: conn, endpoint: e}
	e.open.Add(1)
	e.mu.Lock()
	e.conns[c] = struct{}{}
	e.mu.Unlock()
	return c
}

// cut drops all connections without a farewell and does not wait for their handlers.
func (e *endpoint) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.conns {
		c.Conn.Close()
	}
}

// stop frees the port, cuts the connections and waits for their handlers. Stopping twice does nothing.
func (e *endpoint) stop() error {
	e.lifecycle.Lock()
	defer e.lifecycle.Unlock()
	if e.accepting == nil {
		return nil
	}
	e.mu.Lock()
	err := e.listener.Close()
	e.mu.Unlock()
	<-e.accepting
	e.accepting = nil
	e.cut()
	e.open.Wait()
	return err
}

// close stops for good: the protocol servers end as well.
func (e *endpoint) close() error {
	err := e.stop()
	for _, f := range e.feeds {
		f.Close()
	}
	e.services.Wait()
	return err
}

// trackedConn tells its endpoint when the handler is through with it.
type trackedConn struct {
	net.Conn
	endpoint *endpoint
	once     sync.Once
}

// Close is called by the handler of the connection, as the last thing it does.
func (c *trackedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.endpoint.mu.Lock()
		delete(c.endpoint.conns, c)
		c.endpoint.mu.Unlock()
		c.endpoint.open.Done()
	})
	return err
}

// cutConn drops one connection as a broken network would: no TLS alert, no reply.
func cutConn(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*trackedConn); ok {
		t.Conn.Close()
	}
}

// feed is a listener whose connections were accepted by an endpoint.
type feed struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newFeed() *feed {
	return &feed{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (f *feed) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.closed:
		return nil, net.ErrClosed
	}
}

func (f *feed) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}

func (f *feed) Addr() net.Addr { return &net.TCPAddr{} }
