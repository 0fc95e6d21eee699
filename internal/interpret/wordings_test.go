package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// wording is a text and what it asks, "" for nothing that is sure enough.
type wording struct{ text, want string }

func readWordings(t *testing.T, subject string, list []wording) {
	t.Helper()
	for _, c := range list {
		m := mail(c.text + "\n")
		m.Subject = subject
		if got := brief(interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
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
