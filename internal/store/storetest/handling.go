package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var handlingTests = map[string]func(*testing.T, *fixture){
	"message handled":           testHandle,
	"message not to be handled": testHandleRefused,
	"message left with a level": testStanding,
}

// testHandle: what staff order for a mail in quarantine is done by whoever claims it next, and stays on record.
func testHandle(t *testing.T, f *fixture) {
	f.enrol(t)
	f.deliver(t, "a", "b")
	for _, in := range f.claim(t, 2, "a!", "b!") {
		f.finish(t, in, &access.Outcome{Disposition: access.Quarantined, Reason: "unknown author"})
	}
	f.claim(t, 2)
	order := access.Handling{Handle: access.HandleRelease, By: f.world.sue.Address, Reason: "called them"}
	if err := f.HandleMessage(t.Context(), 1, order); err != nil {
		t.Fatal(err)
	}
	dismiss := access.Handling{Handle: access.HandleDismiss, By: f.world.sue.Address, Reason: "spam"}
	if err := f.HandleMessage(t.Context(), 2, dismiss); err != nil {
		t.Fatal(err)
	}
	f.checkEquation(t, map[access.Disposition]int64{access.Pending: 1, access.Dismissed: 1})
	claimed := f.claim(t, 2, "a!")
	if diff := cmp.Diff(order, claimed[0].Handling); diff != "" {
		t.Errorf("the claim's handling (-want +got):\n%s", diff)
	}
	f.finish(t, claimed[0], &access.Outcome{Disposition: access.Left})
	v, err := f.Message(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if v.Handling != "release" || string(v.HandledBy) != f.world.sue.Address.String() || v.HandlingReason != "called them" {
		t.Errorf("the mail shows %+v", v)
	}
	f.checkChains(t, "after it")
}

// testHandleRefused: only what is in quarantine, and whole, can be processed again.
func testHandleRefused(t *testing.T, f *fixture) {
	f.enrol(t)
	f.deliver(t, "a", "b")
	claimed := f.claim(t, 2, "a!", "b!")
	f.finish(t, claimed[0], &access.Outcome{Disposition: access.Left})
	f.finish(t, claimed[1], &access.Outcome{Disposition: access.Quarantined, Reason: "large"})
	f.db.Exec(t, `UPDATE inbound_messages SET truncated = $1 WHERE id = 2`, true)
	for _, tt := range []struct {
		id     int64
		handle access.Handle
		want   error
	}{
		{1, access.HandleRelease, store.ErrNotQuarantined}, {2, access.HandleReplay, store.ErrNoBytes}, {3, access.HandleDismiss, store.ErrNotFound},
	} {
		err := f.HandleMessage(t.Context(), tt.id, access.Handling{Handle: tt.handle, By: f.world.sue.Address})
		if !errors.Is(err, tt.want) {
			t.Errorf("message %d: error %v, want %v", tt.id, err, tt.want)
		}
	}
	if err := f.HandleMessage(t.Context(), 2, access.Handling{Handle: access.HandleDismiss, By: f.world.sue.Address}); err != nil {
		t.Errorf("dismissing a mail of which only a part is there: %v", err)
	}
	if _, err := f.Message(t.Context(), 3); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a mail that is not there: %v", err)
	}
	raw, err := f.RawMessage(t.Context(), 1)
	if err != nil || len(raw) != 0 {
		t.Errorf("the bytes of a mail that is left: %q, %v", raw, err)
	}
	if _, err := f.RawMessage(t.Context(), 3); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the bytes of a mail that is not there: %v", err)
	}
}

// testStanding: who wrote a mail that is left to people is kept, though its bytes are not, and it is filed if it moves.
func testStanding(t *testing.T, f *fixture) {
	f.enrol(t)
	f.deliver(t, "a", "b")
	claimed := f.claim(t, 2, "a!", "b!")
	s := &access.Standing{Client: f.world.client, Level: []string{"billing", "support"}, Topic: "service_order", May: new(false)}
	f.finish(t, claimed[0], &access.Outcome{Disposition: access.Left, Standing: s, Move: true})
	f.finish(t, claimed[1], &access.Outcome{Disposition: access.Left, Standing: &access.Standing{Topic: "technical"}})
	for id, want := range map[int64][]string{1: {"billing support", "service_order", "no"}, 2: {"", "technical", "unknown"}} {
		v, err := f.Message(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		may := "unknown"
		if v.May != nil {
			may = map[bool]string{true: "yes", false: "no"}[*v.May]
		}
		if diff := cmp.Diff(want, []string{string(v.Level), string(v.Topic), may}); diff != "" || (v.Client != nil) != (id == 1) {
			t.Errorf("message %d shows %+v:\n%s", id, v, diff)
		}
	}
	unfiled, err := f.ToFile(t.Context(), "support", 10)
	if err != nil || len(unfiled) != 1 || unfiled[0].ID != 1 || unfiled[0].Disposition != access.Left {
		t.Errorf("to file: %+v, %v", unfiled, err)
	}
	if err := f.Filed(t.Context(), []int64{1}); err != nil {
		t.Fatal(err)
	}
	if unfiled, err = f.ToFile(t.Context(), "support", 10); err != nil || len(unfiled) != 0 {
		t.Errorf("to file after filing: %+v, %v", unfiled, err)
	}
}
