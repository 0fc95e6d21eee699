package interpret_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// frames are the first and the last line of a mail by language.
var frames = map[string][2]string{
	"de": {"Guten Tag,", "Mit freundlichen Grüßen"}, "fr": {"Bonjour,", "Cordialement"}, "es": {"Hola:", "Un saludo"},
	"it": {"Buongiorno,", "Cordiali saluti"}, "pt": {"Olá,", "Cumprimentos"}, "nl": {"Beste,", "Met vriendelijke groet"},
	"sv": {"Hej,", "Med vänliga hälsningar"}, "pl": {"Dzień dobry,", "Pozdrawiam"}, "tr": {"Merhaba,", "Saygılarımla"},
	"ru": {"Добрый день!", "С уважением,"}, "mt": {"Bonġu,", "Tislijiet"}, "ja": {"お世話になっております。", "よろしくお願いいたします。"},
	"zh": {"您好,", "谢谢"}, "ko": {"안녕하세요.", "감사합니다."},
	"en": {"Hello,", "Kind regards"}, "da": {"Hej,", "Venlig hilsen"}, "nb": {"Hei,", "Hilsen"}, "cs": {"Dobrý den,", "S pozdravem"},
	"hu": {"Tisztelt Uram,", "Üdvözlettel"}, "fi": {"Hei,", "Terveisin"},
}

var shortAsked = []string{
	"Jan Kruse <jan.kruse@acme.example> as Technician. Reason: night shift",
	"Ana Sosa <ana.sosa@acme.example> as Secondary Contact. Reason: cage project",
	"Piet Bos <piet.bos@acme.example> as Technician. Reason: cabling",
}

// shortMail writes the mail of a line of one of shortSets; people is how many an approval mail asked about, 0 for a request. The kind
// tells where the text stands.
func shortMail(lang, kind, text string, people int) string {
	frame := frames[lang]
	head := "From: Maria Lindqvist <maria@acme.example>\nTo: Support <support@provider.example>\nMessage-ID: <short@acme.example>\n" +
		"Date: Mon, 23 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
	text = strings.ReplaceAll(text, `\n`, "\n")
	if people == 0 {
		return head + "Subject: Portal\n\n" + frame[0] + "\n\n" + text + "\n\n" + frame[1] + "\nMaria Lindqvist\n"
	}
	head += "Subject: Re: [REQ-2026-00042] Approval needed: access requests from Tom Reed (Acme)\n"
	pieces := strings.Split(text, " // ")
	mark, attribution := "> ", "On Sat, 21 Nov 2026 at 10:00, Support <support@provider.example> wrote:\n\n"
	if kind == "outlook" {
		mark = ""
		attribution = "________________________________\nFrom: Support <support@provider.example>\nSent: Saturday, November 21, 2026 10:00 AM\n" +
			"To: Maria Lindqvist <maria@acme.example>\nSubject: [REQ-2026-00042] Approval needed: access requests from Tom Reed (Acme)\n\n"
	}
	quote := mark + "Tom Reed (Acme) asks for access for:\n"
	for i, p := range shortAsked[:people] {
		quote += fmt.Sprintf("%s  %d. %s\n", mark, i+1, p)
		if kind == "below" {
			quote += "\n" + pieces[i] + "\n\n"
		}
	}
	quote += mark + "\n" + mark + "To approve, reply APPROVE. To decline, reply REJECT and, if you like, say why.\n"
	closing := "\n\n" + frame[1] + "\nMaria Lindqvist\n\n"
	switch kind {
	case "below":
		return head + "\n" + attribution + quote + closing
	case "parts":
		body := func(mediaType, text string) string {
			return "--b\nContent-Type: " + mediaType + "; charset=utf-8\n\n" + text + "\n"
		}
		html := "<p>" + pieces[1] + "</p><p>" + frame[1] + "<br>Maria Lindqvist</p><div class=\"gmail_quote\">" + strings.TrimSpace(attribution) +
			"<blockquote><pre>" + strings.ReplaceAll(quote, mark, "") + "</pre></blockquote></div>"
		return strings.Replace(head, "text/plain; charset=utf-8", "multipart/alternative; boundary=b", 1) + "\n" +
			body("text/plain", pieces[0]+closing+attribution+quote) + body("text/html", html) + "--b--\n"
	}
	return head + "\n" + text + closing + attribution + quote
}

