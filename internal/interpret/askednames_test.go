package interpret_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// A requester who calls somebody "Approve" or "1" must not have them approved by everybody who approves another.
func TestNamesThatAreAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Approve", "Raj Approve", "Approved, Genehmigt", "Ja", "ok", "1", "#1.", "First One", "~APPROVE~", "APPROVE0", "Anna-Ok", "Raj (approved)", "APPROVE\uaab4\u05d2-a", "Appr\u0300ove Doe", "Please Raj", "thanks", "Hello PLEASE"} {
		for own, want := range map[string]map[string]interpret.Decision{
			"APPROVE 1":        {"1": interpret.Approve, "2": interpret.Unclear},
			"REJECT 1":         {"1": interpret.Reject, "2": interpret.Unclear},
			"please approve 1": {"1": interpret.Approve, "2": interpret.Unclear},
			"Hello,\r\n\r\nPLEASE APPROVE 1\r\n\r\nThanks": {"1": interpret.Approve, "2": interpret.Unclear},
			"APPROVE 1, REJECT 2":                          {"1": interpret.Approve, "2": interpret.Reject},
		} {
			m, err := message.Parse([]byte("From: sarah@acme.example\r\nTo: support@provider.example\r\nSubject: Re: x\r\n\r\n" + own + "\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			asked := &interpret.Asked{Lines: []interpret.AskedLine{{Number: 1, Name: "Jane Doe", Email: "jane@acme.example"}, {Number: 2, Name: name, Email: "raj@acme.example"}}}
			got := interpret.Read(m, interpret.Context{Asked: asked}).Decisions
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q with 2 called %q (-want +got):\n%s", own, name, diff)
			}
		}
	}
}
