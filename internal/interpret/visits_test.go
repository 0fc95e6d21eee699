package interpret_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/interpret"
)

// visitsIn are the requests of a text sent on 16 November 2026: name, window and reason of each visit, other requests as brief writes them.
func visitsIn(text string) string {
	m := mail(text + "\n")
	m.Date = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	var out []string
	for _, q := range interpret.Read(m, interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests {
		if q.Action != interpret.ScheduleVisit {
			out = append(out, brief([]interpret.Request{q}))
			continue
		}
		out = append(out, fmt.Sprintf("%s [%s %s] %s", str(q.Name), str(q.Starts), str(q.Ends), str(q.Reason)))
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), "2026-12-08T", "")
}

func checkVisits(t *testing.T, cases [][2]string) {
	t.Helper()
	for _, tt := range cases {
		if got := visitsIn(tt[0]); got != tt[1] {
			t.Errorf("%q:\n got %q\nwant %q", tt[0], got, tt[1])
		}
	}
}

func TestVisitorsCompanyIsNoName(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"Peter Pan von Nordkabel kommt am 8. Dezember 2026 von 9 bis 12 Uhr, um einen defekten Switch zu tauschen.", "Peter Pan [09:00 12:00] um einen defekten Switch zu tauschen"},
		{"Peter Pan de Nordkabel viendra le 8 décembre 2026 de 9h à 12h pour remplacer un switch défectueux.", "Peter Pan [09:00 12:00] pour remplacer un switch défectueux"},
		{"Peter Pan de Nordkabel vendrá el 8 de diciembre de 2026 de 9 a 12 h para sustituir un switch averiado.", "Peter Pan [09:00 12:00] para sustituir un switch averiado"},
		{"Peter Pan di Nordkabel verrà l'8 dicembre 2026 dalle 9 alle 12 per sostituire uno switch guasto.", "Peter Pan [09:00 12:00] per sostituire uno switch guasto"},
		{"O Peter Pan da Nordkabel virá no dia 8 de dezembro de 2026 das 9h às 12h para substituir um switch avariado.", "Peter Pan [09:00 12:00] para substituir um switch avariado"},
		{"Peter Pan van Nordkabel komt op 8 december 2026 van 9 tot 12 uur langs om een defecte switch te vervangen.", "Peter Pan [09:00 12:00] om een defecte switch te vervangen"},
		// These are names.
		{"Am 8. Dezember 2026 um 9:00 Uhr kommt Hans Peter von Kleist, um einen Switch zu tauschen.", "Hans Peter von Kleist [09:00 ] um einen Switch zu tauschen"},
		{"Jan Willem van Dijk komt op 8 december 2026 om 9:00 uur langs om een switch te vervangen.", "Jan Willem van Dijk [09:00 ] om een switch te vervangen"},
		{"Charles de Gaulle viendra le 8 décembre 2026 à 9h00 pour remplacer un switch.", "Charles de Gaulle [09:00 ] pour remplacer un switch"},
		{"Juan García de León vendrá el 8 de diciembre de 2026 a las 9:00 para cambiar un switch.", "Juan García de León [09:00 ] para cambiar un switch"},
		{"Santiago Ramón y Cajal vendrá el 8 de diciembre de 2026 a las 9:00 para cambiar un switch.", "Santiago Ramón y Cajal [09:00 ] para cambiar un switch"},
		{"O João Silva da Costa virá no dia 8 de dezembro de 2026 às 9:00 para trocar um switch.", "João Silva da Costa [09:00 ] para trocar um switch"},
		{"Maria Teresa di Savoia verrà l'8 dicembre 2026 alle 9:00 per sostituire uno switch.", "Maria Teresa di Savoia [09:00 ] per sostituire uno switch"},
		// The address tells.
		{"Peter Pan von Berlin (peter.vonberlin@acme.example) kommt am 8. Dezember 2026 um 9:00 Uhr, um einen Switch zu tauschen.", "Peter Pan von Berlin [09:00 ] um einen Switch zu tauschen"},
		{"Peter Pan von Nordkabel (peter.pan@nordkabel.example) kommt am 8. Dezember 2026 um 9:00 Uhr, um einen Switch zu tauschen.", "Peter Pan [09:00 ] um einen Switch zu tauschen"},
	})
}

