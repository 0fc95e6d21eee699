package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/store"
)

var auditTests = map[string]func(*testing.T, *fixture){
	"checkpoints":      testCheckpoints,
	"checkpoints kept": testCheckpointsKept,
	"export":           testExport,
}

func (f *fixture) checkpoint(t *testing.T) store.Checkpoint {
	t.Helper()
	c, err := f.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read, err := store.ParseCheckpoint(c.String())
	if err != nil || read.String() != c.String() || read.Events != c.Events {
		t.Fatalf("%s is read as %s, %v", c, read, err)
	}
	return read
}

func (f *fixture) checkCheckpoints(t *testing.T, what string, checkpoints []store.Checkpoint, want ...string) {
	t.Helper()
	wrong, err := f.VerifyCheckpoints(t.Context(), checkpoints)
	if err != nil {
		t.Fatal(err)
	}
	for i := range wrong {
		wrong[i], _, _ = strings.Cut(wrong[i], " at 20") // with the time
	}
	if diff := cmp.Diff(want, wrong); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// A checkpoint holds while events are added, and shows what no chain shows: that its end, or all of it, is gone.
func testCheckpoints(t *testing.T, f *fixture) {
	empty := f.checkpoint(t)
	f.writeEvents(t, 3)
	first := f.checkpoint(t)
	last := f.writeEvents(t, 4)
	second := f.checkpoint(t)
	f.writeEvents(t, 1)
	all := []store.Checkpoint{second, empty, first}
	f.checkCheckpoints(t, "an honest trail", all)
	f.db.Exec(t, `DELETE FROM event_payloads WHERE event_id IN (SELECT id FROM events WHERE chain = 'system')`)
	f.checkCheckpoints(t, "erased payloads", all)
	if _, err := f.VerifyChains(t.Context()); err != nil {
		t.Fatal(err)
	}
	chain := fmt.Sprintf("ticket:%d", last.ID)
	f.db.Exec(t, `DELETE FROM event_payloads WHERE event_id IN (SELECT id FROM events WHERE chain = $1 AND sequence > 2)`, chain)
	f.db.Exec(t, `DELETE FROM events WHERE chain = $1 AND sequence > 2`, chain)
	f.checkChains(t, "cut off") // the chain itself does not show it
	f.checkCheckpoints(t, "a chain cut off", all, fmt.Sprintf("of the %d events that there were", second.Events))
	f.db.Exec(t, `UPDATE events SET hash = 'other' WHERE id = $1`, first.Event)
	f.checkCheckpoints(t, "an event changed", []store.Checkpoint{first}, "the events that there were")
	f.db.Exec(t, `DELETE FROM event_payloads`)
	f.db.Exec(t, `DELETE FROM events`)
	f.checkChains(t, "all gone")
	f.checkCheckpoints(t, "a trail thrown away", []store.Checkpoint{first}, fmt.Sprintf("of the %d events that there were", first.Events))
	for _, line := range []string{"", "checkpoint", "checkpoint x 1 1 " + first.Sum, first.String() + " more", strings.Replace(first.String(), " ", "  ", 1)} {
		if c, err := store.ParseCheckpoint(line); err == nil {
			t.Errorf("%q is read as %s", line, c)
		}
	}
}

// A checkpoint is taken once a day, whoever looks, and tells what was changed since the one before.
func testCheckpointsKept(t *testing.T, f *fixture) {
	keep := func(what string, wantTaken bool, want ...string) {
		t.Helper()
		due, wrong, err := f.CheckpointDue(t.Context(), 24*time.Hour)
		if err == nil && due {
			_, err = f.KeepCheckpoint(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range wrong {
			wrong[i], _, _ = strings.Cut(wrong[i], " at 20") // with the time
		}
		if diff := cmp.Diff(want, wrong); diff != "" || due != wantTaken {
			t.Errorf("%s: taken %v; wrong (-want +got):\n%s", what, due, diff)
		}
	}
	f.writeEvents(t, 3)
	keep("the first", true)
	f.writeEvents(t, 1)
	f.clock.advance(23 * time.Hour)
	keep("too soon", false)
	f.clock.advance(time.Hour)
	keep("the next day", true)
	f.db.Exec(t, `UPDATE events SET hash = 'other' WHERE id = 1`)
	f.clock.advance(24 * time.Hour)
	keep("after a change", true, "the events that there were")
	f.clock.advance(24 * time.Hour)
	keep("once told", true)
	f.clock.advance(-72 * time.Hour)
	keep("by a clock that was set back to the first", false)
	f.clock.advance(-24 * time.Hour)
	keep("by a clock that was set back further", true)
	kept, err := f.KeptCheckpoints(t.Context())
	if err != nil || len(kept) != 5 {
		t.Fatalf("%d are kept, %v", len(kept), err)
	}
	f.checkCheckpoints(t, "the kept ones", kept, "the events that there were", "the events that there were")
}

func testExport(t *testing.T, f *fixture) {
	tick := f.writeEvents(t, 3)
	f.writeEvents(t, 1)
	export := func(number string) []string {
		var got []string
		if err := f.ExportEvents(t.Context(), number, func(e store.EventRecord) error {
			if e.Kind == "noted" {
				got = append(got, fmt.Sprint(e.Sequence, e.Kind, string(e.Payload), *e.Ticket == tick.Number))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	own := []string{`1noted{"n":0}true`, `2noted{"n":1}true`, `3noted{"n":2}true`}
	if diff := cmp.Diff(own, export(tick.Number)); diff != "" {
		t.Errorf("of one ticket (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(own, `1noted{"n":0}false`), export("")); diff != "" {
		t.Errorf("of all (-want +got):\n%s", diff)
	}
	if err := f.ExportEvents(t.Context(), "REQ-0000-00000", nil); err != store.ErrNotFound {
		t.Errorf("of a ticket that is not there: %v", err)
	}
}
