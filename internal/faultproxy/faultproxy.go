// Package faultproxy is a TCP proxy for tests that cuts or black-holes connections after a given number of bytes.
//
// Most of what goes wrong between a mail client and its server goes wrong in the middle: a connection that ends within a
// literal, or one on which nothing comes back any more. A test puts the proxy before the real server and arms a fault.
package faultproxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Proxy forwards every connection to its target. Its methods may be called from several goroutines.
type Proxy struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu     sync.Mutex
	conns  map[*link]struct{}
	fault  *fault
	closed bool
}

// fault is armed once and hits one connection.
type fault struct {
	left      int64 // bytes from the target that still get through
	blackHole bool
	hit       chan struct{}
}

// link is one client connection and its counterpart.
type link struct {
	client, server net.Conn
	mute           bool // guarded by Proxy.mu: bytes vanish in both directions
}

// New listens on a free loopback port and forwards to target.
func New(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	p := &Proxy{listener: l, target: target, conns: map[*link]struct{}{}}
	p.wg.Go(p.accept)
	return p, nil
}

// Port is the port to connect to, on 127.0.0.1.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// CutAfter closes the connection on which the n-th next byte from the target has passed. It hits once; later
// connections are healthy. The returned channel closes when it has hit.
func (p *Proxy) CutAfter(n int64) <-chan struct{} { return p.arm(n, false) }

// BlackHoleAfter makes everything vanish, in both directions and without closing, on the connection on which the n-th
// next byte from the target has passed. It hits once; later connections are healthy.
func (p *Proxy) BlackHoleAfter(n int64) <-chan struct{} { return p.arm(n, true) }

func (p *Proxy) arm(n int64, blackHole bool) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = &fault{left: n, blackHole: blackHole, hit: make(chan struct{})}
	return p.fault.hit
}

// CutAll closes all present connections.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.close()
	}
}

// Close stops listening, closes all connections and waits for the proxy's goroutines.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	err := p.listener.Close()
	for c := range p.conns {
		c.close()
	}
	p.mu.Unlock()
	p.wg.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close() // as good as refused
			continue
		}
		c := &link{client: client, server: server}
		p.mu.Lock()
		if p.closed {
			c.close()
		}
		p.conns[c] = struct{}{}
		p.mu.Unlock()
		p.wg.Go(func() { p.forward(c, c.server, c.client, false) })
		p.wg.Go(func() {
			p.forward(c, c.client, c.server, true)
			p.mu.Lock()
			delete(p.conns, c)
			p.mu.Unlock()
		})
	}
}

// forward copies until either side closes. Only what comes from the target counts for faults.
func (p *Proxy) forward(c *link, to io.Writer, from io.Reader, counts bool) {
	defer c.close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			pass, cut := p.admit(c, n, counts)
			if _, err := to.Write(buf[:pass]); err != nil || cut {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// admit says how many of n bytes may pass, and whether the connection ends after them.
func (p *Proxy) admit(c *link, n int, counts bool) (pass int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.mute {
		return 0, false
	}
	f := p.fault
	if f == nil || !counts {
		return n, false
	}
	if int64(n) < f.left {
		f.left -= int64(n)
		return n, false
	}
	p.fault = nil
	close(f.hit)
	c.mute = f.blackHole
	return int(f.left), !f.blackHole
}

func (c *link) close() {
	_ = c.client.Close() // both sides are thrown away; what they say to it does not matter
	_ = c.server.Close()
}
