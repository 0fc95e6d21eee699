package daemon_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

func init() {
	site := "sites: [{name: Frankfurt, time_zone: Europe/Berlin, desk: petra@provider.example}]"

	rows["CL_15"] = row{setup{extra: "badge_policy: {url: \"https://www.provider.example/badges\", version: \"2026-03\"}"}, cl15}
	rows["CL_16"] = row{setup{extra: site}, cl16}
	rows["details"], rows["details_approver"] = row{play: playDetails}, row{play: playApproversAddress}
	rows["commands"], rows["amended"] = row{play: playCommands}, row{play: playAmended}
	rows["removal"], rows["badge"] = row{play: playRemoval}, row{play: playBadge}
	rows["second_alternate"] = row{setup{model: "client-representatives", members: managed}, playSecondAlternate}
	rows["on_behalf"] = row{play: playOnBehalf}
}

func TestCL_15(t *testing.T)            { playRow(t, "CL_15") }
func TestCL_16(t *testing.T)            { playRow(t, "CL_16") }
func TestDetails(t *testing.T)          { playRow(t, "details") }
func TestApproversAddress(t *testing.T) { playRow(t, "details_approver") }
func TestCommands(t *testing.T)         { playRow(t, "commands") }
func TestAmended(t *testing.T)          { playRow(t, "amended") }
func TestRemoval(t *testing.T)          { playRow(t, "removal") }
func TestBadge(t *testing.T)            { playRow(t, "badge") }
func TestSecondAlternate(t *testing.T)  { playRow(t, "second_alternate") }
func TestOnBehalf(t *testing.T)         { playRow(t, "on_behalf") }

// cl15: whoever is to hold a badge accepts the badge policy with the registration; which version, and when, is recorded.
func cl15(w *world) {
	w.send("maria", lenaTechnician)
	w.yes("ines", "Lena Vogt")
	w.yes("paul", "Lena Vogt")
	p := w.open(w.get("lena", "/register/"))
	p.press(nil)
	p.shows("https://www.provider.example/badges")
	code := codeIn.FindStringSubmatch(w.get("lena", "code").Text)
	if code == nil {
		w.t.Fatal("the mail holds no code")
	}
	p.press(url.Values{"code": {code[1]}})
	p.shows("tick that you accept it")
	w.wantContact("lena", access.ContactInvited, access.BadgeOrdered, "technician")
	p.press(url.Values{"code": {code[1]}, "policy": {"2026-03"}})
	p.shows("registered")
	w.wantContact("lena", access.ContactActive, access.BadgeOrdered, "technician")
	if n := w.events("policy_accepted"); n != 1 {
		w.t.Errorf("%d acceptances are recorded, want 1", n)
	}
}

// cl16: vendors and visitors come with a visit that a Main or Secondary Contact has scheduled. Its times are the site's;
// without an end it ends when the site closes, and the answer says so. Host, visitor and desk get a calendar entry, which a
// later mail moves and takes back.
func cl16(w *world) {
	w.send("tom", visitOf("Eve Stone <eve@contractor.example>", w.day(9)))
	w.get("tom", "Refused (rule CL-16)", "Technicians cannot schedule visits")

	// The site's clock, whatever the season: as the mails show it, and in UTC.
	clock := func(days, hour int) (shown, utc string) {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			w.t.Fatal(err)
		}
		y, m, d := w.clock.Now().AddDate(0, 0, days).Date()
		at := time.Date(y, m, d, hour, 0, 0, 0, zone)
		return at.Format("15:04 MST"), at.UTC().Format("20060102T150405Z")
	}
	nine, from := clock(9, 9)
	six, to := clock(9, 18)
	ten, moved := clock(10, 10)
	w.send("sofia", "Please schedule a visit for Eve Stone <eve@contractor.example> on "+w.day(9)+" at 09:00. Reason: repairs a switch. She will be escorted.")
	w.get("sofia", "Eve Stone", nine, six, "when the site closes", "escorted", "Waiting for our support team")
	w.yes("paul", "Eve Stone", "visit from")
	m := w.get("sofia", "Visit confirmed: Eve Stone", nine)
	first := entry(w.t, m)
	for _, who := range []string{"eve", "petra"} {
		if e := entry(w.t, w.get(who, "Visit confirmed: Eve Stone")); property(e, "UID") != property(first, "UID") || property(e, "SEQUENCE") != "0" {
			w.t.Errorf("the entry of %s is another one:\n%s", who, e)
		}
	}
	if property(first, "METHOD") != "REQUEST" || property(first, "DTSTART") != from || property(first, "DTEND") != to {
		w.t.Errorf("the entry, from %s to %s:\n%s", from, to, first)
	}

	w.reply("sofia", m, "Please move the visit of Eve Stone to "+w.day(10)+" from 10:00 to 12:00.")
	w.get("sofia", ten, "Waiting for our support team")
	w.yes("paul", "Eve Stone", ten)
	second := entry(w.t, w.get("eve", "Visit confirmed: Eve Stone", ten))
	if property(second, "UID") != property(first, "UID") || property(second, "SEQUENCE") != "1" || property(second, "DTSTART") != moved {
		w.t.Errorf("the moved entry:\n%s", second)
	}

	w.reply("sofia", w.get("sofia", "Visit confirmed: Eve Stone", ten), "Cancel")
	off := entry(w.t, w.get("eve", "Visit cancelled: Eve Stone"))
	if property(off, "METHOD") != "CANCEL" || property(off, "UID") != property(first, "UID") || property(off, "SEQUENCE") != "2" {
		w.t.Errorf("the cancelled entry:\n%s", off)
	}
}

