package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// TestAddsAuthor: who asks to be added means themselves, not the one in Cc whom they name beside it.
func TestAddsAuthor(t *testing.T) {
	t.Parallel()
	const self = "add_user Ann Lee <ann@acme.example> [technician]"
	for _, c := range []wording{
		{"Ms Doe is in copy. Please add me as a Technician.", self},
		{"Our manager Ms Doe asked me to write to you (she is in copy). Please add me to the list as Technician; my address is ann@acme.example.", self},
		{"Could you add me as our Technician, please?", self},
		{"Please add Ms Doe (in copy) as Technician and send me a note.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add me and Ms Doe (in copy) as Technician.", ""},
		{"Please add me in copy when you write to our Technician.", ""},
		{"Please never add me as Technician.", ""},
	} {
		readWording(t, "the list", c, message.Mailbox{Name: "Jane Doe", Address: mailaddr.Address{Local: "jane", Domain: "acme.example"}})
	}
}
