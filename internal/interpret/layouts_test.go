package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

const (
	janeAndRaj = "add_user Jane Doe <jane@acme.example> [technician] night shift\nadd_user Raj Patel <raj@acme.example> [secondary_contact] fan swaps"
	twoWishes  = "Please add the following people.\n\n"
)

// TestNamesAboveLabels: a name that stands alone above labelled lines is that of the person whom they are about.
func TestNamesAboveLabels(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{twoWishes + "Jane Doe\nEmail: jane@acme.example\nRole: Technician\nReason: night shift\n\nRaj Patel\nEmail: raj@acme.example\nRole: Secondary contact\nReason: fan swaps", janeAndRaj},
		{twoWishes + "1. Jane Doe\n   - Email: jane@acme.example\n   - Role: Technician\n   - Reason: night shift\n2. Raj Patel\n   - Email: raj@acme.example\n   - Role: Secondary contact\n   - Reason: fan swaps", janeAndRaj},
		{twoWishes + "*Jane Doe*\nE-Mail: jane@acme.example\nRolle: Techniker\nGrund: night shift\n\n*Raj Patel*\nE-Mail: raj@acme.example\nRolle: Zweitkontakt\nGrund: fan swaps", janeAndRaj},
		{"Bitte legen Sie diese Kollegin an:\n\nJana Müller:\nE-Mail dienstl.: jana@acme.example\nFunktion: Techniker\nZweck: Umbau", "add_user Jana Müller <jana@acme.example> [technician] Umbau"},
		{"Ajoutez s'il vous plaît :\n\nLuc Dupont\nCourriel : luc@acme.example\nRôle : technicien\nMotif : astreinte", "add_user Luc Dupont <luc@acme.example> [technician] astreinte"},
		{"以下の者を追加してください。\n\n佐藤健一\nメール：sato@acme.example\n役割：技術者\n理由：夜勤", "add_user 佐藤健一 <sato@acme.example> [technician] 夜勤"},
		// The name of nobody whom the address shows may be a heading, and an address below no name is of somebody else.
		{"Please add:\n\nNovember Rush\nEmail: jane@acme.example\nRole: Technician\nReason: night shift", "add_user  <jane@acme.example> [technician] night shift"},
		{"Please add:\n\nJane Doe\nName: Raj Patel\nEmail: raj@acme.example\nRole: Technician\nReason: fan swaps", "add_user Raj Patel <raj@acme.example> [technician] fan swaps"},
	})
}

// TestPeopleSideBySide: in a table whose rows begin with the labels each further column is a person.
func TestPeopleSideBySide(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{twoWishes + "Name\tJane Doe\tRaj Patel\nEmail\tjane@acme.example\traj@acme.example\nRole\tTechnician\tSecondary contact\nReason\tnight shift\tfan swaps", janeAndRaj},
		{twoWishes + "|  | Person 1 | Person 2 |\n|---|---|---|\n| Name | Jane Doe | Raj Patel |\n| Mailadresse | jane@acme.example | raj@acme.example |\n| Rolle | Techniker | Zweitkontakt |\n| Grund | night shift | fan swaps |", janeAndRaj},
		{twoWishes + "E-post\tjane@acme.example\traj@acme.example\nNamn\tJane Doe\tRaj Patel\nRoll\tTekniker\tSekundär kontakt\nTelefon\t\t555 0199\nAnledning\tnight shift\tfan swaps", janeAndRaj},
		{twoWishes + "Имя\tИван\tОльга\nФамилия\tПетров\tСмирнова\nПочта\tivan@acme.example\tolga@acme.example\nРоль\tТехник\tТехник\nПричина\tночная смена\tдневная смена",
			"add_user Иван Петров <ivan@acme.example> [technician] ночная смена\nadd_user Ольга Смирнова <olga@acme.example> [technician] дневная смена"},
		// A reason that stands in front of a cell less may be of both.
		{twoWishes + "Nome\tCarla Neri\tPaolo Riva\nE-mail\tcarla@acme.example\tpaolo@acme.example\nRuolo\tTecnico\tTecnico\nMotivo\tturni di notte",
			"add_user Carla Neri <carla@acme.example> [technician]\nadd_user Paolo Riva <paolo@acme.example> [technician]"},
	})
}

