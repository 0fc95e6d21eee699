package daemon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// cl18: name, address, role and reason are needed. What is missing is asked for, never guessed, and an address outside the
// client's domains is shown to staff as such.
func cl18(w *world) {
	w.send("maria", "Please add Lena Vogt to the portal.")
	m := w.get("maria", "Before we can go on, we need", "company email address", "the role (Main Contact, Secondary Contact or Technician)", "the reason")
	w.wantRequest("lena", access.NeedsDetails, "", "")
	w.wantNews()
	w.reply("maria", m, "Email: lena@acme.example\nRole: Technician")
	m = w.get("maria", "we need", "the reason")
	if holds(m.Message, []string{"the role ("}) {
		w.t.Errorf("what was answered is asked for again:\n%s", m.Text)
	}
	w.wantRequest("lena", access.NeedsDetails, "", "")
	w.reply("maria", m, "Reason: she joins the night shift")
	w.get("maria", "Waiting for our security team", "Lena Vogt <lena@acme.example> as Technician")
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-03")

	w.send("maria", "Please add Eve Stone <eve@contractor.example> as Secondary Contact. Reason: she plans the move.")
	w.get("maria", "The address is in none of the domains of Acme")
	w.reply("paul", w.get("paul", "Eve Stone", "this address is in none of the domains of Acme"), "APPROVE")
	w.get("eve", "/register/")
	w.wantContact("eve", access.ContactInvited, access.BadgeNone, "secondary_contact")
}

// cl20: the approved newcomer is invited by mail and registers; the link works once.
func cl20(w *world) {
	m := w.inviteJane()
	p := w.open(m)
	p.shows("Acme")
	w.wantContact("jane", access.ContactInvited, access.BadgeNone, "secondary_contact") // a look changes nothing
	w.register("jane", m)
	w.get("maria", "Jane Doe is registered as Secondary Contact")
	w.wantContact("jane", access.ContactActive, access.BadgeNone, "secondary_contact")
	w.wantRequest("jane", access.Completed, "", "CL-03")
	w.open(m).shows("has been used")
}

// inviteJane plays the shortest way to an invitation.
func (w *world) inviteJane() *received {
	w.t.Helper()
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	m := w.get("jane", "/register/")
	w.news()
	return m
}

// cl21: the invitee, and whoever asked for them, may have the link sent again, to the invited address only; the old link
// dies. An expired one can be renewed on its page.
func cl21(w *world) {
	first := w.inviteJane()
	w.write(letter{author: "jane", text: "Please resend my invitation, the link does not work.\n\nJane Doe"})
	second := w.get("jane", "/register/")
	w.wantMessage("applied: invitation renewed")
	w.wantNews()
	w.open(first).shows("We do not know this invitation")

	w.send("maria", "Please resend the invitation to Jane Doe <jane.doe@acme.example>.")
	third := w.get("jane", "/register/")
	w.get("maria", "Jane Doe")
	w.open(second).shows("We do not know this invitation")

	w.send("sofia", "Please resend the invitation to Jane Doe <jane.doe@acme.example>.")
	w.get("sofia", "Refused (rule CL-21)")

	w.clock.advance(8 * 24 * time.Hour)
	w.get("maria", "The invitation was not used in time", "Jane Doe")
	w.wantRequest("jane", access.Lapsed, "", "CL-03")
	p := w.open(third)
	p.shows("expired")
	p.press(nil)
	fourth := w.get("jane", "/register/")
	w.wantRequest("jane", access.Invited, "", "CL-03")
	w.register("jane", fourth)
	w.get("maria", "Jane Doe is registered")
	w.wantContact("jane", access.ContactActive, access.BadgeNone, "secondary_contact")
}

// A held change of approving power is stopped by another authority, who was told of it.
func TestHoldIsStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.inviteJane()
	w.send("maria", lenaMain)
	w.reply("paul", w.get("paul", "Lena Vogt", "APPROVE"), "APPROVE")
	m := w.get("otto", "Notice", "Lena Vogt <lena@acme.example> as Main Contact", "STOP")
	w.news()
	w.reply("otto", m, "That is fine with me.")
	w.wantNews("otto: Your answer was not clear")
	w.reply("otto", m, "STOP")
	w.get("maria", "stopped by Otto Lang", "Lena Vogt")
	w.wantNews("otto: "+recorded, "paul: "+answered, "petra: "+answered)
	w.wantRequest("lena", access.Cancelled, "", "CL-02")
	w.clock.advance(8 * 24 * time.Hour)
	w.get("maria", "The invitation was not used in time", "Jane Doe") // so the end of the hold is long past
	w.wantNews()
	w.wantRequest("lena", access.Cancelled, "", "CL-02")
	if c := w.contactOf("lena"); c.State != "" {
		t.Errorf("Lena is a contact, %s", c.State)
	}
}

// An approver takes the approval back while the undo window runs, and is asked anew.
func TestUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{policy: "{undo_window: 10m}"})
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	receipt := w.get("paul", recorded, "STOP")
	w.reply("paul", receipt, "STOP")
	w.get("paul", "Your STOP is recorded")
	again := w.get("paul", "Jane Doe", "APPROVE")
	w.wantRequest("jane", access.AwaitingApproval, "staff", "CL-03")
	w.reply("paul", again, "APPROVE")
	w.wantRequest("jane", access.Approved, "", "CL-03")
	w.wantUnchanged()
	w.clock.advance(11 * time.Minute)
	w.get("jane", "/register/")
}

// The invited address takes no mail: the server says so at once.
func TestInviteeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.send("maria", "Please add Nora Lund <nora@acme.example> as Secondary Contact. Reason: she runs the Frankfurt cage.")
	w.reply("paul", w.get("paul", "Nora Lund", "APPROVE"), "APPROVE")
	w.get("paul", recorded)
	w.rest()
	if got := w.events("mail_refused"); got != 1 {
		t.Errorf("%d events tell that the mail was refused, want 1\n%s", got, w.story())
	}
}

// The invitation comes back later, as a delivery report: its link dies and the requester is asked for the right address.
func TestInvitationBounces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	m := w.inviteJane()
	w.write(letter{author: "mallo", unsigned: true, from: "Mail Delivery System <MAILER-DAEMON@stranger.example>",
		raw: func([]byte) []byte { return deliveryReport(m, people["jane"].address) }})
	question := w.get("maria", "The invitation for Jane Doe came back", "company email address")
	w.open(m).shows("We do not know this invitation")
	w.wantRequest("jane", access.NeedsDetails, "", "CL-03")
	w.reply("maria", question, "Name: Jane Doe\nEmail: lena@acme.example")
	// The corrected address is a changed text: support is asked again (R28).
	w.reply("petra", w.get("petra", "Jane Doe <lena@acme.example>", "APPROVE"), "APPROVE")
	w.get("lena", "/register/")
}

func deliveryReport(about *received, rcpt string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: Mail Delivery System <MAILER-DAEMON@stranger.example>
To: %s
Subject: Undelivered Mail Returned to Sender
Date: %s
Message-ID: <report.1@stranger.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b1

--b1
Content-Type: text/plain

The mail could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.stranger.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1

--b1
Content-Type: text/rfc822-headers

Message-ID: <%s>
To: %s

--b1--
`, support, time.Now().Format(time.RFC1123Z), rcpt, about.MessageID, rcpt), "\n", "\r\n"))
}
