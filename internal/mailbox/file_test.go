package mailbox

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/realservers"
)

// dispose settles stored messages, as the worker does, and pokes the Runner.
func dispose(r *Runner, sink *memory, targets map[uint32]FilingTarget) {
	sink.change(func() {
		for uid, target := range targets {
			sink.filings = append(sink.filings, Filing{ID: int64(uid) * 100, UIDValidity: sink.cursor.UIDValidity, UID: uid, Folder: target})
		}
	})
	r.Notify()
}

func (m *memory) awaitFiled(t *testing.T, n int) {
	t.Helper()
	m.await(t, "filings", func() bool { return len(m.filed) >= n })
}

func checkFolder(t *testing.T, s server, folder string, n int) {
	t.Helper()
	if got := len(s.folder(t, folder)); got != n {
		t.Errorf("%d messages in %s, want %d", got, folder, n)
	}
}

func TestFiling(t *testing.T) {
	for name, withMove := range map[string]bool{"move": true, "withoutmove": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, withMove, testFiling)
		})
	}
}

func testFiling(t *testing.T, s server) {
	for n := range 5 {
		s.deliver(t, message(n, 0))
	}
	sink := newMemory()
	r, _ := run(t, configFor(s.port()), sink)
	sink.awaitMessages(t, 5)
	sink.awaitState(t, Idle, 1)
	// UID 5 is left alone; UID 4 is deleted by a colleague; a filing of another UIDVALIDITY must not touch UID 5.
	deleteUID(t, colleague(t, s), 4)
	sink.change(func() {
		sink.filings = append(sink.filings, Filing{ID: 1, UIDValidity: sink.cursor.UIDValidity + 1, UID: 5, Folder: FileProcessed})
	})
	dispose(r, sink, map[uint32]FilingTarget{1: FileProcessed, 2: FileQuarantine, 3: FileProcessed, 4: FileProcessed})
	sink.awaitFiled(t, 5)
	checkFolder(t, s, "Countersign/Processed", 2)
	checkFolder(t, s, "Countersign/Quarantine", 1)
	checkFolder(t, s, "INBOX", 1)
	// Filed again after a crash between MOVE and Filed: nothing happens, and it is settled.
	dispose(r, sink, map[uint32]FilingTarget{1: FileProcessed})
	sink.awaitFiled(t, 6)
	checkFolder(t, s, "Countersign/Processed", 2)
	if states := sink.snapshot().states; slices.Contains(states, Disconnected) {
		t.Errorf("a session ended: %v", states)
	}
}

// TestFilingToAMissingFolder: Client.Move would lose the mail on a server without MOVE, because it sends COPY, STORE
// and EXPUNGE at once.
func TestFilingToAMissingFolder(t *testing.T) {
	for name, withMove := range map[string]bool{"move": true, "withoutmove": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, withMove, func(t *testing.T, s server) {
				s.deliver(t, message(1, 0))
				s.deliver(t, message(2, 0))
				sink := newMemory()
				r, _ := run(t, configFor(s.port()), sink)
				sink.awaitMessages(t, 2)
				dispose(r, sink, map[uint32]FilingTarget{1: FileProcessed})
				sink.awaitFiled(t, 1)
				if err := colleague(t, s).Delete("Countersign/Processed").Wait(); err != nil {
					t.Fatal(err)
				}
				dispose(r, sink, map[uint32]FilingTarget{2: FileProcessed})
				sink.awaitFiled(t, 2)
				checkFolder(t, s, "INBOX", 0)
				checkFolder(t, s, "Countersign/Processed", 1)
			})
		})
	}
}

