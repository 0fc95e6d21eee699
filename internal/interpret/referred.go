package interpret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// maxCover bounds the own words that can only point to the mail below.
const maxCover = 800

// referred reads the mail below when the own words ask to do what it says. The own words win; where they restrict what is
// below, nothing of it is taken over but what they leave.
func (rd *reader) referred(parts replytext.Parts) []Request {
	if len(parts.Own) > maxCover {
		return nil
	}
	if own := rd.prose(parts.Own); own.all.says(words.NotAWish) || own.listsElsewhere() || !rd.backs(parts) {
		return nil
	}
	var cover []assigned // roles that the covering note gives win over those below
	for _, sc := range rd.scenes(parts.Own) {
		cover = append(cover, assignedRoles(&sc)...)
	}
	pick, address := 0, rd.usedInstead(parts.Own)
	for _, s := range rd.prose(parts.Own).sentences {
		if n := pickedOf(&s.passage); n > 0 && pick > 0 && n != pick {
			return nil
		} else if n > 0 {
			pick = n
		}
	}
	out := rd.below(parts)
	if rd.callsSomebodyElse(parts.Own, out) || address == nil && rd.givesOther(parts.Own, out) {
		return nil
	}
	left, sure := rd.leftBy(parts.Own, out)
	if !sure && len(cover) == 0 && pick == 0 && address == nil {
		return nil
	}
	if sure {
		out = left
	}
	if address != nil && !useAddress(out, *address) || rd.asksElse(parts.Own, out) {
		return nil
	}
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

// givesOther says whether a covering note gives the address of somebody whom the mail below does not ask for: they are meant.
func (rd *reader) givesOther(own string, below []Request) bool {
	address := rd.onlyAddress(own)
	return address != nil && !slices.ContainsFunc(below, func(q Request) bool { return q.Email != nil && *q.Email == *address })
}

var usesWords = cue("uses")

// usedInstead is the address that a covering note gives: "use jane@… for her, not her private one".
func (rd *reader) usedInstead(own string) *string {
	address := rd.onlyAddress(own)
	if address == nil {
		return nil
	}
	scenes := rd.scenes(own)
	for i := range scenes {
		if sc := &scenes[i]; len(addressesIn(sc)) > 0 && sc.says(usesWords, tellingAddress) {
			return address
		}
	}
	return nil
}

// useAddress gives the one person of a list another address. One that does not show their name is nobody's.
func useAddress(list []Request, address string) bool {
	if len(list) != 1 {
		return false
	}
	list[0].Email = nil
	if q := &list[0]; q.Name != nil && belongs(address, *q.Name) {
		q.Email = &address
	}
	return true
}

// asksElse says whether a covering note asks for another action on the people of a list than the mail below.
func (rd *reader) asksElse(own string, list []Request) bool {
	scenes := rd.scenes(own)
	for i := range scenes {
		sc := &scenes[i]
		if sc.action == "" || !sc.says(objectWords) {
			continue
		}
		gives := sc.action == AddUser || sc.action == ChangeRole
		if slices.ContainsFunc(list, func(q Request) bool {
			return q.Action != sc.action && !(gives && (q.Action == AddUser || q.Action == ChangeRole))
		}) {
			return true
		}
	}
	return false
}

// asksForThem says whether a covering note that names nobody asks for somebody whom a pronoun stands for: who is meant stands below.
func (rd *reader) asksForThem(own string) bool {
	scenes := rd.scenes(rd.body(own))
	if slices.ContainsFunc(scenes, func(sc scene) bool { return len(sc.names) > 0 }) {
		return false
	}
	return slices.ContainsFunc(scenes, func(sc scene) bool {
		return sc.asks && sc.action != "" && (addsThem(&sc) || slices.ContainsFunc(assignedRoles(&sc), func(g assigned) bool { return sc.within(0, g.from, objectWords) }))
	})
}

// addsThem says whether a pronoun is the object of a verb that adds people: "please create him", "set her up".
func addsThem(sc *scene) bool {
	for i := 1; i < len(sc.tokens); i++ {
		if sc.tokens[i].in(objectWords) && (sc.tokens[i-1].in(verbAdd) || sc.within(i-1, i+2, setUpThem)) {
			return true
		}
	}
	return false
}

var setUpThem = cue("set_up_them")

// callsAuthorBelow says whether a wish of the own words is about the author of the mail below, "can you set Bob up?".
func (rd *reader) callsAuthorBelow(parts replytext.Parts) bool {
	below := parts.Forwarded
	if below == "" {
		below = parts.Quoted
	}
	name, address, _ := headerOf(cut(below, maxProse))
	if len(rd.m.Forwarded) > 0 {
		f := newReader(rd.m.Forwarded[0], Context{})
		name, address = f.author, f.sender
	}
	if wordCount(name) < 2 || has(rd.ours, address) || address == rd.sender {
		return false
	}
	scenes := rd.scenes(parts.Own)
	return slices.ContainsFunc(scenes, func(sc scene) bool {
		return sc.asks && (calledIn(&sc, name) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, name) }))
	})
}

