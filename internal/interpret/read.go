package interpret

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// MarshalJSON writes [index, "field"].
func (m Missing) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{m.Request, m.Field})
}

// UnmarshalJSON reads [index, "field"].
func (m *Missing) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&m.Request, &m.Field})
}

// reader holds what is known while one mail is read.
type reader struct {
	m      *message.Message
	book   *roleBook
	author string     // display name of the author
	sender string     // address of the author, lower case
	ours   []string   // addresses
	facts  []Evidence // where the values come from that are not searched for afterwards
	read   []*prose   // texts that are cut into sentences already
	few    [4]*prose  // room for as many as most mails have
	room   *room      // for their tokens
	in     *tongues   // languages of the text read last
	clean  string     // its text, once asked for
	// greeted is the text that rest is left of without its greeting.
	greeted, rest string
	ends          bool // the author ends their delegation
	inner         bool // the mail stands below another one, or is attached to it
	covers        bool // another mail stands below this one, or is attached to it
}

// Longer texts are read up to maxText bytes; in own words longer than maxProse no prose and no decision is looked for. Nobody
// writes such by hand, and the work grows faster than the text.
const (
	maxText  = 96 << 10
	maxProse = 8 << 10
	maxNames = 60
)

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if s = s[:n]; utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "")
}

// Read says what m asks, decides and lacks. It is a pure function of its arguments.
func Read(m *message.Message, ctx Context) Reading {
	load()
	r := Reading{
		Model: ctx.Model, Class: ClassOther, Subject: m.Subject,
		Requests: []Request{}, Missing: []Missing{}, Decisions: map[string]Decision{}, Commands: []Command{}, Evidence: []Evidence{},
	}
	if len(m.Text) > maxText || len(m.HTMLText) > maxText {
		short := *m
		short.Text, short.HTMLText = cut(m.Text, maxText), cut(m.HTMLText, maxText)
		m = &short
	}
	rd := newReader(m, ctx)
	rd.room = lend()
	defer rd.room.giveBack()
	r.From = rd.sender
	parts := replytext.SplitBy(m.Text, rd.signer())
	r.OwnWords = parts.Own
	r.ForClient = ForClient(m)
	subject := folded(m.Subject)
	if b := bounce(m, subject, rd.ours); b != nil {
		r.Class, r.Bounce = ClassBounce, b
		if ctx.Evidence {
			r.Evidence = append(r.Evidence, rd.bounceEvidence(b)...)
		}
		return r
	}
	s, ok := automatic(m, subject)
	if !ok {
		s, ok = declared(parts.Own)
	}
	if ok {
		auto := r
		auto.Class = ClassAuto
		if ctx.Evidence {
			auto.Evidence = append(auto.Evidence, Evidence{Request: -1, Field: "class", Value: string(ClassAuto), Words: s.field + ": " + s.value})
		}
		if !s.weak {
			return auto
		}
		if rd.person(&r, parts, ctx); !personAsks(m, r) {
			return auto
		}
		return r
	}
	rd.person(&r, parts, ctx)
	return r
}

