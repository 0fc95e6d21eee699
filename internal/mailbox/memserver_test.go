package mailbox

import (
	"net"
	"slices"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// TestNothingLeftToFile: a MOVE that names no message makes go-imap's own server break its stream, and others refuse it.
func TestNothingLeftToFile(t *testing.T) {
	t.Parallel()
	u := imapmemserver.NewUser(user, password)
	if err := u.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(u)
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}, imap.CapIdle: {}},
		InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-done
	})
	sink := newMemory()
	r, _ := run(t, configFor(l.Addr().(*net.TCPAddr).Port), sink)
	sink.awaitState(t, Idle, 1)
	dispose(r, sink, map[uint32]FilingTarget{7: FileProcessed})
	sink.awaitFiled(t, 1)
	sink.awaitState(t, Idle, 2)
	if states := sink.snapshot().states; slices.Contains(states, Disconnected) {
		t.Errorf("a session ended: %v", states)
	}
}
