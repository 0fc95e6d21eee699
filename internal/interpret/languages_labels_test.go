package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// labelledMails holds, by language, request mails in several layouts and what they ask.
var labelledMails = map[string]map[string]string{
	"de": {
		"Guten Tag,\n\nbitte legen Sie folgenden Zugang an:\n\nVor- und Nachname: Jana Müller\nFirmen-E-Mail: jana@acme.example\nGewünschte Rolle: Techniker\nGrund / Projekt: Umbau Halle 3": "add_user Jana Müller <jana@acme.example> [technician] Umbau Halle 3",
		"Vollstaendiger Name: Jana Müller\nE-Mail-Adresse: jana@acme.example\nRolle: Technikerin\nBegruendung: Umbau Halle 3":                                                                 "add_user Jana Müller <jana@acme.example> [technician] Umbau Halle 3",
		"Name: Müller\nVorname: Jana\nE-Mail: jana@acme.example\nRolle: Zweitkontakt\nZweck: Urlaubsvertretung":                                                                               "add_user Jana Müller <jana@acme.example> [secondary_contact] Urlaubsvertretung",
		"Aktion: Löschen\nName: Jana Müller\nE-Mail: jana@acme.example":                                                                                                                       "remove_user Jana Müller <jana@acme.example> []",
		"Name: Jana Müller\nE-Mail: jana@acme.example\nRolle: Techniker oder Zweitkontakt\nGrund: Umbau":                                                                                      "add_user Jana Müller <jana@acme.example> [] Umbau",
	},
	"fr": {
		"Nom et prénom : Luc Dupont\nAdresse e-mail professionnelle : luc@acme.example\nRôle souhaité : technicien\nMotif de la demande : maintenance des onduleurs": "add_user Luc Dupont <luc@acme.example> [technician] maintenance des onduleurs",
		"Nom : Dupont\nPrenom : Luc\nCourriel : luc@acme.example\nRole : contact secondaire\nProjet : Migration":                                                     "add_user Luc Dupont <luc@acme.example> [secondary_contact] Migration",
		"Merci de supprimer l'utilisateur suivant :\nNom complet : Luc Dupont\nCourriel : luc@acme.example":                                                          "remove_user Luc Dupont <luc@acme.example> []",
		"Nom complet | Courriel | Rôle\nLuc Dupont | luc@acme.example | technicien\n":                                                                                "add_user Luc Dupont <luc@acme.example> [technician]",
	},
	"es": {
		"Nombre y apellidos: Luis Gil\nCorreo electrónico corporativo: luis@acme.example\nRol deseado: técnico\nMotivo: cambio de discos": "add_user Luis Gil <luis@acme.example> [technician] cambio de discos",
		"Nombre: Luis\nApellidos: Gil Soto\nCorreo electronico: luis@acme.example\nRol: tecnico\nProyecto: Norte":                         "add_user Luis Gil Soto <luis@acme.example> [technician] Norte",
		"Por favor, eliminen a esta persona:\nNombre completo: Luis Gil\nCorreo: luis@acme.example":                                       "remove_user Luis Gil <luis@acme.example> []",
	},
	"it": {
		"Nome e cognome: Carla Neri\nIndirizzo e-mail aziendale: carla@acme.example\nRuolo desiderato: tecnico\nMotivazione: turno di notte": "add_user Carla Neri <carla@acme.example> [technician] turno di notte",
		"Nome: Carla\nCognome: Neri\nPosta elettronica: carla@acme.example\nRuolo: tecnico\nScopo: turno di notte":                           "add_user Carla Neri <carla@acme.example> [technician] turno di notte",
		"Azione: rimozione\nNome completo: Carla Neri\nEmail: carla@acme.example":                                                            "remove_user Carla Neri <carla@acme.example> []",
	},
	"pt": {
		"Nome completo: Rui Costa\nE-mail corporativo: rui@acme.example\nFunção desejada: técnico\nJustificativa: troca de discos": "add_user Rui Costa <rui@acme.example> [technician] troca de discos",
		"Nome: Rui\nSobrenome: Costa\nE-mail: rui@acme.example\nPerfil: tecnico\nMotivo: troca de discos":                          "add_user Rui Costa <rui@acme.example> [technician] troca de discos",
		"Favor remover o utilizador abaixo:\nNome completo: Rui Costa\nEmail: rui@acme.example":                                    "remove_user Rui Costa <rui@acme.example> []",
	},
	"nl": {
		"Volledige naam: Piet de Vries\nZakelijk e-mailadres: piet@acme.example\nGewenste rol: technicus\nReden van de aanvraag: onderhoud": "add_user Piet de Vries <piet@acme.example> [technician] onderhoud",
		"Voornaam: Piet\nAchternaam: de Vries\nE-mailadres: piet@acme.example\nRol: technicus\nReden: onderhoud":                            "add_user Piet de Vries <piet@acme.example> [technician] onderhoud",
		"Graag onderstaande gebruiker verwijderen:\nNaam: Piet de Vries\nE-mailadres: piet@acme.example":                                    "remove_user Piet de Vries <piet@acme.example> []",
	},
	"sv": {
		"Fullständigt namn: Karin Ek\nFöretagets e-postadress: karin@acme.example\nÖnskad roll: tekniker\nAnledning: diskbyten": "add_user Karin Ek <karin@acme.example> [technician] diskbyten",
		"Förnamn: Karin\nEfternamn: Ek\nE-post: karin@acme.example\nRoll: tekniker\nSyfte: diskbyten":                           "add_user Karin Ek <karin@acme.example> [technician] diskbyten",
		"Vänligen ta bort följande användare:\nNamn: Karin Ek\nE-post: karin@acme.example":                                      "remove_user Karin Ek <karin@acme.example> []",
	},
	"pl": {
		"Imię i nazwisko: Ewa Nowak\nFirmowy adres e-mail: ewa@acme.example\nRola: technik\nUzasadnienie: wymiana dysków": "add_user Ewa Nowak <ewa@acme.example> [technician] wymiana dysków",
		"Imie: Ewa\nNazwisko: Nowak\nAdres e-mail: ewa@acme.example\nZadana rola: technik\nPowod dostepu: wymiana dysków": "add_user Ewa Nowak <ewa@acme.example> [technician] wymiana dysków",
		"Proszę usunąć użytkownika:\nImię i nazwisko: Ewa Nowak\nE-mail: ewa@acme.example":                                "remove_user Ewa Nowak <ewa@acme.example> []",
	},
	"tr": {
		"Adı Soyadı: Ayşe Demir\nKurumsal e-posta adresi: ayse@acme.example\nİstenen rol: teknisyen\nErişim nedeni: disk değişimi": "add_user Ayşe Demir <ayse@acme.example> [technician] disk değişimi",
		"AD SOYAD: Ayşe Demir\nE-POSTA: ayse@acme.example\nROLÜ: TEKNİSYEN\nGEREKÇE: disk değişimi":                                "add_user Ayşe Demir <ayse@acme.example> [technician] disk değişimi",
		"Aşağıdaki kullanıcının silinmesini rica ederiz:\nAd Soyad: Ayşe Demir\nE-posta: ayse@acme.example":                        "remove_user Ayşe Demir <ayse@acme.example> []",
	},
	"ru": {
		"ФИО: Иван Петров\nКорпоративная почта: ivan@acme.example\nЖелаемая роль: техник\nОбоснование: замена дисков": "add_user Иван Петров <ivan@acme.example> [technician] замена дисков",
		"Имя: Иван\nФамилия: Петров\nЭл. почта: ivan@acme.example\nРоль: техник\nПричина: замена дисков":              "add_user Иван Петров <ivan@acme.example> [technician] замена дисков",
		"Прошу удалить пользователя:\nИмя и фамилия: Иван Петров\nЭлектронная почта: ivan@acme.example":               "remove_user Иван Петров <ivan@acme.example> []",
	},
	"ja": {
		"氏名：佐藤健一様\n会社のメールアドレス：sato@acme.example\n希望する役割：技術者\n申請理由：定期点検":       "add_user 佐藤健一 <sato@acme.example> [technician] 定期点検",
		"お世話になっております。\n以下のユーザーを削除してください。\n氏名：佐藤 健一\nメール：sato@acme.example":    "remove_user 佐藤 健一 <sato@acme.example> []",
		"【氏名】：佐藤 健一\n【メールアドレス】：sato@acme.example\n【権限】：技術者（常時入館証）\n【理由】：定期点検": "add_user 佐藤 健一 <sato@acme.example> [technician] 定期点検",
	},
	"zh": {
		"姓名：李思雨\n公司邮箱：li@acme.example\n申请角色：技术员\n申请原因：更换硬盘": "add_user 李思雨 <li@acme.example> [technician] 更换硬盘",
		"您好，请删除以下用户：\n姓名：李思雨\n邮箱：li@acme.example":           "remove_user 李思雨 <li@acme.example> []",
	},
	"ko": {
		"이름: 김민수 님\n회사 이메일 주소: kim@acme.example\n희망 역할: 기술자\n신청 사유: 디스크 교체": "add_user 김민수 <kim@acme.example> [technician] 디스크 교체",
		"다음 사용자를 삭제해 주세요.\n성명: 김민수\n이메일: kim@acme.example":                  "remove_user 김민수 <kim@acme.example> []",
	},
	"mt": {
		"Isem u kunjom: Marija Borg\nEmail tax-xogħol: marija@acme.example\nRwol: Technician\nRaġuni: manutenzjoni": "add_user Marija Borg <marija@acme.example> [technician] manutenzjoni",
		"Jekk jogħġbok neħħi dan l-utent:\nIsem sħiħ: Marija Borg\nPosta elettronika: marija@acme.example":          "remove_user Marija Borg <marija@acme.example> []",
	},
}

