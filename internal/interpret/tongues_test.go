package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// What languages share, in several of them.
func TestRequestsInTongues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ model, text, want string }{
		{"account-contacts", "Merci d'ajouter le contact suivant :\n\nNom : Anne Morel\nCourriel : anne@acme.example\nRôle : Facturation\nMotif : elle reprend les factures",
			"add_user Anne Morel <anne@acme.example> [billing] elle reprend les factures"},
		{"account-contacts", "Merci de ne pas ajouter le contact suivant :\n\nNom : Anne Morel\nCourriel : anne@acme.example\nRôle : Facturation", ""},
		{"account-contacts", "Incluam a Ana Prado (ana@acme.example) como administradora da nossa conta.", "add_user Ana Prado <ana@acme.example> [account_administrator]"},
		{"account-contacts", "Incluam a Ana Prado (ana@acme.example) como zeladora da nossa casa.", "add_user Ana Prado <ana@acme.example> []"},
		{"account-contacts", "Kan ni ändra så att Anna Berg (anna@acme.example) får både fakturering och support?", "change_role Anna Berg <anna@acme.example> [billing support]"},
		{"account-contacts", "Hilde Visser (hilde@acme.example) heeft nu alleen facturatie. Kunt u het zo aanpassen dat zij zowel facturatie als support krijgt?",
			"change_role Hilde Visser <hilde@acme.example> [billing support]"},
		{"account-contacts", "Jane Prado (jane@acme.example) has only billing today. Could you change it so that she gets both billing and support? She has to ring me for every ticket.",
			"change_role Jane Prado <jane@acme.example> [billing support] She has to ring me for every ticket"},
		{"client-representatives", "Vänligen lägg upp Anna Berg (anna@acme.example) som användare. Jag godkänner det som säkerhetsadministratör.", "add_user Anna Berg <anna@acme.example> [user]"},
		{"client-representatives", "Please add Jane Berg (jane@acme.example) as User. As Security Administrator I approve this.", "add_user Jane Berg <jane@acme.example> [user]"},
		{"client-representatives", "Jane Berg (jane@acme.example) should be added. I approve her as Finance Administrator.", "add_user Jane Berg <jane@acme.example> [finance_administrator]"},
		{"client-representatives", "Preciso cadastrar o Paulo Prado como Gerente de TI. O e-mail dele ainda não foi criado.", "add_user Paulo Prado <> [it_manager]"},
		{"client-representatives", "Ik wil graag Jan Visser toevoegen als IT-manager. Zijn mailadres is nog niet aangemaakt.", "add_user Jan Visser <> [it_manager]"},
		{"contact-levels", "Vi behöver lägga till två personer som tekniker: Anna Berg (anna@acme.example) och Bo Ek (bo@acme.example).",
			"add_user Anna Berg <anna@acme.example> [technician]\nadd_user Bo Ek <bo@acme.example> [technician]"},
		{"contact-levels", "Aggiungete:\n\nCognome e nome: LO PRESTI Ginevra\nE-mail: g@acme.example\nRuolo: Tecnico", "add_user Ginevra Lo Presti <g@acme.example> [technician]"},
		{"contact-levels", "Den de alta a:\n\nApellidos y nombre: García López Ana\nCorreo: g@acme.example\nRol: Técnico", "add_user Ana García López <g@acme.example> [technician]"},
		{"contact-levels", "Merci d'ajouter :\n\nNom et prénom : DA COSTA Anne\nCourriel : g@acme.example\nRôle : technicien", "add_user Anne Da Costa <g@acme.example> [technician]"},
	} {
		m := mail(tt.text + "\n")
		if got := brief(interpret.Read(m, interpret.Context{Model: tt.model, Roles: models[tt.model]}).Requests); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}
