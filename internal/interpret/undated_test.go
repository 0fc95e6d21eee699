package interpret_test

import (
	"strings"
	"testing"
)

// TestUndatedVisits: somebody who comes on a day that is not known yet is a visitor whose day is asked for.
func TestUndatedVisits(t *testing.T) {
	t.Parallel()
	readWordings(t, "visitor", []wording{
		{"Evening, got an auditor in sometime next week, Jane Doe. She has to see the rack.", "schedule_visit Jane Doe <> [] She has to see the rack"},
		{"Expecting a surveyor, Jane Doe. Date follows.", "schedule_visit Jane Doe <> []"},
		{"Jane Doe would like to visit our cage. We do not know the day yet.", "schedule_visit Jane Doe <> []"},
		{"We had an auditor in last week, Jane Doe. She saw the racks and will come again soon.", ""},
		{"Our auditor Jane Doe is coming to our office next week and will go through your invoices.", ""},
		{"Our auditor, Jane Doe, would like to have your report. Could you send it?", ""},
		{"We have a new customer over at head office, Jane Doe. When can we talk about more racks?", ""},
		{"Jane Doe phoned and wants to see your offer. Which date suits you?", ""},
	})
}

// TestComingAndGoing: who is to come is nobody who is to go, whichever sentence stands next to the pronoun.
func TestComingAndGoing(t *testing.T) {
	t.Parallel()
	const left, joins = "remove_user Raj Patel <> [] ", "\nadd_user Jane Doe <jane@acme.example> [technician]"
	readWordings(t, "changes", []wording{
		{"Raj Patel has left. Please add Jane Doe (jane@acme.example) as Technician. Please remove his access.", left + "Raj Patel has left" + joins},
		{"Raj Patel has left. Please add Jane Doe (jane@acme.example) as Technician. If he still has access, please remove it.", left + "Raj Patel has left" + joins},
		{"Raj Patel hat uns verlassen. Bitte nehmen Sie Jane Doe (jane@acme.example) als Techniker auf. Bitte löschen Sie seinen Zugang.", left + "Raj Patel hat uns verlassen" + joins},
		{"Please add Jane Doe (jane@acme.example) as Technician. She takes over from Raj Patel, who has left. Please delete his account.", ""},
		{"Jane Doe (jane@acme.example) replaces Raj Patel as Technician. Please add her and delete him.", ""},
		{"Jane Doe (jane@acme.example) is new. Please delete him and add her as technician.", ""},
		{"Please add Jane Doe (jane@acme.example) as Technician. Please remove her.", ""},
		{"Please remove Raj Patel (raj@acme.example). Sorry, please add him again as Technician.", ""},
		{"Please add Jane Doe (jane@acme.example) as Technician. I'll be leaving on Friday, so please remove my access then.", ""},
	})
}

// TestWordsOfWishes: lawyers and people in a hurry wish in other words.
func TestWordsOfWishes(t *testing.T) {
	t.Parallel()
	readWordings(t, "contact", []wording{
		{"With effect from today we should like Mr John Doe to be registered as a secondary contact of this firm. His address for correspondence is john@acme.example.",
			"add_user John Doe <john@acme.example> [secondary_contact]"},
		{"need a login for my new starter jane doe, jane@acme.example, just technician. shes minding the servers", "add_user Jane Doe <jane@acme.example> [technician] shes minding the servers"},
		{"need a login for jane doe, jane@acme.example, not just technician", "add_user Jane Doe <jane@acme.example> []"},
		{"Please add Jane Doe (jane@acme.example) as technician, main contact would be too much.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Jane Doe asks for a new invitation, the old one has expired.", "resend_invitation Jane Doe <> [] the old one has expired"},
		{"Jane Doe's invitation has expired, can we have it renewed please?", "resend_invitation Jane Doe <> [] Jane Doe's invitation has expired"},
		{"Jane Doe and Raj Patel have both left us. Please cancel their access.", "remove_user Jane Doe <> []\nremove_user Raj Patel <> []"},
		{"Jane Doe has been dismissed. Revoke all her rights at once.", "remove_user Jane Doe <> [] Jane Doe has been dismissed"},
		{"Kindly strike Jane Doe from our register of contacts.", "remove_user Jane Doe <> []"},
		{"Jane Doe should not appear on our list any longer.", "remove_user Jane Doe <> []"},
		{"Raj Patel has left us. Please withdraw his technician access.", "remove_user Raj Patel <> [] Raj Patel has left us"},
		{"I appoint Jane Doe (jane@acme.example) Technician. My own position as main contact is unaffected.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"We should be obliged if you would admit Jane Doe (jane@acme.example) as a Secondary Contact. Our archive is to be moved to your premises.",
			"add_user Jane Doe <jane@acme.example> [secondary_contact]"},
		{"Please add Jane Doe (jane@acme.example) as Technician. Should she ever leave, we will ask you to remove her.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe (jane@acme.example) as Technician. If she leaves one day, please remove her.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe (jane@acme.example) as Technician. We will tell you when she has to be removed.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Raj Patel (raj@acme.example) has left. If you have not done so yet, please remove him.", "remove_user Raj Patel <raj@acme.example> [] has left"},
		{"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne. Notre ancien technicien a quitté la société.",
			"add_user Jane Doe <jane@acme.example> [technician] Notre ancien technicien a quitté la société"},
		{"Please add Jane Doe (jane@acme.example) as Technician. Her name should not appear in your newsletter.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe (jane@acme.example) as Technician. Her access ends on 31 December.",
			"add_user Jane Doe <jane@acme.example> [technician] Her access ends on 31 December"},
		{"We should like to thank Mr John Doe (john@acme.example), your technician.", ""},
		{"What: power outage\nName: Jane Doe\nEmail: jane@acme.example\nReason: fuse", ""},
	})
}

