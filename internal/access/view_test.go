package access_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

func TestEquationHolds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		e    access.Equation
		want bool
	}{
		"nothing":      {access.Equation{}, true},
		"all":          {access.Equation{Seen: 36, Counts: map[access.Disposition]int64{access.Pending: 1, access.Applied: 2, access.Answered: 3, access.Left: 4, access.Duplicate: 5, access.Quarantined: 6, access.Dismissed: 7, access.Unfetchable: 8}}, true},
		"one_missing":  {access.Equation{Seen: 2, Counts: map[access.Disposition]int64{access.Left: 1}}, false},
		"one_too_many": {access.Equation{Seen: 1, Counts: map[access.Disposition]int64{access.Left: 2}}, false},
		"unknown":      {access.Equation{Seen: 1, Counts: map[access.Disposition]int64{"lost": 1}}, false},
	} {
		if got := tc.e.Holds(); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// R35: the keys are fixed, and what is absent is null.
func TestRequestViewJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	got, err := json.Marshal(access.RequestView{Ticket: "REQ-2026-00001", Position: 1, Client: "Acme", Action: "add_user", Name: `J "D"`,
		State: access.NeedsDetails, CreatedAt: at, UpdatedAt: at})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ticket":"REQ-2026-00001","position":1,"client":"Acme","action":"add_user","name":"J \"D\"","email":null,` +
		`"roles":null,"state":"needs_details","stage":null,"requester":null,"rule":null,"reason":null,` +
		`"created_at":"2026-03-02T14:30:00Z","updated_at":"2026-03-02T14:30:00Z"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var back access.RequestView
	if err := json.Unmarshal(got, &back); err != nil || back.Name != `J "D"` || back.Email != "" {
		t.Errorf("read back %+v, %v", back, err)
	}
}
