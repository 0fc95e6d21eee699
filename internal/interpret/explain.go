package interpret

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// finder finds the line of a mail that a value came from.
type finder struct {
	text   string
	folded string
	starts []int // of the lines in each
	folds  []int
	// addresses are the places of each @ in folded, by what stands in front of it.
	addresses map[string][]int
}

// beforeAt is how much of a local part addresses are found by.
const beforeAt = 6

// index finds the first place of form in the folded text, -1 if there is none. Of many addresses none is searched for by itself.
func (f *finder) index(form string) int {
	at := strings.IndexByte(form, '@')
	if at < beforeAt {
		return strings.Index(f.folded, form)
	}
	if f.addresses == nil {
		f.addresses = map[string][]int{}
		for i := range len(f.folded) {
			if f.folded[i] == '@' && i >= beforeAt {
				key := f.folded[i-beforeAt : i]
				f.addresses[key] = append(f.addresses[key], i)
			}
		}
	}
	for _, i := range f.addresses[form[at-beforeAt:at]] {
		if i >= at && strings.HasPrefix(f.folded[i-at:], form) {
			return i - at
		}
	}
	return -1
}

func newFinder(m *message.Message) *finder {
	text := replytext.Clean(m.Text)
	return &finder{text: text, folded: fold(text)}
}

// where finds the first line that holds one of needles, or a needle's beginning where it is wrapped.
func (f *finder) where(needles ...string) (string, int) {
	for _, n := range needles {
		if words, line := f.line(fold(n)); line > 0 {
			return words, line
		}
		if !strings.ContainsAny(n, " \t\n") {
			continue
		}
		if words, line := f.line(fold(headWords(n, 4))); line > 0 {
			return words, line
		}
	}
	return "", 0
}

// line finds the first line that holds form, which fold made; 0 if there is none.
func (f *finder) line(form string) (string, int) {
	i := f.index(form)
	if i < 0 || form == "" || strings.Contains(form, "\n") {
		return "", 0
	}
	if f.starts == nil {
		f.starts, f.folds = lineStarts(f.text), lineStarts(f.folded)
	}
	n, at := slices.BinarySearch(f.folds, i)
	if !at {
		n--
	}
	return strings.TrimSpace(firstLine(f.text[f.starts[n]:])), n + 1
}

func lineStarts(s string) []int {
	out := make([]int, 1, 64)
	for i := range len(s) {
		if s[i] == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// roleForms are the forms in which the mail first writes the roles of requests, by id.
func (f *finder) roleForms(requests []Request, book *roleBook, r *room) map[string]string {
	wanted := map[string]bool{}
	for _, q := range requests {
		for _, id := range q.Roles {
			wanted[id] = true
		}
	}
	forms := map[string]string{}
	for rest := f.text; rest != "" && len(forms) < len(wanted); {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		toks := r.tokenize(line)
		for _, m := range book.mentions(toks) {
			if wanted[m.id] && forms[m.id] == "" {
				forms[m.id] = line[toks[m.from].start:toks[m.to-1].end]
			}
		}
	}
	return forms
}

// evidence ties every value of r to the words of the mail it came from.
func (rd *reader) evidence(r Reading) []Evidence {
	var out []Evidence
	if len(r.Requests) == 0 && len(r.Decisions) == 0 && len(rd.facts) == 0 {
		return nil
	}
	f := newFinder(rd.m)
	forms := f.roleForms(r.Requests, rd.book, rd.room)
	for i, q := range r.Requests {
		add := func(field, value string, needles ...string) {
			words, line := f.where(needles...)
			out = append(out, Evidence{Request: i, Field: field, Value: value, Words: words, Line: line})
		}
		if q.Name != nil {
			add("name", *q.Name, append([]string{*q.Name}, strings.Fields(*q.Name)...)...)
		}
		if q.Email != nil {
			add("email", *q.Email, *q.Email)
		}
		for _, id := range q.Roles {
			add("roles", id, forms[id])
		}
		if q.Reason != nil {
			add("reason", *q.Reason, *q.Reason)
		}
		if q.Starts != nil && !rd.known(i, "starts") {
			add("starts", *q.Starts, clockNeedles(*q.Starts)...)
		}
		if q.Ends != nil {
			add("ends", *q.Ends, clockNeedles(*q.Ends)...)
		}
	}
	slices.SortStableFunc(rd.facts, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(a.Request, b.Request), cmp.Compare(a.Field, b.Field))
	})
	for _, e := range rd.facts {
		words, line := f.where(firstLine(e.Words))
		if line == 0 {
			words = e.Words
		}
		e.Words, e.Line = words, line
		out = append(out, e)
	}
	for _, key := range sortedKeys(r.Decisions) {
		words, line := f.where(firstLine(r.OwnWords))
		out = append(out, Evidence{Request: -1, Field: "decisions." + key, Value: string(r.Decisions[key]), Words: words, Line: line})
	}
	return out
}