// Somebody who is expected at a time comes; a thing from them does not, nor whoever is expected to call.
func TestAwaited(t *testing.T) {
	t.Parallel()
	readWordings(t, "visitor", []wording{
		{"We expect a service engineer, Mr John Doe of Doe Cooling (j.doe@doe-cooling.test), on 3 December 2026 from 10:30 until 12:00. He will change the fans.",
			"schedule_visit John Doe <j.doe@doe-cooling.test> [] He will change the fans"},
		{"Nous attendons un technicien, M. Paul Dumas, le 3 décembre 2026 à 10h30. Il changera les batteries.", "schedule_visit Paul Dumas <> [] Il changera les batteries"},
		{"Wij verwachten op 3 december 2026 om 10.30 uur een monteur, Bram Vos. Hij vervangt een ventilator.", "schedule_visit Bram Vos <> [] Hij vervangt een ventilator"},
		{"Esperamos a un técnico, Pablo Ruiz, el martes 9 de febrero de 2027 a las 10:30. Cambiará un ventilador.", "schedule_visit Pablo Ruiz <> [] Cambiará un ventilador"},
		{"We expect a delivery from John Doe on 3 December 2026 at 10:30.", ""},
		{"We expect the report John Doe promised on 3 December 2026 at 10:30.", ""},
		{"We expect John Doe to call us on 3 December 2026 at 10:30.", ""},
		{"We are expecting John Doe's laptop on 3 December 2026 at 10:30.", ""},
		{"We expect John Doe on the call on 3 December 2026 at 10:30.", ""},
		{"We expect John Doe back from leave on 3 December 2026 at 9:00.", ""},
	})
}

// TestReasonsWithoutMarks: a reason needs no mark in front of it, nor a whole verb in it, and the wish is none.
func TestReasonsWithoutMarks(t *testing.T) {
	t.Parallel()
	const added = "add_user Jane Doe <jane@acme.example> [technician]"
	readWordings(t, "access", []wording{
		{"morning, need jane doe added as tech. jane@acme.example shes recabling our storage box this month", added + " shes recabling our storage box this month"},
		{"My cousin Jane Doe does our racks as of this month so yall can put her down as a technician. Her address is jane@acme.example.", added + " My cousin Jane Doe does our racks as of this month"},
		{"Please enter Jane Doe (jane@acme.example) as technician. I'm due in May and won't look at my mail then.", added + " I'm due in May and won't look at my mail then"},
		{"Now that our controllers sit in your hall we'll want our own person there: Jane Doe, jane@acme.example, technician level. She's our electrician and will be in monthly.",
			added + " She's our electrician and will be in monthly"},
		{"Please add Jane Doe, jane@acme.example she is technician.", strings.TrimSuffix(added, "[technician]") + "[]"},
	})
}

