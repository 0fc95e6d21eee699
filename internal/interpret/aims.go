package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	aimLead, aimNext, aimWithin = cue("aim"), cue("aim_next"), cue("aim_within")
	becauseBehind               = cue("because_behind")
)

// aim reads what somebody is to do, "pour réparer la climatisation", "um die Klimaanlage zu prüfen", "для замены коммутатора": the words
// of a purpose and a verb or an activity right behind them, or the verb at the end of the clause.
func aim(sc *scene) *string { return aimBut(sc, wishesWithin) }

// wishesWithin says whether the words of a purpose tell what is asked: "pour créer un compte".
func wishesWithin(whole, behind *passage) bool {
	return whole.says(words.Verbs.heads) || behind.says(words.Ask)
}

// aimBut is aim without what wishes says to be the wish itself, of the whole purpose and of what stands behind the verb it begins with.
func aimBut(sc *scene, wishes func(whole, behind *passage) bool) *string {
	if !sc.says(aimLead) || !sc.says(aimNext, aimWithin) {
		return nil
	}
	for i := range sc.tokens {
		end := sc.starts(i, aimLead)
		if end == 0 || end >= len(sc.tokens) {
			continue
		}
		to := end
		for to < len(sc.tokens) && sc.tokens[to].kind != addressToken && !has(aimMarks, sc.tokens[to].text) {
			to++
		}
		if to == end || unicode.IsDigit(rune(sc.tokens[end].text[0])) {
			continue
		}
		asked := end
		if aimsBehind(sc, i, end, to) {
			asked++ // what is done there may be what is asked elsewhere, "para ocuparse de …"
		} else if !aims(sc, end, to) {
			continue
		}
		part, rest := sc.in.scan(sc.text[sc.tokens[end].start:sc.tokens[to-1].end]), sc.in.scan(sc.text[sc.tokens[asked].start:sc.tokens[to-1].end])
		if wishes(&part, &rest) {
			continue
		}
		return clean(sc.text[sc.tokens[i].start:sc.tokens[to-1].end])
	}
	return nil
}

var aimMarks = []string{",", ";", ":", "?", "!", "(", ")"}

// aims says whether the tokens from one to the other say what is to be done.
func aims(sc *scene, from, to int) bool {
	if sc.within(from, min(from+2, to), aimNext) {
		return true
	}
	last := &sc.tokens[to-1]
	if last.text == "." && to-2 > from {
		to--
		last = &sc.tokens[to-1]
	}
	if to-from < 3 || startsUpper(last.text) {
		return false
	}
	return last.in(aimWithin) || sc.within(to-1, to, aimWithin) || sc.tokens[to-2].in(aimWithin)
}

// aimsBehind says whether a purpose at token i, whose words end at token end, begins with an infinitive and its object, "pour gérer nos baies", behind
// somebody or their role, or where the author comes.
func aimsBehind(sc *scene, i, end, to int) bool {
	if _, month := words.Months.get(sc.tokens[end].lower); month || sc.starts(i, aimNext) <= end || to-end < minAim {
		return false
	}
	return sc.says(authorComes) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to <= i }) || slices.ContainsFunc(sc.roles, func(m roleMention) bool { return m.to <= i })
}

// minAim is how many tokens an infinitive has with its object.
const minAim = 3

// minBehind is how many letters of a script without blanks a reason in front of its connective has at least.
const minBehind = 4

// becauseOf reads a reason that stands in front of its connective, as in "退職のため" and "nöbet tutacağı için".
func becauseOf(sc *scene) *string {
	if !sc.says(becauseBehind) {
		return nil
	}
	for i := range sc.tokens {
		t := &sc.tokens[i]
		if t.kind != wordToken || !hasIdeograph(t.text) {
			continue
		}
		for p := range becauseBehind.runOn() {
			k := strings.LastIndex(t.text, p)
			if k < 0 {
				continue
			}
			end := t.start + k
			if allHangul(t.text) {
				end = t.end // an ending of the verb, or a verb of its own
			}
			if v := reasonInFront(sc, i, end); v != nil {
				return v
			}
		}
	}
	for i := range sc.tokens {
		if end := sc.starts(i, becauseBehind); end > 0 && !hasIdeograph(sc.tokens[i].text) {
			if v := reasonInFront(sc, i, sc.tokens[i].start); v != nil {
				return v
			}
		}
	}
	return nil
}

// betweenDigits says whether byte at of text stands between digits: a colon there belongs to a time of day.
func betweenDigits(text string, at int) bool {
	return at > 0 && at+1 < len(text) && isDigit(text[at-1]) && isDigit(text[at+1])
}

