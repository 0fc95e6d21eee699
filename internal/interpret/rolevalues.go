package interpret

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// fromValue reads a value that ought to be a role and nothing else: "Technician (Permanent Badge)", "Billing and Support".
// A choice of two, an unknown word beside the role, or a word that fits two roles gives nil.
func (b *roleBook) fromValue(value string) []string {
	outer := withoutParentheses(value)
	ids := b.fromPlain(outer)
	if len(outer) == len(strings.TrimSpace(value)) {
		return ids
	}
	inner := inParentheses(value)
	other := b.fromPlain(inner)
	switch deputy := isDeputy(inner); {
	case deputy || len(ids) == 0: // "Security Administrator (alternate)"
		joins := []string{inner + " " + outer, outer + " " + inner}
		if hasIdeograph(outer) {
			joins = append(joins, inner+outer, outer+inner)
		}
		for _, joined := range joins {
			if found := b.fromPlain(joined); len(found) == 1 {
				return found
			}
		}
		return nil
	case len(other) > 0 && !slices.Equal(other, ids):
		return nil
	}
	return ids
}

var deputies = cue("deputies")

// isDeputy says whether a text is the word for somebody who stands in for another one, and hardly more.
func isDeputy(s string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(s, nil)
	return p.says(deputies) && p.words() <= maxDeputy && (!hasIdeograph(s) || utf8.RuneCountInString(s) <= maxDeputy+1)
}

// maxDeputy is how many words that is.
const maxDeputy = 2

// fromPlain is fromValue for a value without brackets.
func (b *roleBook) fromPlain(value string) []string {
	r := lend()
	defer r.giveBack()
	toks := r.tokenize(value)
	var ids []string
	or, behind := false, 0 // the last role
	var rest []string
	for i := 0; i < len(toks); {
		if id, n := b.at(toks, i); n > 0 {
			if !has(ids, id) {
				or = or || len(ids) > 0 && behind == i // nothing joins them
				ids = append(ids, id)
			}
			i += n
			behind = i
			continue
		}
		if id := b.compound(&toks[i]); id != "" {
			if !has(ids, id) {
				ids = append(ids, id)
			}
		} else if toks[i].in(words.RoleOr) {
			or = true
		} else if !toks[i].in(words.RoleFiller) {
			rest = append(rest, toks[i].lower)
		}
		i++
	}
	switch {
	case or && len(ids) != 1, or && len(rest) > 0:
		return nil
	case or:
		return nil
	case len(rest) == 0 && len(ids) > 0:
		return ids
	case len(ids) == 0:
		return b.fromPart(rest)
	}
	return nil
}

// fromForm is fromValue for what stands under a label that asks for a role, where an everyday word may name one, too: "Role: Buchhaltung".
func (b *roleBook) fromForm(value string) []string {
	if mayHoldBoxes(value, 2) {
		if boxes := boxed.FindAllStringSubmatchIndex(value, 12); len(boxes) > 1 {
			chosen := tickedChoices(value, boxes)
			if len(chosen) != 1 {
				return nil
			}
			value = chosen[0]
		}
	}
	value = strings.Trim(ofOneGender(value), "\"'“”„‟«»‘’「」『』 ")
	if ids := b.fromValue(value); len(ids) > 0 {
		return ids
	}
	if joined := strings.ReplaceAll(value, " ", ""); joined != value && hasIdeograph(value) {
		if ids := b.fromValue(joined); len(ids) > 0 {
			return ids
		}
	}
	if plain := strings.ReplaceAll(value, ". ", " "); plain != value { // "2. Ansprechpartner", "techn. Leiter"
		if ids := b.fromValue(plain); len(ids) == 1 {
			return ids
		}
	}
	if head, rest, ok := strings.Cut(value, ","); ok && !b.namesRole(rest) { // "Technician, permanent badge please"
		if ids := b.fromValue(head); len(ids) > 0 {
			return ids
		}
	}
	if id := b.withExtras(value); id != "" {
		return []string{id}
	}
	title := words.RoleValues[key(strings.Trim(strings.Join(strings.Fields(value), " "), " .;,"))]
	if title == "" {
		return nil
	}
	return b.fromValue(title)
}