// TestNoNeed: what somebody need not do is no reason, and no reason to leave them out; nor is what tells why the reader need not do something.
func TestNoNeed(t *testing.T) {
	t.Parallel()
	const added = "add_user Jane Doe <jane@acme.example> [technician]"
	readWordings(t, "access", []wording{
		{"Please add Jane Doe (jane@acme.example) as technician. She does not need to see the tickets.", added},
		{"Por favor añadan a Jane Doe (jane@acme.example) como técnica. No necesita ver los tickets.", added},
		{"Peço que adicionem Jane Doe (jane@acme.example) como técnica. Ela não precisa de ver os tickets. É ela que trata dos servidores.", added + " É ela que trata dos servidores"},
		{"Graag Jane Doe (jane@acme.example) toevoegen als technicus. Zij hoeft de tickets niet te zien.", added},
		{"Notre technicien ayant pris sa retraite cet été, pourriez-vous ajouter Jane Doe (jane@acme.example) comme technicienne ? Elle n'a pas besoin de voir les tickets.",
			added + " Notre technicien ayant pris sa retraite cet été"},
		{"Please add Jane Doe (jane@acme.example) as technician. No need to ring the office, they are closed this week.", added},
		{"Could Jane Doe (she runs our backups since May) please be registered as technician? Her address is jane@acme.example.", added + " she runs our backups since May"},
		{"Could Jane Doe (she/her) please be registered as technician? Her address is jane@acme.example. She runs our backups.", added + " She runs our backups"},
		{"Jane Doe (jane@acme.example) does not need to be added as technician.", ""},
		{"Jane Doe (jane@acme.example) does not need access as technician.", ""},
		{"Please leave the list as it is. Jane Doe (jane@acme.example) need not be added as technician.", ""},
	})
}

// TestAuthorsName: who says their own name is not one of those to be added, whatever the mailbox is called.
func TestAuthorsName(t *testing.T) {
	t.Parallel()
	const added = "add_user Jane Doe <jane@acme.example> [technician] "
	readWordings(t, "access", []wording{
		{"My name is Anna Lee, I look after the IT of Acme. Please add Jane Doe (jane@acme.example) as technician, since our administrator retires.", added + "our administrator retires"},
		{"mein Name ist Anna Lee, ich betreue die IT und bin damit Ihr neuer Ansprechpartner.\n\nBitte nehmen Sie Jane Doe (jane@acme.example) als Techniker auf, da unser Administrator geht.",
			added + "unser Administrator geht"},
		{"mi nombre es Anna Lee. Por favor añadan a Jane Doe (jane@acme.example) como técnica, ya que nuestro técnico se jubila.", added + "nuestro técnico se jubila"},
		{"mijn naam is Anna Lee. Graag Jane Doe (jane@acme.example) toevoegen als technicus, omdat onze technicus vertrekt.", added + "onze technicus vertrekt"},
		{"My name is Jane Doe and I need access as technician, my address is jane@acme.example. I run the backups.", added + "I run the backups"},
	})
}

// TestTakenOff: whoever is named alone with the verb and our listing is to be removed; from another list, a thing or not yet is none.
func TestTakenOff(t *testing.T) {
	t.Parallel()
	const off = "remove_user Peter Huber <> []"
	readWordings(t, "Austritt", []wording{
		{"bitte entfernen Sie Herrn Peter Huber aus der Liste unserer Vertreter. Er ist im März in den Ruhestand gegangen.", off + " Er ist im März in den Ruhestand gegangen"},
		{"Bitte Peter Huber entfernen.", off},
		{"Wir möchten Herrn Peter Huber aus unserer Liste streichen.", off},
		{"Graag Peter Huber uit de lijst verwijderen.", off},
		{"Wilt u Peter Huber verwijderen?", off},
		{"Bitte die Karte Peter Huber sperren.", ""},
		{"Bitte Peter Huber die Karte entziehen.", ""},
		{"Bitte Peter Huber noch nicht entfernen.", ""},
		{"Bitte entfernen Sie Peter Huber aus der Besprechung am Montag.", ""},
		{"Bitte löschen Sie Peter Hubers Rechnung.", ""},
		{"Bitte entfernen Sie Peter Huber (p.huber@acme.example) aus dem Newsletter.", ""},
		{"Merci de retirer Peter Huber (p.huber@acme.example) de la liste de diffusion.", ""},
		{"Por favor eliminen a Peter Huber (p.huber@acme.example) de su boletín.", ""},
		{"Vi chiedo di rimuovere Peter Huber (p.huber@acme.example) dalla newsletter.", ""},
		{"Peço que removam Peter Huber (p.huber@acme.example) da vossa lista de distribuição.", ""},
		{"Graag Peter Huber (p.huber@acme.example) toevoegen aan de nieuwsbrief.", ""},
		{"Vänligen ta bort Peter Huber (p.huber@acme.example) från er sändlista.", ""},
		{"Proszę usunąć Peter Huber (p.huber@acme.example) z newslettera.", ""},
		{"Прошу удалить Peter Huber (p.huber@acme.example) из рассылки.", ""},
	})
}