// known says whether it is known already where a value comes from.
func (rd *reader) known(request int, field string) bool {
	return slices.ContainsFunc(rd.facts, func(e Evidence) bool { return e.Request == request && e.Field == field })
}

// clockNeedles are what the line of a time is found by: the time as people write it, else the year.
func clockNeedles(v string) []string {
	day, clock, _ := strings.Cut(v, "T")
	return []string{clock, strings.TrimPrefix(clock, "0"), strings.ReplaceAll(clock, ":", "."), day, v[:4]}
}

// bounceEvidence ties the recipients and the Message-ID of a bounce to the lines that name them.
func (rd *reader) bounceEvidence(b *Bounce) []Evidence {
	f := newFinder(rd.m)
	var out []Evidence
	for _, x := range b.Recipients {
		words, line := f.where(x.Address)
		out = append(out, Evidence{Request: -1, Field: "bounce.recipients", Value: x.Address, Words: words, Line: line})
	}
	if b.MessageID != "" {
		words, line := f.where(b.MessageID)
		out = append(out, Evidence{Request: -1, Field: "bounce.message_id", Value: b.MessageID, Words: words, Line: line})
	}
	return out
}

func sortedKeys(d map[string]Decision) []string {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

func headWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[:min(n, len(f))], " ")
}

// Explain says in English what r holds of m: each value with the words and the line it came from, each missing one and why,
// each decision, command and topic.
func Explain(r Reading, m *message.Message, model string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From:    %s\nSubject: %s\n", r.From, r.Subject)
	if model != "" {
		fmt.Fprintf(&b, "Model:   %s\n", model)
	}
	fmt.Fprintf(&b, "Class:   %s (%s)\n", r.Class, classMeaning[r.Class])
	explainWhole(&b, r, "class", "  because of")
	if r.Bounce != nil {
		explainBounce(&b, r)
	}
	for i, q := range r.Requests {
		explainRequest(&b, r, i, q)
	}
	if len(r.Decisions) > 0 {
		b.WriteString("\nDecisions:\n")
		for _, key := range sortedKeys(r.Decisions) {
			who := "line " + key
			if key == Everything {
				who = "everything asked"
			}
			fmt.Fprintf(&b, "  %s: %s\n", who, r.Decisions[key])
		}
		fmt.Fprintf(&b, "  read from: %q\n", r.OwnWords)
	}
	explainWhole(&b, r, "commands", "\nCommand:")
	explainWhole(&b, r, "topic", "\nTopic:")
	if r.Class == ClassOther && r.Topic == nil {
		b.WriteString("\nTopic: none: no words of one topic outweigh those of all others\n")
	}
	explainWarnings(&b, r)
	for _, w := range m.Warnings {
		fmt.Fprintf(&b, "\nRead leniently: %s\n", w)
	}
	return b.String()
}

// explainWhole writes what is said of the whole mail in field.
func explainWhole(b *strings.Builder, r Reading, field, title string) {
	for _, e := range r.Evidence {
		if e.Request < 0 && e.Field == field {
			fmt.Fprintf(b, "%s %s%s\n", title, e.Value, source(e))
		}
	}
}

