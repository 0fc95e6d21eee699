package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

// askedDetails rebuilds the question for details from its quoted lines, "- Jane Doe: the role".
func askedDetails(quoted string) *Asked {
	asked := &Asked{}
	byName := map[string]int{}
	for line := range strings.SplitSeq(quoted, "\n") {
		who, what, ok := missingLine(line)
		if !ok {
			continue
		}
		who = strings.TrimSpace(who)
		f := askedField(what)
		if who == "" && f == "" {
			continue
		}
		q := Request{Action: AddUser, Roles: []string{}, Grants: []string{}}
		if rest, ok := strings.CutPrefix(who, "Visit of "); ok {
			who = rest
			q.Action = ScheduleVisit
			if f == "" {
				f = FieldStarts
			}
		}
		i, known := byName[who]
		if !known {
			if hasAddress(who) {
				a := strings.ToLower(addressIn(who))
				q.Email = &a
			} else if name, ok := cleanName(who); ok && wordCount(name) >= 2 {
				q.Name = &name
			} else if who != "" {
				continue
			}
			i = len(asked.Requests)
			byName[who] = i
			asked.Requests = append(asked.Requests, q)
		}
		if f != "" {
			asked.Missing = append(asked.Missing, Missing{i, f})
		}
	}
	return asked
}

// missingLine reads a line of our question: behind marks of quoting and a bullet or a number whom it is about, if it says so, and what is
// missing.
func missingLine(line string) (who, what string, ok bool) {
	line = strings.TrimLeft(line, "> \t\n\f\r")
	end := 0
	for end < len(line) && end < 2 && isDigit(line[end]) {
		end++
	}
	switch rest := line[end:]; {
	case end > 0 && strings.HasPrefix(rest, "."), end == 0 && (strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "*")):
		end++
	case end == 0 && (strings.HasPrefix(rest, "•") || strings.HasPrefix(rest, "·")):
		_, end = utf8.DecodeRuneInString(rest)
	default:
		return "", "", false
	}
	begin := blanksEnd(line, end)
	if begin == end || begin == len(line) {
		return "", "", false
	}
	line = line[begin:]
	who, what, ok = strings.Cut(line, ":")
	blanks := blanksEnd(what, 0)
	if n := utf8.RuneCountInString(who); !ok || n == 0 || n > maxAskedName || blanks == 0 || len(what) == 1 {
		return "", line, true
	}
	return who, what[min(blanks, len(what)-1):], true
}

func askedField(what string) Field {
	r := lend()
	defer r.giveBack()
	p := r.scan(what, nil)
	for _, f := range []Field{FieldEmail, FieldRoles, FieldReason, FieldName, FieldStarts} {
		if p.says(words.Asked[string(f)]) {
			return f
		}
	}
	return ""
}

// details reads the answer to a question for details: only what the answer itself says, put to the person it is about, and
// what of the question stays open.
func (rd *reader) details(parts replytext.Parts, asked *Asked) ([]Request, []Missing) {
	out := make([]Request, len(asked.Requests))
	for i, q := range asked.Requests {
		out[i] = Request{Action: q.Action, Name: q.Name, Roles: []string{}, Grants: []string{}}
	}
	own := withoutGreeting(cut(parts.Own, maxProse))
	if len(out) == 0 {
		return rd.unasked(own)
	}
	more, own := rd.besides(own, asked)
	own = rd.positionLines(own)
	if len(out) > 1 {
		own = underNames(own, out)
		records, rest := labelledRecords(own)
		rd.shareRecords(out, records)
		if len(records) > 0 {
			own = rest
		}
	}
	for i := range out {
		about := rd.about(own, asked, i)
		for _, a := range parts.Interleaved[:min(len(parts.Interleaved), maxNames)] {
			if len(parts.Interleaved) > 1 || len(asked.Missing) > 1 {
				rd.interleaved(&out[i], i, a, asked)
			}
		}
		rd.fill(&out[i], about, i, asked)
		if out[i].Email == nil && asked.Requests[i].Email != nil && out[i].Name != nil && asked.Requests[i].Name == nil {
			out[i].Email = asked.Requests[i].Email
		}
	}
	rd.addressesShown(out, own, asked)
	open := []Missing{}
	for _, m := range asked.Missing {
		if m.Request < len(out) && lacks(out[m.Request], m.Field) {
			open = append(open, m)
		}
	}
	for _, q := range more {
		for _, m := range missing([]Request{q}, false) {
			open = append(open, Missing{len(out), m.Field})
		}
		out = append(out, q)
	}
	return out, open
}

