package replytext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/replytext"
)

// headers are the labels author, date, recipient, subject as mail programs write them above a quote.
var headers = map[string][4]string{
	"en": {"From", "Sent", "To", "Subject"}, "de": {"Von", "Gesendet", "An", "Betreff"}, "fr": {"De", "Envoyé", "À", "Objet"},
	"es": {"De", "Enviado", "Para", "Asunto"}, "it": {"Da", "Inviato", "A", "Oggetto"}, "pt": {"De", "Enviado", "Para", "Assunto"},
	"nl": {"Van", "Verzonden", "Aan", "Onderwerp"}, "sv": {"Från", "Skickat", "Till", "Ämne"}, "da": {"Fra", "Sendt", "Til", "Emne"},
	"no": {"Fra", "Sendt", "Til", "Emne"}, "fi": {"Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"},
	"pl": {"Od", "Wysłano", "Do", "Temat"}, "cs": {"Od", "Odesláno", "Komu", "Předmět"}, "sk": {"Od", "Odoslané", "Komu", "Predmet"},
	"hu": {"Feladó", "Elküldve", "Címzett", "Tárgy"}, "ro": {"De la", "Trimis", "Către", "Subiect"}, "hr": {"Šalje", "Poslano", "Prima", "Predmet"},
	"bg": {"От", "Изпратено", "До", "Относно"}, "el": {"Από", "Στάλθηκε", "Προς", "Θέμα"}, "et": {"Saatja", "Saadetud", "Kellele", "Teema"},
	"tr": {"Kimden", "Gönderildi", "Kime", "Konu"}, "ru": {"От", "Отправлено", "Кому", "Тема"}, "uk": {"Від", "Надіслано", "Кому", "Тема"},
	"ar": {"من", "تم الإرسال", "إلى", "الموضوع"}, "he": {"מאת", "נשלח", "אל", "נושא"}, "vi": {"Từ", "Đã gửi", "Đến", "Chủ đề"},
	"zh": {"发件人", "发送时间", "收件人", "主题"}, "zh-TW": {"寄件者", "寄件日期", "收件者", "主旨"}, "ja": {"差出人", "送信日時", "宛先", "件名"},
	"ko": {"보낸 사람", "보낸 날짜", "받는 사람", "제목"},
}

// TestHeaderBlocks: below the header of another mail nothing is the author's, however the program sets it.
func TestHeaderBlocks(t *testing.T) {
	t.Parallel()
	for language, l := range headers {
		for name, block := range map[string]string{
			"plain":      "%s: Support <support@provider.example>\n%s: Monday, 2 November 2026 10:00\n%s: Ann Lee\n%s: Approval\n\n",
			"no address": "%s: Support\n%s: Monday, 2 November 2026 10:00\n%s: Ann Lee\n%s: Approval\n\n",
			"rule":       "________________________________\n%s: Support <support@provider.example>\n%s: Monday\n%s: Ann\n%s: Approval\n\n",
			"rule apart": "________________________________\n\n%s: Support <support@provider.example>\n%s: Monday\n%s: Ann\n%s: Approval\n",
			"bold":       "*%s:* Support [mailto:support@provider.example]\n*%s:* Monday\n*%s:* Ann\n*%s:* Approval\n\n",
			"very bold":  "**%s**: Support\n**%s**: Monday\n**%s**: Ann\n**%s**: Approval\n\n",
			"spaced":     "%s : Support\n\n%s : Monday\n\n%s : Ann\n\n%s : Approval\n\n",
			"indented":   "    %s: Support\n    %s: Monday\n    %s: Ann\n    %s: Approval\n\n",
			"wide":       "%s： Support\n%s： 2026-11-02\n%s： Ann\n%s： Approval\n\n",
			"table":      "| %s | Support <support@provider.example> |\n| %s | Monday |\n| %s | Ann |\n| %s | Approval |\n\n",
			"tabs":       "%s:\tSupport\n%s:\tMonday\n%s:\tAnn\n%s:\tApproval\n\n",
			"folded":     "%s: Support <support@provider.example>\n%s: Monday\n%s: Ann Lee <ann@acme.example>;\n    Raj Patel <raj@acme.example>\n%s: Approval\n\n",
		} {
			body := fmt.Sprintf(block, l[0], l[1], l[2], l[3]) + "Hello,\n\nto approve, reply APPROVE.\n"
			for _, gap := range []string{"\n\n", "\n"} {
				if got := replytext.Split("Not yet." + gap + body).Own; got != "Not yet." {
					t.Errorf("%s %s: own words %q", language, name, got)
				}
			}
		}
		date := fmt.Sprintf("Not yet.\n\n%s: 2 Nov 2026 10:00\n%s: Approval\n%s: Support\n%s: Ann\n\nAPPROVE", l[1], l[3], l[0], l[2])
		if got := replytext.Split(date).Own; got != "Not yet." {
			t.Errorf("%s date first: own words %q", language, got)
		}
	}
}

