package access

import (
	"slices"
	"time"

	"github.com/countersign/countersign/internal/policy"
)

// Digest is what happened since the last digest, and what waits. Each list is cut; the counts are not.
type Digest struct {
	Since       time.Time
	Left        []DigestMail
	LeftCount   int
	Quarantined []DigestMail
	HeldBack    int // how many mails wait in quarantine in all
	Waiting     []DigestRequest
	WaitCount   int
	Todos       []DigestTodo // those that are open, for the support team
}

// DigestTodo is an open to-do.
type DigestTodo struct {
	Todo
	ID    int64
	Count int
	Since time.Time
}

// DigestMail is one mail that was left to people or quarantined.
type DigestMail struct {
	Mailbox string // name in the config
	From    string // as the mail says; unproven in quarantine
	Subject string
	Client  string
	Model   string   // the client's role model
	Level   []string // role ids; titles in a mail
	Topic   string
	May     *bool  // whether that level may ask that (R20); nil if unknown
	Reason  string // why it was quarantined
}

// DigestRequest is one request that waits for people.
type DigestRequest struct {
	Ticket string
	Client string
	Team   Team // of the ticket's mailbox
	Name   string
	Action policy.Action
	State  RequestState
	Stage  policy.Stage
	Since  time.Time
	Late   bool // its people did not answer in time
}

// DigestClock is when the digest goes out: each day at a time of day in the provider's zone.
type DigestClock struct {
	Off          bool
	Hour, Minute int
	Zone         *time.Location // nil is UTC
}

// Next is the first time after now that lies on a later day than the last digest; last is zero if there was none. A time
// that the change to summer time leaves out is that much later; one that comes twice counts once.
func (c DigestClock) Next(now, last time.Time) time.Time {
	zone := Settings{Zone: c.Zone}.zone()
	local := now.In(zone)
	for ahead := 0; ; ahead++ {
		due := time.Date(local.Year(), local.Month(), local.Day()+ahead, c.Hour, c.Minute, 0, 0, zone)
		if due.After(now) && (last.IsZero() || dayOf(due, zone) > dayOf(last, zone)) {
			return due.UTC()
		}
	}
}

func dayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// digest tells each member of staff what concerns their teams, and sets the next one. Who has nothing to read gets no mail.
func (d *decider) digest(t *Timer) {
	clock := d.env.Settings.Digest
	if clock.Off || d.s.Digest == nil {
		return
	}
	d.timer(TimerDigest, nil, nil, clock.Next(d.env.Now, t.DueAt))
	told := 0
	for _, m := range d.s.Staff {
		own := d.digestFor(m)
		if len(own.Left)+len(own.Quarantined)+len(own.Waiting)+len(own.Todos) == 0 {
			continue
		}
		told++
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailDigest, To: m.Address, ToName: m.Name, Language: m.Language,
			Data: MailData{Until: d.env.Now, Digest: own}})
	}
	d.event("digest", nil, map[string]any{"recipients": told, "left": d.s.Digest.LeftCount, "quarantined": d.s.Digest.HeldBack,
		"waiting": d.s.Digest.WaitCount, "todos": len(d.s.Digest.Todos)})
}

// digestFor is what concerns the teams of one member of staff.
func (d *decider) digestFor(m *Staff) *Digest {
	own := *d.s.Digest
	others := func(x DigestMail) bool { return !m.In(d.staffed(d.env.Settings.MailboxTeams[x.Mailbox])) }
	own.Left = slices.DeleteFunc(slices.Clone(own.Left), others)
	own.Quarantined = slices.DeleteFunc(slices.Clone(own.Quarantined), others)
	own.Waiting = slices.DeleteFunc(slices.Clone(own.Waiting), func(r DigestRequest) bool {
		if r.Stage == policy.StageSecurity {
			return !m.In(TeamSecurity)
		}
		return !m.In(d.staffed(r.Team))
	})
	if !m.In(d.staffed(TeamSupport)) {
		own.Todos = nil
	}
	for i := range own.Left {
		own.Left[i].Level = d.titlesIn(own.Left[i].Model, own.Left[i].Level)
	}
	return &own
}

// titlesIn are the titles of roles of a model; an id that it does not know stays.
func (d *decider) titlesIn(model string, ids []string) []string {
	m := d.env.Model(model)
	if m == nil {
		return ids
	}
	return (&decider{model: m}).titles(ids)
}

// staffed is the team, or support where nobody is in it (R21).
func (d *decider) staffed(t Team) Team {
	if slices.ContainsFunc(d.s.Staff, func(m *Staff) bool { return m.In(t) }) {
		return t
	}
	return TeamSupport
}
