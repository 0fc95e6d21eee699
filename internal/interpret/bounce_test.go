package interpret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// readRaw reads a mail written as RFC 5322 text.
func readRaw(t *testing.T, raw string) interpret.Reading {
	t.Helper()
	m, err := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Evidence: true})
}

const returnedMail = "Return-Path: <us@prov.example>\nReceived: from a by b; Mon, 1 Dec 2025 09:00:00 +0000\nMessage-ID: <sent@prov.example>\nFrom: us@prov.example\nTo: jane@acme.example\nSubject: Your invitation\n\nAPPROVE\n"

func TestBounces(t *testing.T) {
	t.Parallel()
	system := "From: MAILER-DAEMON@mx.example\nTo: us@prov.example\nSubject: "
	// Each mail, and "address status failed", one recipient after the other, with the Message-ID of the mail that came back.
	for name, tt := range map[string]struct{ raw, want string }{
		"address_with_colon":     {system + "failure notice\n\nHi. This is the qmail-send program at mx.example.\nI wasn't able to deliver your message.\n\n<jane@acme.example>:\nRemote host said: 550 5.1.1 <jane@acme.example> unknown\n\n<raj@acme.example>:\nRemote host said: 552 5.2.2 full\n\n--- Below this line is a copy of the message.\n\n" + returnedMail, "jane@acme.example 5.1.1 true, raj@acme.example 5.2.2 true: sent@prov.example"},
		"indented_address":       {system + "Mail delivery failed\n\nA message that you sent could not be delivered.\n\n  jane@acme.example\n    SMTP error after RCPT TO:<jane@acme.example>: 550 5.7.1 <us@prov.example> refused\n\n------ This is a copy of the message. ------\n\n" + returnedMail, "jane@acme.example 5.7.1 true: sent@prov.example"},
		"words_in_front":         {system + "Mail delivery failed\n\nThere was an error delivering your mail to <jane@acme.example>.\nFor help write to help@mx.example.\n\nMessage headers follow.\n\n" + returnedMail, "jane@acme.example  true: sent@prov.example"},
		"header_without_mark":    {system + "Undeliverable\n\nUnknown user: jane@acme.example\n\n" + returnedMail, "jane@acme.example  true: sent@prov.example"},
		"only_returned":          {system + "Mail delivery failed\n\nYour message could not be delivered.\n\n" + returnedMail, "jane@acme.example  true: sent@prov.example"},
		"fields_in_text":         {system + "Returned mail\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; jane@acme.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.10 no such\n recipient\n\n" + returnedMail, "jane@acme.example 5.1.10 true: sent@prov.example"},
		"delay":                  {system + "Warning: message delayed\n\nYour message has not yet been delivered to:\n\n  jane@acme.example\n\nDelivery attempts will continue.\n", "jane@acme.example  false: "},
		"given_up":               {system + "Mail delivery failed\n\nThe message was delayed, and we have given up:\n\n  jane@acme.example\n", "jane@acme.example  true: "},
		"german":                 {"From: Postmaster <postmaster@mx.example>\nSubject: Unzustellbar: Einladung\n\nIhre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: jane@acme.example\nGrund: 550 5.1.1 unbekannt\n", "jane@acme.example 5.1.1 true: "},
		"japanese":               {"From: postmaster@mx.example\nSubject: =?utf-8?B?6YWN5L+h5LiN6IO9?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n宛先: jane@acme.example\nユーザーが見つかりませんでした。\n", "jane@acme.example  true: "},
		"two_statuses":           {system + "Mail delivery failed\n\n<jane@acme.example>: 550 5.1.1 unknown, earlier 451 4.7.1 wait\n", "jane@acme.example  true: "},
		"an_address_and_noise":   {system + "Mail delivery failed\n\nid 77@mx.example\nWe saw jane@acme.example and raj@acme.example.\n", ": "},
		"failed_recipients":      {"From: a@mx.example\nX-Failed-Recipients: jane@acme.example\nSubject: x\n\nhost said to us@prov.example: 550 5.1.1 no\n", "jane@acme.example 5.1.1 true: "},
		"json_of_a_service":      {"From: no-reply@mail.example\nSubject: Notification\n\n{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"Jane@acme.example\",\"status\":\"5.1.1\"}]},\"mail\":{\"commonHeaders\":{\"messageId\":\"<sent@prov.example>\"}}}\n", "jane@acme.example 5.1.1 true: sent@prov.example"},
		"complaint_of_a_service": {"From: no-reply@mail.example\nSubject: Notification\n\n{\"eventType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"Jane@acme.example\"}]},\"mail\":{\"commonHeaders\":{\"messageId\":\"<sent@prov.example>\"}}}\n", "jane@acme.example  false: sent@prov.example"},
		"mailing_list":           {"From: owner@lists.example\nList-Id: <staff.lists.example>\nSubject: You us@prov.example are not member (staff list)\n\nYou are not a member of this mailing list <staff@lists.example>.\n\nTo join, send mail to the address\n\n\tstaff-request@lists.example\n", "staff@lists.example  true: "},
		"mailbox_given_up":       {"From: noreply@acme.example\nSubject: Message rejected\n\nYour message to jane@acme.example was not taken: this mailbox is no longer in use.\n\n----- Original Message -----\n" + returnedMail, "jane@acme.example  true: sent@prov.example"},
		"rfc3464_diagnostic":     {"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; jane@acme.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.26 policy\n--b\nContent-Type: message/rfc822\n\n" + returnedMail + "--b--\n", "jane@acme.example 5.7.26 true: sent@prov.example"},
		"rfc3464_delayed":        {"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; jane@acme.example\nAction: delayed\nStatus: 4.4.1\n--b--\n", "jane@acme.example 4.4.1 false: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readRaw(t, tt.raw)
			if got.Class != interpret.ClassBounce {
				t.Fatalf("class %s", got.Class)
			}
			var list []string
			for _, r := range got.Bounce.Recipients {
				list = append(list, fmt.Sprintf("%s %s %v", r.Address, r.Status, r.Failed))
			}
			if s := strings.Join(list, ", ") + ": " + got.Bounce.MessageID; s != tt.want {
				t.Errorf("read  %q\nwant %q", s, tt.want)
			}
		})
	}
}