// about is the part of an answer that speaks of asked person i: all of it where only one person was asked about, else the
// sentences with the person's number or name.
func (rd *reader) about(own string, asked *Asked, i int) string {
	if len(asked.Requests) == 1 {
		head, tail, ok := strings.Cut(own, ":")
		if name := asked.Requests[0].Name; ok && name != nil && partOfName(head, *name) {
			return strings.TrimSpace(tail)
		}
		return own
	}
	var lines []AskedLine
	for k, q := range asked.Requests {
		l := AskedLine{Number: k + 1}
		if q.Name != nil {
			l.Name = *q.Name
		}
		if q.Email != nil {
			l.Email = *q.Email
		}
		lines = append(lines, l)
	}
	var out []string
	for _, line := range strings.Split(own, "\n") {
		body, n, _ := unbullet(line)
		if n != "" && atoi(n) == i+1 {
			out = append(out, body)
			continue
		}
		for _, s := range sentences(line) {
			if t := namedOnly(s.tokens, lines); t == i+1 && n == "" {
				head, tail, ok := strings.Cut(s.text, ":")
				if ok && partOfName(head, lines[i].Name) { // "Jane Doe: Technician"
					s.text = strings.TrimSpace(tail)
				}
				out = append(out, s.text)
			}
		}
	}
	return strings.Join(out, "\n")
}

// namedOnly returns the number of the one person that toks name, 0 if none or several.
func namedOnly(toks []token, lines []AskedLine) int {
	found := 0
	for _, l := range lines {
		if named, _ := namedIn(toks, l, lines); named {
			if found != 0 {
				return 0
			}
			found = l.Number
		}
	}
	return found
}

func (rd *reader) interleaved(q *Request, i int, a replytext.Answer, asked *Asked) {
	who, what, ok := missingLine(lastLine(a.Quote))
	if !ok || len(asked.Requests) != 1 && (who == "" || q.Name == nil || !sameName(who, *q.Name)) {
		return
	}
	f := askedField(what)
	if f == "" || !slices.Contains(asked.Missing, Missing{i, f}) {
		return
	}
	one := &Asked{Requests: asked.Requests, Missing: []Missing{{i, f}}}
	rd.fill(q, a.Own, i, one)
}

// fill takes the values for one person from text.
func (rd *reader) fill(q *Request, text string, i int, asked *Asked) {
	if strings.TrimSpace(text) == "" {
		return
	}
	want := func(f Field) bool { return slices.Contains(asked.Missing, Missing{i, f}) }
	text = breakAtLabels(text)
	records, rest := labelledRecords(text)
	if len(records) == 0 {
		records, rest = singleLabels(text)
	}
	if r, _, _ := stacked(strings.Split(text, "\n"), rd.book); r != nil && len(records) == 0 {
		records, rest = []*record{r}, ""
	}
	if len(records) == 1 {
		rd.fillRecord(q, records[0])
		text = rest
	}
	if q.Email == nil {
		q.Email = rd.onlyAddress(text)
	}
	rd.fillRoles(q, text)
	rd.fillName(q, text)
	if want(FieldName) && q.Name == nil {
		q.Name = rd.nameTold(text, asked.Requests[i].Email)
	}
	if want(FieldStarts) && q.Starts == nil {
		q.Starts, q.Ends = window(text, rd.m.Date)
	}
	scenes := rd.scenes(text)
	for i := range scenes {
		if want(FieldReason) && q.Reason == nil {
			q.Reason = reasonSaid(&scenes[i])
		}
	}
	if want(FieldReason) && q.Reason == nil {
		q.Reason = rd.restReason(text)
	}
	for _, sc := range scenes {
		if q.Reason == nil && !sc.question && (want(FieldReason) || len(sc.roles) > 0) {
			q.Reason = pronounClause(&sc, false)
		}
	}
}

