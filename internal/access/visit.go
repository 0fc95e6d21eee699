package access

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// Site is a place that people visit.
type Site struct {
	Name   string
	Zone   *time.Location   // in which visits are asked for and told
	Closes time.Duration    // after midnight
	Desk   mailaddr.Address // is told of every visit; zero for none
}

// VisitDetails are what a request for a visit says. Times are the site's wall clock, as 2006-01-02T15:04.
type VisitDetails struct {
	Starts  string `json:"starts,omitempty"`
	Ends    string `json:"ends,omitempty"` // empty: the site's closing time that day
	Company string `json:"company,omitempty"`
	Site    string `json:"site,omitempty"`
	Escort  string `json:"escort,omitempty"` // yes, no or empty
	Updates int64  `json:"updates,omitempty"`
}

// VisitState is where a visit stands.
type VisitState string

// The states of a visit.
const (
	VisitConfirmed VisitState = "confirmed"
	VisitCancelled VisitState = "cancelled"
	VisitOver      VisitState = "over"
)

// Visit is a confirmed visit. Its calendar entry has one UID for good; Sequence counts what was sent of it (RFC 5546).
type Visit struct {
	ID        int64
	ClientID  int64
	RequestID int64
	HostID    int64 // contact who asked; 0 where staff did
	UID       string
	Sequence  int
	Name      string
	Email     mailaddr.Address // zero where it is not known
	Company   string
	Site      string
	Escort    bool
	Reason    string
	StartsAt  time.Time
	EndsAt    time.Time
	State     VisitState

	Request *Request // where the visit is new
}

// FieldSite is missing where there are several sites and the mail names none of them.
const FieldSite interpret.Field = "site"

const wallClock = "2006-01-02T15:04"

// defaultSite stands in where none is configured.
var defaultSite = Site{Zone: time.UTC, Closes: 18 * time.Hour}

