package mailbox

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/emersion/go-imap/v2"

	"github.com/countersign/countersign/internal/mailserver"
)

func TestStartNow(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		s.deliver(t, message(1, 0))
		s.deliver(t, message(2, 0))
		cfg := configFor(s.port())
		cfg.Start = Start{}
		sink := newMemory()
		run(t, cfg, sink)
		sink.awaitState(t, Idle, 1)
		s.deliver(t, message(3, 0))
		checkWhole(t, sink.awaitMessages(t, 1), message(3, 0))
		if start := sink.snapshot().start; start.UID != 2 || start.UIDValidity == 0 {
			t.Errorf("reading began at %+v, want UID 2", start)
		}
	})
}

func TestStartNowInAnEmptyMailbox(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		cfg := configFor(s.port())
		cfg.Start = Start{}
		sink := newMemory()
		run(t, cfg, sink)
		sink.awaitState(t, Idle, 1)
		s.deliver(t, message(1, 0))
		checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
	})
}

func TestStartSince(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		s.deliver(t, message(1, 0))
		past, future := newMemory(), newMemory()
		cfg := configFor(s.port())
		cfg.Start = Start{Mode: StartSince, Since: time.Now().AddDate(0, 0, -2)}
		run(t, cfg, past)
		cfg.Start.Since = time.Now().AddDate(0, 0, 2)
		run(t, cfg, future)
		past.awaitState(t, Idle, 1)
		future.awaitState(t, Idle, 1)
		s.deliver(t, message(2, 0))
		checkWhole(t, past.awaitMessages(t, 2), message(1, 0), message(2, 0))
		checkWhole(t, future.awaitMessages(t, 1), message(2, 0))
	})
}

func TestBatches(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		var want [][]byte
		for n := range 7 {
			want = append(want, message(n, 0))
			s.deliver(t, want[n])
		}
		cfg := configFor(s.port())
		cfg.BatchSize = 3
		sink := newMemory()
		run(t, cfg, sink)
		checkWhole(t, sink.awaitMessages(t, 7), want...)
		sink.awaitState(t, Idle, 1)
		if d := cmp.Diff([]int{3, 3, 1}, sink.snapshot().batches); d != "" {
			t.Errorf("batches (-want +got):\n%s", d)
		}
	})
}

// TestBatchFitsIntoMemory: together the messages of a batch are not larger than one may be.
func TestBatchFitsIntoMemory(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		want := [][]byte{message(0, 40<<10), message(1, 40<<10), message(2, 40<<10)}
		for _, raw := range want {
			s.deliver(t, raw)
		}
		cfg := configFor(s.port())
		cfg.MaxMessage = 100 << 10
		sink := newMemory()
		run(t, cfg, sink)
		checkWhole(t, sink.awaitMessages(t, 3), want...)
		if d := cmp.Diff([]int{2, 1}, sink.snapshot().batches); d != "" {
			t.Errorf("batches (-want +got):\n%s", d)
		}
	})
}

func TestOversizedIsTruncated(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		big := message(1, 300<<10)
		s.deliver(t, big)
		s.deliver(t, message(2, 0))
		cfg := configFor(s.port())
		cfg.MaxMessage, cfg.HeaderKeep = 100<<10, 10<<10
		sink := newMemory()
		run(t, cfg, sink)
		got := sink.awaitMessages(t, 2)
		checkWhole(t, got[1:], message(2, 0))
		f := got[0]
		if !f.Truncated || int64(len(f.Raw)) != cfg.HeaderKeep || f.Size < int64(len(big)) {
			t.Errorf("truncated %v, %d bytes, of announced %d; sent were %d", f.Truncated, len(f.Raw), f.Size, len(big))
		}
		if !bytes.Contains(f.Raw, []byte("Subject: mail 1\r\n")) {
			t.Errorf("the header is not in what was kept: %.200q", f.Raw)
		}
	})
}

func TestFetchLeavesUnseen(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		s.deliver(t, message(1, 0))
		sink := newMemory()
		run(t, configFor(s.port()), sink)
		sink.awaitMessages(t, 1)
		data, err := colleague(t, s).UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
		if err != nil {
			t.Fatal(err)
		}
		if seen := data.AllUIDs(); len(seen) > 0 {
			t.Errorf("reading marked %v as seen", seen)
		}
	})
}

func TestVanishedUnderUs(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		for n := range 3 {
			s.deliver(t, message(n, 0))
		}
		c := colleague(t, s)
		cfg := configFor(s.port())
		cfg.BatchSize = 1
		sink := newMemory()
		sink.onStore = func(batch []Fetched) error {
			if batch[0].UID == 1 {
				deleteUID(t, c, 2)
			}
			return nil
		}
		run(t, cfg, sink)
		checkWhole(t, sink.awaitMessages(t, 2), message(0, 0), message(2, 0))
		sink.awaitState(t, Idle, 1)
		if states := sink.snapshot().states; slices.Contains(states, Disconnected) {
			t.Errorf("the session ended over a deleted message: %v", states)
		}
	})
}

