package replytext_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/replytext"
)

// attributions are lines that mail programs write above a quote, in the form each uses; "|" is a line end in the mail.
var attributions = map[string][]string{
	"en": {
		"On Mon, Nov 2, 2026 at 10:00 AM Support <support@provider.example> wrote:",
		"On Mon, Nov 2, 2026 at 10:00 AM Support|<support@provider.example> wrote:",
		"On Mon, Nov 2, 2026 at 10:00 AM Support <|support@provider.example> wrote:",
		"On Mon, Nov 2, 2026 at 10:00 AM Support <support@provider.example|> wrote:",
		"On Mon, Nov 2, 2026 at 10:00 AM Support||<|mailto:Support <support@provider.example>|> wrote:",
		"On 2 Nov 2026, at 10:00, Support <support@provider.example> wrote:",
		"On 2 Nov 2026,|at 10:00,|Support <support@provider.example>|wrote:",
		"On 02/11/2026 10:00, Support wrote:",
		"On 2026-11-02 10:00, Support wrote:",
		"On Mon, 2026-11-02 at 10:00 +0100, Support wrote:",
		"On Monday, 2 November 2026 10:00:00 CET Support wrote:",
		"On Monday, November 2nd, 2026 at 10:00, Support <support@provider.example> wrote:",
		"On Monday, November 2, 2026 at 10:00:00 AM GMT+1, Support <support@provider.example> wrote:",
		"On Mon, 2 Nov 2026 10:00:00 +0100|Support <support@provider.example> wrote:",
		"On Mon, Nov 02, 2026 at 10:00:00AM +0100, Support wrote:",
		"On 11/2/26, 10:00 AM, \"Support\" <support@provider.example> wrote:",
		"On Nov 2, 2026 10:00, \"Support\" <support@provider.example> wrote:",
		"On 2-Nov-2026, at 10:00 AM, Support <support@provider.example> sent:",
		"At 2026-11-02 10:00:00, \"Support\" <support@provider.example> wrote:",
		"*On Mon, Nov 2, 2026 at 10:00 AM Support <support@provider.example> wrote:*",
		"---- On Mon, 02 Nov 2026 10:00:00 +0530 Support <support@provider.example> wrote ----",
		"On Mon, 2 Nov 2026 10:00:00 +0100 Support <support@provider.example> wrote",
		"---- Support Team wrote ----",
		"Support <support@provider.example> wrote:",
		"Support <support@provider.example> writes:",
		"\"Support\" <support@provider.example> wrote on 11/02/2026 10:00:00 AM:",
		"Support Team wrote on 11/02/2026 10:00:00 AM:",
		"Quoting Support <support@provider.example>:",
		"2026-11-02 10:00 GMT+01:00 Support <support@provider.example>:",
		"2026-11-02 10:00 GMT+01:00 Support <|support@provider.example>:",
		"2026/11/2 Support <support@provider.example>",
		"Monday, November 2, 2026, 10:00:00 AM, you wrote:",
	},
	"de": {
		"Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Support <support@provider.example>:",
		"Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Support <|support@provider.example>:",
		"Am 02.11.2026 um 10:00 schrieb Support <support@provider.example>:",
		"Am 02.11.26 um 10:00 schrieb Support:",
		"Am Montag, 2. November 2026, 10:00:00 CET schrieb Support:",
		"Am Montag, den|2. November 2026 um 10:00 schrieb Support:",
		"Am 2026-11-02 10:00, schrieb Support:",
		"Support <support@provider.example> schrieb am Mo., 2. Nov.|2026 um 10:00 Uhr:",
		"Support <support@provider.example> hat am 02.11.2026 10:00 CET geschrieben:",
		"Zitat von Support <support@provider.example>:",
	},
	"fr": {
		"Le lun. 2 nov. 2026 à 10:00, Support <support@provider.example> a écrit :",
		"Le lun. 2 nov. 2026 à 10:00, Support <support@provider.example> a|écrit :",
		"Le 02/11/2026 à 10:00, Support a écrit :",
		"Le lundi 2 novembre 2026 à 10:00, Support <support@provider.example> a écrit :",
	},
	"es": {
		"El lun, 2 nov 2026 a las 10:00, Support (<support@provider.example>) escribió:",
		"El 2/11/26 a las 10:00, Support escribió:",
		"El lunes, 2 de noviembre de 2026, 10:00:00 CET, Support <support@provider.example> escribió:",
	},
	"ca": {"Missatge de Support <support@provider.example> del dia dl., 2 de nov. 2026 a les 10:00:"},
	"it": {
		"Il giorno lun 2 nov 2026 alle ore 10:00 Support <support@provider.example> ha scritto:",
		"Il 02/11/2026 10:00, Support ha scritto:",
	},
	"pt": {
		"Em seg., 2 de nov. de 2026 às 10:00, Support <support@provider.example> escreveu:",
		"No dia 02/11/2026, às 10:00, Support <support@provider.example> escreveu:",
	},
	"nl": {
		"Op ma 2 nov 2026 om 10:00 schreef Support <support@provider.example>:",
		"Op 2 nov. 2026, om 10:00 heeft Support <support@provider.example> het volgende geschreven:",
		"Op 02-11-2026 om 10:00 schreef Support:",
	},
	"sv": {
		"Den mån 2 nov. 2026 kl 10:00 skrev Support <support@provider.example>:",
		"2 nov. 2026 kl. 10:00 skrev Support <support@provider.example>:",
		"Den 2026-11-02 kl. 10:00, skrev Support:",
	},
	"da": {
		"Den man. 2. nov. 2026 kl. 10.00 skrev Support <support@provider.example>:",
		"Den 02.11.2026 kl. 10.00 skrev Support:",
	},
	"no": {"man. 2. nov. 2026 kl. 10:00 skrev Support <support@provider.example>:", "Den 02.11.2026 10:00, skrev Support:"},
	"fi": {
		"ma 2. marrask. 2026 klo 10.00 Support (support@provider.example) kirjoitti:",
		"Support kirjoitti 2.11.2026 klo 10.00:",
		"Support <support@provider.example> kirjoitti 2.11.2026 kello 10.00:",
	},
	"is": {"mán., 2. nóv. 2026 kl. 10:00 skrifaði Support <support@provider.example>:"},
	"pl": {
		"pon., 2 lis 2026 o 10:00 Support <support@provider.example> napisał(a):",
		"W dniu 02.11.2026 o 10:00, Support pisze:",
		"W dniu 2 listopada 2026 10:00 użytkownik Support <support@provider.example> napisał:",
		"Dnia 2 listopada 2026 10:00 Support <support@provider.example> napisał(a):",
		"Wiadomość napisana przez Support <support@provider.example> w dniu 2 lis 2026, o godz. 10:00:",
	},
	"cs": {
		"po 2. 11. 2026 v 10:00 odesílatel Support <support@provider.example> napsal:",
		"Dne 02. 11. 26 v 10:00 Support napsal(a):",
		"2. 11. 2026 v 10:00, Support <support@provider.example>:",
	},
	"sk": {"po 2. 11. 2026 o 10:00 Support <support@provider.example> napísal(a):", "Dňa 2. 11. 2026 o 10:00 Support napísal(a):"},
	"hu": {
		"Support <support@provider.example> ezt írta (időpont: 2026. nov. 2., H, 10:00):",
		"2026.11.02. 10:00 keltezéssel, Support írta:",
	},
	"ro": {"În lun., 2 nov. 2026 la 10:00, Support <support@provider.example> a scris:", "La 02.11.2026 10:00, Support a scris:"},
	"bg": {"На пн, 2.11.2026 г. в 10:00 ч. Support <support@provider.example> написа:"},
	"el": {"Στις Δευ 2 Νοε 2026 στις 10:00 π.μ., ο χρήστης Support <support@provider.example> έγραψε:"},
	"hr": {"pon, 2. stu 2026. u 10:00 Support <support@provider.example> napisao je:", "Dana 2.11.2026. 10:00, Support je napisao/la:"},
	"sr": {"пон, 2. нов 2026. у 10:00 Support <support@provider.example> је написао/ла:"},
	"sl": {"V V pon., 2. nov. 2026 ob 10:00 je oseba Support <support@provider.example> napisala:"},
	"et": {"Kontakt Support (<support@provider.example>) kirjutas kuupäeval E, 2. november 2026 kell 10:00:"},
	"lv": {"pirmd., 2026. g. 2. nov., plkst. 10:00 — lietotājs Support (<support@provider.example>) rakstīja:"},
	"lt": {"2026-11-02, pr, 10:00 Support <support@provider.example> rašė:"},
	"tr": {
		"Support <support@provider.example>, 2 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
		"Support <support@provider.example>, 2 Kas 2026 Pzt, 10:00 tarihinde|şunu yazdı:",
		"2.11.2026 10:00 tarihinde Support yazdı:",
	},
	"ru": {
		"пн, 2 нояб. 2026 г. в 10:00, Support <support@provider.example>:",
		"2 нояб. 2026 г., в 10:00, Support <support@provider.example> написал(а):",
		"02.11.2026 10:00, Support пишет:",
		"02.11.2026, 10:00, \"Support\" <support@provider.example>:",
		"Понедельник, 2 ноября 2026, 10:00 +03:00 от Support <support@provider.example>:",
		"Вы писали 2 ноября 2026 г., 10:00:00:",
	},
	"uk": {"пн, 2 лист. 2026 р. о 10:00 Support <support@provider.example> пише:", "2 листопада 2026 р. о 10:00 Support <support@provider.example> написав:"},
	"ar": {"في الاثنين، 2 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة \u202aSupport\u202c\u200f <\u202asupport@provider.example\u202c\u200f>:\u202c"},
	"he": {"\u202bבתאריך יום ב׳, 2 בנוב׳ 2026 ב-10:00 מאת \u202aSupport\u202c\u200f <\u202asupport@provider.example\u202c\u200f>:\u202c"},
	"fa": {"در تاریخ دوشنبه ۲ نوامبر ۲۰۲۶،\u200f ۱۰:۰۰ Support <support@provider.example> نوشت:"},
	"hi": {"सोम, 2 नव॰ 2026 को 10:00 am बजे को Support <support@provider.example> ने लिखा:"},
	"vi": {"Vào Th 2, 2 thg 11, 2026 vào lúc 10:00 Support <support@provider.example> đã viết:"},
	"th": {"ในวันที่ จ. 2 พ.ย. 2026 เวลา 10:00 Support <support@provider.example> เขียนว่า:"},
	"id": {"Pada tanggal Sen, 2 Nov 2026 pukul 10.00 Support <support@provider.example> menulis:"},
	"zh": {
		"Support <support@provider.example> 于2026年11月2日周一 10:00写道：",
		"Support <support@provider.example> 於 2026年11月2日 週一 上午10:00寫道：",
		"在 2026年11月2日，上午10:00，Support <support@provider.example> 写道：",
		"在2026-11-02 10:00:00，Support<support@provider.example> 写道：",
	},
	"ja": {"2026年11月2日(月) 10:00 Support <support@provider.example>:", "2026/11/02 10:00、Support <support@provider.example>のメール:"},
	"ko": {"2026년 11월 2일 (월) 오전 10:00, Support <support@provider.example>님이 작성:", "26. 11. 2. 10:00에 Support 이(가) 쓴 글:"},
}