// site is the one that the request names, or the only one there is.
func (d *decider) site(r *Request) (Site, bool) {
	if len(d.env.Sites) == 0 {
		return defaultSite, true
	}
	if len(d.env.Sites) == 1 {
		return d.env.Sites[0], true
	}
	var found []Site
	named := foldName(r.Details.Visit.Site)
	for _, s := range d.env.Sites {
		if named != "" && (strings.Contains(named, foldName(s.Name)) || strings.Contains(foldName(s.Name), named)) {
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return defaultSite, false
}

// window is when a visit begins and ends. Without an end it ends when the site closes; ok is false for a time that is
// gone, or that cannot be.
func (d *decider) window(r *Request) (from, to time.Time, ok bool) {
	site, known := d.site(r)
	if !known {
		return from, to, false
	}
	from, err := time.ParseInLocation(wallClock, r.Details.Visit.Starts, site.Zone)
	if err != nil || !from.After(d.env.Now) {
		return time.Time{}, time.Time{}, false
	}
	if r.Details.Visit.Ends == "" {
		y, m, day := from.Date()
		to = time.Date(y, m, day, int(site.Closes.Hours()), int(site.Closes.Minutes())%60, 0, 0, site.Zone)
	} else if to, err = time.ParseInLocation(wallClock, r.Details.Visit.Ends, site.Zone); err != nil {
		return time.Time{}, time.Time{}, false
	}
	return from, to, to.After(from)
}

// supplyVisit takes over what the mail says where the request does not know it yet.
func (r *Request) supplyVisit(asked interpret.Request) {
	v := &r.Details.Visit
	for _, f := range []struct {
		to   *string
		from *string
	}{{&v.Starts, asked.Starts}, {&v.Ends, asked.Ends}, {&v.Company, asked.Company}, {&v.Site, asked.Site}} {
		if *f.to == "" && f.from != nil {
			*f.to = *f.from
		}
	}
	if v.Escort == "" && asked.Escort != nil {
		v.Escort = yesNo(*asked.Escort)
	}
}

// overwriteVisit puts what an answer says of a visit in the place of what the request said.
func (r *Request) overwriteVisit(said interpret.Request) {
	if r.Action != policy.ActionScheduleVisit {
		return
	}
	v := &r.Details.Visit
	if said.Starts != nil && *said.Starts != v.Starts {
		v.Starts, v.Ends = *said.Starts, ""
	}
	for _, f := range []struct {
		to   *string
		from *string
	}{{&v.Ends, said.Ends}, {&v.Company, said.Company}, {&v.Site, said.Site}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if said.Escort != nil {
		v.Escort = yesNo(*said.Escort)
	}
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// visitOf is the confirmed visit that came of a request; nil if there is none.
func (d *decider) visitOf(r *Request) *Visit {
	for _, v := range d.s.Visits {
		if v.RequestID == r.ID && r.ID != 0 && v.State == VisitConfirmed {
			return v
		}
	}
	return nil
}

// visitAhead reports whether the request has a confirmed visit that has not begun.
func (d *decider) visitAhead(r *Request) bool {
	v := d.visitOf(r)
	return v != nil && v.StartsAt.After(d.env.Now)
}

// confirmVisit carries an approved visit out: confirmed is completed (R17). Host, visitor and desk get a calendar entry.
func (d *decider) confirmVisit(r *Request) {
	from, to, ok := d.window(r)
	if !ok {
		d.fail(r, "CL-16", "The time of the visit has passed.")
		return
	}
	site, _ := d.site(r)
	v := d.updatedVisit(r)
	if v == nil {
		v = &Visit{ClientID: r.ClientID, HostID: r.RequesterID, Sequence: -1}
	}
	v.Sequence++
	v.RequestID, v.Request = r.ID, r
	v.Name, v.Email, v.Company, v.Site = r.Name, r.Email, r.Details.Visit.Company, site.Name
	v.Escort, v.Reason, v.StartsAt, v.EndsAt, v.State = r.Details.Visit.Escort == "yes", r.Reason, from.UTC(), to.UTC(), VisitConfirmed
	if v.UID == "" {
		id := make([]byte, 10)
		if _, err := io.ReadFull(d.env.Rand, id); err != nil && d.err == nil {
			d.err = fmt.Errorf("making the UID of a visit: %w", err)
		}
		v.UID = "visit-" + hex.EncodeToString(id)
	}
	r.State = Completed
	d.touchVisit(v)
	d.timer(TimerVisitOver, r, nil, v.EndsAt)
	d.event("visit_confirmed", r, map[string]any{"starts_at": v.StartsAt, "ends_at": v.EndsAt, "site": v.Site, "sequence": v.Sequence})
	d.tellVisit(r, v, StatusCompleted)
	d.tellJoined(r, d.line(r, StatusCompleted))
}

// updatedVisit is the visit that the request moves; nil for a new one.
func (d *decider) updatedVisit(r *Request) *Visit {
	for _, v := range d.s.Visits {
		if v.ID == r.Details.Visit.Updates && v.ID != 0 && v.State == VisitConfirmed {
			return v
		}
	}
	return nil
}

// callOff cancels the confirmed visit of a request, with a calendar entry that takes the first one back.
func (d *decider) callOff(r *Request) {
	v := d.visitOf(r)
	v.State, v.Sequence = VisitCancelled, v.Sequence+1
	r.State = Cancelled
	d.touch(r)
	d.touchVisit(v)
	d.event("visit_cancelled", r, map[string]any{"visit": v.ID})
	d.tellVisit(r, v, StatusCancelled)
}

// callOffVisitsOf cancels the visits ahead of somebody who may no longer enter (R32), and of those who would visit somebody
// who no longer represents the client.
func (d *decider) callOffVisitsOf(c *Contact) {
	for _, v := range d.s.Visits {
		visits := !v.Escort && !v.Email.IsZero() && v.Email.Key() == c.Address.Key()
		hosts := v.HostID == c.ID && c.State == ContactRemoved
		if v.State != VisitConfirmed || !v.StartsAt.After(d.env.Now) || !visits && !hosts {
			continue
		}
		v.State, v.Sequence = VisitCancelled, v.Sequence+1
		d.touchVisit(v)
		r := d.requestByID(v.RequestID)
		d.event("visit_cancelled", r, map[string]any{"visit": v.ID, "contact": c.ID})
		d.tellVisit(r, v, StatusCancelled)
	}
}

// reviewVisit calls the visits of somebody off from whom staff have taken physical access, as a mail that takes it does (R32).
func (d *decider) reviewVisit(r *Request) {
	v, by := d.visitOf(r), d.actor(r)
	if v == nil || by == nil {
		return
	}
	if c := d.contactByAddress(v.Email); c != nil && !c.PhysicalAccess && !d.evaluate(r, by).Allowed {
		d.callOffVisitsOf(c)
	}
}

func (d *decider) touchVisit(v *Visit) {
	if !slices.Contains(d.out.Visits, v) {
		d.out.Visits = append(d.out.Visits, v)
	}
}

// tellVisit writes to host, visitor and desk, each with the calendar entry.
func (d *decider) tellVisit(r *Request, v *Visit, status Status) {
	site := defaultSite
	for _, s := range d.env.Sites {
		if s.Name == v.Site {
			site = s
		}
	}
	line := Line{Number: 1, Action: policy.ActionScheduleVisit, Name: v.Name, Email: v.Email.Display(), Reason: v.Reason, Status: status,
		Details: LineDetails{Visit: LineVisit{From: v.StartsAt.In(site.Zone), To: v.EndsAt.In(site.Zone), Company: v.Company, Site: v.Site, Escort: yesNo(v.Escort)}}}
	data := MailData{Client: d.s.Client.Name, Lines: []Line{line}}
	entry := &Calendar{UID: v.UID, Sequence: v.Sequence, Cancelled: status == StatusCancelled, From: v.StartsAt, To: v.EndsAt, Stamp: d.env.Now,
		Visitor: v.Name, Company: v.Company, Site: v.Site, Client: d.s.Client.Name}
	var t *Ticket
	if r != nil {
		t = d.ticketOf(r)
	}
	host := d.contactByID(v.HostID)
	send := func(to mailaddr.Address, name, language, part string) {
		data := data
		data.Person = part
		if host != nil {
			data.Requester = host.Name
		}
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailVisit, To: to, ToName: name, Language: language, Ticket: t, Data: data, Calendar: entry})
	}
	if host != nil && host.State == ContactActive {
		send(host.Address, host.Name, host.Language, "host")
	} else if r != nil && d.staffByID(r.StaffID) != nil {
		s := d.staffByID(r.StaffID)
		send(s.Address, s.Name, s.Language, "host")
	}
	if !v.Email.IsZero() && (host == nil || v.Email.Key() != host.Address.Key()) {
		send(v.Email, v.Name, "", "visitor")
	}
	if !site.Desk.IsZero() {
		send(site.Desk, site.Name, "", "desk")
	}
}

// visitOver ends a visit by itself when its time is over.
func (d *decider) visitOver(r *Request) {
	v := d.visitOf(r)
	if v == nil {
		return
	}
	if d.env.Now.Before(v.EndsAt) {
		d.timer(TimerVisitOver, r, nil, v.EndsAt)
		return
	}
	v.State = VisitOver
	d.touchVisit(v)
	d.event("visit_over", r, map[string]any{"visit": v.ID})
}

// moveVisit files an answer that moves a confirmed visit as a request of its own, which updates the visit when it is
// approved.
func (d *decider) moveVisit(author *Contact) bool {
	var moved []*Request
	for _, said := range d.in.Reading.Requests {
		if said.Action != interpret.ScheduleVisit || said.Starts == nil {
			continue
		}
		for _, r := range d.s.Requests {
			if !d.visitAhead(r) || said.Name != nil && !named(said, r) {
				continue
			}
			next := &Request{ClientID: r.ClientID, RequesterID: author.ID, Action: r.Action, Name: r.Name, Email: r.Email, Reason: r.Reason,
				Details: r.Details, CreatedAt: d.env.Now, ContactID: r.ContactID}
			next.Details.Authors, next.Details.Joined = nil, nil
			next.overwriteVisit(said)
			next.Details.Visit.Updates = d.visitOf(r).ID
			moved = append(moved, next)
			break
		}
	}
	if len(moved) == 0 {
		return false
	}
	lines := d.fileAll(moved, d.s.Ticket, len(d.s.Requests))
	d.answer(author, d.s.Ticket, lines)
	return true
}
