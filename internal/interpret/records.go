package interpret

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

// fromRecords turns records into requests. rest is the text around them, which says what to do with the people.
func (rd *reader) fromRecords(records []*record, rest string) []Request {
	var out []Request
	if forbids(rest) || asksNothing(cut(rest, maxProse)) {
		return nil
	}
	action := rd.actionAround(rest)
	shared := rd.reasonAround(rest, len(records))
	if shared != nil && rd.givesNoReason(*shared, person{}) {
		shared = nil
	}
	var around []assigned // "please add the following user as Technician:"
	for _, sc := range rd.scenes(cut(rest, maxProse)) {
		around = append(around, assignedRoles(&sc)...)
	}
	common := settle(around)
	positions := len(common) == 0 && slices.ContainsFunc(records, (*record).hasPosition) && ofPeople(rest)
	for _, rec := range records {
		if positions {
			rd.positionAsRole(rec)
		}
		q := Request{Action: action, Roles: []string{}, Grants: []string{}}
		if v, ok := rec.values["action"]; ok {
			if a := cmp.Or(headingAction(v), actionWord(v)); a != "" {
				q.Action = a
			} else if len(records) == 1 && !blank(v) && rec.values["role"] == "" && len(common) == 0 && rd.ofOtherThings(v) {
				return nil // "What: power outage"
			}
		}
		if rec.action != "" {
			q.Action = rec.action
		}
		if _, ok := rec.values["action"]; !ok && q.Action == AddUser && !blank(rec.values["held_role"]) {
			q.Action = ChangeRole
		}
		if _, said := rec.values["role"]; !said && q.Action == AddUser && len(common) == 0 && len(records) == 1 {
			if starts, _ := rd.labelledWindow(rec, rest); starts != nil {
				q.Action = ScheduleVisit // "Name: …, Arrival: …": a time of day is no detail of a new user
			}
		}
		if action == ScheduleVisit && q.Action == action && len(rd.book.fromForm(rec.values["role"])) > 0 {
			days, _ := daysIn(cut(rest, maxProse), rd.m.Date)
			if starts, _ := rd.labelledWindow(rec, rest); starts == nil && len(days) == 0 && blank(rec.values["date"]) && blank(rec.values["time"]) {
				q.Action = AddUser // who is to work in the machine room as Technician from January on, on no day
			}
		}
		visitor, visits := rec.values["visitor"]
		if visits {
			q.Action = ScheduleVisit
		} else if q.Action == ScheduleVisit {
			visitor = rec.values["name"]
		}
		visitors := rd.visitorsIn(visitor)
		if len(visitors) == 1 {
			visitor = visitors[0]
		}
		switch {
		case visits:
			rec.set("name", visitor)
		case len(visitors) == 1:
			rec.values["name"] = visitor
		}
		told, unclear := rd.toldInItem(rec, action)
		if unclear {
			return nil
		}
		if told != nil {
			if told[0].Reason == nil {
				told[0].Reason = shared
			}
			out = append(out, told...)
			continue
		}
		q.Name = rec.name(rd.in)
		if q.Name == nil {
			q.Name = rd.onlyName(rec, rest)
		}
		q.Email = rd.email(rec)
		if _, said := rec.values["name"]; q.Name == nil && !said && len(records) == 1 {
			q.Name = rd.nameAround(rest, q.Email)
		}
		if _, said := rec.values["name"]; q.Name == nil && !said && len(records) == 1 {
			q.Name = rd.nameInSubject(q.Email)
		}
		if v, said := rec.values["action"]; said && rec.values["role"] == "" {
			sc := rd.sceneOf(v)
			q.Roles = append(q.Roles, settle(assignedRoles(&sc))...) // "What: access as Technician"
		}
		if _, said := rec.values["role"]; said && !rec.doubtful["role"] {
			q.Roles = append(q.Roles, rd.book.fromForm(rec.values["role"])...)
		} else if !said && len(q.Roles) == 0 {
			q.Roles = append(q.Roles, common...)
		}
		q.Reason = withoutThanks(valueOf(rec, "reason"))
		if q.Reason != nil && strings.IndexFunc(*q.Reason, unicode.IsLetter) < 0 && !hasDigit(*q.Reason) {
			q.Reason = nil // ":" behind a row of dots
		}
		if q.Reason == nil {
			q.Reason = shared
		}
		if q.Action == ScheduleVisit {
			if q.Starts, q.Ends = rd.labelledWindow(rec, rest); q.Starts == nil {
				q.Starts, q.Ends = window(cut(rest, maxProse), rd.m.Date)
			}
			q.Roles = []string{}
			if q.Reason != nil && onlyComing(*q.Reason, "") {
				q.Reason = nil
			}
		}
		if q.Action == RemoveUser || q.Action == ResendInvitation {
			q.Roles = []string{}
		}
		if len(visitors) > 1 && q.Action == ScheduleVisit && !rec.doubtful["name"] {
			for _, name := range visitors {
				q.Name, q.Email = ptr(name), nil
				out = append(out, q)
			}
			continue
		}
		nameless := q.Name == nil && q.Email == nil && len(q.Roles) == 0
		if q.Action == "" || nameless && (!visits || blank(visitor) || q.Starts == nil) {
			continue
		}
		out = append(out, q)
	}
	return out
}