// TestNoMailboxYet: that an address does not exist yet forbids nothing and is no reason, whatever remark follows it.
func TestNoMailboxYet(t *testing.T) {
	t.Parallel()
	const added = "add_user Jane Doe <> [technician]"
	readWordings(t, "access", []wording{
		{"Preciso cadastrar a Jane Doe como técnica. O e-mail dela ainda não foi criado, mas quis adiantar o pedido.", added},
		{"Guten Tag, bitte Jane Doe als Techniker anlegen. Ihre E-Mail-Adresse ist noch nicht eingerichtet, wird aber nachgereicht.", added},
		{"Guten Tag, bitte Jane Doe als Techniker anlegen. Seine E-Mail-Adresse ist noch nicht eingerichtet. Er tauscht Platten.", added + " Er tauscht Platten"},
		{"Bonjour, merci d'inscrire Jane Doe comme technicienne. Elle n'a pas encore d'adresse.", added},
		{"Hello, please add Jane Doe as technician. She has no mailbox yet.", added},
		{"Preciso cadastrar a Jane Doe como técnica. O e-mail dela ainda não foi criado, não a adicionem.", ""},
		{"Preciso cadastrar a Jane Doe como técnica. O e-mail dela ainda não foi criado, mas adicionem outra pessoa.", ""},
	})
}

// TestDeclinedNames: a name with the ending of a case is asked for, and the verb in front of it is no part of it.
func TestDeclinedNames(t *testing.T) {
	t.Parallel()
	const nameless = "add_user  <t.garipov@acme.example> [technician]"
	readWordings(t, "доступ", []wording{
		{"Добавьте Тимура Гарипова (t.garipov@acme.example) как Technician.", nameless},
		{"Доступ Technician для Тимура Гарипова (t.garipov@acme.example), просим оформить.", nameless},
		{"Нужны права Technician для Тимура Гарипова (t.garipov@acme.example).", nameless},
		{"Просим добавить ещё одного человека: это Аркадий Лебединский, адрес lebedinsky@acme.example. Роль - Technician.", "add_user Аркадий Лебединский <lebedinsky@acme.example> [technician]"},
		{"Dodajcie Jana Nowaka (jan.nowak@acme.example) jako Technician.", "add_user  <jan.nowak@acme.example> [technician]"},
		{"Potrzebny dostęp Technician dla Jana Nowaka (jan.nowak@acme.example).", "add_user  <jan.nowak@acme.example> [technician]"},
		{"Dodajcie: Jan Nowak (jan.nowak@acme.example), rola Technician.", "add_user Jan Nowak <jan.nowak@acme.example> [technician]"},
	})
}

// TestOneMore: access for one more of a role gives it; whom somebody replaces or works with does not. What somebody must be able to do is a reason.
func TestOneMore(t *testing.T) {
	t.Parallel()
	const added = "add_user Pablo Ruiz <pablo@acme.example> "
	readWordings(t, "acceso", []wording{
		{"Нужен доступ ещё для одного техника. Тимур Гарипов, почта t.garipov@acme.example, он будет менять диски.", "add_user Тимур Гарипов <t.garipov@acme.example> [technician] он будет менять диски"},
		{"Necesitamos acceso para otro técnico. Pablo Ruiz, pablo@acme.example, cambiará discos por la noche.", added + "[technician] cambiará discos por la noche"},
		{"Preciso de acesso para mais um técnico. Pablo Ruiz, pablo@acme.example, ele vai trocar os discos.", added + "[technician] ele vai trocar os discos"},
		{"Potrzebny dostęp dla jeszcze jednego technika. Pablo Ruiz, pablo@acme.example, będzie wymieniał dyski.", added + "[technician] będzie wymieniał dyski"},
		{"Por favor añadan a Pablo Ruiz (pablo@acme.example). Sustituye a otro técnico que se jubila.", added + "[] Sustituye a otro técnico que se jubila"},
		{"Por favor añadan a Pablo Ruiz (pablo@acme.example) como contacto secundario; trabaja con otro técnico en las copias.", added + "[secondary_contact] trabaja con otro técnico en las copias"},
		{"Por favor añadan a Pablo Ruiz (pablo@acme.example) como técnico. Desde mayo lleva los servidores y tiene que poder abrir tickets.", added + "[technician] Desde mayo lleva los servidores y tiene que poder abrir tickets"},
	})
}