// playDetails: everyone changes their own name and language at once; Main Contacts the details of others, whose new
// address must confirm, and whose old one is told (CL-13, R12, R27).
func playDetails(w *world) {
	w.send("tom", "Please change my name to Tom Adeyemi.")
	w.get("tom", "new name Tom Adeyemi")
	w.rest()
	if c := w.contactOf("tom"); c.Name != "Tom Adeyemi" {
		w.t.Errorf("Tom is called %s", c.Name)
	}
	w.send("tom", "Please change my email address to mallory@stranger.example.")
	w.get("tom", "Refused (rule CL-11)")
	w.send("maria", "Please change the email address of Sofia Berg <sofia@acme.example> to lena@acme.example.")
	w.get("maria", "Waiting for a confirmation from the new address")
	w.reply("lena", w.get("lena", "this address shall be yours at Acme", "Sofia Berg"), "APPROVE")
	w.yes("paul", "new address lena@acme.example")
	w.get("sofia", "Your address at Acme has changed", "lena@acme.example")
	w.get("maria", "new address lena@acme.example", "done")
	w.send("sofia", lenaTechnician)
	w.wantMessage("quarantined: unknown author")
	if c := w.contactOf("lena"); c.Name != "Sofia Berg" || !hasRole(c, "secondary_contact") {
		w.t.Errorf("the contact is %+v", c)
	}
	w.send("maria", "Please change my email address.")
	w.get("maria", "Please tell us the new value as well")
}

// playApproversAddress: the address of an approver is confirmed from the old one, the new one and staff, and held for a
// day, in which STOP stops it (R27).
func playApproversAddress(w *world) {
	w.send("maria", "Please change the email address of Otto Lang <otto@acme.example> to jane.doe@acme.example.")
	w.get("maria", "Waiting for a confirmation from the present address")
	w.yes("otto", "your address on file is about to change")
	w.reply("jane", w.get("jane", "this address shall be yours at Acme", "Otto Lang"), "APPROVE")
	w.yes("petra", "new address jane.doe@acme.example")
	w.get("petra", recorded)
	w.wantRequest("otto", access.Approved, "", "CL-13")
	w.reply("otto", w.get("otto", notice), "STOP")
	w.get("maria", "It was stopped by Otto Lang")
	w.clock.advance(overHold)
	w.wantRequest("otto", access.Cancelled, "", "CL-13")
	if c := w.contactOf("otto"); !hasRole(c, "main_contact") {
		w.t.Errorf("Otto is %+v", c)
	}
}

// playCommands: everyone cancels their own requests, and an authority any of the client's; everyone may ask where theirs
// stand, and how to sign in (R12, R18).
func playCommands(w *world) {
	w.send("sofia", lenaTechnician)
	answer := w.get("sofia", answered, "Lena Vogt")
	w.send("sofia", "What is the status of my request?")
	w.get("sofia", "Where your requests stand", "Lena Vogt", "waiting for Maria Lindqvist or Otto Lang")
	w.send("tom", "Please cancel REQ-"+strings.SplitN(strings.SplitN(answer.Subject, "REQ-", 2)[1], "]", 2)[0])
	w.get("tom", "nothing of yours that could still be cancelled")
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.reply("sofia", answer, "Please cancel my request.")
	w.get("sofia", "cancelled")
	w.wantRequest("lena", access.Cancelled, "", "CL-06")
	w.reply("otto", w.get("otto", "Approval needed", "Lena Vogt"), "APPROVE")
	w.get("otto", "Already decided")
	w.send("sofia", lenaTechnician)
	again := w.get("sofia", answered, "Lena Vogt")
	w.reply("maria", again, "Please cancel this request.")
	w.get("sofia", "stopped by Maria Lindqvist")
	w.wantRequest("lena", access.Cancelled, "", "CL-06")
	w.send("tom", "I cannot log in to the portal.")
	w.get("tom", "How to sign in", "https://portal.provider.example")
	w.send("mallo", "I cannot log in to the portal.")
	w.wantMessage("left: no access request")
}

