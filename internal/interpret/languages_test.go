package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestNamesThatAreWordsElsewhere holds the reader to names and wishes of one language that hold small words of another: what language
// a mail is written in decides which words count.
func TestNamesThatAreWordsElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, name string }{
		{"Could you please add jane doe (jane.doe@acme.example) to our account as a Technician? She is new in the team.", "Jane Doe"},
		{"Please add the following user:\n\nName: jane doe\nEmail: jd@acme.example\nRole: Technician\nReason: she has joined the night shift", "Jane Doe"},
		{"Vil I oprette Tak Nielsen (tak@acme.example) som tekniker? Han skal passe vores rack, og det er fra mandag.", "Tak Nielsen"},
		{"Kunnen jullie Pak Janssen (pak@acme.example) toegang geven als technicus? Hij is nieuw bij ons in het team.", "Pak Janssen"},
	} {
		got := interpret.Read(mail(c.text), interpret.Context{Roles: models["contact-levels"]})
		if len(got.Requests) != 1 || got.Requests[0].Action != interpret.AddUser {
			t.Errorf("%q: %v", c.text, got.Requests)
			continue
		}
		if name := str(got.Requests[0].Name); name != c.name {
			t.Errorf("%q: name %q, want %q", c.text, name, c.name)
		}
	}
}
