package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The value of a visitor's label may name several people, and what company they are of: "Peter Pan, Nordkabel", "Peter Pan and Anna Berg (Nordkabel)".

// visitorsIn are the people in the value of such a label, none where that is not clear.
func (rd *reader) visitorsIn(value string) []string {
	if hasAddress(value) || strings.ContainsAny(value, "\n:?@") {
		return nil
	}
	if value = withoutParentheses(value); hasIdeograph(value) {
		return namesBySurname(value)
	}
	p := rd.in.scan(value)
	joined := slices.ContainsFunc(p.tokens, func(t token) bool { return joins(&t) && t.text == t.lower })
	for _, marks := range []string{",;", ";"} {
		if all := namesBetween(&p, marks); len(all) > 1 && (joined || strings.Contains(value, ";") || !slices.ContainsFunc(all, func(n string) bool { return !givenFirstIn(n) })) {
			return all // two names beside a comma alone may be a person and a company
		}
	}
	if name := rd.visitorIn(&p); name != "" {
		return []string{name}
	}
	return nil
}

// namesBetween are the pieces of a text between conjunctions and these marks, if all are full names, the last one's company apart.
func namesBetween(p *passage, marks string) []string {
	var out []string
	from := 0
	take := func(to int) bool {
		piece := strings.TrimSpace(p.text[from:to])
		if to == len(p.text) {
			sub := p.in.scan(piece)
			piece = beforeCompany(&sub)
		}
		name, ok := cleanName(piece)
		out = append(out, name)
		return ok && isFullName(piece) && wordCount(name) >= 2
	}
	for i := range p.tokens {
		t := &p.tokens[i]
		if !(joins(t) && t.text == t.lower) && !strings.Contains(marks, t.text) {
			continue
		}
		if !take(t.start) {
			return nil
		}
		from = t.end
	}
	if !take(len(p.text)) {
		return nil
	}
	return out
}

// visitorIn is the one person of a value, "" where it may name two, or the surname first.
func (rd *reader) visitorIn(p *passage) string {
	text := beforeCompany(p)
	head, tail, mark := text, "", ""
	for _, m := range []string{", ", " - ", " – ", " / ", "/"} {
		if h, t, ok := strings.Cut(text, m); ok && len(h) < len(head) {
			head, tail, mark = h, strings.TrimSpace(t), m
		}
	}
	name, ok := cleanName(head)
	if !ok || wordCount(name) < 2 || tail != "" && !isFullName(head) {
		return ""
	}
	words := strings.Fields(tail)
	last := scan(tail)
	legal := len(last.tokens) > 0 && isLegalForm(&last.tokens[len(last.tokens)-1])
	switch {
	case tail == "", legal:
		return name
	case len(words) == 1 && mark != ", ", len(words) == 1 && givenFirstIn(name):
		return name
	}
	return ""
}

// givenFirstIn says whether a name begins with a given name that is known.
func givenFirstIn(name string) bool {
	first, _, _ := strings.Cut(lower(name), " ")
	return words.givenNames.of(first) > 0
}

// beforeCompany is a value without the company that a word like "from" leads to behind a full name.
func beforeCompany(p *passage) string {
	for i := 2; i+1 < len(p.tokens); i++ {
		end := p.starts(i, ofCompany)
		if end == 0 && (p.tokens[i].in(fromCompany) || p.tokens[i].in(ofVisitors)) {
			end = i + 1
		}
		if end == 0 || end >= len(p.tokens) || !startsUpper(p.tokens[end].text) || p.tokens[i].text != p.tokens[i].lower {
			continue
		}
		if p.tokens[i].in(words.Particles) && end == i+1 && (words.givenNames.of(p.tokens[i-1].lower) > 0 || words.particleSurnames.of(p.tokens[end].lower) > 0) {
			continue
		}
		if head := strings.Trim(p.text[:p.tokens[i].start], " ,"); isFullName(head) {
			return head
		}
	}
	return p.text
}

// namesBySurname are the people of a list in a script without blanks, "王小明、李娜", if all begin with a surname.
func namesBySurname(value string) []string {
	var out []string
	for piece := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune("、，,；;", r) }) {
		name, ok := cleanName(piece)
		letters := utf8.RuneCountInString(strings.ReplaceAll(name, " ", ""))
		known := slices.ContainsFunc(surnameBooks, func(b surnameBook) bool { return longest(b.names, name) > 0 && longest(b.none, name) == 0 })
		if !ok || !known || letters < 2 || letters > maxRunOnName || !isIdeographic(strings.ReplaceAll(name, " ", "")) {
			return nil
		}
		out = append(out, name)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
