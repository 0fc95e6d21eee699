package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestReasonBelowList: a reason that is labelled below a list of people is of all of them, and nobody of the list is lost.
func TestReasonBelowList(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Please remove the following people:\n\n1. Jane Doe, jane@acme.example\n2. Raj Patel, raj@acme.example\n\nReason: they have left\n",
		"Please remove the following people from our list:\n\n* Jane Doe (jane@acme.example)\n* Raj Patel (raj@acme.example)\n\nReason: end of contract.\n",
		"Bitte entfernen Sie die folgenden Personen:\n\n- Jane Doe (jane@acme.example)\n- Raj Patel (raj@acme.example)\n\nGrund: Vertragsende\n",
		"Merci de supprimer les personnes suivantes :\n\n- Jane Doe (jane@acme.example)\n- Raj Patel (raj@acme.example)\n\nMotif : fin de contrat\n",
	} {
		got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests
		if len(got) != 2 || got[0].Action != interpret.RemoveUser || got[1].Action != interpret.RemoveUser || str(got[0].Email) != "jane@acme.example" || str(got[1].Email) != "raj@acme.example" {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestOtherThings: nobody of several forms is lost because nobody knows what theirs is for; one form for something else asks for no access.
func TestOtherThings(t *testing.T) {
	t.Parallel()
	const jane = "Name: Jane Doe\nEmail: jane@acme.example\nReason: night shift\n"
	const raj = "\nName: Raj Patel\nEmail: raj@acme.example\nWhat: new Technician\nReason: night shift\n"
	for text, want := range map[string]int{jane + "What: power outage\n": 0, jane + "What: onboarding package\n" + raj: 2} {
		if got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests; len(got) != want {
			t.Errorf("%q: %+v, want %d", text, got, want)
		}
	}
}
