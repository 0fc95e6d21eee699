package mailserver_test

import (
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/mailserver"
)

func TestMove(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	var (
		mu       sync.Mutex
		expunged []uint32
	)
	c := dial(t, s, support, &imapclient.UnilateralDataHandler{Expunge: func(seq uint32) {
		mu.Lock()
		defer mu.Unlock()
		expunged = append(expunged, seq)
	}})
	fill(t, c, "INBOX", 5)
	selectMailbox(t, c, "INBOX")
	data, err := c.Move(imap.UIDSetNum(2, 4), "Archive").Wait()
	if err != nil {
		t.Fatal(err)
	}
	if src, dst := data.SourceUIDs.String(), data.DestUIDs.String(); src != "2,4" || dst != "1:2" {
		t.Errorf("COPYUID %s to %s, want 2,4 to 1:2", src, dst)
	}
	// The client counts by the EXPUNGEs: each must come once, with the right number.
	if n := c.Mailbox().NumMessages; n != 3 {
		t.Errorf("the client counts %d messages, want 3", n)
	}
	mu.Lock()
	if diff := cmp.Diff([]uint32{4, 2}, expunged); diff != "" {
		t.Errorf("EXPUNGE (-want +got):\n%s", diff)
	}
	mu.Unlock()
	if diff := cmp.Diff([]imap.UID{1, 3, 5}, searchUIDs(t, c, &imap.SearchCriteria{})); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if n, err := s.CountMessages(support, "Archive"); n != 2 || err != nil {
		t.Errorf("Archive holds %d, error %v; want 2", n, err)
	}
}

// imapmemserver's MOVE of an empty set breaks the response stream.
func TestMoveAndCopyOfNothing(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 1)
	selectMailbox(t, c, "INBOX")
	if _, err := c.Move(imap.UIDSetNum(77), "Archive").Wait(); err != nil {
		t.Errorf("MOVE of nothing: %v", err)
	}
	if _, err := c.Copy(imap.UIDSetNum(77), "Archive").Wait(); err != nil {
		t.Errorf("COPY of nothing: %v", err)
	}
	if got := fetchAll(t, c); len(got) != 1 {
		t.Errorf("the stream is out of step: FETCH gave %d messages, want 1", len(got))
	}
	if _, err := c.Move(imap.UIDSetNum(1), "Nowhere").Wait(); err == nil {
		t.Error("MOVE to a missing mailbox was accepted")
	}
	if _, err := c.Move(imap.UIDSetNum(1), "INBOX").Wait(); err == nil {
		t.Error("MOVE onto itself was accepted")
	}
	if n, err := s.CountMessages(support, "INBOX"); n != 1 || err != nil {
		t.Errorf("INBOX holds %d, error %v; want 1", n, err)
	}
}

func TestMovesInOppositeDirections(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 20)
	fill(t, c, "Archive", 20)
	var group sync.WaitGroup
	for _, way := range [][2]string{{"INBOX", "Archive"}, {"Archive", "INBOX"}} {
		c := dial(t, s, support, nil)
		selectMailbox(t, c, way[0])
		group.Go(func() {
			for range 50 {
				if _, err := c.Move(imap.UIDSet{{Start: 1, Stop: 0}}, way[1]).Wait(); err != nil {
					t.Errorf("MOVE from %s: %v", way[0], err)
					return
				}
			}
		})
	}
	group.Wait()
	inbox, err := s.CountMessages(support, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := s.CountMessages(support, "Archive")
	if err != nil {
		t.Fatal(err)
	}
	if inbox+archive != 40 {
		t.Errorf("%d and %d messages, want 40 together", inbox, archive)
	}
}

func TestNoMove(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	s.SetFaults(mailserver.Faults{NoMove: true})
	c := dial(t, s, support, nil)
	if c.Caps().Has(imap.CapMove) {
		t.Error("MOVE is advertised")
	}
	fill(t, c, "INBOX", 1)
	selectMailbox(t, c, "INBOX")
	data, err := c.Copy(imap.UIDSetNum(1), "Archive").Wait()
	if err != nil || data.DestUIDs.String() != "1" {
		t.Fatalf("COPY: %+v, error %v", data, err)
	}
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.UIDExpunge(imap.UIDSetNum(9)).Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.CountMessages(support, "INBOX"); n != 1 || err != nil {
		t.Errorf("UID EXPUNGE of another UID left %d, error %v; want 1", n, err)
	}
	if err := c.UIDExpunge(imap.UIDSetNum(1)).Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.CountMessages(support, "INBOX"); n != 0 || err != nil {
		t.Errorf("UID EXPUNGE left %d, error %v; want 0", n, err)
	}
	s.SetFaults(mailserver.Faults{})
	if !dial(t, s, support, nil).Caps().Has(imap.CapMove) {
		t.Error("MOVE is not advertised after healing")
	}
}
