package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestUnknownLabels holds forms to the kinds of their values where the labels are nobody's.
func TestUnknownLabels(t *testing.T) {
	t.Parallel()
	jane := "add_user Jane Doe <jane@acme.example> [technician] swaps the drives at night"
	readWordings(t, "form", []wording{
		{"Who – Jane Doe\nWrite to – jane@acme.example\nShall be – technician\nFor – swaps the drives at night", jane},
		{"Newcomer ......: Jane Doe\nPost ..........: jane@acme.example\nLevel .........: technician\nBecause of ....: swaps the drives at night", jane},
		{"Delegate\tJane Doe\nReachable\tjane@acme.example\nWanted\tTechnician\nOccasion\tswaps the drives at night\nDept\tNight Operations", jane},
		{"Delegate\tReachable\tWanted\tWhat for\nJane Doe\tjane@acme.example\tTechnician\tswaps the drives at night", jane},
		{"Jane Doe; jane@acme.example; technician; swaps the drives at night", jane},
		{"Delegate\nJane Doe\n\nE-mail\njane@acme.example\n\nWanted\nTechnician\n\nPurpose of it\nswaps the drives at night", jane},
		{"Delegate: Jane Doe\nE-mail: jane@acme.example\nRole: Technician\nEntered by: Raj Patel (raj@acme.example)", "add_user Jane Doe <jane@acme.example> [technician]"},
		// Two values of one kind, or none of an address: nobody knows which.
		{"One: Jane Doe\nTwo: Raj Patel\nThree: sales@acme.example\nWanted: technician", "add_user  <sales@acme.example> [technician]"},
		{"Delegate: Jane Doe\nHere: jane@acme.example\nThere: jd@acme.example\nWanted: technician", ""},
		{"Speaker: Jane Doe\nTopic: cooling\nRoom: Hall 3", ""},
		{"Rack: 12\nUnit: 4\nPort: Gi0/3\nReply to: noc@acme.example", ""},
		{"Ticket: 4711\nStatus: closed\nOwner: Jane Doe\nNotify: jane@acme.example", ""},
		{"Order: 12 patch leads\nShip to: Jane Doe\nMail: jane@acme.example\nTotal: 120 EUR", ""},
		{"Delegate: Jane Doe\nReachable: ann@acme.example\nWanted: technician", ""},
	})
}

// TestLabelsOfWhose reads the lines of those who are to be added, and not those of others in the form.
func TestLabelsOfWhose(t *testing.T) {
	t.Parallel()
	for _, whose := range []string{"Representative's", "New starter's", "Newcomer’s", "Nominee's", "Technician's"} {
		text := "Manager's name: Bob Stone\nManager's e-mail: bob@acme.example\n" +
			whose + " name: Jane Doe\n" + whose + " e-mail: jane.doe@acme.example\nRole: Technician\nReason: nights\n"
		r := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
		if len(r.Requests) != 1 || r.Requests[0].Name == nil || *r.Requests[0].Name != "Jane Doe" || r.Requests[0].Email == nil || *r.Requests[0].Email != "jane.doe@acme.example" {
			t.Errorf("%s: %+v", whose, r.Requests)
		}
	}
}
