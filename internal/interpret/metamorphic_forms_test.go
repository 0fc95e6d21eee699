package interpret_test

import (
	"fmt"
	"strings"

	"github.com/countersign/countersign/internal/interpret"
)

// form sends an original again in another form with the same meaning; false where it does not apply to the original.
type form struct {
	name string
	// requestsOnly leaves Decisions and Commands out of the comparison: the author is another.
	requestsOnly bool
	atLeast      int
	send         func(o original) ([]byte, bool)
}

// always is a form that applies to every original.
func always(send func(o original) []byte) func(original) ([]byte, bool) {
	return func(o original) ([]byte, bool) { return send(o), true }
}

// charsetForm sends the text in a charset, where it can be encoded.
func charsetForm(charset, transfer string) func(original) ([]byte, bool) {
	return func(o original) ([]byte, bool) {
		if _, ok := encodeCharset(charset, o.text); !ok {
			return nil, false
		}
		return o.mail(leaf("text/plain", charset, transfer, o.text)), true
	}
}

func htmlForm(element string) func(original) ([]byte, bool) {
	return always(func(o original) []byte {
		return o.mail(leaf("text/html", "utf-8", "quoted-printable", htmlOf(o.text, element)))
	})
}

// belowForm adds words below the author's, where those stand in one piece above the quote.
func belowForm(words string) func(original) ([]byte, bool) {
	return func(o original) ([]byte, bool) {
		if o.ownEnd < 0 {
			return nil, false
		}
		return o.plain(o.below(words)), true
	}
}

// threadForm quotes an older mail at the end, where the requests do not rest on what is quoted.
func threadForm(thread string) func(original) ([]byte, bool) {
	return func(o original) ([]byte, bool) {
		if o.reading.Class == interpret.ClassRequest && !o.quotesNothing() {
			return nil, false
		}
		return o.plain(o.text + "\n\n" + thread), true
	}
}

// forwardForm hands a request on that stands in the author's own words.
func forwardForm(head string, prefix string) func(original) ([]byte, bool) {
	return func(o original) ([]byte, bool) {
		if o.reading.Class != interpret.ClassRequest || !o.quotesNothing() {
			return nil, false
		}
		at := "@" + o.author.Address.Domain
		from := fmt.Sprintf("%s <%s>", o.author.Name, o.author.Address)
		o.text = "Hello,\n\nplease do what " + o.author.Name + " asks below.\n\nRegards\nDagmar Keller\n\n" +
			strings.NewReplacer("FROM", from, "SUBJECT", o.subject).Replace(head) + "\n\n" +
			prefix + strings.ReplaceAll(o.text, "\n", "\n"+prefix)
		o.subject = "Fwd: " + o.subject
		for i, f := range o.fields {
			if strings.EqualFold(f.Name, "From") {
				o.fields = append(o.fields[:i:i], o.fields[i:]...)
				o.fields[i].Body = "Dagmar Keller <dagmar.keller" + at + ">"
			}
		}
		return o.plain(o.text), true
	}
}

const (
	signature = `-- 
Helga Brunner
Technician, Field Operations, Kessel Networks
assistant: Rolf Amann, rolf.amann@kessel.example
T +49 30 5550 1201 | M +49 170 555 0142
We approve of green energy.`

	disclaimer = `This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, ` +
		`please notify the sender and delete this message. Nothing in it is a contract unless approved in writing by an ` +
		`authorised officer of the company; any unauthorised use is rejected.`

	germanDisclaimer = `Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte ` +
		`den Absender und vernichten Sie diese E-Mail. Erklärungen sind nur verbindlich, wenn sie schriftlich genehmigt (approved) wurden.`

	olderThread = `On Tue, 4 Aug 2026 at 09:12, Ulrike Pohlmann <ulrike.pohlmann@kessel.example> wrote:

> Hello,
>
> please create a portal account for Wilma Zander:
>
> Full name: Wilma Zander
> E-mail: wilma.zander@kessel.example
> Role: Technician, Support, User, Technical Contact
> Reason: night shifts
> Start date: 12 August 2026
>
> APPROVE
>
> Ulrike`

	olderApproval = `> On 4 Aug 2026, at 09:12, Ulrike Pohlmann <ulrike.pohlmann@kessel.example> wrote:
>
> APPROVE
>
>> On 3 Aug 2026, at 17:40, Wilma Zander <wilma.zander@kessel.example> wrote:
>>
>> Please remove Konrad Leis <konrad.leis@kessel.example> from the portal.
>> And add me as Technician. I approve 1 and reject 2.`

	outlookThread = `________________________________
From: Ulrike Pohlmann <ulrike.pohlmann@kessel.example>
Sent: Tuesday, 4 August 2026 09:12
To: Wilma Zander <wilma.zander@kessel.example>
Subject: RE: Portal

APPROVE. Please remove Konrad Leis <konrad.leis@kessel.example> and make Wilma Zander a Technician.`

	gmailForward = `---------- Forwarded message ---------
From: FROM
Date: Mon, 2 Nov 2026 at 09:12
Subject: SUBJECT
To: <dagmar.keller@kessel.example>`

	outlookForward = `________________________________
From: FROM
Sent: Monday, 2 November 2026 09:12
To: Dagmar Keller <dagmar.keller@kessel.example>
Subject: SUBJECT`

	pdf = "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJcOkw7zDtsOfCg==\r\n"
	pixel = "Content-Type: image/gif; name=\"logo.gif\"\r\nContent-ID: <logo@kessel.example>\r\nContent-Disposition: inline\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAAAAACw=\r\n"
)

