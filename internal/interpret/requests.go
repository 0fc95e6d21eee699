package interpret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// requests reads what is asked: in the own words, or in the mail below that the own words refer to.
func (rd *reader) requests(parts replytext.Parts) []Request {
	out := rd.inText(parts.Own)
	if !rd.htmlSaysTheSame() {
		if own := replytext.SplitBy(rd.m.HTMLText, rd.author).Own; own != parts.Own {
			out = agree(out, rd.inText(own))
		}
	}
	if len(out) == 0 {
		for _, a := range rd.m.Attachments {
			if a.Text != "" {
				out = append(out, rd.fromRecords(csvRecords(a.Text), parts.Own)...)
			}
		}
	}
	if len(out) == 0 {
		out = rd.fromCards(parts.Own)
	}
	if len(out) == 0 {
		out = rd.referred(parts)
	}
	return out
}

// inText reads labelled lists, tables and lists of people, and prose where there is none of them.
func (rd *reader) inText(own string) []Request {
	if strings.TrimSpace(own) == "" {
		return nil
	}
	records, rest := labelledRecords(own)
	if len(records) == 0 {
		records, rest = listRecords(own, rd.book)
	}
	if len(records) > 0 {
		return rd.fromRecords(records, rest)
	}
	if out := rd.inProse(own); len(out) > 0 {
		return out
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
		q.Name = either(q.Name, p.Name)
		q.Email = either(q.Email, p.Email)
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

// fromRecords turns records into requests. rest is the text around them, which says what to do with the people.
func (rd *reader) fromRecords(records []*record, rest string) []Request {
	var out []Request
	if forbids(rest) {
		return nil
	}
	action := rd.actionAround(rest)
	shared := rd.reasonAround(rest, len(records))
	var around []assigned // "please add the following user as Technician:"
	for _, sc := range rd.scenes(cut(rest, maxProse)) {
		around = append(around, assignedRoles(&sc)...)
	}
	common := settle(around)
	for _, rec := range records {
		q := Request{Action: action, Roles: []string{}, Grants: []string{}}
		if v, ok := rec.values["action"]; ok {
			if a := actionWord(v); a != "" {
				q.Action = a
			}
		}
		if rec.action != "" {
			q.Action = rec.action
		}
		if v, ok := rec.values["visitor"]; ok {
			q.Action = ScheduleVisit
			rec.set("name", v)
		}
		q.Name = rec.name(rd.in)
		if q.Name == nil {
			q.Name = rd.onlyName(rec, rest)
		}
		if _, said := rec.values["name"]; q.Name == nil && !said && len(records) == 1 {
			q.Name = rd.nameAround(rest)
		}
		q.Email = rd.email(rec)
		if _, said := rec.values["name"]; q.Name == nil && !said && len(records) == 1 {
			q.Name = rd.nameInSubject(q.Email)
		}
		if _, said := rec.values["role"]; said && !rec.doubtful["role"] {
			q.Roles = append(q.Roles, rd.book.fromValue(rec.values["role"])...)
		} else if !said {
			q.Roles = append(q.Roles, common...)
		}
		q.Reason = withoutThanks(valueOf(rec, "reason"))
		if q.Reason == nil {
			q.Reason = shared
		}
		if q.Action == ScheduleVisit {
			q.Starts, q.Ends = window(rec.values["date"]+" "+rec.values["time"], rd.m.Date)
			q.Roles = []string{}
		}
		if q.Action == RemoveUser || q.Action == ResendInvitation {
			q.Roles = []string{}
		}
		if q.Action == "" || q.Name == nil && q.Email == nil && len(q.Roles) == 0 {
			continue
		}
		out = append(out, q)
	}
	return out
}

// onlyName is the single name of somebody of whom the text around says that they have no other.
func (rd *reader) onlyName(rec *record, rest string) *string {
	v := strings.TrimSpace(rec.values["name"])
	if rec.doubtful["name"] || v == "" || len(strings.Fields(v)) != 1 || !startsUpper(v) || words.NotNames.holds(lower(v)) {
		return nil
	}
	for _, s := range sentences(cut(rest, maxProse)) {
		if p := s.passage; !p.says(oneName) || !slices.ContainsFunc(p.tokens, func(t token) bool { return t.text == v || t.in(words.Pronouns) }) {
			continue
		}
		if name, ok := cleanName(v); ok {
			return &name
		}
	}
	return nil
}

// nameInSubject is the one name in the subject that the address shows.
func (rd *reader) nameInSubject(address *string) *string {
	if address == nil || len(rd.m.Subject) > maxGreeting {
		return nil
	}
	sc := rd.sceneOf(rd.m.Subject)
	if len(sc.names) != 1 || !belongs(*address, sc.names[0].name) || compared(&sc, sc.names[0].from) {
		return nil
	}
	return &sc.names[0].name
}

// nameAround is the one name in the text around a list that gives none.
func (rd *reader) nameAround(rest string) *string {
	var found *string
	scenes := rd.scenes(cut(rd.body(rest), maxProse))
	for i := range scenes {
		sc := &scenes[i]
		for _, n := range sc.names {
			if compared(sc, n.from) {
				continue
			}
			if found != nil && !sameName(*found, n.name) || !sc.asks && !sc.says(words.NewPerson) {
				return nil
			}
			found = &n.name
		}
	}
	return found
}

func (r *record) name(in *tongues) *string {
	if r.doubtful["name"] || r.doubtful["first_name"] || r.doubtful["last_name"] {
		return nil
	}
	v := r.values["name"]
	first, last := r.values["first_name"], r.values["last_name"]
	switch { // beside one half of a name "Name" is the other half
	case last != "" && first == "" && wordCount(v) == 1:
		first = v
	case first != "" && last == "" && len(strings.Fields(v)) >= 1 && !partOfName(first, v):
		last = v
	}
	if first != "" && last != "" {
		if v = first + " " + last; isIdeographic(first + last) {
			v = last + first // as it is written there
		}
	}
	if at, _, ok := findAddress(v, 0); ok {
		v = strings.TrimRight(strings.TrimSpace(v[:at]), "<([,;:- ")
	}
	if blank(v) {
		return nil
	}
	name, ok := in.cleanName(v)
	if !ok || wordCount(name) < 2 {
		return nil
	}
	return &name
}

// email returns the one address of a record that is not the author's own.
func (rd *reader) email(rec *record) *string {
	if rec.doubtful["email"] {
		return nil
	}
	v := rec.values["email"]
	if v == "" {
		v = rec.values["name"]
	}
	found := addressesOf(v, 3)
	for _, a := range found {
		if a != found[0] {
			return nil
		}
	}
	if len(found) == 0 || found[0] == rd.sender || rd.ours[found[0]] {
		return nil
	}
	return &found[0]
}

func blank(v string) bool {
	v = strings.ToLower(strings.Trim(strings.TrimSpace(v), ". "))
	return v == "" || has(words.NoValue, v)
}

func valueOf(rec *record, field string) *string {
	v := strings.Trim(strings.TrimSpace(rec.values[field]), "\"")
	if rec.doubtful[field] || blank(v) {
		return nil
	}
	v = strings.TrimRight(strings.Join(strings.Fields(v), " "), ".")
	return &v
}

// withoutThanks takes the thanks off that stand behind a value in its line, "reason: audit in January. Many thanks".
func withoutThanks(v *string) *string {
	if v == nil {
		return nil
	}
	end := len(*v)
	cutSentences(*v, func(from, to int) {
		if from > 0 && end == len(*v) && replytext.Thanks((*v)[from:to]) {
			end = from
		}
	})
	return ptr(strings.TrimRight((*v)[:end], " ."))
}

func actionWord(s string) Action {
	p := scan(s)
	var found Action
	for _, a := range []Action{AddUser, RemoveUser, ChangeRole, ResendInvitation, ScheduleVisit} {
		if p.says(words.Verbs.of[a].list) {
			if found != "" {
				return ""
			}
			found = a
		}
	}
	return found
}

// formNote finds what a form says to those who fill it in.
var formNote = cue("form_notes")

// actionAround says what the words around a list ask for: add, unless they speak of something else alone. With both it is
// unknown.
func (rd *reader) actionAround(rest string) Action {
	p := scan(rest)
	p = p.replace(formNote, " ")
	add := p.says(words.Verbs.of[AddUser].list)
	var other Action
	for _, a := range []Action{RemoveUser, ChangeRole, ResendInvitation, ScheduleVisit} {
		if p.says(words.Verbs.of[a].list) {
			if other != "" {
				return ""
			}
			other = a
		}
	}
	switch {
	case other == "":
		other = actionWord(rd.m.Subject)
		if other == "" || add {
			return AddUser
		}
		return other
	case add && (other == RemoveUser || other == ResendInvitation):
		return ""
	case add:
		return AddUser
	}
	return other
}

// forbids says whether a line above a list denies the action it names: "please do not add:", "bitte nicht löschen:".
func forbids(rest string) bool {
	for _, line := range strings.Split(cut(rest, maxProse), "\n") {
		if !strings.HasSuffix(strings.TrimRight(line, " *_"), ":") {
			continue
		}
		line = line[strings.LastIndex(line, ". ")+1:]
		if p := scan(line); p.says(words.Not) && (p.saysVerb(words.Verbs.of[AddUser]) || actionWord(line) != "") {
			return true
		}
	}
	return false
}

// reasonAround finds a reason in the text around a list of n people.
func (rd *reader) reasonAround(rest string, n int) *string {
	if v := rd.sharedReason(rest); v != nil {
		return v
	}
	scenes := rd.scenes(cut(rest, maxProse))
	for i := range scenes {
		sc := &scenes[i]
		if v := pronounClause(sc, n > 1); v != nil && !sc.asks {
			return v
		}
	}
	for _, find := range []func(*scene) *string{because, rd.background, purpose} {
		for i := range scenes {
			sc := &scenes[i]
			if v := find(sc); v != nil && len(sc.names) == 0 && (n == 1 || !mentions(*v, ofOne)) {
				return v
			}
		}
	}
	return nil
}

// reasonLabel says whether the text before a colon asks for the reason: its last word does, or it begins with it.
func reasonLabel(head string) bool {
	ws := strings.Fields(strings.ToLower(head))
	if len(ws) == 0 {
		return false
	}
	last, first := strings.Trim(ws[len(ws)-1], ",.("), strings.Trim(ws[0], ",.(")
	return words.fieldOf[last] == "reason" && (len(ws) == 1 || !oneOfWords.holds(last)) || words.fieldOf[first] == "reason" && !oneOfWords.holds(first)
}

// sharedReason reads "Reason for both is …" and "same reason for all of them: …".
func (rd *reader) sharedReason(rest string) *string {
	for _, s := range rd.prose(cut(rest, maxProse)).sentences {
		if head, tail, ok := strings.Cut(s.text, ":"); ok && reasonLabel(head) {
			if v := strings.Trim(tail, " .\"!"); !blank(v) {
				return &v
			}
		}
		if s.says(reasonWords) {
			low := strings.ToLower(s.text)
			for _, lead := range reasonLead.phrases() {
				if i := strings.Index(low, lead); i >= 0 {
					v := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s.text[i+len(lead):]), "."))
					if v != "" {
						return &v
					}
				}
			}
		}
	}
	return nil
}

// maxCover bounds the own words that can only point to the mail below.
const maxCover = 800

// referred reads the mail below when the own words ask to do what it says. The own words win; where they restrict what is
// below, nothing of it is taken over.
func (rd *reader) referred(parts replytext.Parts) []Request {
	if len(parts.Own) > maxCover {
		return nil
	}
	own := &rd.prose(parts.Own).all
	if own.says(words.NotAWish) || !rd.backs(parts.Own) {
		return nil
	}
	var cover []assigned // roles that the covering note gives win over those below
	for _, sc := range rd.scenes(parts.Own) {
		cover = append(cover, assignedRoles(&sc)...)
	}
	pick := pickedOf(own)
	if own.says(words.Restrict) && len(cover) == 0 && pick == 0 {
		return nil
	}
	out := rd.below(parts)
	if pick > 0 {
		out = onlyOne(out, pick)
	}
	if len(out) == 1 && out[0].Reason == nil {
		out[0].Reason = rd.reasonAround(rd.body(parts.Own), 1)
	}
	if len(cover) > 0 {
		if len(out) != 1 || out[0].Action != AddUser && out[0].Action != ChangeRole {
			return nil
		}
		out[0].Roles = append([]string{}, settle(cover)...)
	}
	return out
}

// backs says whether a covering note wishes that the mail below be done: a wish that points to it, and no question whether.
func (rd *reader) backs(own string) bool {
	wish := false
	for _, s := range rd.prose(own).sentences {
		wish = wish || s.says(words.Refer) && s.says(words.Ask)
		if s.question && !s.says(words.Ask) || refuses(&s.passage) || s.says(words.Doubt) {
			return false
		}
	}
	return wish
}

// below reads the mail that stands below or is attached, level by level until one asks for something.
func (rd *reader) below(parts replytext.Parts) []Request {
	for _, f := range rd.m.Forwarded {
		inner := newReader(f, Context{})
		inner.book, inner.ours, inner.room = rd.book, rd.ours, rd.room
		if out := inner.inText(replytext.SplitBy(f.Text, inner.author).Own); len(out) > 0 {
			return rd.others(out)
		}
	}
	below := parts.Forwarded
	if below == "" {
		below = parts.Quoted
	}
	for range 5 {
		if strings.TrimSpace(below) == "" {
			return nil
		}
		author, address, body := headerOf(below)
		if rd.ours[address] {
			return nil
		}
		inner := &reader{m: rd.m, book: rd.book, author: author, sender: address, ours: rd.ours, room: rd.room}
		level := replytext.SplitBy(body, author)
		if out := inner.inText(level.Own); len(out) > 0 {
			if self := inner.forAuthor(level.Own); len(out) == 1 && out[0].Name == nil && len(self) == 1 {
				out = self
			}
			return rd.others(out)
		}
		if out := inner.forAuthor(level.Own); len(out) > 0 {
			return rd.others(out)
		}
		below = level.Forwarded
		if below == "" {
			below = level.Quoted
		}
	}
	return nil
}

// forAuthor reads a mail whose author asks for their own access, once somebody else backs it.
func (rd *reader) forAuthor(own string) []Request {
	own = cut(own, maxProse)
	address := rd.sender
	if own := rd.onlyAddress(own); address == "" && own != nil && belongs(*own, rd.author) {
		address = *own
	}
	if address == "" || !rd.prose(own).all.says(words.Self) {
		return nil
	}
	q := Request{Action: AddUser, Email: &address, Roles: []string{}, Grants: []string{}}
	if name, ok := cleanName(rd.author); ok && wordCount(name) >= 2 {
		q.Name = &name
	}
	var given []assigned
	scenes := rd.scenes(own)
	for i := range scenes {
		sc := &scenes[i]
		if actionOfOthers(sc) {
			return nil
		}
		given = append(given, assignedRoles(sc)...)
	}
	q.Reason = rd.reasonFor(scenes, person{name: rd.author})
	q.Roles = append(q.Roles, settle(given)...)
	return []Request{q}
}

func actionOfOthers(sc *scene) bool {
	return sc.action != "" && sc.action != AddUser || sc.says(words.Verbs.of[RemoveUser].list)
}

// others drops the address of a request that is the author's own.
func (rd *reader) others(list []Request) []Request {
	for i := range list {
		if list[i].Email != nil && *list[i].Email == rd.sender {
			list[i].Email = nil
		}
	}
	return list
}

var ruledLine = regexp.MustCompile(`^[\s>]*[-=_*]{3,}`)

// headerOf reads the header lines or the attribution above a quoted or forwarded mail: its author, and the text below.
func headerOf(below string) (name, address, body string) {
	lines := strings.Split(below, "\n")
	end := 0
	for i := 0; i < len(lines) && i < 14; i++ {
		line := strings.TrimSpace(lines[i])
		label, value, ok := strings.Cut(line, ":")
		label = strings.ToLower(strings.Trim(label, " *\t>"))
		header := ok && len(strings.Fields(label)) <= 2 && replytext.HeaderLabel(label)
		switch {
		case line == "":
			continue
		case header && replytext.FromLabel(label) && name == "" && address == "":
			name, address = mailboxIn(value)
		case header, ruledLine.MatchString(line), replytext.Separator(line):
		case replytext.Attribution(line) && name == "" && address == "":
			name, address = mailboxIn(line)
		default:
			return name, address, strings.Join(lines[end:], "\n")
		}
		end = i + 1
	}
	return name, address, strings.Join(lines[end:], "\n")
}

// behindTime finds "Doe, Jane" behind the time of an attribution.
var behindTime = regexp.MustCompile(`\d:\d\d(?: ?[AaPp]\.?[Mm]\.?)?,? (\p{L}[\p{L} .'’-]*, \p{L}[\p{L} .'’-]*)$`)

// mailboxIn finds the address in a header line or attribution and the name in front of it; without address the last name.
func mailboxIn(s string) (name, address string) {
	if from, to, ok := findAddress(s, 0); ok {
		address = strings.ToLower(s[from:to])
		s = strings.Trim(s[:from], " <\"\t[(")
		if g := behindTime.FindStringSubmatch(s); g != nil {
			s = g[1]
		}
		if last, first, ok := strings.Cut(s, ","); ok && !hasDigit(s) {
			s = strings.TrimSpace(first) + " " + strings.TrimSpace(last)
		}
	}
	toks := tokenize(s)
	for _, n := range names(toks, make([]bool, len(toks))) {
		name = n.name
	}
	if name == "" && !hasDigit(s) {
		name = strings.Trim(s, " \"")
	}
	return name, address
}

// pickedOf reads "please add only the first one" and returns which, 0 if a covering note restricts otherwise or not at all.
func pickedOf(own *passage) int {
	if !own.says(pickOnly) || own.says(pickNot) {
		return 0
	}
	m := onlyPicked.FindAllStringSubmatch(flatTokens(own.tokens), 2)
	if len(m) != 1 {
		return 0
	}
	return words.Picks[m[0][1]]
}

var (
	pickOnly, pickNot       = cue("pick_only"), cue("pick_not")
	reasonWords, reasonLead = cue("reason_word"), cue("reason_lead")
	oneOfWords              = cue("one_of")
)

var onlyPicked *regexp.Regexp

func compilePicks(picks map[string]int) {
	onlyPicked = regexp.MustCompile(` ` + oneOf(cue("pick_only").phrases()) + ` (?:\pL+ )?(?:` + oneOf(cue("determiners").phrases()) + ` )?(` + oneOf(keysOf(picks)) + `) ` + oneOf(cue("pick_behind").phrases()) + ` `)
}

// onlyOne keeps request n of a list of several.
func onlyOne(list []Request, n int) []Request {
	if len(list) < 2 || n > len(list) {
		return nil
	}
	return list[n-1 : n]
}
