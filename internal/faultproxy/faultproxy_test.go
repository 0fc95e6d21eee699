package faultproxy

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"testing"
	"time"
)

// echo returns what it reads, on a free port, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

// What is held arrives later, on connections made meanwhile too, and whole.
func TestHold(t *testing.T) {
	t.Parallel()
	p := start(t)
	before := dial(t, p)
	exchange := func(c net.Conn, text string) {
		t.Helper()
		got := make([]byte, len(text))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
			t.Fatalf("%q came back, %v; want %q", got, err, text)
		}
	}
	if _, err := before.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	exchange(before, "a")
	p.Hold()
	p.Hold()
	during := dial(t, p)
	for _, c := range []net.Conn{before, during} {
		if _, err := c.Write([]byte("held")); err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("while everything is held %d bytes came, %v", n, err)
		}
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	p.Release()
	exchange(before, "held")
	exchange(during, "held")
}

func start(t *testing.T) *Proxy {
	t.Helper()
	p, err := New(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func say(t *testing.T, c net.Conn, text string, expect int) string {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, expect)
	n, err := io.ReadFull(c, b)
	if err != nil {
		t.Fatalf("after %d bytes: %v", n, err)
	}
	return string(b)
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	if got := say(t, dial(t, start(t)), "hello", 5); got != "hello" {
		t.Errorf("got %q", got)
	}
}

func TestCutAfter(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	hit := p.CutAfter(3)
	if got := say(t, c, "hello", 3); got != "hel" {
		t.Errorf("got %q before the cut", got)
	}
	<-hit
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d bytes, %v after the cut", n, err)
	}
	if got := say(t, dial(t, p), "again", 5); got != "again" {
		t.Errorf("got %q on the next connection", got)
	}
}

func TestBlackHoleAfter(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	hit := p.BlackHoleAfter(3)
	say(t, c, "hello", 3)
	<-hit
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d bytes, %v, want silence", n, err)
	}
}

func TestCutAfterLines(t *testing.T) {
	t.Parallel()
	for side, want := range map[Side]string{Client: "", Server: "one\ntwo\n"} { // two lines reach the target, which is cut off while it answers
		p := start(t)
		c := dial(t, p)
		hit := p.CutAfterLines(side, 2)
		if _, err := io.WriteString(c, "one\ntwo\nthree\n"); err != nil {
			t.Fatal(err)
		}
		<-hit
		got, err := io.ReadAll(c)
		if errors.Is(err, os.ErrDeadlineExceeded) || len(got) > len("one\ntwo\n") || side == Server && string(got) != want {
			t.Errorf("%s: got %q, %v", side, got, err)
		}
		if n := p.Lines(side); n != 2 {
			t.Errorf("%s: %d lines have passed, want 2", side, n)
		}
		if got := say(t, dial(t, p), "again\n", 6); got != "again\n" {
			t.Errorf("%s: got %q on the next connection", side, got)
		}
	}
}

func TestBlackHoleAfterLines(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	hit := p.BlackHoleAfterLines(Server, 1)
	if got := say(t, c, "one\ntwo\n", 4); got != "one\n" {
		t.Errorf("got %q before the silence", got)
	}
	<-hit
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d bytes, %v, want silence", n, err)
	}
}

// The target has done what it was told, and nobody hears of it.
func TestCutAnswers(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.CutAnswers(func(sent []byte) bool { return string(sent) == "COMMIT" })
	c := dial(t, p)
	say(t, c, "BEGIN", 5)
	if _, err := io.WriteString(c, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); len(got) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %q, %v, want the end of the connection", got, err)
	}
	p.CutAnswers(nil)
	say(t, dial(t, p), "COMMIT", 6)
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.Answer(func(line string) string {
		return map[string]string{"MAIL": "450 later\r\n", "QUIT": "421 bye\r\n" + HangUp}[line]
	})
	c := dial(t, p)
	if got := say(t, c, "MAIL\r\n", 11); got != "450 later\r\n" {
		t.Errorf("got %q", got)
	}
	if got := say(t, c, "NOOP\r\n", 6); got != "NOOP\r\n" {
		t.Errorf("got %q from the target", got)
	}
	if _, err := io.WriteString(c, "QUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); string(got) != "421 bye\r\n" || err != nil {
		t.Errorf("got %q, %v, want a farewell and the end", got, err)
	}
}

func TestCutAll(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := dial(t, p)
	say(t, c, "hello", 5)
	p.CutAll()
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want the end of the connection", err)
	}
}

// Far away, bytes take their time in each direction, however many are on their way.
func TestAway(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.Away(50 * time.Millisecond)
	c := dial(t, p)
	begun := time.Now()
	sent := make([]byte, 100<<10)
	go func() { _, _ = c.Write(sent) }() // a test that reads less fails
	if _, err := io.ReadFull(c, make([]byte, len(sent))); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 100*time.Millisecond || took > 2*time.Second {
		t.Errorf("there and back took %s, want 100 ms and not that for each of %d bytes", took, len(sent))
	}
}
