package daemon_test

import (
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

const (
	official = "technical_authorised_official"
	manager  = "technical_manager"
	technic  = "technical_contact"
)

var nordic = []member{
	{who: "maria", roles: []string{official}, access: true},
	{who: "otto", roles: []string{official}},
	{who: "sofia", roles: []string{manager}, access: true},
	{who: "tom", roles: []string{technic}},
}

func init() {
	al := func(play func(*world), change ...func([]member)) row {
		members := append([]member{}, nordic...)
		for _, c := range change {
			c(members)
		}
		return row{setup{model: "authorisation-list", members: members}, play}
	}
	rows["AL_01"], rows["AL_02"], rows["AL_03"] = al(al01), al(al02), al(al03)
	rows["AL_04"] = al(al04, func(m []member) { m[3].access = true })
	rows["AL_05"], rows["AL_06"] = al(al05), al(al06)
	rows["AL_07"] = al(al07, func(m []member) { m[1].lead = true })
}

func TestAL_01(t *testing.T) { playRow(t, "AL_01") }
func TestAL_02(t *testing.T) { playRow(t, "AL_02") }
func TestAL_03(t *testing.T) { playRow(t, "AL_03") }
func TestAL_04(t *testing.T) { playRow(t, "AL_04") }
func TestAL_05(t *testing.T) { playRow(t, "AL_05") }
func TestAL_06(t *testing.T) { playRow(t, "AL_06") }
func TestAL_07(t *testing.T) { playRow(t, "AL_07") }

// al01: only an Official manages the list: adds, changes roles and details, removes.
func al01(w *world) {
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Technical Manager. She runs the cage.")
	w.yes("paul", "Lena Vogt")
	w.get("lena", "/register/", "as Technical Manager")
	w.send("maria", "Please change the role of Tom Okafor <tom@acme.example> to Technical Manager. He leads the shift now.")
	w.yes("paul", "Tom Okafor")
	w.get("maria", "Tom Okafor")
	w.wantRequest("tom", access.Invited, "", "AL-01") // with the role he gets a place in the portal
	w.send("maria", "Please change the name of Tom Okafor <tom@acme.example> to Tom Adeyemi.")
	w.yes("paul", "new name Tom Adeyemi")
	w.get("maria", "new name Tom Adeyemi", "done")
	if name := w.contactOf("tom").Name; name != "Tom Adeyemi" {
		w.t.Errorf("Tom is called %s", name)
	}
	w.send("maria", "Please remove Sofia Berg <sofia@acme.example>. She has left the company.")
	w.yes("petra", "Sofia Berg")
	w.get("maria", "Sofia Berg has been removed")
	w.send("sofia", "Please remove Tom Adeyemi <tom@acme.example>. He has left.")
	w.wantMessage("quarantined: unknown author")
	w.send("tom", "Please remove Otto Lang <otto@acme.example>. He has left.")
	w.get("tom", "Refused (rule AL-01)", "Only a Technical Authorised Official manages the authorisation list", "Maria Lindqvist")
}

// al02: only an Official sets physical access; what is not named means no, and the answer says so. Who has it may enter and
// make appointments.
func al02(w *world) {
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Technical Manager. She runs the cage.")
	w.get("maria", "Lena Vogt", "physical access: no")
	w.yes("paul", "Lena Vogt", "physical access: no")
	w.get("lena", "/register/")
	w.wantFlags("lena", false, false)
	w.send("maria", "Please add Jane Doe <jane.doe@acme.example> as Technical Manager with physical access. She works in the cage.")
	w.get("maria", "Jane Doe", "physical access: yes")
	w.yes("paul", "Jane Doe", "physical access: yes")
	w.get("jane", "/register/")
	w.wantFlags("jane", true, false)
	w.send("sofia", "Please enable physical access for Tom Okafor <tom@acme.example>.")
	w.get("sofia", "Refused (rule AL-01)", "Maria Lindqvist")
	w.wantFlags("tom", false, false)
	w.send("maria", "Please withdraw physical access from Sofia Berg <sofia@acme.example>.")
	w.yes("petra", "Sofia Berg", "physical access: no")
	w.get("maria", "Sofia Berg", "physical access: no", "done")
	w.wantFlags("sofia", false, true)
}

// al03: a Technical Contact needs the flag for visits and for the portal. Without it they are listed and told so; setting
// it sends the invitation, withdrawing it ends the place in the portal.
func al03(w *world) {
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Technical Contact. She helps in the cage.")
	w.yes("paul", "Lena Vogt")
	w.get("lena", "You are on the list of Acme", "nothing to register")
	w.wantContact("lena", access.ContactActive, access.BadgeNone, technic)
	w.wantFlags("lena", false, false)
	w.send("tom", ownVisit("tom", w.day(9)))
	w.get("tom", "Refused (rule AL-03)", "You need physical access")

	w.send("maria", "Please enable physical access for Lena Vogt <lena@acme.example>.")
	w.yes("petra", "Lena Vogt", "physical access: yes")
	w.get("maria", "The invitation to register is on its way")
	w.register("lena", w.get("lena", "/register/"))
	w.wantFlags("lena", true, true)
	w.send("lena", "Please schedule a visit for Sofia Berg <sofia@acme.example> on "+w.day(9)+" from 09:00 to 11:00. Reason: swap a disk.")
	w.yes("paul", "Sofia Berg", "visit")
	m := w.get("sofia", "Visit confirmed", "Sofia Berg")
	uid := property(entry(w.t, m), "UID")

	w.send("maria", "Please withdraw physical access from Sofia Berg <sofia@acme.example>.")
	w.yes("petra", "Sofia Berg", "physical access: no")
	if off := entry(w.t, w.get("lena", "Visit cancelled", "Sofia Berg")); property(off, "METHOD") != "CANCEL" || property(off, "UID") != uid {
		w.t.Errorf("the visit is not taken back:\n%s", off)
	}
	w.send("maria", "Please withdraw physical access from Lena Vogt <lena@acme.example>.")
	w.yes("petra", "Lena Vogt <lena@acme.example>: physical access: no")
	w.get("maria", "Lena Vogt <lena@acme.example>: physical access: no", "done")
	w.wantFlags("lena", false, false)
}

// al04: a Technical Manager with physical access schedules visits for third parties; a Technical Contact only for people
// on the list.
func al04(w *world) {
	w.send("tom", visitOf("Jane Doe <jane@cablefix.example>", w.day(9)))
	w.get("tom", "Refused (rule AL-04)", "people on the authorisation list only", "Sofia Berg")
	w.send("tom", visitOf("Sofia Berg <sofia@acme.example>", w.day(9)))
	w.get("tom", "Sofia Berg", "Waiting for our support team")
	w.send("sofia", visitOf("Jane Doe <jane@cablefix.example>", w.day(9)))
	w.get("sofia", "Jane Doe", "Waiting for our support team")
	w.yes("petra", "Jane Doe")
	w.get("sofia", "Visit confirmed: Jane Doe")
	w.wantRequest("jane", access.Completed, "", "AL-04")
}

// ownVisit is how people ask for a visit of their own.
func ownVisit(who, day string) string {
	return "Please schedule a visit:\nName: " + people[who].name + "\nDate: " + day + ", 09:00 to 11:00\nReason: repairs a switch"
}

func visitOf(whom, day string) string {
	return "Please schedule a visit for " + whom + " on " + day + " from 09:00 to 11:00. Reason: repairs a switch."
}

// al05: an Official schedules visits of everybody, but needs the flag for their own.
func al05(w *world) {
	w.send("otto", ownVisit("otto", w.day(9)))
	w.get("otto", "Refused (rule AL-05)", "You need physical access")
	w.send("otto", visitOf("Jane Doe <jane@cablefix.example>", w.day(9)))
	w.get("otto", "Jane Doe", "Waiting for our support team")
	w.send("otto", visitOf("Tom Okafor <tom@acme.example>", w.day(9)))
	w.get("otto", "Refused (rule AL-02)", "name an escort")
	w.send("otto", visitOf("Tom Okafor <tom@acme.example>", w.day(9))+" He will be escorted.")
	w.get("otto", "Tom Okafor", "escorted", "Waiting for our support team")
	w.send("maria", ownVisit("maria", w.day(9)))
	w.get("maria", "Maria Lindqvist", "Waiting for our support team")
}

// al06: a client has as many Officials as it likes; the last one stays.
func al06(w *world) {
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Technical Authorised Official. She deputises for me.")
	w.get("maria", "Lena Vogt", "Waiting for our support team")
	w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
	w.yes("paul", "Otto Lang")
	w.get("paul", recorded)
	w.clock.advance(overHold)
	w.get("maria", "Otto Lang has been removed")
	w.send("maria", "Please remove this contact:\nName: Maria Lindqvist\nReason: I leave the company")
	w.get("maria", "Refused (rule R26)", "last contact")
	w.send("maria", "Please change the role of this contact:\nName: Maria Lindqvist\nRole: Technical Contact\nReason: I leave the project")
	w.get("maria", "Refused (rule R26)", "last contact")
	w.wantContact("maria", access.ContactActive, access.BadgeNone, official)
}

// al07: the Lead Technical Contact is changed by no mail; the answer says where to go. Staff can move the mark.
func al07(w *world) {
	w.send("maria", "Please make Tom Okafor <tom@acme.example> our Lead Technical Contact.")
	w.get("maria", "Refused (rule AL-07)", "official form", "sales team")
	w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
	w.get("maria", "Refused (rule AL-07)", "Lead Technical Contact")
	if w.contactOf("tom").Lead || !w.contactOf("otto").Lead {
		w.t.Error("the mark has moved by mail")
	}
	tom := w.contactOf("tom")
	tom.Lead = true
	if err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error { return r.SetContact(w.t.Context(), &tom) }); err != nil {
		w.t.Fatal(err)
	}
	if !w.contactOf("tom").Lead || w.contactOf("otto").Lead {
		w.t.Error("staff could not move the mark")
	}
}