// TestPiecesOfLines: people stand in lines whose pieces dashes part; nobody beside them is lost whose role nobody knows.
func TestPiecesOfLines(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{twoWishes + "Jane Doe – jane@acme.example – Technician – night shift\nRaj Patel – raj@acme.example – Secondary contact – fan swaps", janeAndRaj},
		{twoWishes + "Jane Doe (jane@acme.example) — Technician — night shift\nRaj Patel (raj@acme.example) — Secondary contact — fan swaps", janeAndRaj},
		{twoWishes + "Jane Doe, jane@acme.example, Technician, night shift\nRaj Patel, raj@acme.example, Secondary contact, fan swaps", janeAndRaj},
		{"Dodajcie proszę:\n\nEwa Nowak – ewa@acme.example – technik – dyżury\nJan Kot – jan@acme.example – kosmonauta – dyżury",
			"add_user Ewa Nowak <ewa@acme.example> [technician] dyżury\nadd_user Jan Kot <jan@acme.example> []"},
	})
}

// TestLargeParticles: particles written large belong to surnames.
func TestLargeParticles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Paolo De Luca", "Ana De La Cruz", "Piet Van Den Berg", "Rita La Rosa", "Leo Lo Bianco", "Pierre Du Bois"} {
		readWordings(t, "access", []wording{
			{"Please add:\n\n- " + name + ", p@acme.example, Technician, night shift", "add_user " + name + " <p@acme.example> [technician] night shift"},
			{"Please add " + name + " (p@acme.example) as a technician.", "add_user " + name + " <p@acme.example> [technician]"},
		})
	}
}

// TestSaidOnce: a role or reason that a form says once, above or below all people of it, is everybody's.
func TestSaidOnce(t *testing.T) {
	t.Parallel()
	const (
		jane, raj   = "add_user Jane Doe <jane@acme.example> [technician]", "add_user Raj Patel <raj@acme.example> [technician]"
		both        = jane + " night shift\n" + raj + " night shift"
		janeL, rajL = "Name: Jane Doe\nEmail: jane@acme.example\n", "Name: Raj Patel\nEmail: raj@acme.example\n"
		table       = "Name\tEmail\nJane Doe\tjane@acme.example\nRaj Patel\traj@acme.example\n"
		list        = "- Jane Doe, jane@acme.example\n- Raj Patel, raj@acme.example\n"
	)
	readWordings(t, "access", []wording{
		{twoWishes + table + "\nRole: Technician\nReason: night shift", both},
		{twoWishes + "Role: Technician\nReason: night shift\n\n" + table, both},
		{twoWishes + list + "\nRolle: Techniker\nGrund: night shift", both},
		{twoWishes + list + "\n役割：技術者\n理由：night shift", both},
		{twoWishes + janeL + "\n" + rajL + "\nRole for both: Technician\nReason for both: night shift", both},
		{twoWishes + janeL + "\n" + rajL + "\nRôle : technicien\nMotif : night shift", both},
		{twoWishes + "Función: técnico\nMotivo: night shift\n\n" + janeL + "\n" + rajL, both},
		{twoWishes + "理由(全員共通)：night shift\n\n" + janeL + "役割：技術者\n\n" + rajL + "役割：技術者", both},
		{twoWishes + janeL + "Rol: technicus\n\n" + rajL + "Rol: technicus\n\nReden voor allen: night shift", both},
		{twoWishes + janeL + "Роль: техник\n\n" + rajL + "Роль: техник\n\nПричина для всех: night shift", both},
		// What stands in the lines of one person is theirs, and where each line stands alone nobody knows.
		{twoWishes + janeL + "Role: Technician\n\n" + rajL + "Role: Technician\nReason: night shift", jane + "\n" + raj + " night shift"},
		{twoWishes + "Name: Jane Doe\n\nEmail: jane@acme.example\n\nRole: Technician\n\nName: Raj Patel\n\nEmail: raj@acme.example\n\nRole: Technician\n\nReason: night shift", jane + "\n" + raj + " night shift"},
		{twoWishes + janeL + "Role: Technician\nReason: fan swaps\n\n" + rajL + "Role: Technician\n\nReason: night shift", jane + " fan swaps\n" + raj + " night shift"},
		{twoWishes + "Name\tEmail\tRole\tReason\nJane Doe\tjane@acme.example\tTechnician\tfan swaps\nRaj Patel\traj@acme.example\tTechnician\t-\n\nReason: night shift", jane + " fan swaps\n" + raj},
	})
}

