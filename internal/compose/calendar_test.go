package compose

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"github.com/countersign/countersign/internal/access"
)

func entryOf(t *testing.T, change func(*access.Mail)) (*ical.Event, entry) {
	t.Helper()
	c := &Composer{cfg: Config{Support: sampleAddress("support@provider.example"), Provider: `Example "Colo"`, MessageIDDomain: "provider.example"}}
	m := visit("host", access.StatusCompleted)
	change(m)
	e, err := c.calendar(m)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.NewDecoder(bytes.NewReader(e.data)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, e.data)
	}
	if n := len(cal.Events()); n != 1 {
		t.Fatalf("%d events", n)
	}
	return &cal.Events()[0], e
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	event, e := entryOf(t, func(m *access.Mail) { m.Calendar.Sequence = 2 })
	for prop, want := range map[string]string{
		"UID": "visit-4711@provider.example", "SEQUENCE": "2", "STATUS": "CONFIRMED", "DTSTART": "20261201T090000Z", "DTEND": "20261201T180000Z",
		"ORGANIZER": "mailto:support@provider.example", "ATTENDEE": "mailto:maria.lindqvist@acme.example", "LOCATION": "Frankfurt",
		"SUMMARY": `Visit: Jane Doe\, Cablefix (Acme Colo)`,
	} {
		if p := event.Props.Get(prop); p == nil || p.Value != want {
			t.Errorf("%s is %v, want %s", prop, p, want)
		}
	}
	if bytes.Contains(e.data, []byte("VALUE=TEXT")) {
		t.Errorf("a value of another type than its property has:\n%s", e.data)
	}
	if e.method != "REQUEST" || !bytes.Contains(e.data, []byte("METHOD:REQUEST\r\n")) {
		t.Errorf("method %s in\n%s", e.method, e.data)
	}
	cancelled, e := entryOf(t, func(m *access.Mail) { m.Calendar.Cancelled = true })
	if e.method != "CANCEL" || cancelled.Props.Get("STATUS").Value != "CANCELLED" || cancelled.Props.Get("UID").Value != "visit-4711@provider.example" {
		t.Errorf("a cancellation:\n%s", e.data)
	}
}

// What people are called ends no property and begins none, and no line is too long.
func TestHostileCalendar(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{"x\r\nATTENDEE:mailto:eve@evil.example", `a"b;c:d,e\n`, strings.Repeat("å", 300), "BEGIN:VALARM\n", "\x00\x1b[31m"} {
		event, e := entryOf(t, func(m *access.Mail) {
			m.ToName, m.Calendar.Visitor, m.Calendar.Company, m.Calendar.Site, m.Calendar.Client = evil, evil, evil, evil, evil
		})
		if n := len(event.Props["ATTENDEE"]); n != 1 {
			t.Errorf("%q: %d attendees", evil, n)
		}
		if len(event.Children) != 0 {
			t.Errorf("%q: the event has children", evil)
		}
		for line := range bytes.Lines(e.data) {
			if len(bytes.TrimRight(line, "\r\n")) > 75 || !bytes.HasSuffix(line, []byte("\r\n")) {
				t.Errorf("%q: the line %q", evil, line)
			}
		}
		if got := event.Props.Get("DTSTART").Value; got != time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC).Format("20060102T150405Z") {
			t.Errorf("%q: starts at %s", evil, got)
		}
	}
}
