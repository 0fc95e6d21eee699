package daemon_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

const frankfurt = "sites: [{name: Frankfurt, time_zone: Europe/Berlin, desk: petra@provider.example}]"

type scheme struct {
	name, channel string
	setup         setup
	play          func(w *world, a *trial) (outcome string)
}

// schemes go through several hands, or look at what comes out at the other end. Each is judged by itself.
var schemes = []scheme{
	{"hand-over-two-at-once", "power", setup{model: "client-representatives", members: managed}, func(w *world, a *trial) string {
		w.send("maria", "Please make Sofia Berg <sofia@acme.example> the new Security Administrator.")
		w.yes("sofia", "you take this role over")
		w.yes("otto", "you stand in for the present holder")
		w.send("maria", "Please make Tom Okafor <tom@acme.example> the new Security Administrator.")
		w.yes("tom", "you take this role over")
		w.yes("otto", "you stand in for the present holder", "Tom Okafor")
		w.yes("paul", "Sofia Berg", "Out-of-band checklist")
		w.yes("petra", "Tom Okafor", "Out-of-band checklist")
		w.rest()
		w.clock.advance(overHold)
		w.until("no change is held any more", func(ctx context.Context, st *store.Store) (bool, error) {
			all, err := st.Requests(ctx, 100)
			return !slices.ContainsFunc(all, func(r access.RequestView) bool { return r.State.Open() }), err
		})
		var holders []string
		for _, m := range managed {
			if hasRole(w.contactOf(m.who), sa) {
				holders = append(holders, m.who)
			}
		}
		if len(holders) != 1 {
			a.accuse("the role is held by %q", holders)
		}
		return "both are asked for, one happens: the role has one holder"
	}},
	{"hand-over-while-the-deputy-is-silent", "power", setup{model: "client-representatives", members: managed}, func(w *world, a *trial) string {
		w.send("maria", "Please make Jane Doe <jane.doe@acme.example> the new Security Administrator.")
		w.yes("jane", "you take this role over")
		w.get("otto", "you stand in for the present holder")
		for range 4 {
			w.clock.advance(25 * time.Hour)
			w.rest()
		}
		w.get("paul", "Jane Doe", "Out-of-band checklist")
		if c := w.contactOf("jane"); hasRole(c, sa) {
			a.accuse("Jane has the role")
		}
		w.clock.advance(8 * 24 * time.Hour)
		w.until("the request has expired", func(ctx context.Context, _ *store.Store) (bool, error) {
			return w.requestOf("jane").State == access.Expired, nil
		})
		if c := w.contactOf("jane"); hasRole(c, sa) || !hasRole(w.contactOf("maria"), sa) {
			a.accuse("Jane has the roles %q", c.Roles)
		}
		return "silence is no yes: after four days staff are asked, and it expires"
	}},
	{"address-moved-by-a-thief", "power", setup{}, func(w *world, a *trial) string {
		w.send("otto", "Please change my email address to mallory@stranger.example.")
		w.reply("mallo", w.get("mallo", "this address shall be yours at Acme"), "APPROVE")
		w.yes("petra", "new address mallory@stranger.example")
		w.get("petra", recorded)
		told := w.get("maria", notice, "mallory@stranger.example")
		if c := w.contactOf("otto"); c.Address.String() != people["otto"].address {
			a.accuse("the address is %s at once", c.Address)
		}
		w.reply("maria", told, "STOP")
		w.get("otto", "It was stopped by Maria Lindqvist")
		w.clock.advance(overHold)
		w.rest()
		if c := w.contactOf("mallo"); c.State != "" {
			a.accuse("Mallory is a contact, %s", c.State)
		}
		return "needs staff, is told to the other Main Contact at once, and waits 24 hours for their STOP"
	}},
	{"address-moved-from-the-new-side-alone", "power", setup{}, func(w *world, a *trial) string {
		w.send("maria", "Please change the email address of Otto Lang <otto@acme.example> to mallory@stranger.example.")
		w.get("otto", "your address on file is about to change")
		w.rest()
		for range 9 {
			w.clock.advance(25 * time.Hour)
			w.rest()
		}
		if len(w.sentTo("mallo")) > 0 {
			a.accuse("the new address was written to before the old one had confirmed")
		}
		if c := w.contactOf("otto"); c.Address.String() != people["otto"].address {
			a.accuse("the address is %s", c.Address)
		}
		return "the new address hears nothing before the old one has confirmed, and silence is no yes"
	}},
	calendarScheme("calendar-lines-in-a-reason", people["sofia"].name, "Eve Stone", "repairs\\nATTENDEE:mailto:mallory@stranger.example\\nEND:VEVENT"),
	calendarScheme("calendar-quotes-in-a-company", people["sofia"].name, `Eve Stone`, `repairs";ROLE=CHAIR:mailto:mallory@stranger.example`),
	calendarScheme("calendar-lines-in-a-name", people["sofia"].name, "Eve;CN=\"Mallory\":mailto:m@stranger.example", "repairs a switch"),
	calendarScheme("calendar-lines-in-a-name-on-file", "Sofia\r\nATTACH:https://stranger.example/x", "Eve Stone", "repairs a switch"),
	calendarScheme("calendar-quotes-in-a-name-on-file", `Sofia";ROLE=CHAIR:mailto:m@stranger.example`, "Eve Stone", "repairs a switch"),
	calendarScheme("calendar-breaks-in-a-name-on-file", "Sofia\u2028ATTACH:https://stranger.example/x\u2029\u202eBerg\\nATTENDEE:x", "Eve Stone", "repairs a switch"),
	calendarScheme("calendar-method-in-a-name", people["sofia"].name, "Eve Stone METHOD:CANCEL", "repairs a switch\tMETHOD:CANCEL"),
	{"csv-export-of-hostile-names", "export", setup{}, exportHostile},
	{"every-link-of-every-mail", "pages", setup{}, func(w *world, a *trial) string {
		known := invitedScene(w)
		links := 0
		for _, d := range w.mail.Deliveries() {
			for _, link := range anyLink.FindAllStringSubmatch(strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(d.Raw)), -1) {
				for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
					p := &page{w: w, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
					p.try(method, link[1], nil)
					links++
				}
				if nickname(d.To) != "lena" {
					a.accuse("%s got the link %s", d.To, link[0])
				}
			}
		}
		if links == 0 {
			a.accuse("no mail had a link")
		}
		w.wantContact("lena", access.ContactInvited, access.BadgeOrdered, "technician")
		w.wantRequest("lena", access.Invited, "", "CL-06")
		w.register("lena", known["lena"])
		return "mails to approvers hold no link that decides; the invitee's registers nobody"
	}},
	{"new-link-under-a-foreign-host", "pages", setup{}, func(w *world, a *trial) string {
		known := invitedScene(w)
		w.clock.advance(8 * 24 * time.Hour)
		w.until("the invitation has lapsed", func(ctx context.Context, _ *store.Store) (bool, error) {
			return w.requestOf("lena").State == access.Lapsed, nil
		})
		p := w.open(known["lena"])
		p.header = poisoned
		p.host = "stranger.example"
		p.do(http.MethodGet, p.path, nil)
		p.press(nil)
		m := w.get("lena", "/register/")
		if strings.Contains(string(m.raw), "stranger.example") || linkIn.FindStringSubmatch(m.Text)[1] == p.path {
			a.accuse("the new mail says\n%s", m.Text)
		}
		return "the new link goes to the invited address, under our own name"
	}},
}

