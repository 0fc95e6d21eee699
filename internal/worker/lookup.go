package worker

import (
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

var ticketNumber = regexp.MustCompile(`(?i)\bREQ-\d{4}-\d{5,9}\b`)

// newLookup gathers what a mail carries to find its place: tokens in its recipients, then its references, then its text;
// ticket numbers in recipients, references and subject.
func newLookup(id int64, m *message.Message) (*access.Lookup, []token.Ref) {
	l := &access.Lookup{InboundID: id}
	if m.AuthorErr == nil {
		l.Author = m.Author.Address
	}
	var rcpts []string
	for _, a := range m.Recipients {
		rcpts = append(rcpts, a.String())
	}
	refs := slices.Concat(m.InReplyTo, m.References)
	slices.Reverse(refs)
	var found []token.Ref
	for _, place := range []string{strings.Join(rcpts, " "), strings.Join(refs, " "), m.Text, m.HTMLText} {
		for _, r := range token.FindRefs(place) {
			if !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	for _, r := range found {
		l.Tokens = append(l.Tokens, r.Token.Digest())
	}
	for _, place := range []string{strings.Join(rcpts, " "), strings.Join(refs, " "), m.Subject} {
		addTickets(l, place)
	}
	for _, a := range m.Recipients {
		if _, detail := a.SplitDetail("+"); strings.HasPrefix(strings.ToLower(detail), access.BounceDetail) {
			l.ReturnPaths = append(l.ReturnPaths, strings.ToLower(a.String()))
		}
	}
	if m.MessageID != "" {
		l.OwnID = token.DigestOf(m.MessageID)
	}
	for _, r := range refs {
		l.MessageIDs = append(l.MessageIDs, token.DigestOf(r))
	}
	const most = 50 // a header may hold thousands; the newest come first
	l.Tokens, l.MessageIDs = l.Tokens[:min(len(l.Tokens), most)], l.MessageIDs[:min(len(l.MessageIDs), most)]
	l.ReturnPaths = l.ReturnPaths[:min(len(l.ReturnPaths), most)]
	if m.AuthorErr == nil && (m.MessageID != "" || !m.Date.IsZero()) {
		// R33: the Message-ID alone is the sender's choice and never a key. Without one the rest must do: nobody writes the
		// same words twice within a second.
		l.Duplicate = token.DigestOf(strings.Join([]string{l.Author.Key(), m.MessageID, m.Date.UTC().String(), m.Subject, m.Text}, "\x00"))
	}
	l.Client = interpret.ForClient(m)
	return l, found[:min(len(found), most)]
}

// HeaderLookup is what the header of a mail says about its place, for those who put it in line before it is read; nil where reading
// it panics. That must not end the program, for the mail is not stored yet, and would come again.
func HeaderLookup(log *slog.Logger, raw []byte) *access.Lookup {
	return headerLookup(log, raw, message.ParseHeader)
}

func headerLookup(log *slog.Logger, raw []byte, parse func([]byte) (*message.Message, error)) (l *access.Lookup) {
	_ = guard(log, func() error { // without a lane the mail waits its turn, and is read with the same guard
		m, err := parse(raw)
		if err != nil {
			l = &access.Lookup{} // nobody will be able to read it
			return nil
		}
		l, _ = newLookup(0, m)
		return nil
	})
	return l
}

func addTickets(l *access.Lookup, text string) {
	for _, n := range ticketNumber.FindAllString(text, 20) {
		if n = strings.ToUpper(n); !slices.Contains(l.Tickets, n) {
			l.Tickets = append(l.Tickets, n)
		}
	}
}

func addBounce(l *access.Lookup, b *interpret.Bounce) {
	if b == nil {
		return
	}
	l.Bounce = true
	if b.MessageID != "" {
		l.BouncedID = token.DigestOf(b.MessageID)
		l.MessageIDs = append(l.MessageIDs, l.BouncedID)
	}
}

// context is what reading must know: the roles of the client's model, or of all models, and what our mail asked.
func (p *Processor) context(t *access.Thread) interpret.Context {
	var c interpret.Context
	models := p.Models
	if t.Client != nil {
		if m := p.Env().Model(t.Client.RoleModel); m != nil {
			c.Model, models = m.ID, []*policy.Model{m}
		}
		c.Domains = append(c.Domains, t.Client.Domains...)
	}
	for _, m := range models {
		for _, r := range m.Roles {
			c.Roles = append(c.Roles, interpret.Role{ID: r.ID, Title: r.Title, Aliases: r.Aliases})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Mailboxes)) {
		c.Domains = append(c.Domains, p.Mailboxes[name].Own.Domain)
	}
	c.Asked = asked(t)
	return c
}

// asked says what our mail asked: the numbered lines of an approval, or details that are missing; nil where it asked nothing.
func asked(t *access.Thread) *interpret.Asked {
	a := &interpret.Asked{}
	if t.Approval != nil {
		for _, line := range t.Approval.Lines {
			for _, r := range t.Requests {
				if r.ID == line.RequestID {
					a.Lines = append(a.Lines, interpret.AskedLine{Number: line.Number, Name: r.Name, Email: r.Email.Key()})
					a.Requests = append(a.Requests, askedRequest(r))
				}
			}
		}
		return a
	}
	if replaced := toReplace(t.Requests); len(replaced) > 0 {
		for i, r := range replaced {
			a.Lines = append(a.Lines, interpret.AskedLine{Number: i + 1, Name: r.Name, Email: r.Email.Key()})
			a.Requests = append(a.Requests, askedRequest(r))
		}
		return a
	}
	for _, r := range t.Requests {
		if r.State != access.NeedsDetails {
			continue
		}
		for _, f := range r.Missing() {
			a.Missing = append(a.Missing, interpret.Missing{Request: len(a.Requests), Field: f})
		}
		a.Requests = append(a.Requests, askedRequest(r))
	}
	if len(a.Requests) == 0 {
		return nil
	}
	return a
}

// toReplace are the requests of which nothing is open but whether somebody is replaced: a question for a yes or no.
func toReplace(all []*access.Request) []*access.Request {
	var found []*access.Request
	for _, r := range all {
		if m := r.Missing(); r.State == access.NeedsDetails && len(m) == 1 && m[0] == access.FieldReplace {
			found = append(found, r)
		}
	}
	return found
}

func askedRequest(r *access.Request) interpret.Request {
	q := interpret.Request{Action: interpret.Action(r.Action), Roles: r.Roles}
	if r.Name != "" {
		q.Name = &r.Name
	}
	if !r.Email.IsZero() {
		key := r.Email.Key()
		q.Email = &key
	}
	if r.Reason != "" {
		q.Reason = &r.Reason
	}
	return q
}
