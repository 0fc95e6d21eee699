package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// wording is a text and what it asks, "" for nothing that is sure enough.
type wording struct{ text, want string }

func readWordings(t *testing.T, subject string, list []wording) {
	t.Helper()
	for _, c := range list {
		readWording(t, subject, c)
	}
}

// readWording reads a mail with people in Cc.
func readWording(t *testing.T, subject string, c wording, cc ...message.Mailbox) {
	t.Helper()
	m := mail(c.text + "\n")
	m.Subject, m.Cc = subject, cc
	if got := brief(interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests); got != c.want {
		t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
	}
}

// below is a mail from Bob Ray as a mail program forwards it.
func below(cover, text string) string {
	return cover + "\n\n---------- Forwarded message ---------\nFrom: Bob Ray <bob.home@mailfree.example>\nDate: Thu, 19 Nov 2026 at 21:10\nSubject: portal\nTo: Ann Lee <ann@acme.example>\n\n" + text
}

func TestTerseWishes(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"need tech access for jane doe, jane@acme.example, she swaps the drives", "add_user Jane Doe <jane@acme.example> [technician] she swaps the drives"},
		{"need technician login for jane doe jane@acme.example", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"want portal access for Jane Doe, jane@acme.example, as technician", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"need tech support for my laptop, jane@acme.example knows which", ""},
		{"need access for the delivery on Friday", ""},
		{"Can you give technician rights to both Jane Doe (jane@acme.example) and Raj Patel (raj@acme.example)?",
			"add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [technician]"},
		{"Please set up technician access for Jane Doe (jane@acme.example) and Raj Patel (raj@acme.example).",
			"add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [technician]"},
	})
}

func TestReasonsOfNamed(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Please add Jane Doe (jane@acme.example), who heads up infrastructure from today, as a technician.",
			"add_user Jane Doe <jane@acme.example> [technician] heads up infrastructure from today"},
		{"Please add Jane Doe (jane@acme.example) as technician. Her boss is Peter Parker, who runs the lab.",
			"add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe (jane@acme.example), who is in the office on Mondays, as a technician.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please replace Raj Patel by Jane Doe as technician. Jane's address is jane@acme.example, she does the night shifts now.",
			"remove_user Raj Patel <> []\nadd_user Jane Doe <jane@acme.example> [technician] she does the night shifts now"},
		{"Please be informed that the staff mentioned below have left the company. Kindly revoke their access.\n\n- Jane Doe, jane@acme.example\n- Raj Patel, raj@acme.example",
			"remove_user Jane Doe <jane@acme.example> [] the staff mentioned below have left the company\nremove_user Raj Patel <raj@acme.example> [] the staff mentioned below have left the company"},
		{"I, the undersigned, in my capacity as managing director, hereby nominate Jane Doe (jane@acme.example) as technician.", "add_user Jane Doe <jane@acme.example> [technician]"},
	})
}

func TestFormsOfPeople(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: ( ) Main  (x) Secondary  ( ) Technician", "add_user Jane Doe <jane@acme.example> [secondary_contact]"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: Main [ ] Secondary [ ] Technician [x]", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: ( ) Main  ( ) Secondary  ( ) Technician", "add_user Jane Doe <jane@acme.example> []"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: (x) Main  (x) Secondary  ( ) Technician", "add_user Jane Doe <jane@acme.example> []"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: Main Secondary Technician", "add_user Jane Doe <jane@acme.example> []"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nWhy does this person need access: rack work", "add_user Jane Doe <jane@acme.example> [technician] rack work"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nReason: TBC", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Given name and surname: Jane Doe\nEmail: jane@acme.example\nRole: Technician", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Name: Md. Karim Ali\nEmail: karim@acme.example\nRole: Technician", "add_user Md. Karim Ali <karim@acme.example> [technician]"},
		{"Please add Md. Karim Ali (karim@acme.example) as technician.", "add_user Md. Karim Ali <karim@acme.example> [technician]"},
		{"New technician: Jane Doe, jane@acme.example\nReason: rack work", "add_user Jane Doe <jane@acme.example> [technician] rack work"},
		{"Old technician: Jane Doe, jane@acme.example", ""},
		{"Name        Email               Role         Reason\nJane Doe    jane@acme.example   Technician   rack work\nRaj Patel   raj@acme.example    Technician   night shift",
			"add_user Jane Doe <jane@acme.example> [technician] rack work\nadd_user Raj Patel <raj@acme.example> [technician] night shift"},
	})
}

func TestCoveringNotes(t *testing.T) {
	t.Parallel()
	wish := "would you ask them to make me a technician? I have to go in every week to clean the optics."
	readWordings(t, "Fwd: portal", []wording{
		{below("Please do as Bob asks.", wish), "add_user Bob Ray <bob.home@mailfree.example> [technician] I have to go in every week to clean the optics"},
		{below("Please see below. Use bob.ray@acme.example for him, not his private address.", wish),
			"add_user Bob Ray <bob.ray@acme.example> [technician] I have to go in every week to clean the optics"},
		{below("Please see below. Use it@acme.example for him, not his private address.", wish),
			"add_user Bob Ray <> [technician] I have to go in every week to clean the optics"},
		{below("Please make it happen, but only as secondary contact.", wish),
			"add_user Bob Ray <bob.home@mailfree.example> [secondary_contact] I have to go in every week to clean the optics"},
		{below("Can you set him up?", wish), "add_user Bob Ray <bob.home@mailfree.example> [technician] I have to go in every week to clean the optics"},
		{below("Please remove him.", wish), ""},
		{below("Please give him my thanks and add a bonus to his salary.", wish), ""},
		{below("Please don't set him up.", wish), ""},
		{below("Please see below, but not as technician.", wish), ""},
		{below("Please process, thanks.", wish), "add_user Bob Ray <bob.home@mailfree.example> [technician] I have to go in every week to clean the optics"},
		{below("Kindly arrange.", wish), "add_user Bob Ray <bob.home@mailfree.example> [technician] I have to go in every week to clean the optics"},
		{below("Please don't process.", wish), ""},
		{below("Please call me about this.", wish), ""},
		{below("FYI", wish), ""},
	})
}

