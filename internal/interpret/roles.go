package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// roleBook finds the roles of a model in text, in their usual sloppy forms.
type roleBook struct {
	forms   []roleForm
	byWord  map[string][]string // canonical word → ids of the roles it occurs in
	initial map[string]string   // "TAO" → id
	vocab   []string
}

type roleForm struct {
	id    string
	words []string
}

func newRoleBook(roles []Role) *roleBook {
	b := &roleBook{byWord: map[string][]string{}, initial: map[string]string{}}
	for _, r := range roles {
		title := r.Title
		if title == "" {
			title = strings.ReplaceAll(r.ID, "_", " ")
		}
		names := append([]string{strings.ReplaceAll(r.ID, "_", " "), title}, r.Aliases...)
		for i, name := range names {
			ws := roleWords(name)
			if len(ws) == 0 {
				continue
			}
			for _, w := range ws {
				if !has(b.vocab, w) {
					b.vocab = append(b.vocab, w)
				}
				if i < 2 && !has(b.byWord[w], r.ID) {
					b.byWord[w] = append(b.byWord[w], r.ID)
				}
			}
			b.forms = append(b.forms, roleForm{r.ID, ws})
			if i < 2 && len(ws) >= 3 {
				initials := ""
				for _, w := range ws {
					first, _ := utf8.DecodeRuneInString(w)
					initials += strings.ToUpper(string(first))
				}
				b.initial[initials] = r.ID
			}
		}
	}
	slices.SortStableFunc(b.forms, func(x, y roleForm) int { return len(y.words) - len(x.words) })
	return b
}

// roleWords are the words of a role's name in canonical spelling, parentheses left out.
func roleWords(s string) []string {
	if i := strings.IndexAny(s, "([（［【"); i >= 0 {
		s = s[:i]
	}
	var out []string
	for _, t := range tokenize(strings.ReplaceAll(s, "_", " ")) {
		if t.kind == wordToken {
			w := key(t.lower)
			if w == "authorized" {
				w = "authorised"
			}
			out = append(out, w)
		}
	}
	return out
}

// sameWord says whether the word of a mail stands for word, a word of a role's title.
func (b *roleBook) sameWord(mail, word string) bool {
	mail = key(mail)
	if mail == word || mail == word+"s" || len(word) >= 8 && (mail == word+"in" || mail == word+"innen") {
		return true
	}
	for _, full := range words.RoleWords[strings.TrimSuffix(mail, "s")] {
		if full == word {
			// A short form that fits two words of the model's titles fits the first of them only.
			for _, earlier := range words.RoleWords[strings.TrimSuffix(mail, "s")] {
				if earlier == word {
					return true
				}
				if has(b.vocab, earlier) && len(b.byWord[earlier]) > 0 && mail != "sec" {
					return false
				}
			}
		}
	}
	return utf8.RuneCountInString(word) >= 8 && oneSlip(mail, word) && !has(b.vocab, mail)
}

// oneSlip says whether two words differ by one letter added, left out or exchanged.
func oneSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		return i < len(x) && string(x[i+1:]) == string(y[i+1:])
	}
	return string(x[i:]) == string(y[i+1:])
}

// at returns the role whose name stands at toks[i:] and how many tokens it takes; the longest name wins.
func (b *roleBook) at(toks []token, i int) (id string, n int) {
	if toks[i].kind != wordToken {
		return "", 0
	}
	if id, ok := b.initial[toks[i].text]; ok {
		return id, 1
	}
	if strings.Contains(toks[i].text, "_") {
		split := tokenize(strings.ReplaceAll(toks[i].text, "_", " "))
		if id, n := b.at(split, 0); n == len(split) {
			return id, 1
		}
		return "", 0
	}
	for _, f := range b.forms {
		if len(f.words) > len(toks)-i {
			continue
		}
		match := true
		for k, w := range f.words {
			if toks[i+k].kind != wordToken || !b.sameWord(toks[i+k].lower, w) {
				match = false
				break
			}
		}
		if match {
			return f.id, len(f.words)
		}
	}
	return "", 0
}

// roleMention is a role named in a sentence, by token positions.
type roleMention struct {
	id       string
	from, to int
}

func (b *roleBook) mentions(toks []token) []roleMention {
	var out []roleMention
	for i := 0; i < len(toks); {
		id, n := b.at(toks, i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, roleMention{id, i, i + n})
		i += n
	}
	return out
}

// fromValue reads a value that ought to be a role and nothing else: "Technician (Permanent Badge)", "Billing and Support".
// A choice of two, an unknown word beside the role, or a word that fits two roles gives nil.
func (b *roleBook) fromValue(value string) []string {
	toks := tokenize(withoutParentheses(value))
	var ids []string
	or := false
	var rest []string
	for i := 0; i < len(toks); {
		if id, n := b.at(toks, i); n > 0 {
			if !has(ids, id) {
				ids = append(ids, id)
			}
			i += n
			continue
		}
		if toks[i].in(words.RoleOr) {
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

// withoutParentheses leaves out what stands in round or square brackets.
func withoutParentheses(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '[', '（', '［', '【':
			depth++
		case ')', ']', '）', '］', '】':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return strings.TrimSpace(b.String())
}