// fillRecord takes the values of a labelled list.
func (rd *reader) fillRecord(q *Request, rec *record) {
	if n := rec.name(rd.in); n != nil && q.Name == nil {
		q.Name = n
	}
	q.Email = either(q.Email, rd.email(rec))
	if len(q.Roles) == 0 && !rec.doubtful["role"] {
		q.Roles = append(q.Roles, rd.book.fromForm(rec.values["role"])...)
	}
	q.Reason = either(q.Reason, valueOf(rec, "reason"))
}

// shareRecords gives each of several labelled lists to the person it names, and the one list that names nobody asked about to the
// one person without a name.
func (rd *reader) shareRecords(out []Request, records []*record) {
	var strangers []*record
	for _, rec := range records {
		name := rec.name(rd.in)
		at := -1
		for i, q := range out {
			if name != nil && q.Name != nil && sameName(*name, *q.Name) {
				at = i
			}
		}
		if at < 0 {
			strangers = append(strangers, rec)
			continue
		}
		rd.fillRecord(&out[at], rec)
	}
	if unknown := !slices.ContainsFunc(out, func(q Request) bool { return q.Name != nil }); unknown && len(strangers) == len(out) {
		for i, rec := range strangers {
			rd.fillRecord(&out[i], rec)
		}
		return
	}
	nameless := -1
	for i, q := range out {
		if q.Name == nil && nameless >= 0 {
			return
		}
		if q.Name == nil {
			nameless = i
		}
	}
	if nameless >= 0 && len(strangers) == 1 {
		rd.fillRecord(&out[nameless], strangers[0])
	}
}

// singleLabels reads the lines of an answer that have a label and a value, "Reason: …"; rest is the text without them.
func singleLabels(text string) ([]*record, string) {
	lines := strings.Split(text, "\n")
	r, found := newRecord(), false
	var left []string
	for i := 0; i < len(lines); i++ {
		f, v, ok := labelled(lines[i])
		if !ok || v == "" || f == "ignore" {
			left = append(left, lines[i])
			continue
		}
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && (f == "reason" || goesOn(lines[i], lines[i+1])) {
			if _, _, another := labelled(lines[i+1]); another {
				break
			}
			i++
			v += " " + strings.TrimSpace(lines[i])
		}
		r.set(f, v)
		found = true
	}
	if !found {
		return nil, text
	}
	return []*record{r}, strings.Join(left, "\n")
}

// aboutOthers reads an answer that asks for something new instead of what was asked: for somebody else, or that an invitation be sent
// again, somebody removed or changed.
func (rd *reader) aboutOthers(own string, asked *Asked) []Request {
	found := rd.inText(own)
	for _, q := range found {
		if q.Name == nil && q.Action == AddUser {
			return nil
		}
		for _, a := range asked.Requests {
			same := q.Name != nil && a.Name != nil && sameName(*q.Name, *a.Name) || q.Email != nil && a.Email != nil && *q.Email == *a.Email
			if same || a.Name == nil && q.Action == AddUser {
				return nil
			}
		}
	}
	return found
}

// answersToo says whether an answer that asks for somebody else gives details of those asked about as well.
func answersToo(given []Request, asked *Asked) bool {
	n := len(asked.Requests)
	return len(given) > n && slices.ContainsFunc(given[:n], func(q Request) bool {
		return q.Email != nil || len(q.Roles) > 0 || q.Reason != nil || q.Starts != nil
	})
}