// playAmended: a request is changed by reply while it waits. Approvers of the earlier text are asked again, and their
// earlier tokens are dead (R7).
func playAmended(w *world) {
	w.send("sofia", lenaTechnician)
	first := w.get("maria", "Approval needed", "Lena Vogt")
	w.reply("sofia", w.get("sofia", answered), "Sorry, please add Lena Vogt with the address lena.vogt@acme.example as Technician.")
	w.get("sofia", "lena.vogt@acme.example", "Waiting for Maria Lindqvist or Otto Lang")
	second := w.get("maria", "Approval needed", "lena.vogt@acme.example")
	w.reply("maria", first, "APPROVE")
	w.rest()
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.reply("maria", second, "APPROVE")
	w.get("ines", "Approval needed", "lena.vogt@acme.example")
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
}

// playRemoval: with a contact die their tokens, their requests and those about them.
func playRemoval(w *world) {
	w.send("sofia", lenaTechnician)
	asked := w.get("otto", "Approval needed", "Lena Vogt")
	w.send("maria", "Please remove Sofia Berg <sofia@acme.example>. She has left the company.")
	w.yes("paul", "Sofia Berg")
	w.get("maria", "Sofia Berg has been removed")
	w.wantRequest("lena", access.Cancelled, "", "R15")
	w.reply("otto", asked, "APPROVE")
	w.get("otto", "Already decided")
	w.wantRequest("lena", access.Cancelled, "", "R15")
	w.wantContact("sofia", access.ContactRemoved, "none")
}

// playBadge: for a Secondary Contact a badge is optional: asked for, the security team decides, and a badge is ordered
// (CL-14, R31).
func playBadge(w *world) {
	w.send("maria", "Please add Jane Doe <jane.doe@acme.example> as Secondary Contact with a badge. Reason: she runs the Frankfurt cage.")
	w.get("maria", "Jane Doe", "with a Permanent Badge", "Waiting for our security team")
	w.yes("ines", "Jane Doe", "with a Permanent Badge")
	w.yes("paul", "Jane Doe")
	w.get("ines", "Permanent Badge ordered: Jane Doe")
	w.get("jane", "/register/")
	w.wantContact("jane", access.ContactInvited, access.BadgeOrdered, "secondary_contact")
	w.send("maria", "Please remove Tom Okafor <tom@acme.example>. He has left the company.")
	w.yes("ines", "Tom Okafor")
	w.yes("petra", "Tom Okafor")
	w.get("ines", "Permanent Badge to be taken back: Tom Okafor")
	w.wantContact("tom", access.ContactRemoved, access.BadgeRevoked)
}

// playSecondAlternate: a client has one Alternate: asking for a second one is a question (R22).
func playSecondAlternate(w *world) {
	w.send("maria", "Please change the role of Sofia Berg <sofia@acme.example> to Alternate Security Administrator. She deputises for me.")
	w.reply("maria", w.get("maria", "Otto Lang holds that role", "Shall we replace Otto Lang, who becomes User?"), "Yes")
	w.get("maria", "Waiting for our support team")
	w.yes("paul", "Sofia Berg", "in the place of Otto Lang, who becomes User")
	w.get("paul", recorded)
	w.clock.advance(overHold)
	w.get("maria", "Sofia Berg is now Alternate Security Administrator")
	w.wantContact("sofia", access.ContactActive, "none", alternate)
	w.wantContact("otto", access.ContactActive, "none", "user")
	w.send("maria", "Please change the role of Tom Okafor <tom@acme.example> to Alternate Security Administrator. He deputises for me.")
	w.reply("maria", w.get("maria", "Sofia Berg holds that role"), "No")
	w.get("maria", "cancelled")
	w.wantRequest("tom", access.Cancelled, "", "")
}

// playOnBehalf: staff ask on a client's behalf. The client approves it all the same, and another one of the staff (R14).
func playOnBehalf(w *world) {
	w.send("gina", "Please add Gus Hill <gus@globex.example> as Secondary Contact. Reason: he runs our racks.")
	// The client that is named goes before the conversation that the mail is written in.
	w.get("paul", "[REQ-2026-00001]", "Gus Hill")
	w.write(letter{author: "paul", subject: "Access, as in REQ-2026-00001", text: "For client Acme:\n\n" + lenaTechnician})
	w.get("paul", answered, "Lena Vogt", "Waiting for Maria Lindqvist or Otto Lang")
	w.yes("maria", "Lena Vogt")
	w.yes("ines", "Lena Vogt")
	w.yes("petra", "Lena Vogt")
	w.get("lena", "/register/", "as Technician")
	if n := len(w.sentTo("paul", "Approval needed", "Lena Vogt")); n > 0 {
		w.t.Errorf("Paul was asked %d times about what he asked for", n)
	}
	w.send("paul", lenaTechnician)
	w.wantMessage("left: from staff, and no answer to an approval mail")
}
