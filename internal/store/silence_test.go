package store_test

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/faultproxy"
)

// On a connection that is dead without saying so, nothing waits for ever, and the next connection is as good as any.
func (c *cluster) testSilentConnection(t *testing.T) {
	p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if err != nil {
		t.Fatal(err)
	}
	cfg := c.config(c.NewDatabase(t, c.template))
	cfg.DSN = strings.Replace(cfg.DSN, ":"+strconv.Itoa(c.Port)+"/", ":"+strconv.Itoa(p.Port())+"/", 1)
	cfg.Silence = 300 * time.Millisecond
	s := open(t, cfg)
	t.Cleanup(func() {
		s.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1}); err != nil {
		t.Fatal(err)
	}
	hit := p.BlackHoleAfter(0)
	begun := time.Now()
	err = s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 2})
	<-hit
	passes, ok := err.(interface{ Temporary() bool })
	if err == nil || !ok || !passes.Temporary() || time.Since(begun) > patience {
		t.Errorf("got %v after %s, want an error that passes", err, time.Since(begun))
	}
	if err := s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 3}); err != nil {
		t.Errorf("on the next connection: %v", err)
	}
	// Idle connections are not dead, however long nothing is said.
	<-time.After(2 * cfg.Silence)
	if c, _, err := s.Cursor(t.Context(), "support"); err != nil || c.UID != 3 {
		t.Errorf("the cursor is %+v, %v", c, err)
	}
}
