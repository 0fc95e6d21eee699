package replytext_test

import (
	"testing"

	"github.com/countersign/countersign/internal/replytext"
)

// TestFooters: lines of mail programs are nobody's words, nor is what a phone puts below them.
func TestFooters(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"Sent from my iPhone", "Sent from my iPad", "(Sent from my phone)", "<<sent from my galaxy>>", "Sent from Samsung tablet.",
		"Sent from my Galaxy S24, please excuse typos.", "Sent from Yahoo Mail on Android", "Sent from Mail for Windows",
		"Sent via BlackBerry by AT&T", "Sent with Proton Mail secure email.", "Sent from Outlook for iOS", "Sent from TypeApp",
		"Sent from my mobile device. Sorry for the brevity.", "Get Outlook for Android", "Get [Outlook for iOS](https://aka.ms/x)",
		"Von meinem iPhone gesendet", "Gesendet von meinem Samsung Galaxy Smartphone.", "Gesendet von Outlook für Android",
		"Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Envoyé de mon iPhone", "Envoyé depuis mon mobile Orange",
		"Obtenez Outlook pour iOS", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Enviado a partir do Outlook", "Inviato da iPhone",
		"Inviato dal mio telefono Android", "Verstuurd vanaf mijn iPhone", "Verzonden met BlackBerry Work", "Skickat från min iPhone",
		"Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłano z iPhone'a", "Wysłane z mojego telefonu Samsung", "Odesláno z iPhonu",
		"iPhone’umdan gönderildi", "Отправлено с iPhone", "Надіслано з iPhone", "发自我的iPhone", "從我的 iPhone 傳送", "iPhoneから送信",
		"나의 iPhone에서 보냄", "أرسلت من الـ iPhone", "Virus-free. www.avast.com", "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
	} {
		if got := replytext.Split("Not yet.\n\n" + line + "\n").Own; got != "Not yet." {
			t.Errorf("own words %q below %q", got, line)
		}
		if got := replytext.Split("Not yet.\n\n" + line + "\n\nTo approve, reply APPROVE.\n").Own; got != "Not yet." {
			t.Errorf("own words %q with text below %q", got, line)
		}
	}
	for _, text := range []string{
		"Hello\n\nSent from my desk, which is easier than my phone.", "The mail was sent from our system, not Sent from my iPad.",
		"```\n// Sent from my iPhone\n```\nis what the code says.", "From my point of view Jane may have it.", "Please get Outlook for Jane as well, she needs it.",
	} {
		if got := replytext.Split(text).Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	for name, signature := range map[string]string{
		"delimiter": "-- \nSomebody Else\nCEO", "no blank": "--\nSomebody Else", "dash": "—\nSomebody Else", "name behind it": "-- Somebody Else",
		"closing": "Best regards,\nBob", "closing in one": "Cheers - Bob", "emoji": "Cheers 🎉\nBob", "abbreviated": "MfG\nBob", "french": "Bien cordialement,\nBob Martin\nDirecteur",
		"spanish": "Un saludo,\nBob", "italian": "Cordiali saluti\nBob", "portuguese": "Atenciosamente,\nBob", "dutch": "Met vriendelijke groet,\nBob",
		"swedish": "Vänliga hälsningar\nBob", "danish": "Med venlig hilsen\nBob", "polish": "Pozdrawiam\nBob", "czech": "S pozdravem\nBob", "turkish": "Saygılarımla\nBob",
		"russian": "С уважением,\nБоб", "chinese": "此致\n敬礼\nBob", "japanese": "よろしくお願いいたします。\nBob", "hungarian": "Üdvözlettel,\nBob",
		"thanks and name": "Thanks,\nBob", "many thanks": "Vielen Dank\n\nBob Meier", "author": "Ann", "author's initials": "A.L.", "author and post": "Ann Lee / Purchasing Dept.",
		"rule and phone": "----------------\nSomebody Else\nt. 555-931-0702\nskype: else", "underscores": "_______________\nAnd here is my signature.",
		"mailing list":  "_______________________________________________\nusers mailing list\nusers@lists.example\nhttp://lists.example/users",
		"business card": "Jane E. Doe, Ph.D.\nPresident\nXxx Research\njane@acme.example\nwww.acme.example", "name above a footer": "Bob Xxxxxx\nvia mobile",
		"only rules": "***\n====\n_____",
	} {
		if got := replytext.SplitBy("Not yet, wait.\n\n"+signature+"\n", "Ann Lee").Own; got != "Not yet, wait." {
			t.Errorf("%s: own words %q", name, got)
		}
	}
}