// TestRefusedFilingDoesNotStopReading: mail that cannot be filed stays where it is, and new mail is read.
func TestRefusedFilingDoesNotStopReading(t *testing.T) {
	t.Parallel()
	s := startDovecot(t, realservers.DovecotConfig{})
	for n := range 2 {
		s.deliver(t, message(n, 0))
	}
	sink := newMemory()
	r, _ := run(t, configFor(s.port()), sink)
	sink.awaitMessages(t, 2)
	dispose(r, sink, map[uint32]FilingTarget{1: FileProcessed})
	sink.awaitFiled(t, 1)
	s.Freeze(user, "Countersign.Processed")
	dispose(r, sink, map[uint32]FilingTarget{2: FileProcessed})
	s.deliver(t, message(2, 0))
	sink.awaitMessages(t, 3)
	checkFolder(t, s, "INBOX", 2)
	if filed := sink.snapshot().filed; len(filed) > 1 {
		t.Errorf("%v count as filed", filed)
	}
	s.Thaw(user, "Countersign.Processed")
	r.Notify()
	sink.awaitFiled(t, 2)
	checkFolder(t, s, "Countersign/Processed", 2)
}

// TestNoFoldersWithoutFiling: a mailbox whose mail stays where it is gets no folders.
func TestNoFoldersWithoutFiling(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		sink := newMemory()
		run(t, configFor(s.port()), sink)
		sink.awaitState(t, Idle, 1)
		found, err := colleague(t, s).List("", "Countersign*", nil).Collect()
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("the folder %s was made", found[0].Mailbox)
		}
	})
}

// TestNamespace: some servers keep all folders below "INBOX." and separate levels with a dot.
func TestNamespace(t *testing.T) {
	t.Parallel()
	s := startDovecot(t, realservers.DovecotConfig{Prefix: "INBOX.", Separator: "."})
	s.deliver(t, message(1, 0))
	sink := newMemory()
	r, _ := run(t, configFor(s.port()), sink)
	sink.awaitMessages(t, 1)
	dispose(r, sink, map[uint32]FilingTarget{1: FileQuarantine})
	sink.awaitFiled(t, 1)
	checkFolder(t, s, "INBOX", 0)
	checkFolder(t, s, "Countersign/Quarantine", 1)
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, prefix string
		delim        rune
		want         string
	}{
		{"Countersign/Processed", "", '/', "Countersign/Processed"},
		{"Countersign/Processed", "", '.', "Countersign.Processed"},
		{"Countersign/Processed", "INBOX.", '.', "INBOX.Countersign.Processed"},
		{"INBOX/Done", "INBOX.", '.', "INBOX.Done"},
		{"Done", "", 0, "Done"},
	}
	for _, tt := range tests {
		if got := folderName(tt.name, tt.prefix, tt.delim); got != tt.want {
			t.Errorf("folderName(%q, %q, %q) = %q, want %q", tt.name, tt.prefix, tt.delim, got, tt.want)
		}
	}
}

// TestFilingGathers: soon after a filing others wait for the next round, and go in one MOVE; new mail brings it about at once.
func TestFilingGathers(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		var moves atomic.Int32
		p := proxyTo(t, s.port())
		p.Answer(func(line string) string {
			if strings.Contains(line, "UID MOVE") {
				moves.Add(1)
			}
			return ""
		})
		for n := range 3 {
			s.deliver(t, message(n, 0))
		}
		cfg := configFor(p.Port())
		cfg.FilingPause = time.Hour
		sink := newMemory()
		r, _ := run(t, cfg, sink)
		sink.awaitMessages(t, 3)
		sink.awaitState(t, Idle, 1)
		dispose(r, sink, map[uint32]FilingTarget{1: FileProcessed})
		sink.awaitFiled(t, 1)
		sink.awaitState(t, Idle, 2)
		dispose(r, sink, map[uint32]FilingTarget{2: FileProcessed})
		dispose(r, sink, map[uint32]FilingTarget{3: FileProcessed})
		s.deliver(t, message(3, 0))
		sink.awaitFiled(t, 3)
		if n := moves.Load(); n != 2 {
			t.Errorf("%d rounds of filing, want 2", n)
		}
	})
}