// ofPeople says whether the text around a form asks for people, or is little more than a greeting.
func ofPeople(rest string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(cut(rest, maxProse), nil)
	return p.words() <= maxHeading || asksForPeople(rest) || p.says(evidentAccess, words.NewPerson, formRole)
}

// hasPosition says whether a position is said of somebody, and no role.
func (r *record) hasPosition() bool {
	_, said := r.values["role"]
	return !said && r.values["position"] != "" && !r.doubtful["position"]
}

// positionAsRole takes the position of somebody in a form that does not ask for a role as it, if it names one and nothing else.
func (rd *reader) positionAsRole(rec *record) {
	if v := rec.values["position"]; rec.hasPosition() && len(rd.book.fromForm(v)) > 0 {
		rec.set("role", v)
	}
}

// ofOtherThings says whether what a form is for has nothing to do with people's access.
func (rd *reader) ofOtherThings(what string) bool {
	sc := rd.sceneOf(what)
	return isASCII(what) && len(sc.roles) == 0 && len(sc.names) == 0 && !sc.says(evidentAccess, words.NewPerson, formRole, personNouns, words.Verbs.heads, words.Invitation, visitorNoun)
}

var noAction = cue("no_action")

// asksNothing says whether a text around a list wants no action, or only tells whom we know.
func asksNothing(text string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(text, nil)
	return p.says(noAction, opposes) || p.says(knownPeople) && !p.says(words.Verbs.heads)
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

// nameAround is the one name in the text around a list that gives none, where that asks for somebody or the address shows it.
func (rd *reader) nameAround(rest string, address *string) *string {
	var found *string
	scenes := rd.scenes(cut(rd.body(rest), maxProse))
	for i := range scenes {
		sc := &scenes[i]
		for _, n := range sc.names {
			if compared(sc, n.from) {
				continue
			}
			if found != nil && !sameName(*found, n.name) || !sc.asks && !sc.says(words.NewPerson) && !(address != nil && shown(*address, n.name) > 0) {
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
	case last != "" && first == "" && v != "" && !partOfName(last, v):
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
	if said := strings.Fields(v); len(said) > 1 && words.RoleOr.holds(lower(said[len(said)-1])) {
		return nil // another one stands on the next line
	}
	if len(found) == 0 || found[0] == rd.sender || has(rd.ours, found[0]) {
		return nil
	}
	return &found[0]
}

func blank(v string) bool {
	v = strings.ToLower(strings.Trim(strings.TrimSpace(v), ". "))
	return v == "" || words.noValues.of(v) > 0
}

func valueOf(rec *record, field string) *string {
	v := strings.Trim(strings.TrimSpace(rec.values[field]), "\"")
	if rec.doubtful[field] || blank(v) || strings.ContainsRune(v, utf8.RuneError) {
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
	r := lend()
	defer r.giveBack()
	p := r.scan(s, nil)
	return p.onlyAction()
}

// onlyAction is the one action that p has a verb of, "" if it has one of none or of several.
func (p *passage) onlyAction() Action {
	var found Action
	for _, a := range everyAction {
		if p.says(words.Verbs.of[a].list) {
			if found != "" {
				return ""
			}
			found = a
		}
	}
	return found
}

// forbids says whether a line above a list denies the action it names: "please do not add:", "bitte nicht löschen:".
func forbids(rest string) bool {
	r := lend()
	defer r.giveBack()
	for _, line := range strings.Split(cut(rest, maxProse), "\n") {
		if end := strings.TrimRight(line, " *_"); !strings.HasSuffix(end, ":") && !strings.HasSuffix(end, "：") {
			continue
		}
		line = line[strings.LastIndex(line, ". ")+1:]
		p := r.scan(line, nil)
		if deniesAction(p) && inOneLanguage(line, deniesAction) {
			return true
		}
	}
	return false
}

// deniesAction says whether a text denies what its verbs ask for.
func deniesAction(p passage) bool {
	if p.says(goneWords) {
		p = p.replace(goneWords, " ") // "are no longer with us and must be deleted:"
	}
	if p.says(words.NotAWish) && hasIdeograph(p.text) {
		return true // the verb and its denial are one word there
	}
	if p.saysVerb(words.Verbs.of[RemoveUser]) {
		return forbidsAction(&p, RemoveUser) // "should no longer have access, please delete them both:"
	}
	return p.says(words.Not) && (p.saysVerb(words.Verbs.of[AddUser]) || p.onlyAction() != "")
}

// inOneLanguage says whether a text says something to a reader of one language, and of those that mails of all languages mix in: the French
// article "le" is a denial elsewhere.
func inOneLanguage(text string, says func(p passage) bool) bool {
	for i := range answers {
		t := &tongues{langs: alwaysRead | 1<<i, room: roomFor(text)}
		if says(t.scan(text)) {
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
		if v := pronounClause(sc, n > 1); v != nil && (!sc.asks || strings.Index(sc.text, *v) > 0 && !mentions(*v, words.Ask)) && !onlyComing(*v, "") {
			return v
		}
	}
	for _, find := range []func(*scene) *string{reasonSaid, because, rd.background, purpose} {
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
	ws := strings.Fields(key(head))
	if len(ws) == 0 {
		return false
	}
	last, first := strings.Trim(ws[len(ws)-1], ",.("), strings.Trim(ws[0], ",.(")
	return words.field(last) == "reason" && (len(ws) == 1 || !oneOfWords.holds(last)) || words.field(first) == "reason" && !oneOfWords.holds(first)
}

// sharedReason reads "Reason for both is …" and "same reason for all of them: …".
func (rd *reader) sharedReason(rest string) *string {
	for _, s := range rd.prose(cut(rest, maxProse)).sentences {
		if head, tail, ok := strings.Cut(s.text, ":"); ok && reasonLabel(head) {
			if v := strings.Trim(tail, " .\"!"); !blank(v) {
				return &v
			}
		}
		if s.says(reasonWords, reasonLead) {
			low := lowerInPlace(s.text)
			longest := ""
			for lead := range reasonLead.phrases() {
				if len(lead) > len(longest) && strings.Contains(low, lead) {
					longest = lead
				}
			}
			if longest != "" {
				v := s.text[strings.Index(low, longest)+len(longest):]
				if v = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(v), ".")); v != "" {
					return &v
				}
			}
		}
	}
	return nil
}
