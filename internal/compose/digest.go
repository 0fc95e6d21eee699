package compose

import (
	"time"

	"github.com/countersign/countersign/internal/access"
)

// digest is a daily digest in a view.
type digest struct {
	Since             string
	Left, Quarantined []digestMail
	HeldBack          int
	Waiting           []digestRequest
	Todos             []digestTodo
}

type digestMail struct {
	Mailbox, From, Subject, Client, Topic, Reason string
	Level                                         []string
	May                                           string // yes, no, "" for unknown
}

type digestRequest struct {
	Ticket, Client, Name, Action, State, Stage, Since string
	Late                                              bool
}

type digestTodo struct {
	ID                 int64
	Kind, About, Since string
	Count              int
}

func viewDigest(d *access.Digest, lang *language, zone *time.Location) *digest {
	if d == nil {
		return nil
	}
	v := &digest{Since: lang.when(d.Since.In(zone)), HeldBack: d.HeldBack}
	for _, m := range d.Left {
		v.Left = append(v.Left, viewDigestMail(m, lang))
	}
	for _, m := range d.Quarantined {
		v.Quarantined = append(v.Quarantined, viewDigestMail(m, lang))
	}
	for _, r := range d.Waiting {
		q := digestRequest{Ticket: said(r.Ticket, maxName), Client: named(r.Client), Name: named(r.Name),
			Action: string(r.Action), State: string(r.State), Stage: string(r.Stage), Late: r.Late}
		if !r.Since.IsZero() {
			q.Since = lang.when(r.Since.In(zone))
		}
		v.Waiting = append(v.Waiting, q)
	}
	for _, t := range d.Todos {
		v.Todos = append(v.Todos, digestTodo{ID: t.ID, Kind: string(t.Kind), About: shown(t.About), Count: t.Count, Since: lang.when(t.Since.In(zone))})
	}
	return v
}

func viewDigestMail(m access.DigestMail, lang *language) digestMail {
	v := digestMail{Mailbox: said(m.Mailbox, maxName), From: shown(m.From), Subject: said(m.Subject, maxName),
		Client: named(m.Client), Level: namedAll(lang.sayAll(m.Level)), Topic: said(m.Topic, maxName),
		Reason: said(lang.sayReason(m.Reason), maxText)}
	switch {
	case m.May != nil && *m.May:
		v.May = "yes"
	case m.May != nil:
		v.May = "no"
	}
	return v
}
