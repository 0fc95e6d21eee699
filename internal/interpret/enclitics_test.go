package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// Romance languages write a pronoun behind the verb that asks as one word with it.
func TestPronounsJoinedToVerbs(t *testing.T) {
	t.Parallel()
	const removed, changed, added = "remove_user Jane Doe <jane@acme.example> []", "change_role Jane Doe <jane@acme.example> [secondary_contact]",
		"add_user Jane Doe <jane@acme.example> [technician]"
	for want, texts := range map[string][]string{
		removed: {
			"Jane Doe (jane@acme.example) ha dejado la empresa. Por favor, eliminadla.", "Jane Doe (jane@acme.example) ha dejado la empresa. Por favor, desactívenla.",
			"Jane Doe (jane@acme.example) ha dejado la empresa. Por favor, retiradle el acceso.", "Jane Doe (jane@acme.example) ha dejado la empresa. Por favor, quitadla de la lista.",
			"Jane Doe (jane@acme.example) ha lasciato l'azienda. Per favore revocatele l'accesso.", "Jane Doe (jane@acme.example) ha lasciato l'azienda. Per favore disabilitatela.",
			"A Jane Doe (jane@acme.example) saiu da empresa. Por favor, remova-a.", "A Jane Doe (jane@acme.example) saiu da empresa. Por favor, desativem-na.",
			"A Jane Doe (jane@acme.example) saiu da empresa. Por favor, retire-lhe o acesso.", "Jane Doe (jane@acme.example) a quitté l'entreprise. S'il vous plaît, effacez-la.",
		},
		changed: {
			"Jane Doe (jane@acme.example) es ahora técnica. Por favor, pasadla a contacto secundario.", "Jane Doe (jane@acme.example) es ahora técnica. Por favor, asciéndanla a contacto secundario.",
			"Jane Doe (jane@acme.example) è attualmente tecnico. Per favore promuovetela a contatto secondario.",
			"A Jane Doe (jane@acme.example) é hoje técnica. Por favor, passem-na a contacto secundário.",
		},
		added: {
			"Jane Doe (jane@acme.example) es nuestra nueva empleada. Por favor, habilitadla como técnica.", "Jane Doe (jane@acme.example) è la nostra nuova collega. Per favore iscrivetela come tecnico.",
			"A Jane Doe (jane@acme.example) é a nossa nova colega. Por favor, insiram-na como técnica.",
		},
		"": {
			"Jane Doe (jane@acme.example) ha dejado la empresa. No la eliminéis todavía.", "Jane Doe (jane@acme.example) ha lasciato l'azienda. Non rimuovetela, per favore.",
			"A Jane Doe (jane@acme.example) saiu da empresa. Não a removam, por favor.",
		},
	} {
		for _, text := range texts {
			if b := meaningBut(text); b != want {
				t.Errorf("%s: %q, want %q", text, b, want)
			}
		}
	}
}

// What somebody is to do stands behind them as an infinitive with its object.
func TestReasonIsAnInfinitive(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, reason string }{
		{"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne pour s'occuper de nos baies.", "pour s'occuper de nos baies"},
		{"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne pour surveiller nos serveurs la nuit.", "pour surveiller nos serveurs la nuit"},
		{"Por favor, añadan a Jane Doe (jane@acme.example) como técnica para vigilar nuestros servidores.", "para vigilar nuestros servidores"},
		{"Aggiungete Jane Doe (jane@acme.example) come tecnico per gestire i nostri rack.", "per gestire i nostri rack"},
		{"Por favor adicionem a Jane Doe (jane@acme.example) como técnica para tratar dos nossos racks.", "para tratar dos nossos racks"},
		{"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne pour février.", ""},
		{"Le escribo para informar al equipo. Por favor, añadan a Jane Doe (jane@acme.example) como técnica.", ""},
		{"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne pour valider.", ""},
	} {
		got := interpret.Read(mail(c.text), interpret.Context{Roles: models["contact-levels"]}).Requests
		if len(got) != 1 || deref(got[0].Reason) != c.reason {
			t.Errorf("%s: %+v, want the reason %q", c.text, got, c.reason)
		}
	}
}
