package compose

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"github.com/countersign/countersign/internal/access"
)

// entry is a calendar entry as bytes, and its method (RFC 5546).
type entry struct {
	method string
	data   []byte
}

// calendar makes the entry of a visit: an invitation of its recipient by the provider, or the cancellation of one with the
// same UID. Times are UTC, so that no time zone need be described (RFC 5545 section 3.3.5).
func (c *Composer) calendar(m *access.Mail) (entry, error) {
	e := m.Calendar
	method, status := "REQUEST", "CONFIRMED"
	if e.Cancelled {
		method, status = "CANCEL", "CANCELLED"
	}
	event := ical.NewEvent()
	event.Props.SetText(ical.PropUID, e.UID+"@"+c.cfg.MessageIDDomain)
	event.Props.SetDateTime(ical.PropDateTimeStamp, e.Stamp.UTC().Truncate(time.Second))
	event.Props.SetDateTime(ical.PropDateTimeStart, e.From.UTC())
	event.Props.SetDateTime(ical.PropDateTimeEnd, e.To.UTC())
	sequence := ical.NewProp(ical.PropSequence)
	sequence.Value = fmt.Sprint(e.Sequence)
	event.Props.Set(sequence)
	event.Props.SetText(ical.PropStatus, status)
	event.Props.SetText(ical.PropSummary, summary(e))
	if site := named(e.Site); site != "" {
		event.Props.SetText(ical.PropLocation, site)
	}
	event.Props.Set(person(ical.PropOrganizer, plain(c.cfg.Support), c.cfg.Provider))
	guest := person(ical.PropAttendee, plain(m.To), m.ToName)
	guest.Params.Set(ical.ParamParticipationStatus, "NEEDS-ACTION")
	guest.Params.Set(ical.ParamRole, "REQ-PARTICIPANT")
	event.Props.Set(guest)
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//Countersign//Visits//EN")
	cal.Props.SetText(ical.PropMethod, method)
	cal.Children = append(cal.Children, event.Component)
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return entry{}, fmt.Errorf("writing the calendar entry: %w", err)
	}
	return entry{method, fold(b.Bytes())}, nil
}

func summary(e *access.Calendar) string {
	s := "Visit: " + named(e.Visitor)
	if company := named(e.Company); company != "" {
		s += ", " + company
	}
	return s + " (" + named(e.Client) + ")"
}

// person is a calendar user. A quote cannot stand in a parameter (RFC 5545 section 3.2).
func person(prop, address, name string) *ical.Prop {
	p := ical.NewProp(prop)
	p.Value = "mailto:" + address
	if name = strings.ReplaceAll(named(name), `"`, "'"); name != "" {
		p.Params.Set(ical.ParamCommonName, name)
	}
	return p
}

// maxContentLine is how long a line of an entry may be in octets, without its end (RFC 5545 section 3.1).
const maxContentLine = 75

// fold breaks the lines that are too long, never inside a character.
func fold(data []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		room := maxContentLine
		for len(line) > room {
			n := room
			for n > 1 && !utf8.RuneStart(line[n]) {
				n--
			}
			b.Write(line[:n])
			b.WriteString("\r\n ")
			line, room = line[n:], maxContentLine-1
		}
		b.Write(line)
		b.WriteString("\r\n")
	}
	return b.Bytes()
}