// contactRoles are the roles of contact-levels with names in more languages.
var contactRoles = []interpret.Role{
	{ID: "main_contact", Title: "Main Contact", Aliases: []string{"Hauptkontakt", "contact principal"}},
	{ID: "secondary_contact", Title: "Secondary Contact", Aliases: []string{"Zweitkontakt", "contact secondaire"}},
	{ID: "technician", Title: "Technician", Aliases: []string{"Techniker", "technicien", "técnico", "tecnico", "technicus", "tekniker", "technik", "teknisyen", "техник", "技術者", "技术员", "기술자"}},
}

// TestDeniedList: a list below a sentence that forbids what it names asks for nothing.
func TestDeniedList(t *testing.T) {
	t.Parallel()
	for _, lead := range []string{
		"Please do not add this user:", "Merci de ne pas ajouter :", "Nicht anlegen:", "Bitte löschen Sie folgenden Benutzer nicht:",
		"Por favor no eliminen a esta persona:", "Proszę nie usuwać, nie dodać:", "Просим не удалять:",
	} {
		m := mail(lead + "\n\nName: Jane Doe\nEmail: jane@acme.example\nRole: Technician")
		m.Subject = "access"
		if got := interpret.Read(m, interpret.Context{Roles: contactRoles}).Requests; len(got) > 0 {
			t.Errorf("%q: %s", lead, brief(got))
		}
	}
}

func TestLabelsInLanguages(t *testing.T) {
	t.Parallel()
	for language, table := range labelledMails {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			for text, want := range table {
				m := mail(text)
				m.Subject = "access"
				if got := brief(interpret.Read(m, interpret.Context{Roles: contactRoles}).Requests); got != want {
					t.Errorf("%q:\n got %q\nwant %q", text, got, want)
				}
			}
		})
	}
}