// below reads the mail that stands below or is attached, level by level until one asks for something.
func (rd *reader) below(parts replytext.Parts) []Request {
	for _, f := range rd.m.Forwarded {
		inner := newReader(f, Context{})
		inner.book, inner.ours, inner.room, inner.inner = rd.book, rd.ours, rd.room, true
		own := replytext.SplitBy(f.Text, inner.author).Own
		if out := inner.inText(own); len(out) > 0 {
			return rd.others(out)
		}
		if out := inner.evident(own); len(out) > 0 {
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
		if has(rd.ours, address) {
			return nil
		}
		inner := &reader{m: rd.m, book: rd.book, author: author, sender: address, ours: rd.ours, room: rd.room, inner: true}
		level := replytext.SplitBy(body, author)
		if out := inner.inText(level.Own); len(out) > 0 {
			if self := inner.forAuthor(level.Own); len(out) == 1 && out[0].Name == nil && len(self) == 1 && (out[0].Email == nil || *out[0].Email == *self[0].Email) {
				out = self
			}
			return rd.others(out)
		}
		if out := inner.evident(level.Own); len(out) > 0 {
			return rd.others(out)
		}
		if out := inner.forAuthor(level.Own); len(out) > 0 {
			return rd.others(out)
		}
		if out := inner.byFirstName(level.Own); len(out) > 0 {
			return out
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
	if address == "" || !rd.prose(own).all.says(words.Self, forOneself, addsSelf) && !slices.ContainsFunc(rd.scenes(own), ownRoleGiven) {
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
	q.Reason = rd.statedReason(scenes)
	for i := range scenes {
		q.Reason = either(q.Reason, labelledReason(scenes[i].text))
	}
	for i := range scenes {
		q.Reason = either(q.Reason, either(reasonSaid(&scenes[i]), because(&scenes[i])))
	}
	if q.Reason == nil {
		q.Reason = rd.neededFor(scenes)
	}
	if q.Reason == nil {
		q.Reason = ofThemselves(scenes)
	}
	if q.Reason == nil {
		q.Reason = rd.reasonFor(scenes, person{name: rd.author})
	}
	q.Roles = append(q.Roles, settle(given)...)
	return []Request{q}
}

// labelledReason is what stands behind a label that asks why, "原因：由我支付费用"; nil if a text has none.
func labelledReason(text string) *string {
	head, tail, ok := strings.Cut(text, ":")
	if !ok {
		head, tail, ok = strings.Cut(text, "：")
	}
	if !ok || labelField(head) != "reason" || blank(tail) {
		return nil
	}
	return trimReason(tail)
}

// ownRoleGiven says whether a sentence gives its author a role: "as long as they do not know me as Technician".
func ownRoleGiven(sc scene) bool {
	return slices.ContainsFunc(assignedRoles(&sc), func(g assigned) bool { return sc.within(g.from-4, g.from, selfObject) })
}

var selfObject, forOneself = cue("self_object"), cue("for_oneself")

// ofThemselves is the sentence that the author of a wish for themselves tells of themselves: "I keep asking you for every invoice."
func ofThemselves(scenes []scene) *string {
	for i := range scenes {
		sc := &scenes[i]
		first := nextWord(sc.tokens, -1)
		if first == len(sc.tokens) || !sc.tokens[first].in(authorWords) || sc.words() < 4 || sc.question || hasObject(sc) || len(sc.roles) > 0 && !ownRoleGiven(*sc) ||
			asksItself(&sc.passage) || sc.says(noBackground, factOnly, calledWords) {
			continue
		}
		return trimReason(sc.text)
	}
	return nil
}

var needsTo = cue("needs_to")

// neededFor is the sentence, or the end of one behind a comma, by which the author of a wish for themselves tells what they need to do: "I need
// to talk to them about the server."
func (rd *reader) neededFor(scenes []scene) *string {
	for i := range scenes {
		sc := &scenes[i]
		if sc.question || !sc.says(needsTo) {
			continue
		}
		for from := range sc.tokens {
			end := sc.starts(from, needsTo)
			if end == 0 || end == len(sc.tokens) || from != nextWord(sc.tokens, -1) && sc.tokens[from-1].text != "," {
				continue
			}
			need := rd.sceneOf(sc.text[sc.tokens[from].start:])
			if need.action == "" && !hasObject(&need) && len(need.roles) == 0 && need.words() >= minNeeded && !need.says(evidentAccess, noBackground, factOnly, aboutLetter) {
				return trimReason(need.text)
			}
			break
		}
	}
	return nil
}

// minNeeded is how many words a sentence has at least that tells what somebody needs to do.
const minNeeded = 5

func actionOfOthers(sc *scene) bool {
	return sc.action != "" && sc.action != AddUser && !(sc.action == ChangeRole && ownRoleGiven(*sc)) || sc.says(words.Verbs.of[RemoveUser].list)
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

// ruled says whether a line begins with a rule: three or more of the marks that rules are made of.
func ruled(line string) bool {
	line = strings.TrimLeft(line, "> \t\n\f\r")
	return len(line) > 2 && strings.Trim(line[:3], "-=_*") == ""
}

// maxHeader is how many lines the header of a mail below has at most.
const maxHeader = 14

// headerOf reads the header lines or the attribution above a quoted or forwarded mail: its author, and the text below.
func headerOf(below string) (name, address, body string) {
	body = below
	for n, rest := 0, below; n < maxHeader && rest != ""; n++ {
		line, behind, _ := strings.Cut(rest, "\n")
		rest, line = behind, strings.TrimSpace(line)
		label, value, ok := strings.Cut(line, ":")
		label = strings.ToLower(strings.Trim(label, " *\t>"))
		header := ok && len(strings.Fields(label)) <= 2 && replytext.HeaderLabel(label)
		switch {
		case line == "":
			continue
		case header && replytext.FromLabel(label) && name == "" && address == "":
			name, address = mailboxIn(value)
		case header, ruled(line), replytext.Separator(line):
		case replytext.Attribution(line) && name == "" && address == "":
			name, address = mailboxIn(line)
		default:
			return name, address, body
		}
		body = rest
	}
	return name, address, body
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
	r := lend()
	defer r.giveBack()
	toks := r.tokenize(s)
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
	onlyPicked = regexp.MustCompile(` ` + oneOf(cue("pick_only").phrases()) + ` (?:\pL+ )?(?:` + oneOf(cue("determiners").phrases()) + ` )?(` + oneOf(slices.Values(keysOf(picks))) + `) ` + oneOf(cue("pick_behind").phrases()) + ` `)
}

// onlyOne keeps request n of a list of several.
func onlyOne(list []Request, n int) []Request {
	if len(list) < 2 || n > len(list) {
		return nil
	}
	return list[n-1 : n]
}
