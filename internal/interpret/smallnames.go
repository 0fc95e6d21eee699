package interpret

import (
	"slices"
	"strings"
)

// Names written small are told by the address that shows them.

// smallBefore finds names written small right in front of an address that shows one of their words, "can nadim khoury (nadim@…)":
// words of no list, so that no word of the language is taken for one.
func smallBefore(sc *scene) []nameSpan {
	small := func(t *token) bool {
		return t.kind == wordToken && t.text == t.lower && len(t.text) >= 2 && *t.lists == noLists && !hasDigit(t.text)
	}
	var out []nameSpan
	for k := range sc.tokens {
		last := k - 1
		if last >= 0 && sc.tokens[last].kind == markToken && sc.tokens[last].in(glueMarks) {
			last--
		}
		if sc.tokens[k].kind != addressToken || last < 1 || !small(&sc.tokens[last]) {
			continue
		}
		first := last - 1
		for first > 0 && sc.tokens[first].text == sc.tokens[first].lower && sc.tokens[first].in(words.Particles) {
			first--
		}
		if !small(&sc.tokens[first]) || first > 0 && (small(&sc.tokens[first-1]) || startsUpper(sc.tokens[first-1].text) && !sc.tokens[first-1].in(words.NotNames)) {
			continue
		}
		text := sc.text[sc.tokens[first].start:sc.tokens[last].end]
		if !belongs(sc.tokens[k].lower, text) {
			continue
		}
		if name, ok := sc.in.cleanName(text); ok {
			out = append(out, nameSpan{name: name, from: first, to: last + 1})
		}
	}
	return out
}

// smallRuns finds names written small that stand apart from their address: two words of no list between others, of which one is all that an
// address has in front of its domain, "make delphine okoro an it administrator … delphine@…".
func smallRuns(sc *scene, locals []string) []nameSpan {
	var out []nameSpan
	unknown := func(i int) bool {
		if i < 0 || i >= len(sc.tokens) {
			return false
		}
		t := &sc.tokens[i]
		return t.kind == wordToken && t.text == t.lower && *t.lists == noLists && !hasDigit(t.text) && len(t.text) >= 2
	}
	for i := 1; i+1 < len(sc.tokens); i++ {
		if !unknown(i) || !unknown(i+1) || unknown(i-1) || unknown(i+2) || inRole(sc, i) || inRole(sc, i+1) {
			continue
		}
		if first, last := fold(sc.tokens[i].lower), fold(sc.tokens[i+1].lower); !slices.ContainsFunc(locals, func(l string) bool { return l == first || l == last }) {
			continue
		}
		if name, ok := sc.in.cleanName(sc.text[sc.tokens[i].start:sc.tokens[i+1].end]); ok {
			out = append(out, nameSpan{name: name, from: i, to: i + 2})
		}
	}
	return out
}

// smallNames finds names written small throughout, "ivana perković", by an address that shows both words.
func smallNames(sc *scene, all []scene) []nameSpan {
	var locals []string
	for i := range all {
		for k := range all[i].tokens {
			if t := &all[i].tokens[k]; t.kind == addressToken {
				local, _, _ := strings.Cut(fold(t.text), "@")
				locals = append(locals, local)
			}
		}
	}
	if len(locals) == 0 {
		return nil
	}
	out := append(smallBefore(sc), smallRuns(sc, locals)...)
	for i := 0; i+1 < len(sc.tokens); i++ {
		a, b := &sc.tokens[i], &sc.tokens[i+1]
		if a.plain && !slices.ContainsFunc(locals, func(local string) bool { return strings.HasPrefix(local, a.lower) }) {
			continue
		}
		if a.kind != wordToken || b.kind != wordToken || a.text != a.lower || b.text != b.lower || len(a.lower) < 3 || len(b.lower) < 3 ||
			a.in(words.NotNames) || b.in(words.NotNames) {
			continue
		}
		first, last := fold(a.lower), fold(b.lower)
		for _, local := range locals {
			between, begins := strings.CutPrefix(local, first)
			between, ends := strings.CutSuffix(between, last)
			if half, _, double := strings.Cut(last, "-"); double && !ends {
				between, ends = strings.CutSuffix(between, half)
			}
			if !begins || !ends || between != "" && between != "." && between != "_" {
				continue
			}
			if name, ok := sc.in.cleanName(a.text + " " + b.text); ok {
				out = append(out, nameSpan{name: name, from: i, to: i + 2})
			}
		}
	}
	return out
}
