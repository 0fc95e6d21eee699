// Package faultproxy is a TCP proxy for tests that cuts or black-holes connections after a given number of bytes or lines.
//
// Most of what goes wrong between a client and its server goes wrong in the middle: a connection that ends within a
// literal, a command whose answer gets lost, or a connection on which nothing comes back any more. A test puts the proxy
// before the real server and arms a fault.
package faultproxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// Proxy forwards every connection to its target. Its methods may be called from several goroutines.
type Proxy struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu     sync.Mutex
	conns  map[*link]struct{}
	fault  *fault
	lose   func(sent []byte) bool   // says to which of the client's bytes the answer gets lost
	answer func(line string) string // answers lines of the client in place of the target
	passed map[Side]int             // lines
	away   time.Duration            // how long bytes are on their way
	held   chan struct{}            // closes when what is in flight goes on; nil while it does
	closed bool
}

// Side is who has sent something.
type Side string

// The sides.
const (
	Client Side = "client"
	Server Side = "server"
)

// fault is armed once and hits one connection.
type fault struct {
	side      Side
	lines     bool  // left counts lines, not bytes
	left      int64 // what still gets through
	blackHole bool
	hit       chan struct{}
}

// link is one client connection and its counterpart. What is not fixed is guarded by Proxy.mu.
type link struct {
	client, server net.Conn
	mute           bool // bytes vanish in both directions
	unanswered     bool // the connection ends at the target's next bytes
}

// New listens on a free loopback port and forwards to target.
func New(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	p := &Proxy{listener: l, target: target, conns: map[*link]struct{}{}, passed: map[Side]int{}}
	p.wg.Go(p.accept)
	return p, nil
}

// Port is the port to connect to, on 127.0.0.1.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// CutAfter closes the connection on which the n-th next byte from the target has passed. It hits once; later
// connections are healthy. The returned channel closes when it has hit.
func (p *Proxy) CutAfter(n int64) <-chan struct{} {
	return p.arm(&fault{side: Server, left: n})
}

// BlackHoleAfter makes everything vanish, in both directions and without closing, on the connection on which the n-th
// next byte from the target has passed. It hits once; later connections are healthy.
func (p *Proxy) BlackHoleAfter(n int64) <-chan struct{} {
	return p.arm(&fault{side: Server, left: n, blackHole: true})
}

// CutAfterLines closes the connection on which the n-th next line of a side has passed; with 0 at the side's next byte.
// It hits once.
func (p *Proxy) CutAfterLines(side Side, n int) <-chan struct{} {
	return p.arm(&fault{side: side, lines: true, left: int64(n)})
}

// BlackHoleAfterLines is CutAfterLines for a connection that stays open and on which everything vanishes.
func (p *Proxy) BlackHoleAfterLines(side Side, n int) <-chan struct{} {
	return p.arm(&fault{side: side, lines: true, left: int64(n), blackHole: true})
}

func (p *Proxy) arm(f *fault) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.hit = make(chan struct{})
	p.fault = f
	return f.hit
}

// CutAnswers loses answers: whatever of the client's bytes match holds for reaches the target, which does what it is told,
// and the connection ends before a byte of the answer has passed. match runs for every chunk of bytes, one at a time; nil
// heals.
func (p *Proxy) CutAnswers(match func(sent []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = match
}

// Answer lets the proxy answer the client's lines itself: where reply returns anything for a line, which comes without its
// end, the client gets that as it stands and the target nothing. A reply that ends with HangUp ends the connection too.
// Lines are told apart only where a client sends whole ones, as one does that waits for each answer; nil heals.
func (p *Proxy) Answer(reply func(line string) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = reply
}

// HangUp ends a reply of Answer after which the connection is closed.
const HangUp = "\x00"

// Lines is how many lines of a side have passed so far, on all connections.
func (p *Proxy) Lines(side Side) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed[side]
}

// CutAll closes all present connections.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.close()
	}
}

// Hold keeps all that either side sends on its way, on all connections, as a network does that is cut in two: nobody hears
// of it, and what was sent arrives after Release. Holding twice is holding once.
func (p *Proxy) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil && !p.closed {
		p.held = make(chan struct{})
	}
}

// Release ends Hold.
func (p *Proxy) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release()
}

func (p *Proxy) release() {
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
}

// awaitRelease returns when nothing is held.
func (p *Proxy) awaitRelease() {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		<-held
	}
}

// Close stops listening, closes all connections and waits for the proxy's goroutines.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.release()
	err := p.listener.Close()
	for c := range p.conns {
		c.close()
	}
	p.mu.Unlock()
	p.wg.Wait()
	return err
}

// Away makes the target seem far away: on connections that begin from now on, bytes take that long in each direction.
func (p *Proxy) Away(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = d
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
		away := p.away
		p.mu.Unlock()
		p.wg.Go(func() { p.forward(c, road(c.server, away), c.client, Client) })
		p.wg.Go(func() {
			p.forward(c, road(c.client, away), c.server, Server)
			p.mu.Lock()
			delete(p.conns, c)
			p.mu.Unlock()
		})
	}
}

// forward copies what a side sends until either side closes.
func (p *Proxy) forward(c *link, to io.WriteCloser, from io.Reader, side Side) {
	defer c.close()
	defer to.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		p.awaitRelease()
		b := buf[:n]
		if side == Client {
			var ended bool
			if b, ended = p.reply(c, b); ended {
				return
			}
		}
		if len(b) > 0 {
			pass, cut := p.admit(c, b, side)
			if _, err := to.Write(b[:pass]); err != nil || cut {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// reply answers those lines of the client that are not for the target, and returns the others.
func (p *Proxy) reply(c *link, b []byte) (rest []byte, ended bool) {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer == nil {
		return b, false
	}
	for line := range bytes.Lines(b) {
		text := answer(string(bytes.TrimRight(line, "\r\n")))
		if text == "" {
			rest = append(rest, line...)
			continue
		}
		text, ended = strings.CutSuffix(text, HangUp)
		if _, err := io.WriteString(c.client, text); err != nil || ended {
			return nil, true
		}
	}
	return rest, false
}

// admit says how many of the bytes may pass, and whether the connection ends after them.
func (p *Proxy) admit(c *link, b []byte, side Side) (pass int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case c.mute:
		return 0, false
	case side == Server && c.unanswered:
		return 0, true
	case side == Client && p.lose != nil && p.lose(b):
		c.unanswered = true
	}
	pass = len(b)
	if f := p.fault; f != nil && f.side == side {
		var reached bool
		if pass, reached = f.take(b); reached {
			p.fault = nil
			close(f.hit)
			c.mute = f.blackHole
			cut = !f.blackHole
		}
	}
	p.passed[side] += bytes.Count(b[:pass], []byte("\n"))
	return pass, cut
}

// take counts bytes off what is left, and says how many of them pass and whether that was the last.
func (f *fault) take(b []byte) (pass int, reached bool) {
	if !f.lines {
		if int64(len(b)) < f.left {
			f.left -= int64(len(b))
			return len(b), false
		}
		return int(f.left), true
	}
	for f.left > 0 {
		end := bytes.IndexByte(b[pass:], '\n')
		if end < 0 {
			return len(b), false
		}
		pass += end + 1
		f.left--
	}
	return pass, true
}

func (c *link) close() {
	_ = c.client.Close() // both sides are thrown away; what they say to it does not matter
	_ = c.server.Close()
}
