package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
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

// Own roles are changed in every language, and what the author is to be is nobody else's.
func TestOwnRoleInLanguages(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Merci de changer mon rôle en technicien.",
		"Por favor cambien mi rol a técnico.",
		"Por favor mudem a minha função para técnico.",
		"Graag mijn rol wijzigen naar technicus.",
		"Proszę zmienić moją rolę na technika.",
		"Lütfen rolümü teknisyen olarak değiştirin.",
		"Измените, пожалуйста, мою роль на техника.",
		"私の役割を技術者に変更してください。",
		"请把我的角色改为技术员。",
		"제 역할을 기술자로 변경해 주세요.",
	} {
		if got := requestsOf(text); len(got) != 1 || got[0].Action != interpret.ChangeRole || len(got[0].Roles) != 1 || got[0].Roles[0] != "technician" {
			t.Errorf("%q: %v", text, got)
		}
	}
	nothing(t,
		"Please change my role to technician. Jane Doe (jane.doe@acme.example) takes over as main contact.",
		"Bitte ändern Sie meine Rolle auf Techniker, Jane Doe (jane.doe@acme.example) wird Hauptkontakt.",
		"Merci de changer mon rôle en technicien, Jane Doe (jane.doe@acme.example) devient contact principal.",
	)
}
