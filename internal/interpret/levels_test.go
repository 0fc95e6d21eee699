package interpret_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/interpret"
)

// TestUnfitRoles: a role that is told as one that is not right is nobody's wish.
func TestUnfitRoles(t *testing.T) {
	t.Parallel()
	readWordings(t, "Jane", []wording{
		{"please change the level of jane@acme.example, technician is no longer the right thing for her", "change_role  <jane@acme.example> []"},
		{"Please change the role of Jane Doe (jane@acme.example), main contact makes no sense for her now.", "change_role Jane Doe <jane@acme.example> []"},
		{"please change jane@acme.example, she shouldn't be a main contact", "change_role  <jane@acme.example> []"},
		{"Could you adjust the level of Jane Doe (jane@acme.example)? Technician is not right for her any longer.", "change_role Jane Doe <jane@acme.example> [] Technician is not right for her any longer"},
		{"Please add Jane Doe (jane@acme.example) as a Technician too.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Technician is enough for Jane Doe (jane@acme.example), please add her.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please change the level of the cooling in our cage.", ""},
	})
}

// TestHeldThenWished: what somebody is now and what they should be is a change.
func TestHeldThenWished(t *testing.T) {
	t.Parallel()
	readWordings(t, "list", []wording{
		{"Jane Doe is now Main Contact on our list. From the new year she should be Technician only.", "change_role Jane Doe <> [technician]"},
		{"Jane Doe (jane@acme.example) is Technician with you. She should be Secondary Contact from now on.", "change_role Jane Doe <jane@acme.example> [secondary_contact]"},
		{"Jane Doe is listed as Main Contact. That should be Technician.", "change_role Jane Doe <> [technician]"},
		{"Jane Doe, today Technician, takes the team over. Make her Main Contact please.", "change_role Jane Doe <> [main_contact] takes the team over"},
		{"Jane Doe (jane@acme.example) has been promoted and should now be a Secondary Contact instead of Technician.", "change_role Jane Doe <jane@acme.example> [secondary_contact] has been promoted"},
		{"Jane Doe (jane@acme.example) is our lineman. She should be Technician.", "add_user Jane Doe <jane@acme.example> [technician] is our lineman"},
		{"Jane Doe is Technician on our list, as you know.", ""},
	})
}

// TestWhatFormsAsk: what a form says it is for goes before its subject.
func TestWhatFormsAsk(t *testing.T) {
	t.Parallel()
	person := "\nName: Jane Doe\nEmail: jane@acme.example\n"
	readWordings(t, "Change of contacts", []wording{
		{"What: New contact" + person + "Role: Technician", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Type: New contact" + person + "Level: Technician", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Kind of change: leaver" + person, "remove_user Jane Doe <jane@acme.example> []"},
		{"Type of change: change of level" + person + "Level: Technician", "change_role Jane Doe <jane@acme.example> [technician]"},
		{"What: access as Technician" + person + "Why: rack work", "change_role Jane Doe <jane@acme.example> [technician] rack work"},
		{person + "Role: Technician w/ permanent badge\nReason: rack work", "change_role Jane Doe <jane@acme.example> [technician] rack work"},
	})
	readWordings(t, "[HR-23] Leaver form", []wording{{person + "Last day: 30 November 2026", "remove_user Jane Doe <jane@acme.example> [] Last day: 30 November 2026"}})
	readWordings(t, "left hand rack", []wording{{person + "Role: Technician", "add_user Jane Doe <jane@acme.example> [technician]"}})
	readWordings(t, "Starter and leaver form", []wording{{person + "Role: Technician", "add_user Jane Doe <jane@acme.example> [technician]"}})
	readWordings(t, "access", []wording{
		{person + "Level: Technician + badge\nReason: rack work", "add_user Jane Doe <jane@acme.example> [technician] rack work"},
		{person + "Level: Technician without badge\nReason: rack work", "add_user Jane Doe <jane@acme.example> [] rack work"},
		{person + "Level: Technician, badge as for the Main Contact\nReason: rack work", "add_user Jane Doe <jane@acme.example> [] rack work"},
		{"Имя: Ольга Ветрова\nE-mail: vetrova@acme.example\nРоль: Technician", "add_user Ольга Ветрова <vetrova@acme.example> [technician]"},
		{"Фамилия: Ветрова\nИмя: Ольга\nE-mail: vetrova@acme.example\nРоль: Technician", "add_user Ольга Ветрова <vetrova@acme.example> [technician]"},
	})
}

// TestCalled: how people are called whom a wish is about.
func TestCalled(t *testing.T) {
	t.Parallel()
	readWordings(t, "contact", []wording{
		{"I want Amarante to be a secondary contact. He reads amarante@acme.example and studio@acme.example, pick whichever works.", "add_user  <> [secondary_contact]"},
		{"We want to apply one technician account for our engineer 刘海涛. His email is liuht@acme.example.", "add_user 刘海涛 <liuht@acme.example> [technician]"},
		{"Please add our colleague 王芳 as secondary contact, email wangfang@acme.example.", "add_user 王芳 <wangfang@acme.example> [secondary_contact]"},
		{"I want Amarante to be informed about the works.", ""},
	})
}

// TestWeekdaysWithoutYear: a weekday may stand behind any word.
func TestWeekdaysWithoutYear(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"on Thursday 26 November at 10:00": "2026-11-26T10:00", "Thursday, November 26th, at 10:00": "2026-11-26T10:00",
		"on Friday 26 November at 10:00": "", "on 26 November at 10:00": "",
	} {
		m := mail("Jane Doe of Froid will visit us " + text + " to look at our chiller.\n")
		m.Date = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests
		if len(got) != 1 || str(got[0].Starts) != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