func TestVisitorsSideBySide(t *testing.T) {
	t.Parallel()
	both := func(a, b, rest string) string { return a + " " + rest + "\n" + b + " " + rest }
	for text, rest := range map[string]string{
		"Jane Doe and Max Roe of Contoso will come on 8 December 2026 at 9:00 to replace a disk.":                                 "[09:00 ] replace a disk",
		"Jane Doe und Max Roe von Contoso kommen am 8. Dezember 2026 um 9:00 Uhr, um eine Festplatte zu tauschen.":                "[09:00 ] um eine Festplatte zu tauschen",
		"Jane Doe et Max Roe de Contoso viendront le 8 décembre 2026 à 9h00 pour remplacer un disque.":                            "[09:00 ] pour remplacer un disque",
		"Jane Doe y Max Roe de Contoso vendrán el 8 de diciembre de 2026 a las 9:00 para cambiar un disco.":                       "[09:00 ] para cambiar un disco",
		"Jane Doe y Max Roe (ambos de Contoso) visitarán nuestra jaula el 8 de diciembre de 2026 a las 9:00 para cambiar un SAI.": "[09:00 ] para cambiar un SAI",
		"Jane Doe e Max Roe di Contoso verranno l'8 dicembre 2026 alle 9:00 per sostituire un disco.":                             "[09:00 ] per sostituire un disco",
		"A Jane Doe e o Max Roe da Contoso virão no dia 8 de dezembro de 2026 às 9:00 para trocar um disco.":                      "[09:00 ] para trocar um disco",
		"Jane Doe en Max Roe van Contoso komen op 8 december 2026 om 9:00 uur langs om een schijf te vervangen.":                  "[09:00 ] om een schijf te vervangen",
		"Jane Doe en Max Roe (beiden van Contoso) bezoeken onze kooi op 8 december 2026 om 9:00 om een schijf te vervangen.":      "[09:00 ] om een schijf te vervangen",
		"Jane Doe och Max Roe från Contoso kommer den 8 december 2026 kl. 9:00 för att byta en disk.":                             "[09:00 ] för att byta en disk",
		"Jane Doe i Max Roe z firmy Contoso przyjadą 8 grudnia 2026 o 9:00, aby wymienić dysk.":                                   "[09:00 ] aby wymienić dysk",
		"Contoso'dan Jane Doe ve Max Roe 8 Aralık 2026 saat 9:00'da arızalı bir diski değiştirmek için gelecekler.":               "[09:00 ] arızalı bir diski değiştirmek",
		"Jane Doe u Max Roe minn Contoso se jiġu fit-8 ta' Diċembru 2026 fid-9:00 biex jibdlu disk.":                              "[09:00 ] biex jibdlu disk",
	} {
		if got, want := visitsIn(text), both("Jane Doe", "Max Roe", rest); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
	checkVisits(t, [][2]string{
		{"Пётр Панов и Анна Берг из компании Contoso приедут 8 декабря 2026 года в 9:00, чтобы заменить диск.", both("Пётр Панов", "Анна Берг", "[09:00 ] чтобы заменить диск")},
		{"Contoso社の田中 健一様と鈴木 花子様が2026年12月8日9:00にディスク交換のため伺います。", both("田中 健一", "鈴木 花子", "[09:00 ] ディスク交換の")},
		{"Contoso公司的王小明和李娜将于2026年12月8日9:00前来更换硬盘。", both("王小明", "李娜", "[09:00 ] 更换硬盘")},
		{"Contoso의 김민수와 이지은이 2026년 12월 8일 9:00에 디스크를 교체하러 방문합니다.", both("김민수", "이지은", "[09:00 ] 디스크를 교체하러 방문합니다")},
	})
}

func TestVisitorsWithoutBlanks(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"我司工程师王小明将于2026年12月8日9:00至12:00到贵数据中心更换故障交换机。", "王小明 [09:00 12:00] 更换故障交换机"},
		{"我司工程师王小明将于12月8日9:00至12:00到贵数据中心更换故障交换机。", "王小明 [ ] 更换故障交换机"},
		{"我们的工程师王小明计划2026年12月8日上午9点到贵机房更换硬盘。", "王小明 [09:00 ] 更换硬盘"},
		{"Contoso公司的王小明将于2026年12月8日9:00访问我们的机柜，更换故障交换机。", "王小明 [09:00 ] 更换故障交换机"},
		{"저희 엔지니어 김민수가 2026년 12월 8일 9:00~12:00에 스위치를 교체하러 방문합니다.", "김민수 [09:00 12:00] 스위치를 교체하러 방문합니다"},
		{"Contoso의 김민수가 2026년 12월 8일 9:00에 방문합니다. 디스크를 교체합니다.", "김민수 [09:00 ] 디스크를 교체합니다"},
		{"田中 健一が2026年12月8日9:00に伺います。", "田中 健一 [09:00 ] "},
		{"弊社の田中 健一が2026年12月8日9:00から12:00まで貴データセンターに伺います。スイッチを交換します。", "田中 健一 [09:00 12:00] スイッチを交換します"},
		{"Contoso社の技術者（田中 健一）が2026年12月8日9:00に電源の交換のため現地に伺います。", "田中 健一 [09:00 ] 電源の交換の"},
		// Nobody is told to come.
		{"田中 健一様からのメールを拝見しました。明日伺います。", ""},
		{"2026年12月8日9:00に鈴木様とのお打ち合わせで伺います。", ""},
	})
}

