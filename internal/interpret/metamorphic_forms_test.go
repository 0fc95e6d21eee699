package interpret_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/interpret"
)

// sender sends an original in another form with the same meaning; false where the form does not apply to it.
type sender func(o original) ([]byte, bool)

// form is a sender and what is expected of it.
type form struct {
	name string
	// requestsOnly leaves Decisions and Commands out of the comparison: the author is another.
	requestsOnly bool
	mayChange    int // readings that are known to differ: a value is lost, and asked for
	send         sender
}

// always is a form that applies to every original.
func always(send func(o original) []byte) sender {
	return func(o original) ([]byte, bool) { return send(o), true }
}

// charsetForm sends the text in a charset, where it can be encoded.
func charsetForm(charset, transfer string) sender {
	return func(o original) ([]byte, bool) {
		if _, ok := encodeCharset(charset, o.text); !ok {
			return nil, false
		}
		return o.mail(leaf("text/plain", charset, transfer, o.text)), true
	}
}

// belowForm adds words below the author's, where those stand in one piece above the quote.
func belowForm(words string, send sender) sender {
	return func(o original) ([]byte, bool) {
		if o.ownEnd < 0 {
			return nil, false
		}
		o.text = o.below(words)
		return send(o)
	}
}

func asText(o original) ([]byte, bool) { return o.plain(o.text), true }

// asHTML sends no plain text. A table typed with tabs is none in HTML.
func asHTML(element string) sender {
	return func(o original) ([]byte, bool) {
		return o.mail(leaf("text/html", "utf-8", "quoted-printable", htmlOf(o.text, element))), !strings.Contains(o.text, "\t")
	}
}

func asAlternative(o original) ([]byte, bool) { return o.mail(alternative(o)), true }

// above puts a banner that a gateway adds above the text.
func above(banner string) func(original) []byte {
	return func(o original) []byte { return o.plain(banner + "\n\n" + o.text) }
}

// threadForm quotes an older mail at the end, where the requests do not rest on what is quoted.
func threadForm(thread string, send sender) sender {
	return func(o original) ([]byte, bool) {
		if o.reading.Class == interpret.ClassRequest && !o.quotesNothing() {
			return nil, false
		}
		o.text += "\n\n" + thread
		return send(o)
	}
}