// TestAttributions: whatever the language, what stands below is nobody's words but the other's, marked or not.
func TestAttributions(t *testing.T) {
	t.Parallel()
	for language, list := range attributions {
		for _, a := range list {
			head := strings.ReplaceAll(a, "|", "\n")
			for name, quote := range map[string]string{
				"marked":       "\n\n> Hello,\n> to approve, reply APPROVE.\n",
				"marked close": "\n> Hello,\n> to approve, reply APPROVE.\n",
				"unmarked":     "\n\nHello,\n\nto approve, reply APPROVE.\n",
			} {
				if got := replytext.Split("Not yet.\n\n" + head + quote).Own; got != "Not yet." {
					t.Errorf("%s %s: own words %q below %q", language, name, got, a)
				}
			}
			if got := replytext.Split(head + "\n\n> Hello\n\nNot yet.").Own; got != "Not yet." {
				t.Errorf("%s: own words %q of an answer below %q", language, got, a)
			}
		}
	}
}

// TestNoAttribution: sentences with the features of an attribution stay the author's.
func TestNoAttribution(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"On Monday 2 November 2026 we move to room 7.\nPlease add Jane Doe.",
		"I wrote to you on 2 November 2026 about these:\n\nJane Doe\nRaj Patel",
		"On 2 November at 10:00:\n- Jane Doe\n- Raj Patel",
		"As Bob wrote in October:\nplease add Jane.",
		"Times:\n2026-11-02 10:00\n2026-11-03 10:00",
		"2026-11-02 10:00 Jane Doe <jane@acme.example>\n2026-11-02 12:00 Raj Patel <raj@acme.example>",
		"Visit from 2026-11-02 10:00 to 12:00\nJane Doe <jane@acme.example>: technician\nRaj <raj@acme.example>: technician",
		"Human Resources wrote:\n\n| Name | Role |\n| Jane Doe | Technician |",
		"She said it and somebody wrote:\nnothing at all.",
	} {
		if got := replytext.Split(text).Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestAttributionAboveAQuoteOnly(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"* Support <support@provider.example> [2026-11-02 10:00]:", ">>>>> \"S\" == Support <support@provider.example> writes:", "Support Team wrote:"} {
		if got := replytext.Split("Not yet.\n\n" + a + "\n\n> x").Own; got != "Not yet." {
			t.Errorf("own words %q below %q", got, a)
		}
	}
}

func TestAttributionKeepsTheLineAbove(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"and that is all from us\nOn 2 Nov 2026, at 10:00, Support <s@provider.example> wrote:\n> x":            "and that is all from us",
		"We met on 2 Nov 2026.\nOn 3 Nov 2026, at 10:00, Support <s@provider.example>\nwrote:\n> x":             "We met on 2 Nov 2026.",
		"yes On Wed, Nov 4, 2026 at 3:59 PM, s@provider.example wrote:\n> x":                                    "yes",
		"yes--- On Wed, Nov 4, 2026 at 3:59 PM, s@provider.example wrote:\n> x":                                 "yes",
		"Fine.\n Gran Via 1\n    On Wednesday, 4 November 2026, 14:46 CET, Ann\n <a@acme.example> wrote:\n\n x": "Fine.\n Gran Via 1",
	} {
		if got := replytext.Split(text).Own; got != want {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}
