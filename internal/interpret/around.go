package interpret

import (
	"slices"
	"strings"
)

// What is asked for the people of a list stands around it, or in its items themselves.

// formNote finds what a form says to those who fill it in.
var formNote = cue("form_notes")

// otherActions are all but adding, which is what a list asks for that says nothing else.
var otherActions = []Action{RemoveUser, ChangeRole, ResendInvitation, ScheduleVisit}

// actionAround says what the words around a list ask for: what a sentence there asks, else what verbs stand there, else what the subject
// says, else to add. It is unknown where they speak of two things, and where they tell that somebody has left and speak of nobody new.
func (rd *reader) actionAround(rest string) Action {
	text := cut(unlabelled(rest), maxProse)
	asked := rd.askedAround(text)
	if len(asked) == 1 && asked[0] == ScheduleVisit && rd.takesOffList(text) {
		return RemoveUser
	}
	if len(asked) == 1 && asked[0] != ChangeRole {
		return asked[0]
	}
	add, gone := false, false
	var other Action
	for _, s := range rd.prose(text).sentences {
		p := s.passage.replace(formNote, " ")
		ends := p.says(denials, losing) && p.saysVerb(words.Verbs.of[RemoveUser]) // "should no longer have access, please delete them both:"
		add = add || p.saysVerb(words.Verbs.of[AddUser]) && !ends
		gone = gone || p.says(goneWords) && !p.says(words.NewPerson, succeeding)
		for _, a := range otherActions {
			if !p.saysVerb(words.Verbs.of[a]) || a == other || forbidsAction(&p, a) || onlyMentions(&s) || a == ChangeRole && (rd.becomesAny(&p) || rd.changesThings(s.text)) {
				continue
			}
			if other != "" {
				return ""
			}
			other = a
		}
	}
	switch {
	case other == "":
		if other = subjectAction(rd.m.Subject); other != "" && !add {
			return other
		}
		if gone && !add {
			return ""
		}
		return AddUser
	case add && (other == RemoveUser || other == ResendInvitation):
		return ""
	case add:
		return AddUser
	}
	return other
}

// onlyMentions says whether a sentence beside a list asks for nothing of what its verbs say: it asks to be told something, or says what is to be
// done some day, "should she ever leave, we will ask you to remove her".
func onlyMentions(s *sentence) bool {
	sc := scene{sentence: *s}
	return tellsOnly(&sc) || s.says(conditions) && !s.says(words.Ask)
}

// subjectAction is the one action that a subject has a verb of, else RemoveUser where it names a form as one of those who leave, "Leaver
// form", and none of those who come.
func subjectAction(subject string) Action {
	r := lend()
	defer r.giveBack()
	p := r.scan(subject, nil)
	if action := p.onlyAction(); action != "" {
		return action
	}
	if len(subject) <= maxGreeting && p.says(leaverForms) && !p.says(headings[AddUser]) {
		return RemoveUser
	}
	return ""
}

var leaverForms = cue("leaver_forms")

// takesOffList says whether a sentence takes people off a list, and none gives a time to come: what it says of passes, "please remove from
// the list and revoke the passes of", announces no visit.
func (rd *reader) takesOffList(text string) bool {
	if starts, _ := window(text, rd.m.Date); starts != nil {
		return false
	}
	remove := words.Verbs.of[RemoveUser]
	return slices.ContainsFunc(rd.prose(text).sentences, func(s sentence) bool {
		return s.says(listings) && s.saysVerb(remove) && !s.says(words.Not) && !forbidsAction(&s.passage, RemoveUser) && !onlyMentions(&s)
	})
}

// changesThings says whether what a sentence changes is no role: "for the replacement (change 17) these need …".
func (rd *reader) changesThings(text string) bool {
	sc := rd.sceneOf(text)
	return othersChange(&sc)
}

// becomesAny says whether a sentence only says that people are to become something of which it names no role, "two persons who should
// become representatives": who is to be one was none.
func (rd *reader) becomesAny(p *passage) bool {
	if !p.says(becomeWords) || p.says(roleNouns, words.AtPresent, words.InsteadOf, heldBefore) || len(rd.book.mentions(p.tokens)) > 0 {
		return false
	}
	for i := range p.tokens {
		if end := p.starts(i, words.Verbs.of[ChangeRole].list); end > 0 && !p.within(i, end, becomeWords) {
			return false
		}
	}
	return true
}

// askedAround are the actions that the sentences of a text ask for.
func (rd *reader) askedAround(text string) []Action {
	var out []Action
	scenes := rd.scenes(text)
	for i := range scenes {
		if a := scenes[i].action; a != "" && !slices.Contains(out, a) && !tellsOnly(&scenes[i]) {
			out = append(out, a)
		}
	}
	return out
}

// unlabelled is text without the lines that give a value behind a label that is not known: "Reason for the change: …" asks for no change.
func unlabelled(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if givesValue(line) {
			line = "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// maxOwnLabel is how many words a label has at most.
const maxOwnLabel = 6

// givesValue says whether a line is something like a label, and a value behind it.
func givesValue(line string) bool {
	if cells := cellsOf(line); len(cells) == 2 {
		return true
	}
	found, n := separatorsIn(line)
	if n == 0 {
		return false
	}
	r := lend()
	defer r.giveBack()
	label := r.scan(line[:found[0].from], nil)
	return label.words() > 0 && label.words() <= maxOwnLabel && !label.says(words.Greetings, words.Ask) && hasWords(line[found[0].to:])
}

// hasWords says whether there is more in s than marks and addresses.
func hasWords(s string) bool {
	r := lend()
	defer r.giveBack()
	return slices.ContainsFunc(r.tokenize(s), func(t token) bool { return t.kind == wordToken })
}

// toldInItem reads the item of a list that says itself what shall become of its person, "Jane Doe (jane@…) is to be removed, she has left".
// unclear: it has such words, and what they ask for cannot be told.
func (rd *reader) toldInItem(rec *record, around Action) (out []Request, unclear bool) {
	if rec.item == "" || rec.action != "" || rec.values["role"] != "" {
		return nil, false
	}
	p := rd.in.scan(rec.item)
	if !p.says(goneWords, becomeWords, heldBefore) && !slices.ContainsFunc(otherActions, func(a Action) bool { return p.saysVerb(words.Verbs.of[a]) }) {
		return nil, false
	}
	if out = rd.inProse(subjectWish.first() + " " + rec.item); len(out) == 1 {
		return out, false
	}
	return nil, around == AddUser && (p.says(goneWords) || p.saysVerb(words.Verbs.of[RemoveUser]))
}

var losing = cue("loses")

// withoutGifts takes the wish to add off the sentences of a text about something lost that have no verb of adding: "he lost his Technician
// role", "the Technician badge of Jane Doe was stolen".
func withoutGifts(scenes []scene) {
	for i := range scenes {
		if sc := &scenes[i]; sc.action == AddUser && !saysAdding(sc) {
			sc.asks, sc.action = false, ""
		}
	}
}