// otherGender is the ending of the other gender behind a word: "Techniker/in", "Technicien(ne)", "Técnico(a)", "Kontoverwalter:in".
var otherGender = regexp.MustCompile(`(\pL)(?:\((?:in|a|o|ne|e|trice|ra)\)|[/*:_]-?(?:in|a|o|ne|e|trice|ra))(\PL|$)`)

// ofOneGender leaves such endings out.
func ofOneGender(value string) string {
	if !strings.ContainsAny(value, "/*:_(") {
		return value
	}
	return otherGender.ReplaceAllString(value, "$1$2")
}

var roleExtras = cue("role_extras")

// withExtras is the role that a value begins with, where the rest is about what its holder gets besides: "Technician w/ permanent badge".
func (b *roleBook) withExtras(value string) string {
	r := lend()
	defer r.giveBack()
	p := r.scan(value, nil)
	if !p.says(roleExtras) {
		return ""
	}
	id, n := b.at(p.tokens, 0)
	if n == 0 || b.namesRole(withMark.Replace(value[p.tokens[n-1].end:])) {
		return ""
	}
	return id
}

// withMark writes the short form of "with" out.
var withMark = strings.NewReplacer("w/", "with ")

// namesRole says whether a text has a word of a role's title, or one that offers a choice, doubts or denies.
func (b *roleBook) namesRole(s string) bool {
	p := scan(s)
	if p.says(deputies, words.RoleOr, words.Not, words.Doubt, roleDoubt, words.Restrict, words.RoleInstead, words.AtPresent, heldBefore, evidentNot) || strings.Contains(s, "?") {
		return true
	}
	return slices.ContainsFunc(p.tokens, func(t token) bool { return t.kind == wordToken && b.titleWord(&t) })
}

// fromPart finds the one role whose title has all of ws: "Secondary" is Secondary Contact.
func (b *roleBook) fromPart(ws []string) []string {
	if len(ws) == 0 || len(ws) > 3 {
		return nil
	}
	var left []string
	for i, w := range ws {
		var ids []string
		for title, in := range b.byWord {
			if b.sameWord(w, title) {
				ids = append(ids, in...)
			}
		}
		if i == 0 {
			left = ids
			continue
		}
		left = slices.DeleteFunc(left, func(id string) bool { return !has(ids, id) })
	}
	slices.Sort(left)
	left = slices.Compact(left)
	if len(left) == 1 {
		return left
	}
	return nil
}

// inParentheses is what withoutParentheses leaves out, without the brackets.
func inParentheses(s string) string {
	from := strings.IndexAny(s, "([（［【")
	to := strings.LastIndexAny(s, ")]）］】")
	if from < 0 || to < from {
		return ""
	}
	_, size := utf8.DecodeRuneInString(s[from:])
	return strings.TrimSpace(s[from+size : to])
}

var bracketBytes = bytesOf("()[]")

// withoutParentheses leaves out what stands in round or square brackets.
func withoutParentheses(s string) string {
	if isASCII(s) && !hasAnyByte(s, &bracketBytes) {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	depth, from := 0, 0 // from: behind the last bracket
	for i, r := range s {
		change := 0
		switch r {
		case '(', '[', '（', '［', '【':
			change = 1
		case ')', ']', '）', '］', '】':
			change = -1
		default:
			continue
		}
		if depth == 0 {
			b.WriteString(s[from:i])
		}
		depth, from = max(0, depth+change), i+utf8.RuneLen(r)
	}
	if from == 0 {
		return strings.TrimSpace(s)
	}
	if depth == 0 {
		b.WriteString(s[from:])
	}
	return strings.TrimSpace(b.String())
}