var anyLink = regexp.MustCompile(`https?://127\.0\.0\.1:8025(/[^\s"'<>)]*)`)

// poisoned are fields that make careless programs believe another host, path, method or caller.
var poisoned = map[string]string{
	"X-Forwarded-Host": "stranger.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Server": "stranger.example",
	"X-Forwarded-Prefix": "//stranger.example", "X-Host": "stranger.example", "X-Original-Url": "/", "X-Rewrite-Url": "/", "X-Http-Method-Override": "POST",
	"X-Method-Override": "DELETE", "Forwarded": "for=127.0.0.1;host=stranger.example", "Origin": "https://stranger.example", "Referer": "https://stranger.example/",
}

// calendarScheme is a visit whose visitor has a hostile name, or comes for a hostile reason, and that is confirmed.
func calendarScheme(name, onFile, visitor, reason string) scheme {
	return scheme{name, "calendar", setup{extra: frankfurt}, func(w *world, a *trial) string {
		w.editContact("sofia", func(c *access.Contact) { c.Name = onFile })
		w.send("sofia", "Please schedule a visit:\nName: "+visitor+"\nEmail: eve@contractor.example\nCompany: "+reason+"\nDate: "+w.day(9)+
			", 09:00 to 11:00\nReason: "+reason+"\nEscorted: yes")
		w.rest()
		if all, err := w.main.Store().Requests(w.t.Context(), 1); err != nil || len(all) == 0 || all[0].State != access.AwaitingApproval {
			if n := len(w.sentTo("eve")); n > 0 || err != nil {
				a.accuse("%d mails went to the visitor (%v)", n, err)
			}
			return "such a name is asked for again; no entry is made"
		}
		w.yes("paul", "visit")
		w.get("sofia", "Visit confirmed")
		w.rest()
		entries := 0
		for _, d := range w.mail.Deliveries() {
			if strings.Contains(string(d.Raw), "BEGIN:VCALENDAR") && !inbound(d.To) {
				entries++
				checkCalendar(a, d.To, entry(w.t, &received{raw: d.Raw}))
			}
		}
		if entries == 0 {
			a.accuse("nobody got a calendar entry")
		}
		return "one event, of the provider, for its recipient alone"
	}}
}