// Visitors who come at different times have each their own; where nobody knows whose a time is, it is asked for.
func TestVisitorsApart(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"Jane Doe will come on 8 December 2026 at 9:00 and Max Roe on 9 December 2026 at 10:00 to replace a disk.", "Jane Doe [09:00 ] \nMax Roe [2026-12-09T10:00 ] replace a disk"},
		{"Jane Doe will visit on 8 December 2026 at 9:00 to measure the cage. Max Roe will visit on 9 December 2026 at 10:00 to replace a disk.",
			"Jane Doe [09:00 ] measure the cage\nMax Roe [2026-12-09T10:00 ] replace a disk"},
		{"Jane Doe will visit on 8 December 2026 at 9:00 to measure the cage. Max Roe will visit at 10:00 to replace a disk.", "Jane Doe [09:00 ] measure the cage\nMax Roe [ ] replace a disk"},
		{"Please register Jane Doe for a visit on 8 December 2026 from 9:00 to 11:00 to measure the cage.\nPlease also register Max Roe for a visit on 9 December 2026 from 10:00 to 12:00 to replace a disk.",
			"Jane Doe [09:00 11:00] measure the cage\nMax Roe [2026-12-09T10:00 2026-12-09T12:00] replace a disk"},
		{"On 8 December 2026 at 9:00 Jane Doe will come to measure the cage, and on 9 December 2026 at 10:00 Max Roe will come to replace a disk.",
			"Jane Doe [09:00 ] measure the cage\nMax Roe [2026-12-09T10:00 ] replace a disk"},
		{"Jane Doe besucht uns am 8. Dezember 2026 um 9:00 Uhr, um den Käfig zu vermessen. Max Roe besucht uns am 9. Dezember 2026 um 10:00 Uhr, um eine Platte zu tauschen.",
			"Jane Doe [09:00 ] um den Käfig zu vermessen\nMax Roe [2026-12-09T10:00 ] um eine Platte zu tauschen"},
		{"王小明将于2026年12月8日9:00前来更换硬盘，李娜将于2026年12月9日10:00前来检查空调。", "王小明 [09:00 ] 更换硬盘\n李娜 [2026-12-09T10:00 ] 检查空调"},
		{"On 8 December 2026 at 9:00 Jane Doe will come, and Max Roe on 9 December 2026 at 10:00.", "Jane Doe [ ] \nMax Roe [ ] "},
		{"On 8 December 2026 Jane Doe will come at 9:00 and Max Roe at 10:00.", "Jane Doe [ ] \nMax Roe [ ] "},
		// One time for all.
		{"On 8 December 2026 at 9:00 Jane Doe will come together with Max Roe to measure the cage.", "Jane Doe [09:00 ] \nMax Roe [09:00 ] measure the cage"},
		{"Jane Doe and Max Roe will visit from 8 December 2026, 9:00 to 9 December 2026, 17:00 to replace the racks.",
			"Jane Doe [09:00 2026-12-09T17:00] replace the racks\nMax Roe [09:00 2026-12-09T17:00] replace the racks"},
	})
}

