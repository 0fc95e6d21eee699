package interpret_test

import "testing"

// TestBareImperatives: a verb in two pieces asks without "please".
func TestBareImperatives(t *testing.T) {
	t.Parallel()
	const jane = "add_user Jane Doe <jane@acme.example> [billing]"
	readContacts(t, []wording{
		{"Guten Tag,\n\nfügen Sie Jane Doe (jane@acme.example) als Abrechnungskontakt hinzu.", jane},
		{"Guten Tag,\n\nlegt Jane Doe (jane@acme.example) als Abrechnungskontakt an. Sie bezahlt die Rechnungen.", jane + " Sie bezahlt die Rechnungen"},
		{"Guten Tag,\n\nlegen Sie auch Jane Doe (jane@acme.example) als Abrechnungskontakt an?", ""},
		{"Hallo,\n\nvoeg Jane Doe (jane@acme.example) toe als factuurcontact.", jane},
		{"Hallo,\n\nmeld Jane Doe (jane@acme.example) aan als factuurcontact.", jane},
	})
}

// TestContactFor: "as contact for billing" gives a role; whoever merely is one does not get it.
func TestContactFor(t *testing.T) {
	t.Parallel()
	const jane = "add_user Jane Doe <jane@acme.example> [billing]"
	readContacts(t, []wording{
		{"Please add Jane Doe (jane@acme.example) as our contact person for billing matters.", jane},
		{"Hola, por favor añadan a Jane Doe (jane@acme.example) como contacto para facturación.", jane},
		{"Hallo, voeg Jane Doe (jane@acme.example) toe als contactpersoon voor facturatie.", jane},
		{"Hej, lägg till Jane Doe (jane@acme.example) som kontaktperson för fakturering.", jane},
		{"Jane Doe (jane@acme.example) is our contact for billing. Please add her as Support.", "add_user Jane Doe <jane@acme.example> [support]"},
	})
}

// TestTwoInOneSentence: each of two people in a sentence has their own role and reason, and who is only told something is none of them.
func TestTwoInOneSentence(t *testing.T) {
	t.Parallel()
	two := func(why, also string) string {
		return "add_user Jane Doe <jane@acme.example> [billing]" + why + "\nadd_user Raj Patel <raj@acme.example> [support]" + also
	}
	const jane = "add_user Jane Doe <jane@acme.example> [billing]"
	readContacts(t, []wording{
		{"Please add two people. Ms Jane Doe (jane@acme.example) should have access to Billing because she pays the invoices, and Mr Raj Patel (raj@acme.example) to Support, as he repairs the web shop.",
			two(" she pays the invoices", " he repairs the web shop")},
		{"Guten Tag,\n\nbitte legen Sie Jane Doe (jane@acme.example) als Abrechnungskontakt an, weil sie die Rechnungen bezahlt, sowie Herrn Raj Patel (raj@acme.example) als Support-Kontakt, weil er den Shop repariert.",
			two(" sie die Rechnungen bezahlt", " er den Shop repariert")},
		{"Bonjour,\n\nmerci d'ajouter deux personnes. Mme Jane Doe (jane@acme.example) doit avoir accès à la facturation, car elle paie les factures, et M. Raj Patel (raj@acme.example) au support, car il répare la boutique.",
			two(" elle paie les factures", " il répare la boutique")},
		{"Hola,\n\nañadan dos personas. La señora Jane Doe (jane@acme.example) debe tener acceso a facturación, porque paga las facturas, y el señor Raj Patel (raj@acme.example) a soporte, porque repara la tienda.",
			two(" paga las facturas", " repara la tienda")},
		{"Buongiorno,\n\naggiungete due persone. La signora Jane Doe (jane@acme.example) deve avere accesso alla fatturazione, perché paga le fatture, e il signor Raj Patel (raj@acme.example) al supporto, perché ripara il negozio.",
			two(" paga le fatture", " ripara il negozio")},
		{"Bom dia,\n\nadicionem duas pessoas. A senhora Jane Doe (jane@acme.example) deve ter acesso à faturação, porque paga as faturas, e o senhor Raj Patel (raj@acme.example) ao suporte, porque repara a loja.",
			two(" paga as faturas", " repara a loja")},
		{"Dzień dobry,\n\nproszę o dodanie dwóch osób do naszego konta. Pani Jane Doe (jane@acme.example) powinna mieć rozliczenia, a pan Raj Patel (raj@acme.example) wsparcie.", two("", "")},
		{"Please add Jane Doe (jane@acme.example) as Billing, and our Support contact Bob Low (bob@acme.example) will show her round.", jane},
		{"Please add Jane Doe (jane@acme.example) as Billing, and tell Bob Low (bob@acme.example) to support her.", jane},
		{"Please add Jane Doe (jane@acme.example) as Billing, and inform Bob Low (bob@acme.example) of Support.", jane},
		{"Guten Tag,\n\nbitte legen Sie Jane Doe (jane@acme.example) als Abrechnungskontakt an und informieren Sie Bob Low (bob@acme.example) vom Support.", jane},
	})
}

