package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// readContacts reads mails with the roles of the model "account contacts".
func readContacts(t *testing.T, list []wording) {
	t.Helper()
	for _, c := range list {
		m := mail(c.text + "\n\nAnn Lee\n")
		if got := brief(interpret.Read(m, interpret.Context{Roles: models["account-contacts"]}).Requests); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestAddsAuthorInEveryLanguage: who asks to be added in a role wants it for themselves, and nobody else's is read so.
func TestAddsAuthorInEveryLanguage(t *testing.T) {
	t.Parallel()
	const self = "add_user Ann Lee <ann@acme.example> [billing]"
	readContacts(t, []wording{
		{"Hello, could you set me up as billing contact? I have to download the invoices.", self + " I have to download the invoices"},
		{"Hi! I work for Acme, Raj said I should just ask you. Please add me as a billing contact, I have to open tickets about the invoices.", self + " I have to open tickets about the invoices"},
		{"Hello, please add me as contact for billing.", self},
		{"Guten Tag,\n\nbitte nehmen Sie mich als Rechnungskontakt auf. Ich bezahle die Rechnungen.", self + " Ich bezahle die Rechnungen"},
		{"Hallo, könnt ihr mich als Rechnungskontakt anlegen?", self},
		{"Bonjour,\n\nmerci de m'ajouter comme contact de facturation. Je paie les factures.", self + " Je paie les factures"},
		{"Hola. ¿Me podéis dar de alta como contacto de facturación? Tengo que descargar las facturas.", self + " Tengo que descargar las facturas"},
		{"Hola, necesito que me añadan como contacto de facturación.", self},
		{"Buongiorno,\n\npotete aggiungermi come contatto di fatturazione? Devo scaricare le fatture.", self + " Devo scaricare le fatture"},
		{"Bom dia,\n\npodem adicionar-me como contacto de faturação?", self},
		{"Hallo,\n\nkunnen jullie mij toevoegen als contactpersoon voor facturatie?", self},
		{"Beste, graag zou ik als factuurcontact worden toegevoegd.", self},
		{"Hej,\n\nkan ni lägga till mig som faktureringskontakt?", self},
		{"Dzień dobry,\n\nproszę dodać mnie jako kontakt ds. rozliczeń.", self},
		{"Merhaba,\n\nbeni fatura sorumlusu olarak ekler misiniz?", self},
		{"お世話になっております。\n私を請求担当者として追加してください。", self},
		{"Добрый день,\n\nпрошу добавить меня как контакт по счетам.", self},
		{"Bongu,\n\njekk jogħġobkom żiduni bħala kuntatt tal-kontijiet.", self},
		{"客服您好，\n\n请把我加为账单联系人。", self},
		{"안녕하세요.\n\n저를 청구 담당자로 추가해 주세요.", self},

		{"Please add me as billing contact and my colleague as support contact.", ""},
		{"Bitte legt mich und meine Kollegin als Rechnungskontakt an.", ""},
		{"Hallo, könnt ihr mich informieren, wie ich einen Rechnungskontakt anlege?", ""},
		{"Hola, ¿cómo puedo darme de alta como contacto de facturación?", ""},
		{"Bonjour, merci de m'ajouter en copie lorsque vous écrivez au contact de facturation.", ""},
		{"Bonjour, il ne faut pas m'ajouter comme contact de facturation.", ""},
	})
}