func TestUIDValidityChange(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		s.deliver(t, message(1, 0))
		sink := newMemory()
		run(t, configFor(s.port()), sink)
		old := sink.awaitMessages(t, 1)[0].UIDValidity
		sink.awaitState(t, Idle, 1)
		s.resetUIDValidity(t)
		// The same mail comes again under its new name; telling that it is the same is the Sink's business.
		got := sink.awaitMessages(t, 2)
		checkWhole(t, got, message(1, 0), message(1, 0))
		if got[1].UIDValidity == old {
			t.Errorf("the second copy has the old UIDVALIDITY %d", old)
		}
		s.deliver(t, message(2, 0))
		checkWhole(t, sink.awaitMessages(t, 3), message(1, 0), message(1, 0), message(2, 0))
	})
}

// TestUIDValidityChangeAfterStartNow: mail from before the start does not become new by being renumbered.
func TestUIDValidityChangeAfterStartNow(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		old := message(1, 0)
		appendMail(t, colleague(t, s), old, time.Now().AddDate(-1, 0, 0))
		cfg := configFor(s.port())
		cfg.Start = Start{}
		sink := newMemory()
		run(t, cfg, sink)
		sink.awaitState(t, Idle, 1)
		s.deliver(t, message(2, 0))
		sink.awaitMessages(t, 1)
		s.resetUIDValidity(t)
		sink.awaitMessages(t, 2)
		s.deliver(t, message(3, 0))
		checkWhole(t, sink.awaitMessages(t, 3), message(2, 0), message(2, 0), message(3, 0))
	})
}

// TestReconcile: what lies behind the cursor without a row is read after all, and the cursor stays.
func TestReconcile(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		for n := range 4 {
			s.deliver(t, message(n, 0))
		}
		sink := newMemory()
		_, stop := run(t, configFor(s.port()), sink)
		sink.awaitMessages(t, 4)
		stop()
		validity := sink.snapshot().cursor.UIDValidity
		sink.change(func() {
			sink.start.UID = 1 // UID 1 was there before us
			delete(sink.rows, key{validity, 1})
			delete(sink.rows, key{validity, 3})
			sink.order = []key{{validity, 2}, {validity, 4}}
		})
		run(t, configFor(s.port()), sink)
		checkWhole(t, sink.awaitMessages(t, 3), message(1, 0), message(3, 0), message(2, 0))
		if got := sink.snapshot().cursor; got.UID != 4 {
			t.Errorf("the cursor went to UID %d, want 4", got.UID)
		}
	})
}

// TestReconcileInPieces: a mailbox with many messages is compared piece by piece, those at the edges included, and so is what was
// read last.
func TestReconcileInPieces(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		for n := range 7 {
			s.deliver(t, message(n, 0))
		}
		cfg := configFor(s.port())
		cfg.Window = 2
		sink := newMemory()
		_, stop := run(t, cfg, sink)
		sink.awaitMessages(t, 7)
		stop()
		validity := sink.snapshot().cursor.UIDValidity
		sink.change(func() {
			sink.order = nil
			for _, uid := range []uint32{1, 2, 3, 6, 7} {
				delete(sink.rows, key{validity, uid})
			}
			for _, uid := range []uint32{4, 5} {
				sink.order = append(sink.order, key{validity, uid})
			}
			sink.cursor.UID = 6 // the last one has come since
		})
		run(t, cfg, sink)
		checkWhole(t, sink.awaitMessages(t, 7), message(3, 0), message(4, 0), message(6, 0), message(0, 0), message(1, 0), message(2, 0), message(5, 0))
	})
}

func TestSinkDown(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		s.deliver(t, message(1, 0))
		sink := newMemory()
		tries := 0
		sink.onStore = func([]Fetched) error {
			if tries++; tries < 3 {
				return errSinkDown
			}
			return nil
		}
		run(t, configFor(s.port()), sink)
		checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
	})
}

// TestDeafIdle: an IDLE that announces nothing costs at most IdleRefresh.
func TestDeafIdle(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t, mailserver.Faults{IdleDeaf: true})
	cfg := configFor(s.port())
	cfg.IdleRefresh = 50 * time.Millisecond
	sink := newMemory()
	run(t, cfg, sink)
	sink.awaitState(t, Idle, 1)
	s.deliver(t, message(1, 0))
	checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
}