func TestVisitorLabels(t *testing.T) {
	t.Parallel()
	rest := " [09:00 12:00] a switch fails"
	for value, want := range map[string]string{
		"Peter Pan":                             "Peter Pan" + rest,
		"Peter Pan, Nordkabel":                  "Peter Pan" + rest,
		"Peter Pan, Nord Kabel GmbH":            "Peter Pan" + rest,
		"Peter Pan - Nordkabel":                 "Peter Pan" + rest,
		"Peter Pan / Nordkabel":                 "Peter Pan" + rest,
		"Peter Pan of Nordkabel":                "Peter Pan" + rest,
		"Peter Pan van Nordkabel":               "Peter Pan" + rest,
		"Peter Pan z Nordkabel":                 "Peter Pan" + rest,
		"Peter Pan (Nordkabel)":                 "Peter Pan" + rest,
		"Peter Pan and Anna Berg (Nordkabel)":   "Peter Pan" + rest + "\nAnna Berg" + rest,
		"Peter Pan, Anna Berg":                  "Peter Pan" + rest + "\nAnna Berg" + rest,
		"Peter Pan, Zita Roe and Anna Berg":     "Peter Pan" + rest + "\nZita Roe" + rest + "\nAnna Berg" + rest,
		"Peter Pan und Anna Berg von Nordkabel": "Peter Pan" + rest + "\nAnna Berg" + rest,
		"王小明、李娜":                                "王小明" + rest + "\n李娜" + rest,
		"Jan Willem van Dijk":                   "Jan Willem van Dijk" + rest,
		"Juan García de León":                   "Juan García de León" + rest,
		"Santiago Ramón y Cajal":                "Santiago Ramón y Cajal" + rest,
		// Who that is nobody knows.
		"Peter Pan, Nord Kabel":      rest,
		"García López, Ana":          rest,
		"two engineers of Nordkabel": rest,
	} {
		if got := visitsIn("Visitor: " + value + "\nDate: 8 December 2026\nTime: 9-12\nReason: a switch fails"); got != want {
			t.Errorf("%q:\n got %q\nwant %q", value, got, want)
		}
	}
}