// besides finds the people whom an answer with details asks to add, too, "… and please add Una Walsh (una@…) as Technician", and
// returns the answer without the sentences about them.
func (rd *reader) besides(own string, asked *Asked) (more []Request, rest string) {
	for _, q := range rd.inText(own) {
		known := slices.ContainsFunc(asked.Requests, func(o Request) bool {
			return q.Name != nil && o.Name != nil && sameName(*q.Name, *o.Name) || q.Email != nil && o.Email != nil && *q.Email == *o.Email
		})
		if q.Action == AddUser && q.Name != nil && q.Email != nil && !known {
			more = append(more, q)
		}
	}
	nameless := slices.ContainsFunc(asked.Requests, func(o Request) bool { return o.Name == nil })
	if len(more) == 0 || nameless { // they may be the very ones
		return nil, own
	}
	var keep []string
	for _, s := range sentences(own) {
		if !slices.ContainsFunc(more, func(q Request) bool {
			return strings.Contains(lower(s.text), *q.Email) || strings.Contains(s.text, *q.Name)
		}) {
			keep = append(keep, s.text)
		}
	}
	return more, strings.Join(keep, "\n\n")
}

func (rd *reader) onlyAddress(text string) *string {
	found := ""
	for _, a := range addressesOf(text, 5) {
		if a == rd.sender || has(rd.ours, a) || a == found {
			continue
		}
		if found != "" {
			return nil
		}
		found = a
	}
	if found == "" {
		return nil
	}
	return &found
}

// fillRoles takes a role that is the whole of a line or of its first clause, or that a sentence gives.
func (rd *reader) fillRoles(q *Request, text string) {
	if len(q.Roles) > 0 || q.Action == ScheduleVisit || q.Action == RemoveUser {
		return
	}
	var all []assigned
	for _, line := range strings.Split(text, "\n") {
		if ids := rd.book.fromValue(spoken(line)); len(ids) > 0 {
			q.Roles = append(q.Roles, ids...)
			return
		}
	}
	for _, piece := range spokenPieces(text) {
		if value := spoken(piece); value != piece && strings.Contains(piece, value) && !strings.HasPrefix(piece, value) {
			q.Roles = append(q.Roles, rd.book.fromValue(value)...)
			if len(q.Roles) > 0 {
				return
			}
		}
	}
	for _, sc := range rd.scenes(text) {
		first := sc.text[:max(0, strings.IndexAny(sc.text+",", ",，、"))]
		if ids := rd.book.fromValue(spoken(first)); len(ids) == 1 && !sc.question && len(sc.roles) == 1 {
			q.Roles = append(q.Roles, ids...)
			return
		}
		if sc.question {
			continue
		}
		given := assignedRoles(&sc)
		if len(sc.roles) == 1 && len(given) == 0 && (said(&sc) || rd.roleFor(&sc, q)) {
			given = []assigned{{roleMention: sc.roles[0]}}
		}
		all = append(all, given...)
	}
	q.Roles = append(q.Roles, settle(all)...)
}

var roleEnds, roleIs = cue("role_answer_ends"), cue("role_answer_is")

// spoken is a line without the marks around it and, in scripts without blanks, without the words that make a sentence of a role: "役割は技術者です".
func spoken(line string) string {
	line = strings.Trim(line, " .!。！")
	if isASCII(line) || len(line) > maxGreeting {
		return line
	}
	longest := 0
	for end := range roleEnds.phrases() {
		if strings.HasSuffix(line, end) {
			longest = max(longest, len(end))
		}
	}
	line = strings.TrimRight(line[:len(line)-longest], " ,，、")
	for is := range roleIs.phrases() {
		label, value, ok := strings.Cut(line, is)
		if label = strings.TrimSpace(label); ok && labelField(label[strings.LastIndexByte(label, ' ')+1:]) == "role" {
			return strings.TrimSpace(value)
		}
	}
	return line
}

