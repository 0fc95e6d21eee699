package mailbox

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
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
