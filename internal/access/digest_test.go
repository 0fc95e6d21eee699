package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

func TestDigestClock(t *testing.T) {
	t.Parallel()
	zone := berlin(t)
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	half := access.DigestClock{Hour: 2, Minute: 30, Zone: zone} // in the hour that changes
	morning := access.DigestClock{Hour: 7, Minute: 30, Zone: zone}
	for what, c := range map[string]struct {
		clock           access.DigestClock
		now, last, want string // UTC
	}{
		"later today":                         {morning, "2026-01-05 06:00", "2026-01-04 06:30", "2026-01-05 06:30"},
		"tomorrow":                            {morning, "2026-01-05 06:30", "2026-01-05 06:30", "2026-01-06 06:30"},
		"summer time begins":                  {morning, "2026-03-28 06:30", "2026-03-28 06:30", "2026-03-29 05:30"},
		"summer time ends":                    {morning, "2026-10-24 05:30", "2026-10-24 05:30", "2026-10-25 06:30"},
		"the hour that comes twice":           {half, "2026-10-25 00:30", "2026-10-25 00:30", "2026-10-26 01:30"},
		"after days of outage":                {morning, "2026-01-09 12:00", "2026-01-05 06:30", "2026-01-10 06:30"},
		"the clock was changed after today's": {access.DigestClock{Hour: 18, Zone: zone}, "2026-01-05 08:00", "2026-01-05 06:30", "2026-01-06 17:00"},
		"the first":                           {access.DigestClock{Hour: 18}, "2026-01-05 08:00", "", "2026-01-05 18:00"},
	} {
		var last time.Time
		if c.last != "" {
			last = at(c.last)
		}
		if got := c.clock.Next(at(c.now), last); !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", what, got.Format("2006-01-02 15:04"), c.want)
		}
	}
	// The hour that is left out: on that day, once.
	var days []string
	for now := at("2026-03-27 12:00"); len(days) < 3; {
		now = half.Next(now, now)
		days = append(days, now.In(zone).Format("01-02"))
	}
	same(t, "one for each day", days, "03-28", "03-29", "03-30")
}

func TestDigest(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.colleague("Bill", "bill@provider.example", access.TeamBilling)
	w.settings.Digest = access.DigestClock{Hour: 7, Minute: 30}
	w.settings.MailboxTeams = map[string]access.Team{"support": access.TeamSupport, "accounting": access.TeamBilling}
	facts := &access.Digest{Since: w.now.Add(-day), LeftCount: 2, HeldBack: 1, WaitCount: 2,
		Left:        []access.DigestMail{{Mailbox: "support", Subject: "port", Model: "contact-levels", Level: []string{"main_contact", "gone"}}, {Mailbox: "accounting", Subject: "rack"}},
		Quarantined: []access.DigestMail{{Mailbox: "accounting", Subject: "spoof"}},
		Waiting:     []access.DigestRequest{{Name: "Jane", Stage: policy.StageSecurity, Team: access.TeamBilling}, {Name: "Joe", Stage: policy.StageClient, Team: access.TeamBilling}},
		Todos:       []access.DigestTodo{{ID: 1, Todo: access.Todo{Kind: access.TodoStorm, About: "loop"}, Count: 2}}}
	tell := func() (*access.Outcome, map[string][]string) {
		due := &access.Timer{ID: 1, Kind: access.TimerDigest, DueAt: time.Date(2026, time.March, 2, 7, 30, 0, 0, time.UTC)}
		out, err := access.DecideTimer(&access.Situation{Staff: w.staff, Digest: facts}, due, w.env())
		if err != nil {
			t.Fatal(err)
		}
		told := map[string][]string{}
		for _, m := range out.Mails {
			for _, x := range m.Data.Digest.Left {
				told[m.ToName] = append(told[m.ToName], "left "+x.Subject)
				if len(x.Level) > 0 {
					told[m.ToName] = append(told[m.ToName], "level "+strings.Join(x.Level, ", "))
				}
			}
			for _, x := range m.Data.Digest.Quarantined {
				told[m.ToName] = append(told[m.ToName], "quarantined "+x.Subject)
			}
			for _, x := range m.Data.Digest.Waiting {
				told[m.ToName] = append(told[m.ToName], "waiting "+x.Name)
			}
			for _, x := range m.Data.Digest.Todos {
				told[m.ToName] = append(told[m.ToName], "todo "+x.About)
			}
		}
		return out, told
	}
	out, told := tell()
	want := map[string][]string{"Sue": {"left port", "level Main Contact, gone", "todo loop"}, "Sam": {"left port", "level Main Contact, gone", "todo loop"}, "Sven": {"waiting Jane"},
		"Bill": {"left rack", "quarantined spoof", "waiting Joe"}}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if len(out.Timers) != 1 || !out.Timers[0].DueAt.Equal(time.Date(2026, time.March, 3, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("the next one: %+v", out.Timers)
	}
	w.staff = w.staff[:3] // nobody in billing: support reads it (R21)
	_, told = tell()
	same(t, "Sue stands in", told["Sue"], "left port", "level Main Contact, gone", "left rack", "quarantined spoof", "waiting Joe", "todo loop")
	facts = &access.Digest{}
	if out, _ = tell(); len(out.Mails) != 0 || len(out.Timers) != 1 {
		t.Errorf("of nothing: %d mails, %d timers", len(out.Mails), len(out.Timers))
	}
	w.settings.Digest.Off = true
	if out, _ = tell(); len(out.Mails)+len(out.Timers) != 0 {
		t.Errorf("off: %d mails, %d timers", len(out.Mails), len(out.Timers))
	}
}
