package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestByAddress reads wishes for people who are called by nothing but their addresses, and none where something else is said.
func TestByAddress(t *testing.T) {
	t.Parallel()
	const add, remove = interpret.AddUser, interpret.RemoveUser
	tests := []struct {
		text   string
		action interpret.Action
		emails []string
	}{
		{"Can you put jane@acme.example on our account? She runs the cameras now.", add, []string{"jane@acme.example"}},
		{"Please get jane@acme.example into the portal.", add, []string{"jane@acme.example"}},
		{"Both have gone back to Oslo, drop them from our list:\n\njane@acme.example\nraj@acme.example", remove, []string{"jane@acme.example", "raj@acme.example"}},
		{"Please remove them from our account:\n\n- jane@acme.example\n- raj@acme.example", remove, []string{"jane@acme.example", "raj@acme.example"}},
		{"Please put jane@acme.example on cc in this ticket.", "", nil},
		{"Did you put jane@acme.example on our account?", "", nil},
		{"Please do not put jane@acme.example on our account.", "", nil},
		{"Who put jane@acme.example on our account?", "", nil},
		{"If we put jane@acme.example on our account, what does it cost?", "", nil},
		{"Thanks, you put jane@acme.example on our account.", "", nil},
		{"Do not drop them from our list:\n\njane@acme.example\nraj@acme.example", "", nil},
		{"Drop all from our list but:\n\njane@acme.example\nraj@acme.example", "", nil},
		{"Why did you drop them from our list:\n\njane@acme.example\nraj@acme.example", "", nil},
		{"You dropped them from our list:\n\njane@acme.example\nraj@acme.example", "", nil},
		{"Please drop them a line about our list:\n\njane@acme.example\nraj@acme.example", "", nil},
		{"Drop them from our list:\n\njane@acme.example\nraj@acme.example\n\nBut only once their contracts have ended.", "", nil},
	}
	for _, tt := range tests {
		r := interpret.Read(mail(tt.text+"\n"), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
		if len(r.Requests) != len(tt.emails) {
			t.Errorf("%q: %d requests, want %d", tt.text, len(r.Requests), len(tt.emails))
			continue
		}
		for i, q := range r.Requests {
			if q.Action != tt.action || q.Email == nil || *q.Email != tt.emails[i] || q.Name != nil {
				t.Errorf("%q: request %d is %+v", tt.text, i, q)
			}
		}
	}
}