// person reads what the mail of a person says.
func (rd *reader) person(r *Reading, parts replytext.Parts, ctx Context) {
	m := rd.m
	asked := ctx.Asked
	if asked == nil {
		asked = askedByQuote(m, parts, rd.book)
	}
	r.Commands = rd.commands(parts.Own)
	r.Delegate = rd.delegation(r.Commands, parts.Own)
	switch {
	case asked != nil && (len(asked.Lines) > 0 || ctx.Asked != nil && len(asked.Requests) == 0):
		r.Class = ClassReply
		r.Decisions, r.Adds = rd.decisions(parts, asked)
		r.Requests = rd.changedRoles(parts.Own, asked, r.Decisions)
	case asked != nil:
		r.Class = ClassReply
		given, open := rd.details(parts, asked)
		if r.Requests = rd.aboutOthers(parts.Own, asked); len(r.Requests) > 0 && !answersToo(given, asked) {
			r.Class = ClassRequest
			r.Missing = missing(r.Requests, rd.forSelf(parts.Own))
			break
		}
		r.Requests, r.Missing = given, open
	default:
		if found := rd.requests(parts); len(found) > 0 {
			r.Requests = found
			r.Class = ClassRequest
			rd.fields(r.Requests, rd.source(parts, r.Requests))
			r.Missing = missing(r.Requests, rd.forSelf(parts.Own))
		}
	}
	if r.Delegate == nil && r.Class == ClassOther && len(r.Commands) == 0 {
		if r.Delegate = rd.standIn(parts.Own); r.Delegate != nil {
			r.Commands = append(r.Commands, Command{Name: "delegate"})
		}
	}
	rd.addChanges(r, parts.Own)
	if r.HandOver != nil && r.Class == ClassRequest { // the role goes to somebody: that is the command, no request besides
		r.Class, r.Requests, r.Missing = ClassOther, []Request{}, []Missing{}
	}
	if r.Class == ClassOther {
		if t, because := topic(m.Subject, parts.Own); t != "" {
			r.Topic = &t
			rd.facts = append(rd.facts, Evidence{Request: -1, Field: "topic", Value: t, Words: because})
		}
	}
	if ctx.Evidence {
		r.Evidence = append(r.Evidence, rd.evidence(*r)...)
	}
	r.Warnings = rd.warnings(*r, ctx.Domains)
}

// htmlSaysTheSame says whether m has no HTML, or one of the same lines as its text.
func (rd *reader) htmlSaysTheSame() bool {
	text, html := rd.m.Text, rd.m.HTMLText
	return html == "" || html == text || sameLines(rd.cleanText(), replytext.Clean(html))
}

// cleanText is the text of the mail without what programs put into it, found once.
func (rd *reader) cleanText() string {
	if rd.clean == "" {
		rd.clean = replytext.Clean(rd.m.Text)
	}
	return rd.clean
}

func newReader(m *message.Message, ctx Context) *reader {
	rd := &reader{m: m, book: bookOf(ctx.Roles)}
	rd.read = rd.few[:0]
	if m.AuthorErr == nil {
		rd.author = personalName(m.Author.Name)
		rd.sender = lowerAddress(m.Author)
	}
	for _, to := range m.To {
		if !strings.EqualFold(to.Address.Domain, m.Author.Address.Domain) {
			rd.ours = append(rd.ours, lowerAddress(to)) // a colleague of the author is none of us
		}
	}
	return rd
}

func lowerAddress(b message.Mailbox) string {
	if b.Address.Local == "" && b.Address.Domain == "" {
		return ""
	}
	return strings.ToLower(b.Address.Local + "@" + b.Address.Domain)
}

// signer is the author's name and address.
func (rd *reader) signer() string {
	if rd.m.AuthorErr != nil {
		return rd.author
	}
	return rd.author + " <" + rd.sender + ">"
}

// personalName turns "Doe, Jane" into "Jane Doe".
func personalName(s string) string {
	if last, first, ok := strings.Cut(s, ","); ok {
		return strings.TrimSpace(first) + " " + strings.TrimSpace(last)
	}
	return s
}

// source is the text that the requests were read from: the own words, or the mail below that they refer to.
func (rd *reader) source(parts replytext.Parts, requests []Request) string {
	for _, text := range []string{parts.Own, parts.Forwarded, parts.Quoted} {
		if namesAny(text, requests) {
			return text
		}
	}
	return parts.Own
}