// forwardForm hands a request on that stands in the author's own words.
func forwardForm(head, prefix string) sender {
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

	frenchDisclaimer = `Ce message et ses pièces jointes sont confidentiels et destinés exclusivement à leur destinataire. Si vous ` +
		`l'avez reçu par erreur, merci d'en avertir l'expéditeur et de le supprimer. Aucun engagement n'est pris s'il n'a été approuvé par écrit.`

	ruledDisclaimer = `________________________________
The content of this message is confidential. If you have received it by mistake, please inform us by an email reply and ` +
		`then delete the message. It is forbidden to copy, forward, or in any way reveal the contents to anyone unless approved.`

	card = `Best regards,

Helga Brunner
Technician, Field Operations
Kessel Networks GmbH, Hafenstr. 12, 20457 Hamburg
helga.brunner@kessel.example | www.kessel.example
T +49 30 5550 1201
Approve your invoices online: https://pay.kessel.example/approve`

	banner = `CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you ` +
		`recognize the sender and have approved the content.`

	germanThread = `Am 04.08.2026 um 09:12 schrieb Ulrike Pohlmann:
> Hallo,
>
> bitte Wilma Zander <wilma.zander@kessel.example> als Techniker anlegen.
> Genehmigt.
>
> Ulrike`

	bareThread = `On Tue, 4 Aug 2026 at 09:12, Ulrike Pohlmann <ulrike.pohlmann@kessel.example> wrote:

Hello,

please create a portal account for Wilma Zander, wilma.zander@kessel.example, as Technician.
APPROVE

Ulrike`

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

// tornByWrapping are mails of which a row of a table, a name or a reason is not read over the end of a line so far.
var tornByWrapping = []string{"i-1-008-csv-inline", "i-3-007-numbered-people-yahoo", "t-5-15", "t-5-17", "i-8-017-prose-gmail-account-admin"}

// wrappedForm breaks long lines, where they are no row of a table.
func wrappedForm(width func(rune) int) sender {
	return func(o original) ([]byte, bool) {
		if slices.Contains(tornByWrapping, o.id) {
			return nil, false
		}
		return o.plain(hardWrap(o.text, width)), !strings.Contains(o.text, "\t") && !strings.Contains(o.text, "|")
	}
}

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

// The bounds are what the reader has reached. One mail's text says less than its HTML, which is left out in most forms.
var forms = []form{
	{name: "utf-8, 8bit", mayChange: 1, send: charsetForm("utf-8", "8bit")},
	{name: "utf-8, quoted-printable", mayChange: 1, send: charsetForm("utf-8", "quoted-printable")},
	{name: "utf-8, base64", mayChange: 1, send: charsetForm("utf-8", "base64")},
	{name: "us-ascii, 7bit", mayChange: 1, send: charsetForm("us-ascii", "7bit")},
	{name: "iso-8859-1, 8bit", mayChange: 1, send: charsetForm("iso-8859-1", "8bit")},
	{name: "iso-8859-1, quoted-printable", mayChange: 1, send: charsetForm("iso-8859-1", "quoted-printable")},
	{name: "windows-1252, base64", mayChange: 1, send: charsetForm("windows-1252", "base64")},
	{name: "bare LF", mayChange: 1, send: always(func(o original) []byte {
		return []byte(strings.ReplaceAll(string(o.plain(o.text)), "\r\n", "\n"))
	})},
	{name: "subject in Q", mayChange: 1, send: always(func(o original) []byte {
		return o.mailWith(encodeWords("utf-8", 'Q', o.subject), "", leaf("text/plain", "utf-8", "8bit", o.text))
	})},
	{name: "subject in iso-8859-1", mayChange: 1, send: func(o original) ([]byte, bool) {
		if _, ok := encodeCharset("iso-8859-1", o.subject); !ok {
			return nil, false
		}
		return o.mailWith(encodeWords("iso-8859-1", 'Q', o.subject), "", leaf("text/plain", "utf-8", "8bit", o.text)), true
	}},
	{name: "header folded at every blank", mayChange: 1, send: always(func(o original) []byte {
		subject := strings.Join(strings.Fields(encodeWords("utf-8", 'B', o.subject)), "\r\n\t")
		return o.mailWith(subject, "\r\n ", leaf("text/plain", "utf-8", "8bit", o.text))
	})},
	{name: "alternative", mayChange: 1, send: asAlternative},
	{name: "mixed with a PDF", mayChange: 1, send: always(func(o original) []byte {
		return o.mail(multi("mixed", "=_mixed", leaf("text/plain", "utf-8", "base64", o.text), pdf))
	})},
	{name: "mixed with alternative and a PDF", mayChange: 1, send: always(func(o original) []byte {
		return o.mail(multi("mixed", "=_mixed", alternative(o), pdf))
	})},
	{name: "related", mayChange: 1, send: always(func(o original) []byte {
		return o.mail(multi("related", "=_rel", alternative(o), pixel))
	})},
	{name: "HTML only, div", mayChange: 1, send: asHTML("div")},
	{name: "HTML only, p", mayChange: 1, send: asHTML("p")},
	{name: "HTML only, br", mayChange: 1, send: asHTML("br")},
	{name: "format=flowed", mayChange: 1, send: always(func(o original) []byte {
		return o.mail(leaf("text/plain; format=flowed", "utf-8", "8bit", flow(o.text)))
	})},
	{name: "blank lines doubled", mayChange: 1, send: always(func(o original) []byte {
		return o.plain(strings.ReplaceAll(o.text, "\n\n", "\n\n\n"))
	})},
	{name: "non-breaking spaces", mayChange: 1, send: always(func(o original) []byte { return o.plain(spaced(o.text)) })},
	{name: "signature", mayChange: 2, send: belowForm(signature, asText)},
	{name: "signature, alternative", mayChange: 2, send: belowForm(signature, asAlternative)},
	{name: "signature, HTML only", mayChange: 2, send: belowForm(signature, asHTML("div"))},
	{name: "closing and card", mayChange: 1, send: belowForm(card, asText)},
	{name: "closing and card, HTML only", mayChange: 1, send: belowForm(card, asHTML("div"))},
	{name: "disclaimer", mayChange: 1, send: belowForm(disclaimer, asText)},
	{name: "disclaimer, alternative", mayChange: 1, send: belowForm(disclaimer, asAlternative)},
	{name: "German disclaimer", mayChange: 1, send: belowForm(germanDisclaimer, asText)},
	{name: "French disclaimer", mayChange: 1, send: belowForm(frenchDisclaimer, asText)},
	{name: "disclaimer below a rule", mayChange: 1, send: belowForm(ruledDisclaimer, asText)},
	{name: "signature and disclaimer", mayChange: 2, send: belowForm(signature+"\n\n"+disclaimer, asText)},
	{name: "footer of a telephone", mayChange: 1, send: belowForm("Sent from my iPhone", asText)},
	{name: "footer of a telephone, HTML only", mayChange: 1, send: belowForm("Sent from my iPhone", asHTML("div"))},
	{name: "footer of a program", mayChange: 1, send: belowForm("Get Outlook for Android<https://aka.ms/AAb9ysg>", asText)},
	{name: "German footer", mayChange: 1, send: belowForm("Von meinem iPhone gesendet", asText)},
	{name: "banner of a gateway", mayChange: 1, send: always(above(banner))},
	{name: "older thread", mayChange: 1, send: threadForm(olderThread, asText)},
	{name: "older thread, alternative", mayChange: 1, send: threadForm(olderThread, asAlternative)},
	{name: "older thread, HTML only", mayChange: 1, send: threadForm(olderThread, asHTML("div"))},
	{name: "older thread, nested", mayChange: 1, send: threadForm(olderApproval, asText)},
	{name: "older thread, Outlook", mayChange: 1, send: threadForm(outlookThread, asText)},
	{name: "older thread, Outlook, HTML only", mayChange: 1, send: threadForm(outlookThread, asHTML("div"))},
	{name: "older thread, German", mayChange: 1, send: threadForm(germanThread, asText)},
	{name: "older thread, no quote marks", mayChange: 1, send: threadForm(bareThread, asText)},
	{name: "hard wrapped", mayChange: 2, send: wrappedForm(columnsOf)},
	// Cyrillic lines are cut at 36 letters then. Four of them look as if their author had ended them, and the sentence with them.
	{name: "hard wrapped, octets counted", mayChange: 4, send: wrappedForm(utf8.RuneLen)},
	{name: "zero-width characters", mayChange: 1, send: always(func(o original) []byte {
		return o.plain(strings.ReplaceAll(o.text, "a", "a\u200b"))
	})},
	{name: "blanks at line ends", mayChange: 1, send: always(func(o original) []byte {
		return o.plain(strings.ReplaceAll(o.text, "\n", "  \n"))
	})},
	{name: "forwarded by Gmail", mayChange: 2, requestsOnly: true, send: forwardForm(gmailForward, "")},
	{name: "forwarded by Outlook", mayChange: 2, requestsOnly: true, send: forwardForm(outlookForward, "")},
	{name: "forwarded in a quote", mayChange: 2, requestsOnly: true, send: forwardForm("On Mon, 2 Nov 2026 at 09:12, FROM wrote:", "> ")},
}