// TestNoHeaderBlock: a list of values is no header, even with some of its labels.
func TestNoHeaderBlock(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Visit please\nFrom: 2 March 2027 9:00\nTo: 2 March 2027 17:00\nSubject: cable repair",
		"Name: Jane Doe\nEmail: jane@acme.example\nDate: Monday\nReason: Night shift",
		"To: whom it may concern\nplease add Jane.",
		"Subject: new technician\nName: Jane Doe",
		"De: 9:00\nA: 17:00",
		"Date: Wednesday 3 October 2026\nTime: 7:00\nAddress: 130 Fox St\n\nPlease bring your badge.",
		"The data comes From: our database, not From: others.",
		"Jane Doe <jane@acme.example>\n2 November 2026 10:00\nVisit to the cage",
		"Jane Doe <jane@acme.example>\nRaj Patel <raj@acme.example>\nTo be added as technicians.",
		"From Jane Doe <jane@acme.example> we heard\nto our regret\nthat she leaves.",
		"----\nName: Jane Doe\nRole: Technician\nReason: Night shift\nCompany: Acme",
	} {
		if got := replytext.Split(text).Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	for line, forwarded := range map[string]bool{
		"-----Original Message-----": false, "----- Original Message -----": false, "------ Original Message ------": false,
		"-------- Original message --------": false, "_____Original Message_____": false, "-----Reply Message-----": false, "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐": false, "——— Original Message ———": false,
		"-----Ursprüngliche Nachricht-----": false, "------ Originalnachricht ------": false, "-----Message d'origine-----": false,
		"----- Mail original -----": false, "-----Mensaje original-----": false, "----Messaggio originale----": false,
		"-----Mensagem Original-----": false, "-----Oorspronkelijk bericht-----": false, "-----Ursprungligt meddelande-----": false,
		"-------- Oprindelig besked --------": false, "-----Opprinnelig melding-----": false, "-----Alkuperäinen viesti-----": false,
		"---------- Původní e-mail ----------": false, "-----Wiadomość oryginalna-----": false, "-----Eredeti üzenet-----": false,
		"-----Özgün İleti-----": false, "-----Исходное сообщение-----": false, "------------------ 原始邮件 ------------------": false,
		"---- 回复的原邮件 ----": false, "-----元のメッセージ-----": false, "-----원본 메시지-----": false,
		"---------- Forwarded message ---------": true, "-------- Forwarded Message --------": true, "Begin forwarded message:": true,
		"-------- Weitergeleitete Nachricht --------": true, "Anfang der weitergeleiteten Nachricht:": true,
		"---------- Message transféré ---------": true, "Début du message transféré :": true, "---------- Mensaje reenviado ---------": true,
		"Inizio messaggio inoltrato:": true, "---------- Messaggio inoltrato ---------": true, "Início da mensagem encaminhada:": true,
		"-------- Doorgestuurd bericht --------": true, "Begin doorgestuurd bericht:": true, "Vidarebefordrat mejl:": true,
		"Start på videresendt besked:": true, "-------- Videresendt melding --------": true, "Välitetty viesti alkaa:": true,
		"-------- Přeposlaná zpráva --------": true, "Początek przekazywanej wiadomości:": true, "Továbbított levél kezdete:": true,
		"-------- İletilmiş İleti --------": true, "-------- Пересылаемое сообщение --------": true, "Начало переадресованного сообщения:": true,
		"---------- 转发的邮件 ---------": true, "---------- 転送メッセージ ---------": true, "---------- 전달된 메일 ----------": true,
	} {
		got := replytext.Split("Not yet.\n\n" + line + "\nSupport says: APPROVE\n")
		if got.Own != "Not yet." || (got.Forwarded != "") != forwarded || (got.Quoted != "") == forwarded {
			t.Errorf("%s: own %q, quoted %q, forwarded %q", line, got.Own, got.Quoted, got.Forwarded)
		}
		if !replytext.Separator(line) {
			t.Errorf("%s is no separator", line)
		}
	}
	for _, text := range []string{
		"## Plan\n----\n\n1. Jane\n\n----\n\nThat is all.", "--- see below ---\nplease add Jane.", "Forwarded message from Bob follows tomorrow.",
		"Reply:\nyes", "Original message is in the ticket.",
	} {
		if got := replytext.Split(text).Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestSparseHeaders(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"header below a rule":  "Not yet.\n\n________________________________\nAbc: Support <support@provider.example>\nDef: 2026-11-02\nGhi: Ann\n\nAPPROVE",
		"author and recipient": "Not yet.\n\nFrom: Support\nTo: Ann\n\nAPPROVE",
		"tabs without author":  "Not yet.\n\nAn\tAnn\nThema\tApproval\n\nAPPROVE",
		"words between rules":  "Not yet.\n\n-------- Abcde fghij --------\nFrom: Support\nSubject: Approval\n\nAPPROVE",
		"date and address":     "Not yet.\n\nabc 2. def 2026 10:00, Support <support@provider.example>:\n\nAPPROVE",
	} {
		if got := replytext.Split(text).Own; got != "Not yet." {
			t.Errorf("%s: own words %q", name, got)
		}
	}
}

func TestReplyAbove(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"##- Please type your reply above this line -##", "--- Reply above this line ---", "=== Bitte antworten Sie oberhalb dieser Linie ===",
		"-- Répondre au-dessus de cette ligne --", "Responda por encima de esta línea",
	} {
		if got := replytext.Split("Not yet.\n\n" + line + "\n\nAPPROVE").Own; got != "Not yet." {
			t.Errorf("%s: own words %q", line, got)
		}
	}
	if got := replytext.Split(strings.Repeat("All of it. ", 30) + "reply above this line").Own; got == "" {
		t.Error("a paragraph is no marker")
	}
}