func TestNoSignature(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Thank you very much.", "Is that fine?\n\nThanks!", "Gruß Ann", "Because of:\n-- first point\n-- second point\n\nplease wait.",
		"Thanks\n\nApproved", "Thanks.\nI approve.", "Best option is room 3.", "In this regards we wait.",
		"Please add:\n\nJane Doe\njane@acme.example\n+49 30 1234567\nwww.acme.example", "Please add\n\nJane Doe\njane@acme.example\n+49 30 1234567",
		"## Plan\n----\n\n1. Jane\n\n====\n\nThat is all.", "Approved by\nAnn and Bob",
	} {
		if got := replytext.SplitBy(text, "Ann Lee").Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestDisclaimers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"This message is intended only for the addressee. If you received it by error, notify the sender and do nothing.",
		"Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, vernichten Sie sie.",
		"Dieses Schreiben ist vertraulich. Haben Sie es irrtümlich erhalten, so melden Sie sich bitte bei uns und löschen es.",
		"Ce message est confidentiel. Si vous l'avez reçu par erreur, merci de le détruire sans délai.",
		"Este mensaje es confidencial. Si lo recibió por error, bórrelo.", "[EXTERNAL] This mail comes from outside. Do not click on links in it.",
		"Bu e-posta gizli bilgi içerebilir. Yanlışlıkla size ulaştıysa lütfen siliniz.", "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组，请勿转发。",
	} {
		p := replytext.Split("Not yet.\n\n" + text + "\n")
		if p.Own != "Not yet." || p.Disclaimer != text {
			t.Errorf("own words %q, disclaimer %q of %q", p.Own, p.Disclaimer, text)
		}
	}
	for _, text := range []string{
		"This message is about Jane Doe, who joins us on Monday as a technician.",
		"Please delete this user, Raj Patel, who was added in error to the list of our technicians last week.",
		"Diese Mail ist unsere Bestätigung für Jane Doe, die ab Montag bei uns arbeitet.",
	} {
		if got := replytext.Split(text).Own; got != text {
			t.Errorf("own words %q of %q", got, text)
		}
	}
}

func TestThanks(t *testing.T) {
	t.Parallel()
	for sentence, want := range map[string]bool{
		"Many thanks in advance.": true, "Danke!": true, "Takk": true, "ありがとう": true, "Thanks to her we open on Monday as planned.": false, "She joins us": false, "": false,
	} {
		if got := replytext.Thanks(sentence); got != want {
			t.Errorf("%q: %v, want %v", sentence, got, want)
		}
	}
}

func TestDisclaims(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"Antes de imprimir este correo, piense si es realmente necesario hacerlo.": true,
		"Antes de imprimir": false, "approved only until Friday, and no longer than that, please": false,
	} {
		if got := replytext.Disclaims(line); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
}

// Thanks in front of the author's name end with marks of any width.
func TestThanksWithWideMarks(t *testing.T) {
	t.Parallel()
	const said = "她的邮箱是 shen@acme.example"
	for _, thanks := range []string{"谢谢！", "谢谢。", "谢谢", "多谢！"} {
		if got := replytext.SplitBy(said+"\n\n"+thanks+"\n罗振宇", "罗振宇").Own; got != said {
			t.Errorf("%s: %q", thanks, got)
		}
	}
}

// A formula that begins mails as well as it ends them may stand below a salutation.
func TestGreetingsBelowASalutation(t *testing.T) {
	t.Parallel()
	const asked = "Kindly register our new head of technology as manager from our side."
	for text, want := range map[string]string{
		"Dear Sir/Madam,\n\nGreetings!\n\n" + asked + "\n\nThanks & Regards,\nShalini": "Dear Sir/Madam,\n\nGreetings!\n\n" + asked,
		asked + "\n\nGreetings\n\nShalini Venkataraman\nSenior Executive":              asked,
	} {
		if got := replytext.SplitBy(text, "Shalini Venkataraman").Own; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