// The author is the visitor.
func TestOwnVisits(t *testing.T) {
	t.Parallel()
	me := "Ann Lee "
	checkVisits(t, [][2]string{
		{"I will come on 8 December 2026 at 9:00 to replace a disk in our rack.", me + "[09:00 ] replace a disk in our rack"},
		{"I'd like to visit our cage on Tuesday 8 December from 9:00 to 11:00 to audit the cabling.", me + "[09:00 11:00] audit the cabling"},
		{"I will be on site on 8 December at 9:00 to swap a PSU in our rack.", me + "[ ] swap a PSU in our rack"},
		{"Please schedule a visit for me on 8 December 2026 from 9:00 to 11:00. I have to replace a disk in our rack.", me + "[09:00 11:00] I have to replace a disk in our rack"},
		{"Ich komme am 8. Dezember 2026 um 9:00 Uhr vorbei, um eine Festplatte in unserem Rack zu tauschen.", me + "[09:00 ] um eine Festplatte in unserem Rack zu tauschen"},
		{"Ich möchte am 8. Dezember 2026 um 9:00 Uhr ins Rechenzentrum kommen, um eine Festplatte zu tauschen.", me + "[09:00 ] um eine Festplatte zu tauschen"},
		{"Je viendrai le 8 décembre 2026 à 9h00 pour remplacer un disque dans notre baie.", me + "[09:00 ] pour remplacer un disque dans notre baie"},
		{"Iré el 8 de diciembre de 2026 a las 9:00 para cambiar un disco en nuestro rack.", me + "[09:00 ] para cambiar un disco en nuestro rack"},
		{"Verrò l'8 dicembre 2026 alle 9:00 per sostituire un disco nel nostro rack.", me + "[09:00 ] per sostituire un disco nel nostro rack"},
		{"Vou aí no dia 8 de dezembro de 2026 às 9:00 para trocar um disco no nosso rack.", me + "[09:00 ] para trocar um disco no nosso rack"},
		{"Ik kom op 8 december 2026 om 9:00 uur langs om een schijf in ons rack te vervangen.", me + "[09:00 ] om een schijf in ons rack te vervangen"},
		{"Jag kommer den 8 december 2026 kl. 9:00 för att byta en disk i vårt rack.", me + "[09:00 ] för att byta en disk i vårt rack"},
		{"Przyjadę 8 grudnia 2026 o 9:00, aby wymienić dysk w naszej szafie.", me + "[09:00 ] aby wymienić dysk w naszej szafie"},
		{"8 Aralık 2026 saat 9:00'da kabinimizdeki bir diski değiştirmek için geleceğim.", me + "[09:00 ] kabinimizdeki bir diski değiştirmek"},
		{"Я приеду 8 декабря 2026 года в 9:00, чтобы заменить диск в нашей стойке.", me + "[09:00 ] чтобы заменить диск в нашей стойке"},
		{"Se niġi fit-8 ta' Diċembru 2026 fid-9:00 biex nibdel disk fir-rack tagħna.", me + "[09:00 ] nibdel disk fir-rack tagħna"},
		{"我将于2026年12月8日9:00前来更换我们机柜里的硬盘。", me + "[09:00 ] 更换我们机柜里的硬盘"},
		{"제가 2026년 12월 8일 9:00에 저희 랙의 디스크를 교체하러 방문하겠습니다.", me + "[09:00 ] 저희 랙의 디스크를 교체하러 방문하겠습니다"},
		// No visit, or not of the author alone.
		{"I will come back to you on 8 December 2026 at 9:00 about our rack.", ""},
		{"I will come with a colleague on 8 December 2026 at 9:00 to replace a disk in our rack.", ""},
		{"I will not come on 8 December 2026 to our rack.", ""},
		{"I'm coming down with a cold, the rack on 8 December 2026 has to wait.", ""},
		{"If the disk in our rack fails again, I will come on 8 December 2026 at 9:00.", ""},
		{"I will be visiting your booth at the data center fair on 8 December 2026 at 9:00.", ""},
		{"I'll be there on 8 December 2026 at 9:00 for the call about our rack.", ""},
		{"I'd like to visit you on 8 December 2026 at 9:00 to present our new racks and PDUs. Do you have 20 minutes?", ""},
		{"During my visit on 8 November 2026 at 9:00 the rack door was open.", ""},
		{"Please cancel my visit to the data centre on 8 December 2026 at 9:00.", ""},
		{"Ich komme am 8. Dezember 2026 um 9:00 Uhr wegen des Racks noch einmal auf Sie zu.", ""},
		{"Am 8. Dezember 2026 komme ich aus dem Urlaub zurück, danach schaue ich nach dem Rack.", ""},
		{"Je reviens vers vous le 8 décembre 2026 à 9h00 pour la baie.", ""},
		{"Pasaré los datos del rack el 8 de diciembre de 2026 a las 9:00.", ""},
		{"我将于2026年12月8日9:00收到新的机柜。", ""},
		{"저는 2026년 12월 8일 9:00에 랙 관련 회의에 참석합니다.", ""},
	})
}