func alternative(o original) string {
	return multi("alternative", "=_alt", leaf("text/plain", "utf-8", "quoted-printable", o.text),
		leaf("text/html", "utf-8", "base64", htmlOf(o.text, "div")))
}

// spaced replaces every other blank between words by one that does not break.
func spaced(text string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if r != ' ' {
			return r
		}
		if n++; n%2 == 0 {
			return '\u00a0'
		}
		return r
	}, text)
}

// The lower bounds are what the reader has reached.
var forms = []form{
	{name: "utf-8, 8bit", send: charsetForm("utf-8", "8bit")},
	{name: "utf-8, quoted-printable", send: charsetForm("utf-8", "quoted-printable")},
	{name: "utf-8, base64", send: charsetForm("utf-8", "base64")},
	{name: "us-ascii, 7bit", send: charsetForm("us-ascii", "7bit")},
	{name: "iso-8859-1, 8bit", send: charsetForm("iso-8859-1", "8bit")},
	{name: "iso-8859-1, quoted-printable", send: charsetForm("iso-8859-1", "quoted-printable")},
	{name: "windows-1252, base64", send: charsetForm("windows-1252", "base64")},
	{name: "bare LF", send: always(func(o original) []byte {
		return []byte(strings.ReplaceAll(string(o.plain(o.text)), "\r\n", "\n"))
	})},
	{name: "subject in Q", send: always(func(o original) []byte {
		return o.mailWith(encodeWords("utf-8", 'Q', o.subject), "", leaf("text/plain", "utf-8", "8bit", o.text))
	})},
	{name: "subject in iso-8859-1", send: func(o original) ([]byte, bool) {
		if _, ok := encodeCharset("iso-8859-1", o.subject); !ok {
			return nil, false
		}
		return o.mailWith(encodeWords("iso-8859-1", 'Q', o.subject), "", leaf("text/plain", "utf-8", "8bit", o.text)), true
	}},
	{name: "header folded at every blank", send: always(func(o original) []byte {
		subject := strings.Join(strings.Fields(encodeWords("utf-8", 'B', o.subject)), "\r\n\t")
		return o.mailWith(subject, "\r\n ", leaf("text/plain", "utf-8", "8bit", o.text))
	})},
	{name: "alternative", send: always(func(o original) []byte { return o.mail(alternative(o)) })},
	{name: "mixed with a PDF", send: always(func(o original) []byte {
		return o.mail(multi("mixed", "=_mixed", leaf("text/plain", "utf-8", "base64", o.text), pdf))
	})},
	{name: "mixed with alternative and a PDF", send: always(func(o original) []byte {
		return o.mail(multi("mixed", "=_mixed", alternative(o), pdf))
	})},
	{name: "related", send: always(func(o original) []byte {
		return o.mail(multi("related", "=_rel", alternative(o), pixel))
	})},
	{name: "HTML only, div", send: htmlForm("div")},
	{name: "HTML only, p", send: htmlForm("p")},
	{name: "HTML only, br", send: htmlForm("br")},
	{name: "format=flowed", send: always(func(o original) []byte {
		return o.mail(leaf("text/plain; format=flowed", "utf-8", "8bit", flow(o.text)))
	})},
	{name: "blank lines doubled", send: always(func(o original) []byte {
		return o.plain(strings.ReplaceAll(o.text, "\n\n", "\n\n\n"))
	})},
	{name: "non-breaking spaces", send: always(func(o original) []byte { return o.plain(spaced(o.text)) })},
	{name: "signature", send: belowForm(signature)},
	{name: "disclaimer", send: belowForm(disclaimer)},
	{name: "German disclaimer", send: belowForm(germanDisclaimer)},
	{name: "footer of a telephone", send: belowForm("Sent from my iPhone")},
	{name: "footer of a program", send: belowForm("Get Outlook for Android<https://aka.ms/AAb9ysg>")},
	{name: "older thread", send: threadForm(olderThread)},
	{name: "older thread, nested", send: threadForm(olderApproval)},
	{name: "older thread, Outlook", send: threadForm(outlookThread)},
	{name: "forwarded by Gmail", requestsOnly: true, send: forwardForm(gmailForward, "")},
	{name: "forwarded by Outlook", requestsOnly: true, send: forwardForm(outlookForward, "")},
	{name: "forwarded in a quote", requestsOnly: true, send: forwardForm("On Mon, 2 Nov 2026 at 09:12, FROM wrote:", "> ")},
}
