package interpret

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// requests reads what is asked: in the own words, or in the mail below that the own words refer to.
func (rd *reader) requests(parts replytext.Parts) []Request {
	rd.covers = len(rd.m.Forwarded) > 0 || parts.Forwarded != "" || parts.Quoted != ""
	out := rd.inText(parts.Own)
	if !rd.htmlSaysTheSame() {
		if own := replytext.SplitBy(rd.m.HTMLText, rd.signer()).Own; own != parts.Own {
			out = agree(out, rd.inText(own))
		}
	}
	if len(out) == 0 || len(out) == 1 && out[0].Name == nil && out[0].Email == nil && out[0].Action == AddUser {
		if people := rd.attached(parts.Own, len(out) == 1); len(people) > 0 {
			out = people
		}
	}
	if len(out) == 0 {
		out = rd.referred(parts)
	}
	if len(out) == 0 && rd.covers {
		out = rd.bySubject(parts.Own)
	}
	if len(out) == 0 {
		out = rd.byFirstName(parts.Own)
	}
	if len(out) == 0 {
		out = rd.evident(parts.Own)
	}
	if len(out) == 0 {
		out = rd.byAddress(parts.Own)
	}
	return out
}

// attached reads the people of attached tables and visiting cards; asked says that a labelled role or reason in the own words asks for somebody.
func (rd *reader) attached(own string, asked bool) []Request {
	var out []Request
	for _, a := range rd.m.Attachments {
		if a.Text != "" {
			people := csvRecords(rd.relabelled(a.Text))
			giveAll(people, saidAround(own))
			out = append(out, rd.fromRecords(people, own)...)
		}
	}
	if len(out) == 0 {
		out = rd.fromCards(own, asked)
	}
	return out
}

// inText reads labelled lists, tables and lists of people, and prose where there is none of them.
func (rd *reader) inText(own string) []Request {
	if strings.TrimSpace(own) == "" {
		return nil
	}
	if out := rd.visitorList(own); out != nil {
		return out
	}
	var records []*record
	rest, form, of := "", own, shapeOf(own)
	if of.mayBeForm() {
		form = rd.relabelled(own)
	}
	var labelled []*record
	if of.mayBeLabelled() || form != own {
		labelled, rest = readLabelled(form)
		records = shareOut(labelled)
	}
	if of.mayBeList() && !slices.ContainsFunc(records, (*record).ofSomebody) {
		if people, around := listRecords(own, rd.book); len(people) > 0 {
			giveAll(people, labelled)
			records, rest = people, around
		}
	}
	if len(records) > 0 {
		if named := rd.inItems(records, rest); len(named) > 0 || rd.wishesBeside(records, rest) {
			return rd.ofEverybody(own, named)
		}
		return rd.fromRecords(records, rest)
	}
	if out := rd.inProse(own); len(out) > 0 {
		return rd.withEvident(own, out)
	}
	if rd.covers {
		return nil // the subject is that of the mail below, which may say more
	}
	return rd.bySubject(own)
}

// agree merges two readings of one mail, from its text and its HTML. Where they differ the value is dropped.
func agree(a, b []Request) []Request {
	if len(b) == 0 || len(a) > len(b) {
		return a
	}
	if len(a) < len(b) {
		for i, q := range a {
			if i >= len(b) || clash(q.Email, b[i].Email) || clash(q.Name, b[i].Name) {
				return a
			}
		}
		return b
	}
	out := make([]Request, len(a))
	for i := range a {
		q, p := a[i], b[i]
		if q.Action != p.Action {
			return a
		}
		q.Email = either(q.Email, p.Email)
		if q.Name = either(q.Name, p.Name); q.Name == nil && q.Email != nil && p.Name != nil {
			q.Name = shownFirst(a[i].Name, p.Name, *q.Email)
		}
		if len(q.Roles) == 0 {
			q.Roles = p.Roles
		} else if len(p.Roles) > 0 && strings.Join(q.Roles, ",") != strings.Join(p.Roles, ",") {
			q.Roles = []string{}
		}
		if q.Reason == nil {
			q.Reason = p.Reason
		}
		q.Starts, q.Ends = either(q.Starts, p.Starts), either(q.Ends, p.Ends)
		out[i] = q
	}
	return out
}

// shownFirst is the one of two names, of which one has all words of the other, that the address begins like: "m.tietjen@…" is Malte Tietjen.
func shownFirst(a, b *string, address string) *string {
	if a == nil || !partOfName(*a, *b) && !partOfName(*b, *a) {
		return nil
	}
	local, _, _ := strings.Cut(fold(address), "@")
	first, _, parted := strings.Cut(local, ".")
	begin := func(name string) bool { return strings.HasPrefix(fold(name), first) }
	switch {
	case !parted || begin(*a) == begin(*b):
		return nil
	case begin(*a):
		return a
	}
	return b
}

func clash(a, b *string) bool { return a != nil && b != nil && *a != *b }

func either(a, b *string) *string {
	switch {
	case a == nil:
		return b
	case clash(a, b):
		return nil
	}
	return a
}