// checkCalendar: nothing but one event of ours, whose only guest is the recipient.
func checkCalendar(a *trial, to, entry string) {
	count := map[string]int{}
	for line := range strings.SplitSeq(strings.TrimSpace(entry), "\r\n") {
		end := strings.IndexAny(line, ":;")
		if end < 0 {
			a.accuse("%s got a line that is no property: %q", to, line)
			continue
		}
		count[line[:end]]++
		switch name := line[:end]; name {
		case "METHOD":
			if line != "METHOD:REQUEST" {
				a.accuse("%s got %q", to, line)
			}
		case "ORGANIZER", "ATTENDEE":
			want := map[string]string{"ORGANIZER": support, "ATTENDEE": to}[name]
			if !strings.HasSuffix(line, ":mailto:"+want) || strings.Count(outsideQuotes(line), ":") != 2 {
				a.accuse("%s got %q", to, line)
			}
		case "BEGIN", "VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION", "END":
		default:
			a.accuse("%s got %q", to, line)
		}
	}
	for _, once := range []string{"METHOD", "ORGANIZER", "ATTENDEE", "UID", "SUMMARY"} {
		if count[once] != 1 {
			a.accuse("%s got %d times %s", to, count[once], once)
		}
	}
	if count["BEGIN"] != 2 || count["END"] > 1 { // the last END was cut off
		a.accuse("%s got %d components", to, count["BEGIN"])
	}
}

// outsideQuotes takes quoted parameter values out of a line.
func outsideQuotes(line string) string {
	return regexp.MustCompile(`"[^"]*"`).ReplaceAllString(line, "")
}

// exportHostile: names that spreadsheets would run come out of the export as text.
func exportHostile(w *world, a *trial) string {
	hostile := []string{"=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1,1)", "=HYPERLINK(\"https://stranger.example\",\"x\")", "\tx", "a,b\"c", "x\r\n=1", "＝1"}
	globex := w.contactOf("gina").ClientID
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		for i, name := range hostile {
			if _, err := r.PutContact(w.t.Context(), &access.Contact{ClientID: globex, Name: name, Address: address(w.t, fmt.Sprintf("h%d@globex.example", i)),
				Roles: []string{"technician"}, Kind: access.Person}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	program, cfg := filepath.Join(w.dir, "countersign"), filepath.Join(w.dir, "test.yaml")
	if out, err := exec.CommandContext(w.t.Context(), "go", "build", "-o", program, "github.com/countersign/countersign/cmd/countersign").CombinedOutput(); err != nil {
		w.t.Fatalf("building the program: %v\n%s", err, out)
	}
	if err := os.WriteFile(cfg, []byte(w.configText()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	out, err := exec.CommandContext(w.t.Context(), program, "contact", "export", "--config", cfg).Output()
	if err != nil {
		w.t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil || len(rows) < len(hostile)+5 {
		a.accuse("%d rows are exported (%v)", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
				a.accuse("a spreadsheet would run %q", cell)
			}
		}
	}
	return "every cell is text"
}

// TestAttackSchemes plays them, each on a world of its own.
func TestAttackSchemes(t *testing.T) {
	t.Parallel()
	defined(t, len(schemes))
	for _, c := range schemes {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.setup)
			a := &trial{t: t, name: c.name}
			outcome := c.play(w, a)
			if t.Failed() {
				a.accuse("see above")
			}
			a.close(c.channel, outcome)
		})
	}
}