// spokenPieces are what stands between the commas and addresses of a text in scripts without blanks.
func spokenPieces(text string) []string {
	if isASCII(text) || !hasIdeograph(text) {
		return nil
	}
	for _, a := range addressesOf(text, maxNames) {
		text = strings.ReplaceAll(text, a, ",")
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；。\n", r) })
}

var isRole, roleSaid = cue("is_role"), cue("role_said")

// said recognises "Raj is a Technician" and "Account administrator is what I meant".
func said(sc *scene) bool {
	m := sc.roles[0]
	return (sc.precedes(m.from, 2, isRole) || sc.follows(m.to, 4, roleSaid)) && !sc.within(m.from-4, m.from, words.Not)
}

// roleFor recognises a sentence of nothing but a role and whose it is: "Technician for Liam, please".
func (rd *reader) roleFor(sc *scene, q *Request) bool {
	m := sc.roles[0]
	for i := range sc.tokens {
		t := &sc.tokens[i]
		named := q.Name != nil && partOfName(t.text, *q.Name)
		if t.kind == wordToken && (i < m.from || i >= m.to) && !named && !t.in(forWords) && !t.in(words.RoleFiller) && !t.in(words.Ask) {
			return false
		}
	}
	return true
}

// fillName takes a name that is a whole line or sentence.
func (rd *reader) fillName(q *Request, text string) {
	if q.Name != nil {
		return
	}
	found := ""
	for _, line := range strings.Split(text, "\n") {
		line = strings.Trim(strings.TrimSpace(line), ".")
		if isFullName(line) && !sameName(line, rd.author) {
			if found != "" {
				return
			}
			found, _ = cleanName(line)
		}
	}
	if found != "" {
		q.Name = &found
	}
}

// nameTold is the one name in an answer that the known address shows, or that it says is somebody's: "her surname is Raman, so Priya Raman".
func (rd *reader) nameTold(text string, address *string) *string {
	var found *string
	for _, sc := range rd.scenes(text) {
		for _, n := range sc.names {
			if sc.question || !(address != nil && belongs(*address, n.name)) && !sc.precedes(n.from, 3, calledWords) {
				continue
			}
			if found != nil && !sameName(*found, n.name) {
				return nil
			}
			found = ptr(n.name)
		}
	}
	return found
}

// restReason is what an answer says when only the reason was asked for: its sentences, less labels and lines that are values.
func (rd *reader) restReason(text string) *string {
	var keep []string
	for _, line := range strings.Split(text, "\n") {
		t := strings.Trim(strings.TrimSpace(line), ".")
		if isAddress(t) || isFullName(t) || len(rd.book.fromValue(t)) > 0 {
			continue
		}
		if first, tail, ok := strings.Cut(t, ","); ok && len(rd.book.fromValue(first)) > 0 {
			line = tail
		}
		keep = append(keep, line)
	}
	ss := slices.DeleteFunc(sentences(strings.Join(keep, "\n")), func(s sentence) bool {
		return len(rd.book.fromValue(strings.Trim(s.text, " .!"))) > 0
	})
	if len(ss) != 1 || ss[0].question || hasAddress(ss[0].text) {
		return nil
	}
	sc := rd.sceneOf(ss[0].text)
	if v := because(&sc); v != nil {
		return v
	}
	return clean(ss[0].text)
}

// unasked reads an answer whose question is not known: a person named with an address.
func (rd *reader) unasked(own string) ([]Request, []Missing) {
	scenes := rd.scenes(own)
	var found []Request
	for _, sc := range scenes {
		address := rd.onlyAddress(sc.text)
		if address == nil || len(sc.names) != 1 || !belongs(*address, sc.names[0].name) {
			continue
		}
		name := sc.names[0].name
		found = append(found, Request{Action: AddUser, Name: &name, Email: address, Roles: []string{}, Grants: []string{}})
	}
	if found == nil {
		found = []Request{}
	}
	return found, []Missing{}
}