// TestAttachedPeople: whose table or card is attached has the role and reason that the mail itself labels.
func TestAttachedPeople(t *testing.T) {
	t.Parallel()
	const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\nEMAIL:jane@acme.example\r\nTITLE:Secondary Contact\r\nEND:VCARD\r\n"
	for _, c := range []struct{ text, attached, want string }{
		{"Please add this person.\n\nRole: Technician\nReason: night shift", card, "add_user Jane Doe <jane@acme.example> [technician] night shift"},
		{"Rolle: Techniker\nGrund: Nachtschicht", card, "add_user Jane Doe <jane@acme.example> [technician] Nachtschicht"},
		{"Bitte anlegen.\n\nRolle: Techniker\nGrund: Nachtschicht", "Vorname;Nachname;E-Mail\nJane;Doe;jane@acme.example\n", "add_user Jane Doe <jane@acme.example> [technician] Nachtschicht"},
		{"Please find my card attached.", card, ""},
	} {
		m := mail(c.text + "\n")
		m.Subject, m.Attachments = "access", []message.Attachment{{Text: c.attached}}
		if got := brief(interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestLabelsInALine: labelled values may stand in one line, with the marks of any script between them.
func TestLabelsInALine(t *testing.T) {
	t.Parallel()
	const jane = "add_user Jane Doe <jane@acme.example> [technician] night shift"
	readWordings(t, "access", []wording{
		{"Please add:\n\nName: Jane Doe | Email: jane@acme.example | Role: Technician | Reason: night shift", jane},
		{"Bitte anlegen:\n\nName: Jane Doe / E-Mail: jane@acme.example / Rolle: Techniker / Grund: night shift", jane},
		{"追加をお願いします。\n\n氏名：佐藤健一、メールアドレス：sato@acme.example、役割：技術者、理由：夜勤", "add_user 佐藤健一 <sato@acme.example> [technician] 夜勤"},
		{"请添加：\n\n姓名：李思雨，邮箱：li@acme.example，角色：技术员，原因：夜班", "add_user 李思雨 <li@acme.example> [technician] 夜班"},
		{"请添加：\n\n姓名：李思雨；邮箱：li@acme.example；角色：技术员；原因：夜班，更换硬盘", "add_user 李思雨 <li@acme.example> [technician] 夜班，更换硬盘"},
		{"Bitte anlegen:\n\nName, Vorname: Doe, Jane\nE-Mail: jane@acme.example\nRolle: Techniker\nGrund: night shift", jane},
		{"Please add:\n\nName: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nReason: night shift | on call", jane + " | on call"},
	})
}

// TestLabelsWithoutMarks: where labels were only bold nothing but a blank stands behind them.
func TestLabelsWithoutMarks(t *testing.T) {
	t.Parallel()
	const jane = "add_user Jane Doe <jane@acme.example> [technician] night shift"
	readWordings(t, "access", []wording{
		{"Please add:\n\n- Name Jane Doe\n- Email jane@acme.example\n- Role Technician\n- Reason night shift", jane},
		{"Merci d'ajouter :\n\n- Nom Jane Doe\n- Adresse mail jane@acme.example\n- Rôle technicien\n- Motif night shift", jane},
		{"Dodajcie proszę:\n\nImię i nazwisko Jane Doe\nAdres e-mail jane@acme.example\nRola technik\nPowód night shift", jane},
		{"追加をお願いします：\n\n氏名　佐藤健一\nメールアドレス　sato@acme.example\n役割　技術者\n理由　夜勤", "add_user 佐藤健一 <sato@acme.example> [technician] 夜勤"},
		{"The name Jane Doe is on the door.\nEmail jane@acme.example\nRole model: Ada", ""},
	})
}

// TestPositions: in a form that asks for no role the position is one, if it is the name of a role.
func TestPositions(t *testing.T) {
	t.Parallel()
	const jane, address = "add_user Jane Doe <jane@acme.example> ", "Name: Jane Doe\nEmail: jane@acme.example\n"
	readWordings(t, "access", []wording{
		{address + "Position: Technician\nReason: night shift", jane + "[technician] night shift"},
		{address + "Cargo: técnico\nMotivo: night shift", jane + "[technician] night shift"},
		{address + "Stanowisko: technik\nPowód: night shift", jane + "[technician] night shift"},
		{address + "Должность: техник\nПричина: night shift", jane + "[technician] night shift"},
		{address + "職務：技術者\n理由：night shift", jane + "[technician] night shift"},
		{"Name | Email | Position | Reason\nJane Doe | jane@acme.example | Technician | night shift", jane + "[technician] night shift"},
		{address + "Position: Technician\nRole: Secondary contact\nReason: night shift", jane + "[secondary_contact] night shift"},
		{address + "Position: Technician\nRole:\nReason: night shift", jane + "[] night shift"},
		{address + "Position: Head of Facilities\nReason: night shift", jane + "[] night shift"},
		{"Please add this person as a secondary contact:\n\n" + address + "Position: Technician\nReason: night shift", jane + "[secondary_contact] night shift"},
	})
}

// TestSurnameFirst: a label that asks for the surname first is heeded wherever its value stands.
func TestSurnameFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ label, value, name string }{
		{"Nazwisko i imię", "Nowak Ewa", "Ewa Nowak"}, {"Фамилия и имя", "Петров Иван", "Иван Петров"}, {"Nachname, Vorname", "Weber Lukas", "Lukas Weber"},
		{"Apellidos y nombre", "Gil Soto Luis", "Luis Gil Soto"}, {"Soyadı Adı", "Demir Ayşe", "Ayşe Demir"}, {"Cognome e nome", "Neri Carla", "Carla Neri"},
	} {
		want := "add_user " + c.name + " <p@acme.example> [technician] night shift"
		readWordings(t, "access", []wording{
			{c.label + ": " + c.value + "\nEmail: p@acme.example\nRole: Technician\nReason: night shift", want},
			{c.label + "\n" + c.value + "\n\nEmail\np@acme.example\n\nRole\nTechnician\n\nReason\nnight shift", want},
			{c.label + "\tEmail\tRole\tReason\n" + c.value + "\tp@acme.example\tTechnician\tnight shift", want},
		})
	}
}

// TestRoleChangesInForms: above a form whose sentence changes a role nobody is added.
func TestRoleChangesInForms(t *testing.T) {
	t.Parallel()
	const change = "change_role Jane Doe <jane@acme.example> [technician]"
	readWordings(t, "x", []wording{
		{"Merci de modifier le rôle de cette personne :\n\nNom : Jane Doe\nE-mail : jane@acme.example\nNouveau rôle : Technicien", change},
		{"Vi chiedo di cambiare il ruolo di questa persona:\n\nNome: Jane Doe\nE-mail: jane@acme.example\nNuovo ruolo: Tecnico", change},
		{"Graag de rol van deze persoon wijzigen:\n\nNaam: Jane Doe\nE-mail: jane@acme.example\nHuidige rol: Tweede contact\nNieuwe rol: Technicus", change},
	})
}

// TestValuesInQuotes: quotes around values say nothing, and a label may ask for both halves of a name.
func TestValuesInQuotes(t *testing.T) {
	t.Parallel()
	const jane = "add_user Jane Doe <jane@acme.example> [technician] night shift"
	readWordings(t, "access", []wording{
		{"Name: \"Jane Doe\"\nEmail: \"jane@acme.example\"\nRole: \"Technician\"\nReason: \"night shift\"", jane},
		{"Name: „Jane Doe“\nE-Mail: jane@acme.example\nRolle: „Techniker“\nGrund: night shift", jane},
		{"Vor-/Nachname: Jane Doe\nE-Mail: jane@acme.example\nRolle: Techniker\nGrund: night shift", jane},
		{"Imię/nazwisko: Jane Doe\nE-mail: jane@acme.example\nRola: technik\nPowód: night shift", jane},
	})
}

// TestNobodyAsked: lines with a role and a name ask for nobody by themselves.
func TestNobodyAsked(t *testing.T) {
	t.Parallel()
	readWordings(t, "cooling", []wording{
		{"Please join the call.\n\nTechnician: Jane Doe (jane@acme.example)\nHost: Raj Patel (raj@acme.example)", ""},
		{"Our UPS failed. On site are:\n\nTechnician: Jane Doe (jane@acme.example)\n\nPlease call her.", ""},
		{"Our contacts are:\n\nTechnician: Jane Doe (jane@acme.example)\nSecondary contact: Raj Patel (raj@acme.example)", ""},
		{"The table shows:\n\nName\tServer A\tServer B\nEmail\talert@acme.example\tnoc@acme.example\nStatus\tup\tdown", ""},
		{"We would like a quotation for ten more cabinets in hall three.\n\nName: Jane Doe\nEmail: jane@acme.example\nPosition: Technician\nComment: please send prices",
			"add_user Jane Doe <jane@acme.example> [] please send prices"},
	})
}

// TestListsByRole: the role may stand above those who are to have it, or in front of each, and names need not come first.
func TestListsByRole(t *testing.T) {
	t.Parallel()
	const both = "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [secondary_contact]"
	readWordings(t, "access", []wording{
		{twoWishes + "Technicians:\n- Jane Doe, jane@acme.example\n\nSecondary contacts:\n- Raj Patel, raj@acme.example", both},
		{twoWishes + "Techniker:\nJane Doe <jane@acme.example>\n\nZweitkontakt:\nRaj Patel <raj@acme.example>", both},
		{twoWishes + "Technicien : Jane Doe (jane@acme.example)\nContact secondaire : Raj Patel (raj@acme.example)", both},
		{twoWishes + "技術者：Jane Doe (jane@acme.example)\n副担当者：Raj Patel (raj@acme.example)", both},
		{twoWishes + "- Technicus – Jane Doe – jane@acme.example\n- Tweede contact – Raj Patel – raj@acme.example", both},
		{twoWishes + "- jane@acme.example, Jane Doe, tekniker\n- raj@acme.example, Raj Patel, sekundär kontakt", both},
		{twoWishes + "- Jane Doe <jane@acme.example> als Technikerin\n- Raj Patel <raj@acme.example> als Zweitkontakt", both},
		{twoWishes + "Jane Doe\njane@acme.example\nTechnician\n\nRaj Patel\nraj@acme.example\nSecondary contact", both},
		{twoWishes + "Jane Doe\n- jane@acme.example\n- Technician\n- night shift\n\nRaj Patel\n- raj@acme.example\n- Secondary contact\n- fan swaps", janeAndRaj},
		{twoWishes + "Technicians:\n- Jane Doe, jane@acme.example\n\nOthers:\n- Raj Patel, raj@acme.example", "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> []"},
		{twoWishes + "Technicians:\n- Jane Doe, jane@acme.example\n- Raj Patel, raj@acme.example, secondary contact", both},
	})
}
