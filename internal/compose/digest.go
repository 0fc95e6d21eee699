package compose

import (
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// digest is a daily digest in a view.
type digest struct {
	Since             string
	Left, Quarantined []digestMail
	HeldBack          int
	Waiting           []digestRequest
}

type digestMail struct {
	Mailbox, From, Subject, Client, Level, Topic, Reason string
	May                                                  string // yes, no, "" for unknown
}

type digestRequest struct {
	Ticket, Client, Name, Action, State, Stage, Since string
	Late                                              bool
}

func viewDigest(d *access.Digest, lang *language, zone *time.Location) *digest {
	if d == nil {
		return nil
	}
	v := &digest{Since: lang.when(d.Since.In(zone)), HeldBack: d.HeldBack}
	for _, m := range d.Left {
		v.Left = append(v.Left, viewDigestMail(m))
	}
	for _, m := range d.Quarantined {
		v.Quarantined = append(v.Quarantined, viewDigestMail(m))
	}
	for _, r := range d.Waiting {
		q := digestRequest{Ticket: said(r.Ticket, maxName), Client: named(r.Client), Name: named(r.Name),
			Action: string(r.Action), State: string(r.State), Stage: spaced(string(r.Stage)), Late: r.Late}
		if !r.Since.IsZero() {
			q.Since = lang.when(r.Since.In(zone))
		}
		v.Waiting = append(v.Waiting, q)
	}
	return v
}

func viewDigestMail(m access.DigestMail) digestMail {
	v := digestMail{Mailbox: said(m.Mailbox, maxName), From: shown(m.From), Subject: said(m.Subject, maxName),
		Client: named(m.Client), Level: said(spaced(strings.Join(m.Level, ", ")), maxName), Topic: said(spaced(m.Topic), maxName),
		Reason: said(m.Reason, maxText)}
	switch {
	case m.May != nil && *m.May:
		v.May = "yes"
	case m.May != nil:
		v.May = "no"
	}
	return v
}

// spaced is an id in words.
func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }
