package interpret

import (
	"slices"
	"strings"
	"sync"
)

// isArticle says whether a line begins with an o that is a bullet in a list, and an article where it stands once: "o João saiu".
func isArticle(line string) bool { return strings.HasPrefix(line, "o ") }

// listRecords reads list items that hold one person each, "Jane Doe, jane@x.example, Technician, reason: …", and lists whose
// numbered items are the fields of one person. book decides what is a role.
func listRecords(text string, book *roleBook) (records []*record, rest string) {
	lines := unwrapItems(strings.Split(text, "\n"))
	if r, ok := positional(lines, book); ok {
		return []*record{r}, ""
	}
	if people, left := allStacked(lines, book); len(people) > 0 {
		return people, strings.Join(left, "\n")
	}
	var left []string
	listed := nameLines(lines, book)
	articles := 0
	var section Action
	sectionRole := "" // "Technicians:"
	asks := sync.OnceValue(func() bool { return asksForPeople(text) })
	take := func(r *record) {
		if r.action == "" {
			r.action = section
		}
		if sectionRole != "" && r.values["role"] == "" {
			r.set("role", sectionRole)
		}
		records = append(records, r)
	}
	parted := false // somebody stands in a line with a role
	for _, line := range lines {
		if isArticle(line) {
			articles++
		}
		if !parted {
			_, parted = slashed(line, book)
		}
	}
	for i, line := range lines {
		body, _, item := unbullet(line)
		if r := headed(body, book); r != nil {
			take(r)
			continue
		}
		if !item || isArticle(line) && articles == 1 {
			if r, ok := roleLine(body, book); ok && (len(records) > 0 || asks()) {
				take(r)
				continue
			}
			if r := commaRow(line, book); r != nil && (i > 0 && commaRow(lines[i-1], book) != nil || i+1 < len(lines) && commaRow(lines[i+1], book) != nil) {
				take(r)
				continue
			}
			if r, ok := slashed(line, book); ok || parted && r != nil && r.values["email"] != "" {
				take(r)
				continue
			}
			if r := listed[i]; r != nil {
				take(r)
				continue
			}
			if i > 0 && listed[i-1] != nil && listed[i-1].values["email"] == "" && isAddress(strings.TrimSpace(line)) {
				listed[i-1].set("email", line) // the address in the line below
				continue
			}
			if strings.TrimSpace(line) != "" {
				section, sectionRole = sectionAction(line), ""
				if i == 0 || strings.TrimSpace(lines[i-1]) == "" || listed[i-1] != nil || isItem(lines[i-1]) {
					sectionRole = roleSection(line, book)
				}
			}
			if sectionRole == "" {
				left = append(left, line)
			}
			continue
		}
		r, ok := personItem(body, book)
		if !ok && r != nil && r.values["name"] != "" && (len(records) > 0 || personBehind(lines[i+1:], book)) {
			ok = true // beside others who are told more of
		}
		if ok {
			r.item = body
			take(r)
			continue
		}
		left = append(left, line)
	}
	return records, strings.Join(left, "\n")
}

// asksForAccess says whether p has a verb that adds, changes or removes somebody.
func (p *passage) asksForAccess() bool {
	return slices.ContainsFunc(accessActions[:], func(a Action) bool { return p.saysVerb(words.Verbs.of[a]) })
}

// asksForPeople is asksForAccess for a text.
func asksForPeople(text string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(cut(text, maxProse), nil)
	return p.asksForAccess()
}

// isItem says whether a line begins with a bullet or number.
func isItem(line string) bool {
	_, _, item := unbullet(line)
	return item
}

// roleSection is the role that a line is, with a colon behind it, in front of those who are to have it; "" if it is none.
func roleSection(line string, book *roleBook) string {
	head, ok := strings.CutSuffix(strings.TrimRight(strings.TrimSpace(line), " *_"), ":")
	if !ok {
		if head, ok = strings.CutSuffix(strings.TrimSpace(line), "："); !ok {
			return ""
		}
	}
	if head = strings.Trim(head, " *_"); len(head) > maxLabel || len(book.fromValue(head)) != 1 {
		return ""
	}
	return head
}

// personBehind says whether the next item of a list holds a person.
func personBehind(lines []string, book *roleBook) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		body, _, item := unbullet(line)
		if !item {
			return false
		}
		_, ok := personItem(body, book)
		return ok
	}
	return false
}

// unwrapItems puts list items together again that a mail program has wrapped: the first word below would have made the line too long.
func unwrapItems(lines []string) []string {
	var out []string
	for i, line := range lines {
		if i > 0 {
			word, _, _ := strings.Cut(line, " ")
			above := lines[i-1]
			if _, _, item := unbullet(above); item && startsSmall(line) && len(above)+1+len(word) > 66 {
				if _, _, label := labelled(line); !label {
					out[len(out)-1] += " " + line
					continue
				}
			}
		}
		out = append(out, line)
	}
	return out
}

// slashed reads "new user: Jane Doe / jane@x.example / Technician / reason" in one line.
func slashed(line string, book *roleBook) (*record, bool) {
	if !hasAddress(line) || !slices.ContainsFunc(pieceMarks[:], func(mark string) bool { return strings.Contains(line, mark) }) {
		return nil, false
	}
	if _, tail, ok := strings.Cut(line, ": "); ok {
		line = tail
	}
	r, ok := personItem(strings.TrimSpace(line), book)
	return r, ok && r.values["role"] != ""
}

// commaRow reads a line of pieces between commas and nothing else: a name, an address, a role and why; nil for any other.
func commaRow(line string, book *roleBook) *record {
	line = strings.TrimSpace(line)
	if strings.Count(line, ",") < minColumns || !hasAddress(line) || strings.HasSuffix(line, ".") {
		return nil
	}
	if r, ok := personItem(line, book); ok && r.values["email"] != "" && r.values["role"] != "" && r.values["reason"] != "" {
		return r
	}
	return nil
}

// roleLine reads "Technician: Jane Doe (jane@x.example)" in one line.
func roleLine(line string, book *roleBook) (*record, bool) {
	head, tail, ok := cutColon(line)
	if _, end, found := findAddress(tail, 0); !found || strings.Trim(tail[end:], " )>].*") != "" {
		return nil, false
	}
	if !ok || len(head) > maxLabel || len(book.fromValue(strings.Trim(head, " *_"))) != 1 {
		return nil, false
	}
	r, ok := personItem(strings.TrimSpace(strings.Trim(tail, "*")), book)
	if !ok || r.values["role"] != "" {
		return nil, false
	}
	r.set("role", head)
	return r, true
}

// pieceMarks part the pieces of a line about a person.
var pieceMarks = [...]string{" / ", " | ", " - ", " – ", " — "}

// stacked reads the first person in three or four lines without labels: name, address, role, reason, those below the name with bullets or not. It
// returns where they stand.
func stacked(lines []string, book *roleBook) (r *record, from, to int) {
	for i := range lines {
		if i+2 >= len(lines) || !slices.ContainsFunc(lines[i+1:min(i+4, len(lines))], hasAddress) || !isFullName(headBody(lines[i])) {
			continue
		}
		r := newRecord()
		k := i
		for ; k < len(lines) && k < i+4 && strings.TrimSpace(lines[k]) != ""; k++ {
			line, _, _ := unbullet(lines[k])
			switch {
			case k == i:
				r.set("name", headBody(line))
			case isAddress(line):
				r.set("email", line)
			case len(book.fromValue(line)) > 0:
				r.set("role", line)
			case k == i+3 && !isFullName(line):
				r.set("reason", line)
			}
		}
		if k == i+4 && r.values["reason"] == "" && isFullName(headBody(lines[k-1])) {
			k-- // the next person
		}
		if k >= i+3 && r.values["email"] != "" && r.values["role"] != "" && len(r.doubtful) == 0 {
			return r, i, k
		}
	}
	return nil, 0, 0
}

// allStacked reads everybody whom stacked finds, and returns the lines without them.
func allStacked(lines []string, book *roleBook) (records []*record, left []string) {
	for {
		r, from, to := stacked(lines, book)
		if r == nil {
			return records, append(left, lines...)
		}
		records, left, lines = append(records, r), append(left, lines[:from]...), lines[to:]
	}
}

// maxGreetingColon is how many words a greeting has that ends with a colon and nothing else can be.
const maxGreetingColon = 2

// nameLines reads the lines that are a name, or a name and an address, in lists below a line that ends with a colon; nil for all
// other lines.
func nameLines(lines []string, book *roleBook) []*record {
	out := make([]*record, len(lines))
	inList := false
	for i, line := range lines {
		switch t := strings.TrimSpace(line); {
		case t == "":
		case strings.HasSuffix(t, ":"):
			inList = len(strings.Fields(t)) > maxGreetingColon || withoutGreeting(t+"\n") != "" // "Hola:" heads no list
		case hasAddress(line) && (i > 0 && hasAddress(lines[i-1]) && bareName(lines[i-1], book) != nil || i+1 < len(lines) && hasAddress(lines[i+1]) && bareName(lines[i+1], book) != nil):
			out[i] = bareName(line, book)
		case inList:
			out[i] = bareName(line, book)
			inList = out[i] != nil
		}
	}
	return out
}

// isSmallName says whether s is a name written small that the address beside it shows: two or three words of no list.
func isSmallName(s, address string) bool {
	toks := tokenize(s)
	for i := range toks {
		if t := &toks[i]; t.kind != wordToken || t.text != t.lower || *t.lists != noLists && (i == 0 || i == len(toks)-1 || !t.in(words.Particles)) {
			return false
		}
	}
	return len(toks) >= 2 && len(toks) <= 3 && belongs(address, s)
}

func bareName(line string, book *roleBook) *record {
	name, address, role := strings.TrimSpace(line), "", ""
	if from, to, ok := findAddress(line, 0); ok {
		name, address = strings.Trim(line[:from], " <(,;-"), line[from:to]
		if role = strings.Trim(line[to:], " >).,;-–"); role != "" && len(book.fromValue(role)) == 0 {
			return nil
		}
	}
	if !isFullName(name) && !isSmallName(name, address) || len(book.fromValue(name)) > 0 {
		return nil
	}
	r := newRecord()
	r.set("name", name)
	if address != "" {
		r.set("email", address)
	}
	if role != "" {
		r.set("role", role)
	}
	return r
}

// apart puts commas between the pieces of an item.
var apart = strings.NewReplacer(" <", ", ", ">", "", "(", ", (", " , ", ", ")

// personItem reads one person in the pieces of a list item, in any order behind the name: address, role, reason.
func personItem(body string, book *roleBook) (*record, bool) {
	r := newRecord()
	if strings.ContainsAny(body, "<>(,") {
		body = apart.Replace(body)
	}
	cells := nameFirst(itemCells(body), book)
	var reason []string
	for i, c := range cells {
		c = strings.Trim(strings.TrimSpace(c), ".")
		c = strings.TrimSuffix(strings.TrimPrefix(c, "("), ")")
		if role, rest, ok := strings.Cut(c, ":"); ok && r.values["role"] == "" && len(book.fromValue(role)) > 0 && strings.TrimSpace(rest) != "" {
			rest = strings.TrimSpace(rest)
			switch {
			case i > 0: // "Technician: fan swaps"
				reason = append(reason, rest)
			case isFullName(rest): // "Technician: Jane Doe"
				r.set("name", rest)
			default:
				return nil, false
			}
			r.set("role", role)
			continue
		}
		switch _, value, label := labelled(c); {
		case i == 0 && isFullName(c):
			r.set("name", c)
		case i == 0:
			from, to, ok := findAddress(c, 0)
			if !ok || to != len(c) || !isFullName(strings.TrimSpace(c[:from])) {
				return nil, false
			}
			r.set("name", strings.TrimSpace(c[:from]))
			r.set("email", c[from:to])
		case isAddress(c):
			r.set("email", strings.Trim(c, "<>"))
		case hasAddress(c):
			_, end, _ := findAddress(c, 0)
			if role := withoutAs(strings.TrimLeft(c[end:], ">): ")); r.values["role"] == "" && len(book.fromValue(role)) > 0 {
				r.set("role", role)
				c = c[:end]
			}
			r.set("email", c)
		case len(book.fromValue(withoutAs(c))) > 0 && r.values["role"] == "" && len(reason) == 0:
			r.set("role", withoutAs(c))
		case label && value != "":
			field, _, _ := labelled(c)
			r.set(field, value)
		case r.values["role"] == "" && len(book.fromValue(withoutBeing(c))) > 0: // "she'll be IT Administrator"
			r.set("role", withoutBeing(c))
		default:
			reason = append(reason, c)
		}
	}
	if _, ok := r.values["reason"]; !ok && len(reason) > 0 && r.values["role"] != "" && r.values["email"] != "" {
		r.set("reason", strings.Join(reason, ", "))
	} else if ok && len(reason) > 0 {
		r.values["reason"] += ", " + strings.Join(reason, ", ")
	}
	return r, r.usable()
}

// withoutAs takes the word off that stands in front of what somebody is to be, "as Technician".
func withoutAs(c string) string {
	c = strings.TrimSpace(c)
	if first, rest, ok := strings.Cut(c, " "); ok && asRoleWords.holds(lower(first)) {
		return rest
	}
	return c
}

// nameFirst puts the name in front of the address or role that a list writes first.
func nameFirst(cells []string, book *roleBook) []string {
	for i, c := range cells {
		switch c = strings.Trim(c, " ().<>"); {
		case i > 0 && isFullName(c) && len(book.fromValue(c)) == 0:
			return slices.Concat(cells[i:i+1], cells[:i], cells[i+1:])
		case i == 2 || !isAddress(c) && len(book.fromValue(c)) == 0:
			return cells
		}
	}
	return cells
}

// withoutBeing takes off a piece of an item the words that tell that somebody is to be something: "she'll be", "to become our".
func withoutBeing(c string) string {
	r := lend()
	defer r.giveBack()
	p := r.scan(c, nil)
	if p.says(words.Not, words.AtPresent, heldBefore, words.Doubt) {
		return ""
	}
	for i := 1; i < len(p.tokens) && i <= maxBeing; i++ {
		if t := &p.tokens[i-1]; t.in(beWords) || t.in(becomeWords) || t.in(asWords) {
			for i < len(p.tokens) && p.tokens[i].in(determiners) {
				i++
			}
			if i < len(p.tokens) {
				return c[p.tokens[i].start:]
			}
		}
	}
	return ""
}

// maxBeing is how many words tell that somebody is to be something.
const maxBeing = 4

// positional reads "1) Jane Doe 2) jane@x.example 3) Technician 4) reason": one name, one address, one role, at most one more.
func positional(lines []string, book *roleBook) (*record, bool) {
	r := newRecord()
	n := 0
	for _, line := range lines {
		body, number, _ := unbullet(line)
		if number == "" {
			continue
		}
		n++
		_, _, label := labelled(body)
		field := "reason"
		switch {
		case label:
			return nil, false
		case isAddress(body):
			field = "email"
		case len(book.fromValue(body)) > 0:
			field = "role"
		case n <= 2 && isFullName(body):
			field = "name"
		}
		if _, again := r.values[field]; again {
			return nil, false
		}
		r.set(field, body)
	}
	ok := n >= 3 && n <= 4 && r.values["name"] != "" && r.values["email"] != "" && r.values["role"] != ""
	return r, ok
}