// A day without its year makes a visit whose day is asked for, unless its weekday tells the year.
func TestVisitsWithoutYear(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"Peter Pan kommer den 8 december kl. 9:00 för att byta en trasig switch.", "Peter Pan [ ] för att byta en trasig switch"},
		{"Peter Pan kommer tisdagen den 8 december kl. 9:00 för att byta en trasig switch.", "Peter Pan [09:00 ] för att byta en trasig switch"},
		{"O Peter Pan virá na terça-feira, 8 de dezembro, às 9:00 para substituir um switch avariado.", "Peter Pan [09:00 ] para substituir um switch avariado"},
		{"Peter Pan 8 Aralık Salı günü saat 9:00'da arızalı bir switch'i değiştirmek için gelecek.", "Peter Pan [09:00 ] arızalı bir switch'i değiştirmek"},
		{"Peter Pan se jiġi nhar it-Tlieta 8 ta' Diċembru fid-9:00 biex jibdel switch bil-ħsara.", "Peter Pan [09:00 ] biex jibdel switch bil-ħsara"},
		{"Peter Pan will come on 8 December from 9:00 to 12:00 to replace a defective switch.", "Peter Pan [ ] replace a defective switch"},
		{"Jane Doe meldte sich am 8. November um 9:00 Uhr wegen der Rechnung.", ""},
		{"Ein Paket für Jane Doe kommt am 8. Dezember um 9:00 Uhr.", ""},
	})
}

