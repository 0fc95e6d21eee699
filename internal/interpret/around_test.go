package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestOnlyMentioned: what the words around a form only mention, deny, or ask to be told of is not what is asked for its person.
func TestOnlyMentioned(t *testing.T) {
	t.Parallel()
	const form = "Name: Jane Doe\nEmail: jane.doe@acme.example\nRole: Technician\nReason: night shift\n"
	for _, c := range []struct {
		around string
		want   interpret.Action
	}{
		{"Nobody needs to be taken off at the moment.", interpret.AddUser},
		{"There is nobody to delete this time.", interpret.AddUser},
		{"None of the others is to be removed.", interpret.AddUser},
		{"Please do not remove anybody.", interpret.AddUser},
		{"Please tell me when I can remove the old entry.", interpret.AddUser},
		{"If the badge photo has to be taken on site, tell me when she should turn up.", interpret.AddUser},
		{"Es muss niemand gelöscht werden.", interpret.AddUser},
		{"Nadie tiene que ser eliminado.", interpret.AddUser},
		{"Nessuno deve essere rimosso.", interpret.AddUser},
		{"Nikogo nie trzeba usuwać.", interpret.AddUser},
		{"Please remove our former colleague.", interpret.RemoveUser},
		{"She has left, please take her off.", interpret.RemoveUser},
	} {
		for _, text := range []string{form + "\n" + c.around + "\n", c.around + "\n\n" + form} {
			got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests
			if len(got) != 1 || got[0].Action != c.want {
				t.Errorf("%q: %+v, want %s", text, got, c.want)
			}
		}
	}
}

// TestBecomes: who is to become something is added, unless they are something already.
func TestBecomes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]interpret.Action{
		"Jane Doe (jane.doe@acme.example) should become a Main Contact because she takes over from me.":        interpret.AddUser,
		"Jane Doe needs to become our Technician, jane.doe@acme.example. She swaps the disks.":                 interpret.AddUser,
		"Jane Doe (jane.doe@acme.example) is a Technician and should become Main Contact.":                     interpret.ChangeRole,
		"Jane Doe (jane.doe@acme.example), at present Technician, needs to become Main Contact.":               interpret.ChangeRole,
		"Our technician Jane Doe (jane.doe@acme.example) needs to become Main Contact.":                        interpret.ChangeRole,
		"Jane Doe (jane.doe@acme.example) has been promoted and has to become Main Contact, please change it.": interpret.ChangeRole,
	} {
		got := interpret.Read(mail(text+"\n"), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests
		if len(got) != 1 || got[0].Action != want {
			t.Errorf("%q: %+v, want %s", text, got, want)
		}
	}
}