// reasonInFront is the clause up to byte end, which token i holds, from what it is said of on.
func reasonInFront(sc *scene, i, end int) *string {
	from := 0
	for k := i - 1; k >= 0 && from == 0; k-- {
		switch t := &sc.tokens[k]; {
		case t.text == ":" && betweenDigits(sc.text, t.start):
		case t.kind == addressToken || has(aimMarks, t.text) || has([]string{"、", "，", "。", "）", "】", "；", "："}, t.text):
			from = t.end
		}
	}
	for _, n := range sc.names {
		last := sc.tokens[n.to-1].end
		if n.within > 0 {
			last = n.within
		}
		if last <= end && last > from && (n.within > 0 || n.runOn || !isIdeographic(sc.tokens[n.to-1].text)) {
			from = last
		}
	}
	text := strings.TrimLeft(sc.text[from:end], " ,)）】>、，'’")
	particle := ""
	for p := range runOnBehind.runOn() {
		if strings.HasPrefix(text, p) && len(p) > len(particle) && utf8.RuneCountInString(p) <= 3 {
			particle = p
		}
	}
	text = strings.TrimSpace(text[len(particle):])
	part := sc.in.scan(text)
	if part.says(words.Ask, words.NoReason) || hasAddress(text) || hasIdeograph(text) && utf8.RuneCountInString(text) < minBehind {
		return nil
	}
	return clean(text)
}

// toldBehind reads what is told of somebody right behind their address in a script without blanks, "赵鹏（…）已于上周离职，请注销".
func toldBehind(sc *scene) *string {
	for i := range sc.tokens {
		if sc.tokens[i].kind != addressToken {
			continue
		}
		from := i + 1
		for from < len(sc.tokens) && sc.tokens[from].kind == markToken {
			from++
		}
		to := from
		for to < len(sc.tokens) && sc.tokens[to].kind == wordToken {
			to++
		}
		if to == from || !hasIdeograph(sc.tokens[from].text) || to == len(sc.tokens) {
			continue
		}
		text := sc.text[sc.tokens[from].start:sc.tokens[to-1].end]
		if part := sc.in.scan(text); reasonable(text) && !part.says(words.Ask) && !roleGiven(sc, sc.tokens[from].start, sc.tokens[to-1].end) {
			return clean(text)
		}
	}
	return nil
}

// partMarks stand between the clauses of scripts without blanks.
const partMarks = ",，、;；:：。"

// toldBeside reads the clause of a sentence in a script without blanks that tells why: it asks nothing, gives no role and no address, and names nobody
// besides p, "请将李丽设为技术员，她负责夜班".
func toldBeside(_ *reader, sc *scene, p person) *string {
	for from := 0; from < len(sc.tokens); {
		to := from
		for to < len(sc.tokens) && !(sc.tokens[to].kind == markToken && strings.Contains(partMarks, sc.tokens[to].text) && !betweenDigits(sc.text, sc.tokens[to].start)) {
			to++
		}
		if v := toldIn(sc, from, to, p); v != nil {
			return v
		}
		from = to + 1
	}
	return nil
}

// toldIn is toldBeside for the clause of tokens from to to.
func toldIn(sc *scene, from, to int, p person) *string {
	others := func(n nameSpan) bool {
		return n.from >= from && n.from < to && (p.name == "" || !sameName(n.name, p.name))
	}
	address := func(t token) bool { return t.kind == addressToken }
	if from == to || !hasIdeograph(sc.tokens[from].text) || slices.ContainsFunc(sc.names, others) || slices.ContainsFunc(sc.tokens[from:to], address) {
		return nil
	}
	begin, end := sc.tokens[from].start, sc.tokens[to-1].end
	text := sc.text[begin:end]
	if part := sc.in.scan(text); !reasonable(text) || part.says(words.Ask) || roleGiven(sc, begin, end) {
		return nil
	}
	return trimReason(text)
}

// maxJoined is how many words stand between a role and the clause that is joined to it, "as Technician with us next week and …".
const maxJoined = 4

// joinsAndDoes reads what somebody does besides joining with a role: "Jane Doe joins us as Technician and looks after our racks".
func joinsAndDoes(_ *reader, sc *scene, p person) *string {
	if sc.asks && sc.action != AddUser || sc.question || len(sc.names) != 1 || p.name == "" || !sameName(sc.names[0].name, p.name) || len(sc.roles) != 1 || sc.roles[0].from < sc.names[0].to {
		return nil
	}
	for i := sc.roles[0].to; i < len(sc.tokens)-1 && i <= sc.roles[0].to+maxJoined; i++ {
		if sc.tokens[i].kind != wordToken {
			return nil
		}
		if !joins(&sc.tokens[i]) {
			continue
		}
		text := sc.text[sc.tokens[i+1].start:]
		if part := sc.in.scan(text); hasAddress(text) || !reasonable(text) || part.says(words.Ask, words.NoReason, statesNothing, factOnly) || anyDeed(&part) {
			return nil
		}
		return trimReason(text)
	}
	return nil
}

// goneAlone reads a short sentence of nobody's name which says that somebody is gone, "Şirketten ayrıldı.", in languages whose verbs need no pronoun.
func goneAlone(_ *reader, sc *scene, p person) *string {
	if p.action != RemoveUser || sc.question || sc.asks || sc.action != "" || !sc.says(goneWords) || sc.says(authorWords) || len(sc.roles) > 0 || hasObject(sc) || sc.words() > maxElided {
		return nil
	}
	return trimReason(sc.text)
}

// anyDeed says whether p has a verb of one of the actions.
func anyDeed(p *passage) bool {
	for _, a := range everyAction {
		if p.saysVerb(words.Verbs.of[a]) {
			return true
		}
	}
	return false
}