// likenesses say in what one domain resembles another.
var likenesses = map[mailaddr.Likeness]string{
	mailaddr.LikeLetters: "some of its letters only look like those of the other",
	mailaddr.LikeOneOff:  "one letter is more, missing, other or swapped",
	mailaddr.LikeEnding:  "the same name with another ending",
	mailaddr.LikeJoined:  "the same words, joined otherwise",
}

func explainWarnings(b *strings.Builder, r Reading) {
	for _, w := range r.Warnings {
		_, domain, _ := strings.Cut(w.Address, "@")
		fmt.Fprintf(b, "\nWarning: the domain %s of %s looks like %s, but is another: %s\n", domain, w.Address, w.Like, likenesses[w.How])
	}
}

func explainBounce(b *strings.Builder, r Reading) {
	for _, x := range r.Bounce.Recipients {
		state := "delayed or relayed"
		if x.Failed {
			state = "failed"
		}
		status := x.Status
		if status == "" {
			status = "without a status code"
		}
		fmt.Fprintf(b, "  %s: %s, %s", x.Address, state, status)
		for _, e := range r.Evidence {
			if e.Field == "bounce.recipients" && e.Value == x.Address {
				b.WriteString(source(e))
				break
			}
		}
		b.WriteByte('\n')
	}
	if len(r.Bounce.Recipients) == 0 {
		b.WriteString("  recipient missing: the report names none clearly\n")
	}
	if r.Bounce.MessageID == "" {
		b.WriteString("  message id missing: the report returns no header with one\n")
		return
	}
	fmt.Fprintf(b, "  about the mail <%s>\n", r.Bounce.MessageID)
}

func explainRequest(b *strings.Builder, r Reading, i int, q Request) {
	fmt.Fprintf(b, "\nRequest %d: %s\n", i+1, q.Action)
	for _, e := range r.Evidence {
		if e.Request == i {
			fmt.Fprintf(b, "  %-15s %s%s\n", e.Field, e.Value, source(e))
		}
	}
	for _, x := range r.Missing {
		if x.Request == i {
			fmt.Fprintf(b, "  %-15s missing: %s\n", x.Field, whyMissing[x.Field])
		}
	}
	var silent []string
	for _, x := range []struct {
		name string
		said bool
	}{
		{"physical_access", q.PhysicalAccess != nil}, {"badge", q.Badge != nil}, {"company", q.Company != nil}, {"escort", q.Escort != nil},
		{"site", q.Site != nil}, {"grants", len(q.Grants) > 0}, {"ends", q.Ends != nil || q.Action != ScheduleVisit},
	} {
		if !x.said {
			silent = append(silent, x.name)
		}
	}
	if len(silent) > 0 {
		fmt.Fprintf(b, "  not said or not clearly: %s\n", strings.Join(silent, ", "))
	}
}

// whyMissing says why a required field stayed empty.
var whyMissing = map[Field]string{
	FieldName:   "no full name is clearly the person's",
	FieldEmail:  "no complete address is clearly the person's, or there is a choice of two",
	FieldRoles:  "no role of the model is named, or there is a choice of two",
	FieldReason: "no reason is given",
	FieldStarts: "no day with its year and a time of day is given, or there is a choice of two",
}

// source says where a value comes from: the line with its words, or the words of a header field.
func source(e Evidence) string {
	switch {
	case e.Line > 0 && strings.TrimSpace(e.Words) != e.Value:
		return fmt.Sprintf("  (line %d: %q)", e.Line, e.Words)
	case e.Line > 0:
		return fmt.Sprintf("  (line %d)", e.Line)
	case e.Words != "" && e.Words != e.Value:
		return fmt.Sprintf("  (%q)", e.Words)
	}
	return ""
}

var classMeaning = map[Class]string{
	ClassRequest: "asks for access actions", ClassReply: "answers one of our mails", ClassAuto: "written by a machine",
	ClassBounce: "a delivery status notification", ClassOther: "no access request",
}