func TestMachines(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header string
		want   interpret.Class
	}{
		"auto_submitted":     {"Auto-Submitted: auto-notified (x)", interpret.ClassAuto},
		"by_hand":            {"Auto-Submitted: no", interpret.ClassOther},
		"bulk":               {"Precedence: bulk", interpret.ClassAuto},
		"list":               {"List-Id: <x.example>", interpret.ClassAuto},
		"newsletter":         {"From: no-reply@shop.example\nList-Unsubscribe: <mailto:x@shop.example>", interpret.ClassAuto},
		"sales_tool":         {"List-Unsubscribe: <mailto:x@shop.example>", interpret.ClassOther},
		"vendor":             {"X-Autorespond: 1", interpret.ClassAuto},
		"suppress_all":       {"X-Auto-Response-Suppress: All", interpret.ClassAuto},
		"suppress_receipts":  {"X-Auto-Response-Suppress: DR, RN", interpret.ClassOther},
		"forwarded_by_rule":  {"X-Loop: ann@acme.example", interpret.ClassOther},
		"read_receipt":       {"Content-Type: multipart/report; report-type=disposition-notification; boundary=b", interpret.ClassAuto},
		"complaint":          {"Content-Type: multipart/report; report-type=feedback-report; boundary=b", interpret.ClassAuto},
		"calendar":           {"Content-Type: text/calendar; method=REPLY", interpret.ClassAuto},
		"invitation":         {"Content-Type: text/calendar; method=REQUEST", interpret.ClassOther},
		"subject_swedish":    {"Subject: Autosvar: access", interpret.ClassAuto},
		"subject_turkish":    {"Subject: =?utf-8?Q?Otomatik_yan=C4=B1t=3A_x?=", interpret.ClassAuto},
		"subject_korean":     {"Subject: =?utf-8?B?7J6Q64+ZIO2ajOyLoDogeA==?=", interpret.ClassAuto},
		"challenge":          {"Subject: Please confirm your message to ann@acme.example", interpret.ClassAuto},
		"human_on_vacation":  {"Subject: Access while I am on vacation", interpret.ClassOther},
		"human_absence":      {"Subject: Absence of our main contact", interpret.ClassOther},
		"human_going_out":    {"Subject: =?utf-8?B?5aSW5Ye66K6/6Zeu55Sz6K+3?=", interpret.ClassOther},
		"human_reads":        {"Subject: Already read: your article", interpret.ClassOther},
		"human_tells_bounce": {"Subject: Re: Undeliverable: Your invitation\nIn-Reply-To: <x@y.example>", interpret.ClassOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := tt.header + "\n\nHello, the invitation to jane@acme.example could not be delivered.\n"
			if !strings.Contains(tt.header, "From:") {
				raw = "From: Ann Lee <ann@acme.example>\n" + raw
			}
			got := readRaw(t, raw)
			if got.Class != tt.want {
				t.Errorf("class %s, want %s", got.Class, tt.want)
			}
			if tt.want == interpret.ClassAuto && (len(got.Evidence) != 1 || got.Evidence[0].Words == "") {
				t.Errorf("evidence %v", got.Evidence)
			}
		})
	}
}
