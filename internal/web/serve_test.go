package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of in-memory connections, whose waits pass in synctest's time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.done) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8025} }

// dial opens a connection and writes to it.
func (p *pipes) dial(t *testing.T, text string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	p.conns <- server
	if _, err := io.WriteString(client, text); err != nil {
		t.Fatal(err)
	}
	return client
}

// serve runs a site; the function given stops it and waits for its end.
func serve(t *testing.T) (s *site, p *pipes, stop func() error) {
	t.Helper()
	s, p = newSite(t, demo), newPipes()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, p) }()
	return s, p, func() error { cancel(); return <-ended }
}

// A stream lives on for hours, hears of changes, and ends with the service.
func TestStreamOutlivesTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, p, stop := serve(t)
		conn := p.dial(t, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		lines := make(chan string)
		var readErr error
		go func() {
			defer close(lines)
			sc := bufio.NewScanner(resp.Body)
			for sc.Scan() {
				lines <- sc.Text()
			}
			readErr = sc.Err()
		}()
		start := time.Now()
		beats := 0
		for line := range lines {
			if line == ": still here" {
				beats++
			}
			if time.Since(start) > 3*time.Hour {
				break
			}
		}
		if want := int(3 * time.Hour / heartbeat); beats < want {
			t.Fatalf("%d heartbeats in %v, want %d", beats, time.Since(start), want)
		}
		s.observer.changed <- struct{}{}
		for line := range lines {
			if line == "event: changed" {
				break
			}
		}
		if waited := time.Since(start); waited > 3*time.Hour+2*heartbeat {
			t.Errorf("the change was told after %v", waited)
		}
		ended := make(chan error)
		go func() { ended <- stop() }()
		for range lines { // to the end of the stream
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if readErr != nil {
			t.Errorf("the stream ended with %v", readErr)
		}
		<-s.observer.cancelled
		conn.Close()
	})
}

// A browser that went away without a word frees its subscription.
func TestStreamOfAStuckBrowser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, p, stop := serve(t)
		start := time.Now()
		conn := p.dial(t, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-s.observer.cancelled // nothing of the answer is read
		if waited := time.Since(start); waited > heartbeat+eventTimeout {
			t.Errorf("noticed after %v", waited)
		}
		conn.Close()
		if err := stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestSlowHeader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, p, stop := serve(t)
		start := time.Now()
		conn := p.dial(t, "GET / HTTP/1.1\r\nHost: loc")
		if _, err := io.ReadAll(conn); err != nil {
			t.Errorf("reading: %v", err)
		}
		if waited := time.Since(start); waited != readHeaderTimeout {
			t.Errorf("hung up after %v, want %v", waited, readHeaderTimeout)
		}
		conn.Close()
		if err := stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// What is in hand when the service stops is answered.
func TestStopFinishesRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, p, stop := serve(t)
		entered, leave := make(chan struct{}), make(chan struct{})
		s.registrar.broken = func() { close(entered); <-leave }
		conn := p.dial(t, "GET /register/"+liveToken+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		<-entered
		ended := make(chan error, 1)
		go func() { ended <- stop() }()
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("Serve ended with a request in hand: %v", err)
		default:
		}
		close(leave)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%d, %d bytes, %v", resp.StatusCode, len(body), err)
		}
		conn.Close()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// A request that does not end is cut off after the grace period.
func TestStopDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, p, stop := serve(t)
		entered, leave := make(chan struct{}), make(chan struct{})
		s.registrar.broken = func() { close(entered); <-leave }
		conn := p.dial(t, "GET /register/"+liveToken+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-entered
		start := time.Now()
		if err := stop(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Serve: %v, want the deadline", err)
		}
		if waited := time.Since(start); waited != shutdownGrace {
			t.Errorf("stopped after %v, want %v", waited, shutdownGrace)
		}
		close(leave)
		conn.Close()
	})
}

func TestServeTellsOfABrokenListener(t *testing.T) {
	t.Parallel()
	s, p := newSite(t, nil), newPipes()
	p.Close()
	if err := s.Serve(t.Context(), p); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v, want net.ErrClosed", err)
	}
}
