package daemon_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// The daemon takes a checkpoint soon after it has started, and each day, and says when the trail is not what it was.
func TestCheckpointsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	kept := func(n int) {
		t.Helper()
		w.log.await(t, "audit checkpoint", n)
		if all, err := w.main.Store().KeptCheckpoints(t.Context()); err != nil || len(all) != n {
			t.Fatalf("%d checkpoints are kept, want %d; %v", len(all), n, err)
		}
	}
	const changed = "the audit trail is not what it was at the last checkpoint; see countersign audit verify"
	w.clock.advance(10 * time.Minute)
	kept(1)
	w.send("maria", janeSecondary)
	w.rest()
	w.clock.advance(24 * time.Hour)
	kept(2)
	if n, _ := w.log.look(changed); n > 0 {
		t.Errorf("an honest trail is told of %d times", n)
	}
	db := database(t, "sqlite", "file:"+filepath.Join(w.dir, "countersign.db")+"?_pragma=busy_timeout(60000)&_txlock=immediate")
	change := func(query string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	change(`UPDATE events SET hash = hash || 'x' WHERE id = 1`)
	w.clock.advance(24 * time.Hour)
	kept(3)
	w.log.await(t, changed, 1)
	if err := w.main.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "audit trail") {
		t.Errorf("the health: %v", err)
	}
	todo := func() bool {
		t.Helper()
		todos, err := w.main.Store().Todos(t.Context(), 10)
		return err == nil && slices.ContainsFunc(todos, func(v store.TodoView) bool { return v.Kind == access.TodoTrail })
	}
	if !todo() {
		t.Error("no to-do tells of it")
	}
	w.clock.advance(24 * time.Hour)
	kept(4)
	if err := w.main.Health(t.Context()); err != nil || !todo() {
		t.Errorf("a day later, when the trail agrees with the checkpoint after that: %v; the to-do is there: %v", err, todo())
	}
	change(`UPDATE events SET hash = replace(hash, 'x', '') WHERE id = 1`) // the books are checked
}