// TestRemovesAndAdds: a sentence that asks to remove one person and to add another is read in every language, or by staff.
func TestRemovesAndAdds(t *testing.T) {
	t.Parallel()
	both := func(left, takes string) string {
		return "remove_user Jane Doe <jane@acme.example> []" + left + "\nadd_user Raj Patel <raj@acme.example> [billing]" + takes
	}
	readContacts(t, []wording{
		{"Jane Doe (jane@acme.example) has left us. Please remove her access and add Raj Patel (raj@acme.example) as Billing instead; he takes over her work.",
			both(" Jane Doe (jane@acme.example) has left us", " he takes over her work")},
		{"Jane Doe (jane@acme.example) hat uns verlassen. Bitte löschen Sie ihren Zugang und legen Sie stattdessen Raj Patel (raj@acme.example) als Rechnungskontakt an, er übernimmt ihre Aufgaben.",
			both(" hat uns verlassen", " er übernimmt ihre Aufgaben")},
		{"Jane Doe (jane@acme.example) a quitté notre société. Merci de supprimer son accès et d'ajouter à sa place Raj Patel (raj@acme.example) comme contact de facturation, il reprend ses tâches.",
			both(" a quitté notre société", " il reprend ses tâches")},
		{"Jane Doe (jane@acme.example) ya no trabaja con nosotros. Por favor, eliminen su acceso y añadan en su lugar a Raj Patel (raj@acme.example) como contacto de facturación, él asume sus tareas.",
			both(" Jane Doe (jane@acme.example) ya no trabaja con nosotros", " él asume sus tareas")},
		{"Jane Doe (jane@acme.example) ha lasciato l'azienda. Vi preghiamo di rimuovere il suo accesso e di aggiungere al suo posto Raj Patel (raj@acme.example) come contatto di fatturazione.",
			both(" ha lasciato l'azienda", "")},
		{"Jane Doe (jane@acme.example) is niet meer bij ons in dienst. Graag haar toegang verwijderen en in haar plaats Raj Patel (raj@acme.example) als factuurcontact toevoegen, hij neemt haar werk over.",
			both(" Jane Doe (jane@acme.example) is niet meer bij ons in dienst", " hij neemt haar werk over")},
		{"Jane Doe (jane@acme.example) har slutat hos oss. Ta bort hennes åtkomst och lägg i stället till Raj Patel (raj@acme.example) som faktureringskontakt, han tar över hennes arbete.",
			both(" har slutat hos oss", " han tar över hennes arbete")},
		{"お世話になっております。\nJane Doe（jane@acme.example）が退職しましたので、アカウントを削除し、代わりにRaj Patel（raj@acme.example）を請求担当者として追加してください。",
			both(" 退職しました", "")},
		{"您好，\n\nJane Doe（jane@acme.example）已离职，请删除她的账号，并添加 Raj Patel（raj@acme.example）为账单联系人，由他接手她的工作。",
			both("", " 由他接手她的工作")},
		{"Jane Doe (jane@acme.example) aramızdan ayrıldı. Lütfen erişimini kaldırın ve yerine Raj Patel (raj@acme.example) kişisini fatura sorumlusu olarak ekleyin.", ""},
		{"Jane Doe (jane@acme.example) has left us. Please do not remove her access but add Raj Patel (raj@acme.example) as Billing.", ""},
	})
}

// TestWishBesideList: what is asked beside a list about somebody else is not done to the people of the list.
func TestWishBesideList(t *testing.T) {
	t.Parallel()
	readContacts(t, []wording{
		{"Guten Tag,\n\nzwei Änderungen bitte:\n\n- Jane Doe (jane@acme.example) wird Rechnungskontakt (bisher Support).\n- Bitte löschen Sie Raj Patel (raj@acme.example), er ist im Ruhestand.", ""},
		{"Hello,\n\ntwo changes please:\n\n- Jane Doe (jane@acme.example) becomes Billing (she was Support).\n- Please take off Raj Patel (raj@acme.example), he retired.", ""},
	})
}

// TestRowNotRead: a row whose address is the end of another one's is missed as any other.
func TestRowNotRead(t *testing.T) {
	t.Parallel()
	readContacts(t, []wording{
		{"Please add:\n\nName: Jo Ann Doe\nEmail: joann@acme.example\nRole: Billing\nReason: pays the invoices\n\nand remove Ann Roe (ann@acme.example), she left.", ""},
	})
}

// TestDrawnTable: the lines that a table is drawn with do not make its rows forget the header.
func TestDrawnTable(t *testing.T) {
	t.Parallel()
	readContacts(t, []wording{
		{"Hello,\n\n+------------------+-------------------+---------+\n| who              | mail              | role    |\n+------------------+-------------------+---------+\n| Jane Doe         | jane@acme.example | billing |\n| Raj Patel        | raj@acme.example  | support |\n+------------------+-------------------+---------+\n\nReason for both: hand-over to the new shift",
			"add_user Jane Doe <jane@acme.example> [billing] hand-over to the new shift\nadd_user Raj Patel <raj@acme.example> [support] hand-over to the new shift"},
		{"Hello,\n\n+------------------+-------------------+---------+\n| who              | mail              | role    |\n+------------------+-------------------+---------+\n| Jane Doe         | jane@acme.example | billing |\n| Raj Patel        | raj@acme.example  | support |\n+------------------+-------------------+---------+\n\nReason for both: hand-over to the new shift\n\nann\n\nSent from my iPhone",
			"add_user Jane Doe <jane@acme.example> [billing] hand-over to the new shift\nadd_user Raj Patel <raj@acme.example> [support] hand-over to the new shift"},
	})
}