// Visitors in a list below the line that announces them.
func TestVisitorLists(t *testing.T) {
	t.Parallel()
	list := ":\n- Peter Pan (Nordkabel)\n- Anna Berg, Nordkabel\n"
	for text, reason := range map[string]string{
		"Please register the following visitors for 8 December 2026, 9:00-12:00" + list + "Reason: a switch fails":                      "a switch fails",
		"Visitors" + list + "Date: 8 December 2026\nTime: 9:00-12:00\nReason: a switch fails":                                           "a switch fails",
		"Please register these visitors to replace a switch on 8 December 2026, 9:00-12:00" + list:                                      "replace a switch",
		"Bitte folgende Besucher für den 8. Dezember 2026, 9:00-12:00 Uhr anmelden" + list + "Grund: Austausch eines Switches":          "Austausch eines Switches",
		"Merci d'enregistrer les visiteurs suivants pour le 8 décembre 2026, 9h00-12h00" + list + "Motif : remplacement d'un switch":    "remplacement d'un switch",
		"Por favor registren a los siguientes visitantes para el 8 de diciembre de 2026, 9:00-12:00" + list + "Motivo: cambio de disco": "cambio de disco",
		"Vi prego di registrare i seguenti visitatori per l'8 dicembre 2026, 9:00-12:00" + list + "Motivo: cambio di un disco":          "cambio di un disco",
		"Por favor registem os seguintes visitantes para 8 de dezembro de 2026, 9:00-12:00" + list + "Motivo: troca de um disco":        "troca de um disco",
		"Graag de volgende bezoekers aanmelden voor 8 december 2026, 9:00-12:00" + list + "Reden: vervanging van een schijf":            "vervanging van een schijf",
		"Vänligen registrera följande besökare den 8 december 2026, 9:00-12:00" + list + "Orsak: byte av en disk":                       "byte av en disk",
		"Proszę zarejestrować następujących gości na 8 grudnia 2026, 9:00-12:00" + list + "Powód: wymiana dysku":                        "wymiana dysku",
		"Lütfen aşağıdaki ziyaretçileri 8 Aralık 2026, 9:00-12:00 için kaydedin" + list + "Neden: switch değişimi":                      "switch değişimi",
		"Jekk jogħġbok irreġistra dawn il-viżitaturi għat-8 ta' Diċembru 2026, 9:00-12:00" + list + "Raġuni: tibdil ta' switch":         "tibdil ta' switch",
	} {
		want := "Peter Pan [09:00 12:00] " + reason + "\nAnna Berg [09:00 12:00] " + reason
		if got := visitsIn(text); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
	checkVisits(t, [][2]string{
		{"Прошу зарегистрировать следующих посетителей на 8 декабря 2026 года, 9:00-12:00:\n- Пётр Панов (Nordkabel)\nПричина: замена коммутатора", "Пётр Панов [09:00 12:00] замена коммутатора"},
		{"2026年12月8日9:00～12:00に下記の訪問者の登録をお願いします：\n・田中 健一（Nordkabel）\n理由：スイッチの交換", "田中 健一 [09:00 12:00] スイッチの交換"},
		{"请登记以下访客（2026年12月8日9:00-12:00）：\n- 王小明（Nordkabel）\n- 李娜（Nordkabel）\n事由：更换交换机", "王小明 [09:00 12:00] 更换交换机\n李娜 [09:00 12:00] 更换交换机"},
		{"2026년 12월 8일 9:00-12:00에 아래 방문자를 등록해 주세요:\n- 김민수 (Nordkabel)\n사유: 스위치 교체", "김민수 [09:00 12:00] 스위치 교체"},
		// No visits.
		{"Please do not register the following visitors" + list, ""},
		{"Please cancel the visit of the following visitors on 8 December 2026, 9:00-12:00" + list, ""},
		{"Bitte stornieren Sie den Besuch folgender Besucher am 8. Dezember 2026, 9:00-12:00 Uhr" + list, ""},
		{"Please register these visitors for 8 November 2026, 9:00-12:00" + list, ""},
		{"Please remove these visitors from the list" + list, ""},
		{"Please register these visitors for 8 December 2026, 9:00-12:00:\n- Peter Pan\n- two engineers of Nordkabel", ""},
		{"Please add the following people for the visit portal:\n- Jane Doe <jane@acme.example>\nRole: Technician\nReason: night shift", "add_user Jane Doe <jane@acme.example> [technician] night shift"},
	})
}

// A wish to give access at a place and a time of a day is about a visit, though no word says so.
func TestAccessAtATime(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"Please let Peter Pan (Nordkabel) into our cage on 8 December 2026 between 9:00 and 12:00, he replaces a switch.", "Peter Pan [09:00 12:00] he replaces a switch"},
		{"Merci de donner accès à Peter Pan (Nordkabel) à notre cage le 8 décembre 2026 entre 9h00 et 12h00, il remplace un switch.", "Peter Pan [09:00 12:00] il remplace un switch"},
		{"Por favor permitan el acceso a Peter Pan (Nordkabel) a nuestra jaula el 8 de diciembre de 2026 entre las 9:00 y las 12:00, sustituye un switch.", "Peter Pan [09:00 12:00] sustituye un switch"},
		{"Vi prego di consentire l'accesso a Peter Pan (Nordkabel) alla nostra gabbia l'8 dicembre 2026 tra le 9:00 e le 12:00, sostituisce uno switch.", "Peter Pan [09:00 12:00] sostituisce uno switch"},
		{"Por favor autorizem a entrada do Peter Pan (Nordkabel) na nossa jaula no dia 8 de dezembro de 2026 entre as 9:00 e as 12:00, ele substitui um switch.", "Peter Pan [09:00 12:00] ele substitui um switch"},
		{"Graag Peter Pan (Nordkabel) op 8 december 2026 tussen 9:00 en 12:00 uur toegang geven tot onze kooi, hij vervangt een switch.", "Peter Pan [09:00 12:00] hij vervangt een switch"},
		{"Ge Peter Pan (Nordkabel) tillträde till vår bur den 8 december 2026 mellan 9:00 och 12:00, han byter en switch.", "Peter Pan [09:00 12:00] han byter en switch"},
		// These are for good.
		{"Please give Jane Doe (jane@acme.example) access as Technician to our cage from 8 December 2026 at 9:00 on, she runs the racks.", "add_user Jane Doe <jane@acme.example> [technician] she runs the racks"},
		{"Please add Jane Doe (jane@acme.example) to the portal on 8 December 2026 at 9:00, she runs the tickets.", "add_user Jane Doe <jane@acme.example> [] she runs the tickets"},
		// Acronyms are no surnames.
		{"John Smith di DHL verrà l'8 dicembre 2026 alle 9:00 per sostituire un disco.", "John Smith [09:00 ] per sostituire un disco"},
	})
}

