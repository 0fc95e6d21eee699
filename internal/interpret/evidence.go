package interpret

import (
	"cmp"
	"slices"
	"strings"
)

// finder finds the line of a mail that a value came from.
type finder struct {
	text   string
	folded string
	starts []int // of the lines in each
	folds  []int
	// anchor is the line of the person whose values are searched; 0 where the first line that fits will do.
	anchor int
	// addresses are the places of each @ in folded, by what stands in front of it.
	addresses map[string][]int
	few       bool // addresses are searched for
}

// fewAddresses are so many that each is searched for by itself.
const fewAddresses = 4

// beforeAt is how much of a local part addresses are found by.
const beforeAt = 6

// index finds the first place of form in the folded text, -1 if there is none. Of many addresses none is searched for by itself.
func (f *finder) index(form string) int {
	at := strings.IndexByte(form, '@')
	if at < beforeAt || f.few {
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

func newFinder(text string) *finder {
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

// maxBelow is how many lines below a person their values are looked for before those that they may share with others.
const maxBelow = 10

// line finds the line that holds form, which fold made: the first at the anchor or soon below it, else the first of all; 0 if
// there is none.
func (f *finder) line(form string) (string, int) {
	i := f.index(form)
	if i < 0 || form == "" || strings.Contains(form, "\n") {
		return "", 0
	}
	line := f.lineAt(i)
	if f.anchor > line {
		from := f.folds[f.anchor-1]
		to := f.folds[min(f.anchor+maxBelow, len(f.folds)-1)]
		if at := strings.Index(f.folded[from:max(from, to)], form); at >= 0 {
			line = f.lineAt(from + at)
		}
	}
	return strings.TrimSpace(firstLine(f.text[f.starts[line-1]:])), line
}

// lineAt is the number of the line at an offset of folded.
func (f *finder) lineAt(i int) int {
	if f.starts == nil {
		f.starts = lineStarts(f.text)
		if f.folds = f.starts; !isASCII(f.text) {
			f.folds = lineStarts(f.folded)
		}
	}
	n, at := slices.BinarySearch(f.folds, i)
	if !at {
		n--
	}
	return n + 1
}

func lineStarts(s string) []int {
	out := make([]int, 1, 64)
	for i := 0; ; {
		next := strings.IndexByte(s[i:], '\n')
		if next < 0 {
			return out
		}
		i += next + 1
		out = append(out, i)
	}
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
	low := f.folded
	if len(wanted) > 0 && !isASCII(f.text) {
		low = lowerASCII(f.text)
	}
	for from, to := 0, 0; from < len(f.text) && len(forms) < len(wanted); from = to + 1 {
		if to = len(f.text); strings.IndexByte(f.text[from:], '\n') >= 0 {
			to = from + strings.IndexByte(f.text[from:], '\n')
		}
		line := f.text[from:to]
		toks := r.tokenizeLow(line, low[from:to])
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
	f := newFinder(rd.cleanText())
	f.few = len(r.Requests) <= fewAddresses
	forms := f.roleForms(r.Requests, rd.book, rd.room)
	for i, q := range r.Requests {
		f.anchor = 0
		add := func(field, value string, needles ...string) {
			words, line := f.where(needles...)
			if f.anchor == 0 && len(r.Requests) > 1 {
				f.anchor = line
			}
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
	f.anchor = 0
	out = append(out, rd.choices(r)...)
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

// choices are the values between which it stays open what a missing field is: nothing tells whose they are.
func (rd *reader) choices(r Reading) []Evidence {
	var out []Evidence
	for _, x := range r.Missing {
		var found []string
		switch x.Field {
		case FieldEmail:
			for _, a := range addressesOf(r.OwnWords, maxNames) {
				if !has(rd.ours, a) && a != rd.sender && !has(found, a) {
					found = append(found, a)
				}
			}
		case FieldRoles:
			for _, m := range rd.book.mentions(rd.room.tokenize(cut(r.OwnWords, maxProse))) {
				if !has(found, m.id) {
					found = append(found, m.id)
				}
			}
		}
		if len(found) > 0 {
			out = append(out, Evidence{Request: x.Request, Field: "choice." + string(x.Field), Value: strings.Join(found, ", ")})
		}
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
	f := newFinder(rd.cleanText())
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