func TestForeignTurns(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Здравствуйте,\n\nпрошу добавить нашего инженера Ксению Рощину (Ксения Рощина, ksenia@acme.example) в качестве техника. Она будет менять диски.",
			"add_user Ксения Рощина <ksenia@acme.example> [technician] Она будет менять диски"},
		{"Hallo,\n\nZouden jullie de rol van Jane Doe (jane@acme.example) kunnen wijzigen? Zij is nu technicus en moet hoofdcontact worden, omdat zij ook over de uitgaven beslist.",
			"change_role Jane Doe <jane@acme.example> [main_contact] zij ook over de uitgaven beslist"},
		{"您好，\n\n请把我们的同事黄丽娟（huanglj@acme.example）添加为门户的次要联系人，她将负责华东区机柜的日常工单。",
			"add_user 黄丽娟 <huanglj@acme.example> [secondary_contact] 她将负责华东区机柜的日常工单"},
		{"Hallo,\n\nKunt u Raj Patel (raj@acme.example) verwijderen? Graag Jane Doe toevoegen als technicus, jane@acme.example.",
			"remove_user Raj Patel <raj@acme.example> []\nadd_user Jane Doe <jane@acme.example> [technician]"},
		{"お世話になっております。\nJane Doeに技術担当としてのアクセスが必要です。アドレスはjane@acme.exampleです。ディスク交換を行います。",
			"add_user Jane Doe <jane@acme.example> [technician] ディスク交換を行います"},
		{"안녕하세요.\n\nJane Doe에게 기술자 권한이 필요합니다. 주소는 jane@acme.example입니다. 디스크를 교체합니다.",
			"add_user Jane Doe <jane@acme.example> [technician] 디스크를 교체합니다"},
	})
}

// TestJoinedPeople: of people who are joined nobody is lost, whatever joins them.
func TestJoinedPeople(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Guten Tag,\n\nbitte löschen Sie Jane Doe (jane@acme.example) und Raj Patel (raj@acme.example).",
			"remove_user Jane Doe <jane@acme.example> []\nremove_user Raj Patel <raj@acme.example> []"},
		{"您好，\n\n请添加王小明（wang@acme.example）和李丽（li@acme.example）为技术员，他们负责服务器。",
			"add_user 王小明 <wang@acme.example> [technician]\nadd_user 李丽 <li@acme.example> [technician] 他们负责服务器"},
		{"您好，\n\n请删除 Jane Doe（jane@acme.example）和 Raj Patel（raj@acme.example）。",
			"remove_user Jane Doe <jane@acme.example> []\nremove_user Raj Patel <raj@acme.example> []"},
		{"お世話になっております。\n田中太郎（tanaka@acme.example）と佐藤花子（sato@acme.example）を技術担当として追加してください。サーバーを担当します。",
			"add_user 田中太郎 <tanaka@acme.example> [technician] サーバーを担当します\nadd_user 佐藤花子 <sato@acme.example> [technician] サーバーを担当します"},
		{"お世話になっております。\n田中太郎（tanaka@acme.example）と佐藤花子（sato@acme.example）は退職しましたので、削除してください。",
			"remove_user 田中太郎 <tanaka@acme.example> []\nremove_user 佐藤花子 <sato@acme.example> [] 退職しました"},
		{"안녕하세요.\n\n김민수(kim@acme.example)와 이지은(lee@acme.example)을 기술자로 추가해 주세요. 서버를 담당합니다.",
			"add_user 김민수 <kim@acme.example> [technician] 서버를 담당합니다\nadd_user 이지은 <lee@acme.example> [technician] 서버를 담당합니다"},
	})
}

// TestNotThem: whoever stands behind "not" is not meant.
func TestNotThem(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Jane Doe (jane@acme.example) and not Raj Patel (raj@acme.example) should be our Technician, please add her.",
			"add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please remove Raj Patel (raj@acme.example), not Jane Doe (jane@acme.example).", "remove_user Raj Patel <raj@acme.example> []"},
		{"Guten Tag,\n\nbitte löschen Sie Raj Patel (raj@acme.example), nicht Jane Doe (jane@acme.example).", "remove_user Raj Patel <raj@acme.example> []"},
		{"Hola,\n\neliminen a Raj Patel (raj@acme.example), no a Jane Doe (jane@acme.example).", "remove_user Raj Patel <raj@acme.example> []"},
		{"Bonjour,\n\nmerci de supprimer Raj Patel (raj@acme.example), et n'oubliez pas Jane Doe (jane@acme.example).",
			"remove_user Raj Patel <raj@acme.example> []\nremove_user Jane Doe <jane@acme.example> []"},
	})
}