// Whoever is to be let in comes when the sentence in front says so.
func TestLetThemIn(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"John Smith of DHL will deliver two servers to our cage on 8 December 2026 at 9:00. Please let him in.", "John Smith [09:00 ] John Smith of DHL will deliver two servers to our cage"},
		{"John Smith von DHL liefert zwei Server an unseren Käfig am 8. Dezember 2026 um 9:00 Uhr. Bitte lassen Sie ihn herein.", "John Smith [09:00 ] John Smith von DHL liefert zwei Server an unseren Käfig"},
		{"John Smith de DHL livrera deux serveurs le 8 décembre 2026 à 9h00. Merci de le laisser entrer.", "John Smith [09:00 ] John Smith de DHL livrera deux serveurs"},
		{"John Smith de DHL entregará dos servidores el 8 de diciembre de 2026 a las 9:00. Por favor, déjenlo entrar.", "John Smith [09:00 ] John Smith de DHL entregará dos servidores"},
		{"John Smith di DHL consegnerà due server l'8 dicembre 2026 alle 9:00. Vi prego di farlo entrare.", "John Smith [09:00 ] John Smith di DHL consegnerà due server"},
		// Nobody is to be let in.
		{"Bitte lassen Sie Peter Pan (Nordkabel) am 8. Dezember 2026 um 9:00 Uhr nicht in unseren Käfig.", ""},
		{"Please do not let Peter Pan (Nordkabel) into our cage on 8 December 2026 at 9:00.", ""},
		{"Merci de ne pas donner accès à Peter Pan (Nordkabel) à notre cage le 8 décembre 2026 à 9h00.", ""},
		{"John Smith von DHL hat am 8. November 2026 um 9:00 Uhr zwei Server geliefert. Danke dafür.", ""},
		{"John Smith von DHL liefert am 8. Dezember 2026 um 9:00 Uhr zwei Server. Bitte lassen Sie ihn nicht herein.", ""},
	})
}

// A visit that is called off is none.
func TestVisitsCalledOff(t *testing.T) {
	t.Parallel()
	checkVisits(t, [][2]string{
		{"please cancel the visit of Jane Doe on 8 December 2026 at 9:00.", ""},
		{"Jane Doe's visit on 8 December 2026 at 9:00 is cancelled.", ""},
		{"please postpone Jane Doe's visit on 8 December 2026 at 9:00.", ""},
		{"bitte stornieren Sie den Besuch von Jane Doe am 8. Dezember 2026 um 9:00 Uhr.", ""},
		{"merci d'annuler la visite de Jane Doe le 8 décembre 2026 à 9h00.", ""},
		{"por favor cancelen la visita de Jane Doe el 8 de diciembre de 2026 a las 9:00.", ""},
		{"vi prego di annullare la visita di Jane Doe l'8 dicembre 2026 alle 9:00.", ""},
		{"por favor cancelem a visita da Jane Doe no dia 8 de dezembro de 2026 às 9:00.", ""},
		{"graag het bezoek van Jane Doe op 8 december 2026 om 9:00 uur annuleren.", ""},
		{"vänligen avboka besöket av Jane Doe den 8 december 2026 kl. 9:00.", ""},
		{"proszę odwołać wizytę Jane Doe 8 grudnia 2026 o 9:00.", ""},
		{"lütfen Jane Doe'nun 8 Aralık 2026 saat 9:00'daki ziyaretini iptal edin.", ""},
		{"прошу отменить визит Петра Панова 8 декабря 2026 года в 9:00.", ""},
		{"jekk jogħġbok ikkanċella ż-żjara ta' Jane Doe fit-8 ta' Diċembru 2026 fid-9:00.", ""},
		{"田中 健一の2026年12月8日9:00の訪問をキャンセルしてください。", ""},
		{"请取消王小明2026年12月8日9:00的来访。", ""},
		{"김민수의 2026년 12월 8일 9:00 방문을 취소해 주세요.", ""},
		{"Peter Pan kommt am 8. Dezember 2026 um 9:00 Uhr, um ein Rack zu verschieben.", "Peter Pan [09:00 ] um ein Rack zu verschieben"},
	})
}
