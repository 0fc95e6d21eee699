package mailbox

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// literal announces more than it has when text is shorter than size.
type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

func TestReadLiteral(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		text      string
		size      int64
		want      string
		wantShort bool
	}{
		{"whole", "0123456789", 10, "0123456789", false},
		{"empty", "", 0, "", false},
		{"nothing", "", 10, "", true},
		{"short", "012345678", 10, "", true},
		{"overlong", strings.Repeat("x", 21), 21, "xxxx", false},
		{"overlongandshort", strings.Repeat("x", 20), 21, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn, peer := net.Pipe()
			defer peer.Close()
			w := startWatch(t.Context(), newMeter(conn), answerLimit, time.Minute)
			s := &session{cfg: Config{MaxMessage: 20, HeaderKeep: 4}}
			got, err := s.readLiteral(w, literal{strings.NewReader(tt.text), tt.size}, new(int64))
			if err := w.end("reading", nil); err != nil {
				t.Fatal(err)
			}
			if errors.Is(err, errShort) != tt.wantShort || (err != nil) != tt.wantShort {
				t.Fatalf("got the error %v, want short: %v", err, tt.wantShort)
			}
			if err == nil && string(got.raw) != tt.want {
				t.Errorf("got %q, want %q", got.raw, tt.want)
			}
		})
	}
}

// A server that sends a byte now and then does not hold its mailbox; one that is slow, or pauses, brings its message.
func TestSlowLiteral(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		pause  time.Duration // before the first piece
		piece  int           // bytes
		every  time.Duration
		pieces int
		gone   time.Duration // when the connection ends; 0 if the literal arrives
	}{
		{"onebyte", 0, 1, time.Second, 5000, 30 * time.Second},
		{"onebyteinhalfaminute", 0, 1, 29 * time.Second, 5000, 30 * time.Second},
		{"toolittle", 0, 1 << 10, time.Second, 5000, 39750 * time.Millisecond}, // each second takes three quarters off the 30
		{"slow", 0, 5 << 10, time.Second, 400, 0},
		{"pause", 28 * time.Second, 5 << 10, time.Second, 40, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				conn, peer := net.Pipe()
				var wg sync.WaitGroup
				wg.Go(func() {
					defer peer.Close()
					time.Sleep(tt.pause)
					for range tt.pieces {
						time.Sleep(tt.every)
						if _, err := peer.Write(make([]byte, tt.piece)); err != nil {
							return
						}
					}
				})
				begun := time.Now()
				w := startWatch(t.Context(), newMeter(conn), answerLimit, 30*time.Second)
				s := &session{cfg: Config{MaxMessage: 20 << 20}}
				size := int64(tt.piece * tt.pieces)
				got, err := s.readLiteral(w, literal{io.LimitReader(w.conn, size), size}, new(int64))
				err = w.end("reading", err)
				took := time.Since(begun)
				conn.Close()
				wg.Wait()
				switch {
				case tt.gone == 0 && (err != nil || len(got.raw) != int(size)):
					t.Errorf("%d bytes and %v after %s", len(got.raw), err, took)
				case tt.gone > 0 && (!errors.Is(err, errSilent) || took.Round(50*time.Millisecond) != tt.gone):
					t.Errorf("ended after %s with %v, want it after %s", took, err, tt.gone)
				}
			})
		})
	}
}