// shortSets are the files of short mails, with how many there are and how many percent of the values or how many of them may be asked for.
var shortSets = []struct {
	file                  string
	mails, percent, asked int
}{
	{"c-short.txt", 250, 4, 0},
	{"d-short-1.txt", 95, 0, 1},
	{"d-short-2.txt", 88, 0, 5},
	{"d-short-3.txt", 126, 0, 6},
	{"d-short-4.txt", 72, 0, 1},
	{"d-short-5.txt", 73, 0, 3},
	{"d-short-6.txt", 115, 0, 9},
	{"d-short-7.txt", 116, 0, 8},
	{"d-short-8.txt", 102, 0, 3},
}

// TestShortMails holds the reader to short mails in twenty languages: no wrong value, and nearly all that they say.
func TestShortMails(t *testing.T) {
	t.Parallel()
	for _, set := range shortSets {
		data, err := os.ReadFile("testdata/heldout/" + set.file)
		if err != nil {
			t.Fatal(err)
		}
		var all tally
		mails := 0
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				mails++
				countShort(t, strings.Split(strings.TrimSpace(line), "|"), &all)
			}
		}
		t.Logf("%s: %d mails: %d right, %d asked, %d wrong", set.file, mails, all.correct, all.asked, all.wrong)
		if mails < set.mails {
			t.Errorf("%s: %d mails, want %d or more", set.file, mails, set.mails)
		}
		if most := max(set.asked, set.percent*(all.correct+all.asked)/100); all.asked > most {
			t.Errorf("%s: %d of %d values asked for, want at most %d", set.file, all.asked, all.correct+all.asked, most)
		}
	}
}

// countShort counts what is read of the mail of a line, split into its fields f.
func countShort(t *testing.T, f []string, all *tally) {
	t.Helper()
	text := f[len(f)-1]
	people := 0
	decides := slices.Contains([]string{"dec", "below", "parts", "outlook", "stop"}, f[1])
	if decides {
		people, _ = strconv.Atoi(f[3])
	}
	m, err := message.Parse([]byte(shortMail(f[0], f[1], text, people)))
	if err != nil {
		t.Fatal(err)
	}
	got := interpret.Read(m, interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
	switch {
	case decides:
		want := map[string]string{}
		for part := range strings.SplitSeq(f[2], ",") {
			number, value, _ := strings.Cut(part, "=")
			want[number] = value
		}
		for i := range people {
			number := strconv.Itoa(i + 1)
			w := want[number]
			if w == "" {
				w = want["*"]
			}
			all.count(t, text, clear(interpret.Decision(w)), clear(decisionFor(got, number)))
		}
		if stopped := slices.Contains(got.Commands, interpret.Command{Name: "stop"}); stopped != (f[1] == "stop") {
			t.Errorf("%s: taken for STOP: %t", text, stopped)
		}
	case f[1] == "other":
		all.count(t, text, "other 0", fmt.Sprint(got.Class, " ", len(got.Requests)))
	case len(got.Requests) == 0:
		all.asked++
		t.Logf("%s: nothing read", text)
	default:
		q := got.Requests[0]
		all.count(t, text, "1 "+f[1], fmt.Sprint(len(got.Requests), " ", q.Action))
		all.count(t, text, f[2], str(q.Name))
		all.count(t, text, f[3], str(q.Email))
		if f[1] == "schedule_visit" {
			all.count(t, text, f[4], str(q.Starts))
		} else {
			all.count(t, text, f[4], strings.Join(q.Roles, ","))
		}
	}
}
