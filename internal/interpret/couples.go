package interpret

import "strings"

// withLone adds those whom only one name is said of beside others with a full name: "John and Mary Smith", "Jane Doe and Bob
// (bob@…)". Whoever stands in front of a couple's surname shares it; of anybody else the name is asked for.
func withLone(scenes []scene, list []person) []person {
	var lone []person
	for i, p := range list {
		sc := &scenes[p.sent]
		toks := sc.tokens
		if k := p.at - 2; k >= 0 && joins(&toks[k+1]) && loneName(sc, k) {
			lone = append(lone, person{name: shared(toks[k].text, p.name), strong: p.strong, sent: p.sent, at: k, to: k + 1})
			if k > 0 && strongName(sc, nameSpan{from: k, to: k + 1}) {
				list[i].strong, lone[len(lone)-1].strong = true, true
			}
		}
		if k := p.at - 2; k > 1 && joins(&toks[k+1]) {
			if at := addressBefore(toks, k+1); at > 0 && loneName(sc, at-1) {
				lone = append(lone, person{address: addressOf(toks, at, k+1), strong: true, sent: p.sent, at: at - 1, to: k + 1})
			}
		}
		if k := p.to; closes(toks, &k) && k+1 < len(toks) && joins(&toks[k]) && loneName(sc, k+1) && !followed(sc, k+1) {
			q := person{strong: p.strong, sent: p.sent, at: k + 1, to: k + 2}
			if at := k + 2; at < len(toks) {
				q.address = addressOf(toks, at, min(len(toks), at+3))
			}
			lone = append(lone, q)
		}
	}
	for _, q := range lone {
		list = slicesWithout(list, q.address)
		list = append(list, q)
	}
	return list
}

// slicesWithout leaves out the nameless person with an address that somebody called by one name has now.
func slicesWithout(list []person, address string) []person {
	out := list[:0:0]
	for _, p := range list {
		if address == "" || p.address != address || p.name != "" {
			out = append(out, p)
		}
	}
	return out
}

var (
	loneBefore, loneAfter = cue("lone_before"), cue("lone_after")
	marksBefore           = newList(",", "&", ":")
	marksAfter            = newList("(", "<", ",", ".", ":", "!", "?")
)

func joins(t *token) bool { return t.in(andWords) || t.text == "&" }

// loneName says whether token k is a capitalised word that can be a given name alone.
func loneName(sc *scene, k int) bool {
	if k < 1 || k >= len(sc.tokens) {
		return false
	}
	t := sc.tokens[k]
	if t.kind != wordToken || !startsUpper(t.text) || allLarge(t.text) || hasDigit(t.text) || len(t.text) < 2 || t.in(words.NotNames) || t.in(words.Titles) {
		return false
	}
	for _, m := range sc.roles {
		if k >= m.from && k < m.to {
			return false
		}
	}
	for _, n := range sc.names {
		if k >= n.from && k < n.to {
			return false
		}
	}
	return sc.tokens[k-1].in(loneBefore) || sc.tokens[k-1].in(marksBefore)
}

// followed says whether the word behind a single name makes it no person's: "Jane Doe and Acme will …".
func followed(sc *scene, k int) bool {
	if k+1 >= len(sc.tokens) {
		return false
	}
	return !sc.tokens[k+1].in(loneAfter) && !sc.tokens[k+1].in(marksAfter)
}

// closes moves k behind the bracket that closes an address.
func closes(toks []token, k *int) bool {
	for *k < len(toks) && has([]string{")", ">", "(", "<"}, toks[*k].text) || *k < len(toks) && toks[*k].kind == addressToken {
		*k++
	}
	return *k < len(toks)
}

// addressBefore returns where the bracket of the address that ends at token k begins, 0 if none does.
func addressBefore(toks []token, k int) int {
	for i := k - 1; i > 0 && i >= k-4; i-- {
		if toks[i].kind == addressToken && i > 1 && has([]string{"(", "<"}, toks[i-1].text) {
			return i - 1
		}
	}
	return 0
}

func addressOf(toks []token, from, to int) string {
	for _, t := range toks[from:to] {
		if t.kind == addressToken {
			return t.lower
		}
	}
	return ""
}

// shared is a given name with the surname of a couple; "" where the other name has more than two words, so that the surname is uncertain.
func shared(given, full string) string {
	fields := strings.Fields(full)
	if len(fields) != 2 {
		return ""
	}
	return given + " " + fields[1]
}

// oneForTwo takes an address off the last of several who are named one after the other when it shows none of their names: it may be
// that of all.
func oneForTwo(scenes []scene, people []person) {
	for i := 1; i < len(people); i++ {
		p, before := &people[i], people[i-1]
		if p.address != "" && p.name != "" && before.address == "" && !belongs(p.address, p.name) && listed(scenes, before, *p) {
			p.address = ""
		}
	}
}