func TestSuccession(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"Raj Patel is no longer with us, please delete his account (raj@acme.example). Jane Doe, jane@acme.example, takes his place as technician.",
			"remove_user Raj Patel <raj@acme.example> [] Raj Patel is no longer with us\nadd_user Jane Doe <jane@acme.example> [technician]"},
		{"Please remove Raj Patel (raj@acme.example). Jane Doe (jane@acme.example) replaces him as technician from Monday.",
			"remove_user Raj Patel <raj@acme.example> []\nadd_user Jane Doe <jane@acme.example> [technician]"},
		{"Please remove Raj Patel (raj@acme.example). Jane Doe (jane@acme.example) already replaces him, she is our technician.",
			"remove_user Raj Patel <raj@acme.example> [] Jane Doe (jane@acme.example) already replaces him, she is our technician"},
		{"Please remove Raj Patel (raj@acme.example). Jane Doe (jane@acme.example) does not replace him as technician.", "remove_user Raj Patel <raj@acme.example> []"},
		{"Please delete Raj Patel. Jane Doe, jane@acme.example, replaces him as main contact internally but needs no access.", "remove_user Raj Patel <> []"},
		{"Please delete Raj Patel. Jane Doe, jane@acme.example, replaces him as main contact, no access needed.", "remove_user Raj Patel <> []"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nCurrent role: Technician\nNew role: Secondary Contact\nReason: promoted",
			"change_role Jane Doe <jane@acme.example> [secondary_contact] promoted"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nCurrent role: none\nNew role: Secondary Contact", "add_user Jane Doe <jane@acme.example> [secondary_contact]"},
		{"Please remove Raj Patel (raj@acme.example). Jane Doe (jane@acme.example) has the details.", "remove_user Raj Patel <raj@acme.example> []"},
	})
}

func TestIntroductions(t *testing.T) {
	t.Parallel()
	readWordings(t, "access", []wording{
		{"We'd need Jane Doe to become technician, please. You reach her at jane@acme.example.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please promote Jane Doe to main contact. You reach her at jane@acme.example.", "change_role Jane Doe <jane@acme.example> [main_contact]"},
		{"Jane Doe (jane@acme.example), at present Technician, should become Main Contact.", "change_role Jane Doe <jane@acme.example> [main_contact]"},
		{"Our colleague Jane Doe joined us this week. It is our wish that she be registered with you as technician. E-mail: jane@acme.example",
			"add_user Jane Doe <jane@acme.example> [technician] Our colleague Jane Doe joined us this week"},
		{"We wish to have Jane Doe (jane@acme.example) added as technician.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Jane Doe should be technician, not secondary contact as she is now. jane@acme.example", "change_role Jane Doe <jane@acme.example> [technician]"},
		{"Please give Jane Doe (jane@acme.example) the same access as Raj Patel, who is a technician.", "add_user Jane Doe <jane@acme.example> []"},
		{"Jane Doe <jane@acme.example> tech pls, she does the patching", "add_user Jane Doe <jane@acme.example> [technician] she does the patching"},
		{"Jane Doe, jane@acme.example, tech please, on call from Monday.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Jane Doe (jane@acme.example) technician training was cancelled, please note.", ""},
		{"We wish you a happy new year. Jane Doe (jane@acme.example), technician, sends her regards.", ""},
		{"Please note that Ms Jane Doe Miller is authorised to act as Technician and register her. Ms Doe Miller may be contacted at jane@acme.example.",
			"add_user Jane Doe Miller <jane@acme.example> [technician]"},
		{"Person: Jane Doe\nAddress: jane@acme.example\nTo be: Technician\nBecause: rack work", "add_user Jane Doe <jane@acme.example> [technician] rack work"},
		{"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nAddress: 12 Main Street", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Name: Engr. Jane Doe\nEmail: jane@acme.example\nRole: Technician", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Jane Doe (jane@acme.example) is secondary contact at the moment, can you make that technician instead?", "change_role Jane Doe <jane@acme.example> [technician]"},
	})
}

func TestUntil(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"on Wednesday 9 December 2026 at 8am and should be done by 11am.":           "2026-12-09T08:00 2026-12-09T11:00",
		"on 9 December 2026 at 8:00 and will leave at 11:30.":                       "2026-12-09T08:00 2026-12-09T11:30",
		"on 9 December 2026 at 8:00. Is 11:00 better?":                              " ",
		"on 9 December 2026 at 8:00 or 11:00.":                                      " ",
		"on 9 December 2026 at 14:00 and should be done by 11:00 of the day after.": " ",
	} {
		m := mail("Please announce Jane Doe. She will visit " + text + " She changes the batteries.\n")
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests
		if len(got) != 1 || strings.TrimRight(str(got[0].Starts)+" "+str(got[0].Ends), "") != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