// decisions reads the answer to an approval mail, and what it adds. Text and HTML must say the same: people see one of
// them, and nobody knows which. What one of them adds counts.
func (rd *reader) decisions(parts replytext.Parts, asked *Asked) (map[string]Decision, []string) {
	roleOf := map[int]string{}
	lines := slices.Clone(asked.Lines)
	for i, l := range asked.Lines {
		if i < len(asked.Requests) {
			lines[i].About = str(asked.Requests[i].Reason)
		}
		if i < len(asked.Requests) && len(asked.Requests[i].Roles) == 1 {
			roleOf[l.Number] = asked.Requests[i].Roles[0]
		}
	}
	parts, adds := withoutAdds(parts)
	read := func(p replytext.Parts) map[string]Decision {
		p = withoutOwnName(withoutTold(p, lines), rd.author, lines)
		p.Own = withoutRequester(p.Own, requesterOf(rd.m.Subject), lines)
		d := decide(p, lines, rd.book, roleOf)
		if addressesOther(p.Own, lines, rd.sender) {
			withdraw(d, Approve)
		}
		return d
	}
	d := read(parts)
	unsureOfAdds(d, parts, read)
	if rd.htmlSaysTheSame() {
		return d, adds
	}
	htmlParts, more := withoutAdds(replytext.SplitBy(rd.m.HTMLText, rd.signer()))
	if htmlParts.Own == parts.Own && htmlParts.Signature == parts.Signature && slices.Equal(htmlParts.Interleaved, parts.Interleaved) && slices.Equal(adds, more) {
		return d, adds
	}
	adds = slices.Compact(slices.Sorted(slices.Values(slices.Concat(adds, more))))
	html := read(htmlParts)
	unsureOfAdds(html, htmlParts, read)
	for _, l := range asked.Lines {
		key := number(l.Number)
		if of(d, key) != of(html, key) {
			d[key] = Unclear
		}
	}
	if _, ok := d[Everything]; ok && of(d, Everything) != of(html, Everything) {
		d[Everything] = Unclear
	}
	return d, adds
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func of(d map[string]Decision, key string) Decision {
	if v, ok := d[key]; ok {
		return v
	}
	if v, ok := d[Everything]; ok {
		return v
	}
	return Unclear
}

// askedCount is how many requests the subject of our mail says that it asks about: "Approval needed: 2 access requests".
func askedCount(subject string) (n int, ok bool) {
	const begin, maxDigits = "Approval needed: ", 2
	for rest, found := subject, true; ; {
		if _, rest, found = strings.Cut(rest, begin); !found {
			return 0, false
		}
		behind := strings.TrimLeft(rest, "0123456789")
		if digits := len(rest) - len(behind); digits > 0 && digits <= maxDigits && strings.HasPrefix(behind, " access request") {
			return atoi(rest[:digits]), true
		}
	}
}

// ticketMarked says whether a subject holds the mark of one of our tickets, "[REQ-2026-17]".
func ticketMarked(subject string) bool {
	const begin, year = "[REQ-", len("2026")
	for rest, found := subject, true; ; {
		if _, rest, found = strings.Cut(rest, begin); !found {
			return false
		}
		digits := strings.TrimLeft(rest, "0123456789")
		count, end := strings.CutPrefix(digits, "-")
		behind := strings.TrimLeft(count, "0123456789")
		if end && len(rest)-len(digits) == year && len(behind) < len(count) && strings.HasPrefix(behind, "]") {
			return true
		}
	}
}

// askedByQuote rebuilds what our mail asked from its subject and the quote, for a reader without a store. The sender could have
// written both, so nothing but a display may rest on it.
func askedByQuote(m *message.Message, parts replytext.Parts, book *roleBook) *Asked {
	if !ticketMarked(m.Subject) {
		return nil
	}
	quoted := parts.Quoted + "\n" + parts.Forwarded
	for _, a := range parts.Interleaved {
		quoted += "\n" + a.Quote
	}
	count, counted := askedCount(onOneLine(m.Subject))
	if counted || strings.Contains(quoted, "To approve, reply APPROVE") {
		asked := &Asked{}
		seen := map[int]bool{}
		for _, line := range unwrap(quoted) {
			if l, role, ok := askedLine(line); ok && !seen[l.Number] {
				seen[l.Number] = true
				l.Name, _ = cleanName(l.Name)
				asked.Lines = append(asked.Lines, l)
				roles := []string{}
				var reason *string
				if _, why, ok := strings.Cut(line, "Reason:"); ok {
					reason = clean(why)
				}
				roles = append(roles, book.fromValue(role)...)
				asked.Requests = append(asked.Requests, Request{Action: AddUser, Roles: roles, Reason: reason})
			}
		}
		if len(asked.Lines) == 0 {
			n := 1
			if counted {
				n = count
			}
			for i := range n {
				asked.Lines = append(asked.Lines, AskedLine{Number: i + 1})
			}
		}
		return asked
	}
	asked := askedDetails(quoted)
	if len(asked.Requests) == 0 && !mentions(m.Subject, words.Question) {
		return nil // some other mail of ours: what is new in the answer counts
	}
	return asked
}

// askedLine reads a numbered line of an approval mail, "1. Jane Doe <jane@x.example> as Technician. Reason: …".
func askedLine(line string) (l AskedLine, role string, ok bool) {
	line = strings.TrimLeft(line, "> \t\n\f\r")
	digits := 0
	for digits < len(line) && isDigit(line[digits]) {
		digits++
	}
	name, rest, ok := strings.Cut(line, "<")
	if !ok || digits == 0 || digits > 2 || line[digits] != '.' {
		return l, "", false
	}
	begin := blanksEnd(name, digits+1)
	address, tail, ok := strings.Cut(rest, ">")
	start, end, found := findAddress(address, 0)
	if !ok || !found || start > 0 || end < len(address) || begin == digits+1 || begin == len(name) {
		return l, "", false
	}
	name = strings.TrimRightFunc(name[begin:], isBlankRune)
	if utf8.RuneCountInString(name) > maxAskedName {
		return l, "", false
	}
	l = AskedLine{Number: atoi(line[:digits]), Name: name, Email: strings.ToLower(address)}
	as := blanksEnd(tail, 0)
	if behind, found := strings.CutPrefix(tail[as:], "as"); found && as > 0 && blanksEnd(behind, 0) > 0 {
		role = behind[blanksEnd(behind, 0):]
		return l, role[:roleEnd(role)], true
	}
	return l, "", roleEnd(tail) == 0
}

const maxAskedName = 100

func isBlankRune(r rune) bool { return r < utf8.RuneSelf && isBlank(byte(r)) }

// roleEnd is where the stop of a numbered line, or the reason behind its role, begins in what follows the address.
func roleEnd(s string) int {
	end := len(s)
	for from := 0; ; {
		i := strings.Index(s[from:], "Reason:")
		if i < 0 {
			break
		}
		i += from
		if i > 0 && isBlank(s[i-1]) {
			end = len(strings.TrimRightFunc(s[:i], isBlankRune))
			break
		}
		from = i + 1
	}
	if end > 0 && s[end-1] == '.' {
		end--
	}
	return end
}

// unwrap joins a numbered line with its wrapped rest.
func unwrap(s string) []string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if len(out) > 0 && line != "" && numbered(out[len(out)-1]) && !numbered(line) && len(out[len(out)-1]) > 50 && !strings.HasPrefix(line, "To ") {
			out[len(out)-1] += " " + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// required are the fields that a support agent would ask for, in the order of asking.
var required = map[Action][]Field{
	AddUser:       {FieldName, FieldEmail, FieldRoles, FieldReason},
	ScheduleVisit: {FieldName, FieldStarts, FieldReason},
}

// missing lists the required fields that the requests lack. self: a request without a person means the author.
func missing(requests []Request, self bool) []Missing {
	out := []Missing{}
	for i, q := range requests {
		for _, f := range required[q.Action] {
			if lacks(q, f) {
				out = append(out, Missing{i, f})
			}
		}
		nobody := q.Name == nil && q.Email == nil
		switch q.Action {
		case ChangeRole:
			if nobody {
				out = append(out, Missing{i, FieldEmail})
			}
			if len(q.Roles) == 0 {
				out = append(out, Missing{i, FieldRoles})
			}
		case RemoveUser:
			if nobody {
				out = append(out, Missing{i, FieldEmail})
			}
		case ResendInvitation:
			if nobody && !self {
				out = append(out, Missing{i, FieldEmail})
			}
		}
	}
	return out
}

func lacks(q Request, f Field) bool {
	switch f {
	case FieldName:
		return q.Name == nil
	case FieldEmail:
		return q.Email == nil
	case FieldRoles:
		return len(q.Roles) == 0
	case FieldReason:
		return q.Reason == nil
	case FieldStarts:
		return q.Starts == nil
	}
	return false
}
