package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// TestNamesPeopleAsksNothing: mails that call people by name, address and role, and ask for nobody's access.
func TestNamesPeopleAsksNothing(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"de": "Hallo,\n\nunsere Technikerin Petra Lohse (petra.lohse@acme.example) meldet sich morgen wegen der Störung bei Ihnen.\n",
		"fr": "Bonjour,\n\nmerci à votre équipe : le technicien Luc Morel (luc.morel@acme.example) a été très bien accueilli hier.\n",
		"es": "Hola:\n\n¿Sigue siendo Marta Gil (marta.gil@acme.example) nuestro contacto principal?\n",
		"it": "Buongiorno,\n\nil nostro tecnico Paolo Neri (paolo.neri@acme.example) vi ha già scritto ieri per il guasto.\n",
		"pt": "Bom dia,\n\nO Rui Costa (rui.costa@acme.example) foi registado como técnico na semana passada. Obrigado pela rapidez.\n",
		"nl": "Goedemiddag,\n\nter info: technicus Joris Blom (joris.blom@acme.example) is volgende week met vakantie.\n",
		"sv": "Hej,\n\nkan ni säga om Eva Lund (eva.lund@acme.example) redan är tekniker hos er?\n",
		"pl": "Dzień dobry,\n\nnasz technik Piotr Wilk (piotr.wilk@acme.example) nie otrzymał faktury za październik.\n",
		"tr": "Merhaba,\n\nteknisyenimiz Ali Kaya (ali.kaya@acme.example) dün sizinle görüştü, bilgi için teşekkürler.\n",
		"ru": "Здравствуйте!\n\nНаш техник Олег Мохов (mokhov@acme.example) вчера уже был у вас, спасибо за помощь.\n",
		"ja": "お世話になっております。\n\n技術者の田中直樹(tanaka@acme.example)が昨日お世話になりました。ありがとうございました。\n",
		"fr, passed on without a wish": "Bonjour,\n\nje vous transfère pour information le message de Luc Morel ci-dessous, il ne s'agit pas d'une demande.\n\n" +
			"---------- Forwarded message ---------\nDe : Luc Morel <luc.morel@acme.example>\nObjet : congés\nÀ : Ann Lee <ann.lee@acme.example>\n\n" +
			"Bonjour Ann,\n\nPaul Petit (paul.petit@acme.example) est notre technicien de garde en août.\n",
	} {
		raw := "From: Ann Lee <ann.lee@acme.example>\r\nTo: support@provider.example\r\nSubject: info\r\nMessage-ID: <a@acme.example>\r\n" +
			"Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body
		m, err := message.Parse([]byte(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := interpret.Read(m, interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
		if got.Class != interpret.ClassOther || len(got.Requests) > 0 {
			t.Errorf("%s: %s with %d requests, want other", name, got.Class, len(got.Requests))
		}
	}
}
