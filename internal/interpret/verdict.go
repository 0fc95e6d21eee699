package interpret

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

// outcome is what one sentence of an answer says.
type outcome struct {
	all      Decision         // for everybody; "" if nothing
	each     map[int]Decision // for those it names
	exempt   []int            // whom an approval of all the others excepts: they are unclear unless refused
	strong   bool             // a word of decision, not only a yes
	negated  bool             // something is denied, which takes a yes away and leaves a no
	doubtful bool             // a condition, a question, or a decision that the words around it make uncertain
	remark   bool             // something else
	denies   bool             // a remark with a word of refusal, no answer of its own
	waits    bool             // a mere yes with a remark behind it, "yes, she is new here", of which another sentence tells what it means
}

// statement is what a whole answer says in one language.
type statement struct {
	said     bool
	doubtful bool
	each     map[int]Decision
	known    int // letters of words that the language knows: the language of the answer knows most
	// Words that the language knows, and small ones that it does not.
	knownWords, unknown int
}

// foreign says whether hardly any small word of an answer is one of a language that answers are read in.
func (st *statement) foreign() bool { return st.unknown >= 2 && st.unknown > 4*st.knownWords }

// read reads own words as an answer in this language.
func (t *tongue) read(own string, lines []AskedLine) statement {
	return t.readAnswer(newAnswer(own, lines))
}

func (t *tongue) readAnswer(a *answer) statement {
	st := statement{each: map[int]Decision{}}
	lines := a.lines
	var all []Decision
	ownWords, weakAfterRemark, remarked, strong := false, false, false, false
	negated, doubtful, denies, waits := false, false, false, false
	var excused [][]int // whom each remark speaks of that leaves refusals alone
	var exempt []int    // whom an approval excepts
	var ofSome []int    // whom such remarks doubt that begin with them
	set := func(n int, d Decision) {
		if old, ok := st.each[n]; ok && old != d {
			d = Unclear
		}
		st.each[n] = d
	}
	for i, s := range a.sentences {
		items := a.itemsOf(t, i)
		for k := range items {
			it := &items[k]
			if it.familiar {
				st.known += utf8.RuneCountInString(it.text)
				st.knownWords++
				ownWords = true
			}
			if it.strange() {
				st.unknown++
			}
		}
		if t.courteous(s.key) {
			continue
		}
		o := t.judge(a, items)
		if o.all == "" && (o.doubtful || o.negated) {
			if refused, ok := t.refusesWhoIsTold(a.prepared, s.written, lines); ok {
				o = refused
			}
		}
		if s.question || t.givenByOthers(a, s.written, items) {
			o = outcome{doubtful: true}
		}
		if o.all == "" && !s.question && (o.doubtful || o.negated || o.onlyDoubts()) {
			if people, ok := t.excuse(a.prepared, s.written, lines); ok {
				if len(o.each) > 0 {
					ofSome = append(ofSome, people...)
				} else {
					excused = append(excused, people)
				}
				remarked = true
				continue
			}
		}
		if o.all != "" || len(o.each) > 0 {
			weakAfterRemark = weakAfterRemark || remarked && !o.strong
			strong = strong || o.strong && !o.onlyDoubts()
		}
		if o.all != "" {
			all = append(all, o.all)
		}
		for n, d := range o.each {
			set(n, d)
		}
		exempt = append(exempt, o.exempt...)
		remarked = remarked || o.remark
		negated = negated || o.negated
		doubtful = doubtful || o.doubtful
		denies, waits = denies || o.denies, waits || o.waits
	}
	for _, n := range exempt {
		if st.each[n] != Reject {
			st.each[n] = Unclear
		}
	}
	for _, n := range ofSome {
		if d, ok := st.each[n]; !(ok && d == Reject || !ok && len(all) > 0 && all[0] == Reject) {
			set(n, Unclear)
		}
	}
	if st.foreign() {
		st.unknown -= t.capitals(a)
	}
	doubtful = doubtful || waits && !strong
	doubtful = doubtful || denies && !slices.Contains(all, Reject)
	doubtful = doubtful || excused != nil && st.approves(all) && !st.refusesAll(excused)
	st.said = (len(all) > 0 || len(st.each) > 0) && ownWords && (strong || !weakAfterRemark) && t.reads
	for _, d := range all {
		if d != all[0] {
			doubtful = true
		}
	}
	singled := len(st.each) > 0
	for _, l := range lines {
		d, named := st.each[l.Number]
		switch {
		case len(all) > 0 && named && d != all[0], doubtful, !named && (len(all) == 0 || singled):
			d = Unclear
		case !named:
			d = all[0]
		}
		if d == Approve && negated {
			d = Unclear
		}
		st.each[l.Number] = d
	}
	st.doubtful = doubtful || negated && slices.Contains(all, Approve)
	return st
}

// onlyDoubts says whether a sentence leaves some people unclear and decides on nobody.
func (o *outcome) onlyDoubts() bool {
	for _, d := range o.each {
		if d != Unclear {
			return false
		}
	}
	return len(o.each) > 0
}

// strange says whether an item is a word of Latin letters that its language does not know.
func (it *item) strange() bool {
	return it.kind == unknownItem && !it.familiar && isLatinLetter(it.text)
}

// capitals counts the strange words of an answer that begin large in it.
func (t *tongue) capitals(a *answer) int {
	n := 0
	for i := range a.sentences {
		for _, it := range a.itemsOf(t, i) {
			if it.strange() && a.capital(it.text) {
				n++
			}
		}
	}
	return n
}

// approves says whether anybody is approved; all are the answers for everybody.
func (st *statement) approves(all []Decision) bool {
	for _, d := range st.each {
		if d != Reject {
			return true
		}
	}
	return slices.ContainsFunc(all, func(d Decision) bool { return d != Reject })
}

// refusesAll says whether each remark names somebody, and none but those refused.
func (st *statement) refusesAll(remarks [][]int) bool {
	return !slices.ContainsFunc(remarks, func(people []int) bool {
		return len(people) == 0 || slices.ContainsFunc(people, func(n int) bool { return st.each[n] != Reject })
	})
}

// courteous says whether a sentence, as key writes it, only offers or asks for contact.
func (t *tongue) courteous(s string) bool {
	for _, p := range t.courtesy {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// tally counts the items of each kind.
type tally [colonItem + 1]int

func tallyOf(items []item) *tally {
	var count tally
	for i := range items {
		count[items[i].kind]++
	}
	return &count
}

// judge weighs the items of one sentence.
func (t *tongue) judge(a *answer, items []item) outcome {
	a.prepared = t.prepare(a.prepared[:0], items, a)
	lines := a.lines
	items = joinTopics(withoutStarts(withoutContrast(withoutThankful(a.prepared))))
	items = t.withoutExcuses(items, lines)
	items = aboutOne(items, lines)
	count := tallyOf(items)
	decided := deciding(count)
	doubts := count[ifItem] + count[unsureItem] + count[toItem] + count[onlyItem] + count[exceptItem] - onlyBehindRefusal(items, count)
	if count[exceptItem] == 1 && single(items, count) {
		return excepted(items, lines)
	}
	if at := lastBreak(items); count[exceptItem] == 1 && at > 0 && tallyOf(items[at:])[rejectItem] > 0 && t.onlyRefuses(items[at:]) {
		if head := items[:at]; single(head, tallyOf(head)) {
			return exceptedAndRefused(head, lines)
		}
	}
	switch {
	case decided == 0 && doubts > 0 && doubts+count[butItem] == count[onlyItem] && count[targetItem] == 0:
		return outcome{negated: true, remark: true, denies: true} // "rejected. Only employees have access": it limits no refusal
	case decided == 0 && doubts == 1 && count[butItem]+count[targetItem] == 0 && slices.ContainsFunc(items, t.cannot):
		return outcome{negated: true, remark: true, denies: true} // "承認できません。却下します。"
	case decided == 0 && doubts+count[butItem] > 0:
		return t.doubtOn(items, lines)
	case decided == 0 && count[notItem]+count[unclearItem] > 0:
		return outcome{negated: true, remark: true}
	case decided == 0:
		return outcome{remark: count[unknownItem] > 0, doubtful: len(items) <= maxFragment && t.limits(items)}
	case doubts+count[butItem]+count[notItem]+count[unknownItem] == 0:
		return share(items, count)
	}
	if o, ok := piecewise(items, count); ok {
		return o
	}
	if t.refusedBehind(items, count) {
		return outcome{all: Reject, strong: true}
	}
	if doubts+count[butItem] > 0 {
		return t.doubtOn(items, lines)
	}
	o := t.withRemark(a, items)
	if o.doubtful && count[rejectItem] > 0 && count[approveItem]+count[yesItem]+count[unclearItem]+count[targetItem] == 0 {
		return outcome{negated: true, remark: true, denies: true} // "rejected. He is no employee": it leaves a refusal alone
	}
	return o
}

// withoutContrast leaves out that a sentence is set against the one in front, where it refuses somebody: "En revanche je refuse pour Raj".
func withoutContrast(items []item) []item {
	if count := tallyOf(items); len(items) > 0 && items[0].kind == butItem && count[butItem] == 1 && count[rejectItem] > 0 && count[targetItem] > 0 {
		return items[1:]
	}
	return items
}

// onlyBehindRefusal counts the words of limits in the remark of a refusal, "rejected, he is only a trainee": they limit nothing.
func onlyBehindRefusal(items []item, count *tally) int {
	at := slices.IndexFunc(items, func(it item) bool { return it.kind == breakItem })
	if count[rejectItem] == 0 || count[approveItem]+count[yesItem] > 0 || at < 0 || tallyOf(items[:at])[rejectItem] == 0 {
		return 0
	}
	return tallyOf(items[at:])[onlyItem]
}

// withoutThankful takes out the pieces of a sentence between marks that give thanks and hold nothing that could change an answer.
func withoutThankful(items []item) []item {
	for from := len(items) - 1; from >= -1; from-- {
		if from >= 0 && items[from].kind != breakItem {
			continue
		}
		to := from + 1
		for to < len(items) && (items[to].kind == withItem || items[to].kind == unknownItem) {
			to++
		}
		if to < len(items) && items[to].kind != breakItem {
			continue
		}
		var piece strings.Builder
		for _, it := range items[from+1 : to] {
			piece.WriteString(it.text + " ")
		}
		if replytext.Thanks(piece.String()) {
			items = slices.Delete(items, max(from, 0), to)
		}
	}
	return items
}

// refusedBehind says whether a sentence that begins with a denial ends with a piece that is a refusal alone: "I cannot approve this, please
// reject". Being unable is no refusal, but leaves one behind it alone.
func (t *tongue) refusedBehind(items []item, count *tally) bool {
	for len(items) > 0 && items[len(items)-1].kind == breakItem {
		items = items[:len(items)-1]
	}
	at := len(items) - 1
	for at >= 0 && items[at].kind != breakItem {
		at--
	}
	behind := tallyOf(items[at+1:])
	others := count[ifItem] + count[butItem] + count[exceptItem] + count[onlyItem] + count[toItem] + count[approveItem] + count[yesItem] + count[targetItem]
	if at < 0 || others > 0 || behind[rejectItem] == 0 || behind[rejectItem]+behind[withItem] != len(items)-at-1 || count[notItem]+count[rejectItem] == behind[rejectItem] && !slices.ContainsFunc(items[:at], t.denies) {
		return false
	}
	return !slices.ContainsFunc(items[:at], func(it item) bool { return it.kind == unsureItem && !t.unable[it.text] })
}

// denies says whether an item is such a word with its denial: "承認できません", "no conozco".
func (t *tongue) denies(it item) bool {
	return t.cannot(it) || it.kind == unsureItem && t.unable[it.text] && it.is(notMark)
}

// cannot says whether an item is the whole of "I cannot approve this", in a script without blanks.
func (t *tongue) cannot(it item) bool {
	return it.kind == unsureItem && t.unable[it.text] && hasIdeograph(it.text)
}

// piecewise reads a sentence of which every piece names somebody and answers, denies or doubts: "1 yes, 2 I have to ask". Doubt is on
// those alone whom its piece names. A condition, or answers in front of people and behind, leave it to others.
func piecewise(items []item, count *tally) (outcome, bool) {
	if count[ifItem]+count[allItem]+count[exceptItem]+count[onlyItem]+count[toItem] > 0 || count[targetItem] < 2 {
		return outcome{}, false
	}
	o := outcome{each: map[int]Decision{}, strong: count[approveItem]+count[rejectItem] > 0}
	pieces, inFront, behind := 0, false, false
	for piece := range piecesOf(items) {
		count := tallyOf(piece)
		decided := deciding(count)
		if count[targetItem] == 0 || decided+count[unsureItem]+count[notItem]+count[unclearItem] == 0 {
			return outcome{}, false
		}
		pieces++
		if decided > 1 || decided == 1 && count[unsureItem]+count[notItem]+count[unclearItem]+count[unknownItem] > 0 {
			return outcome{}, false
		}
		if decided == 0 {
			for _, it := range piece {
				if it.kind == targetItem {
					o.give(it.number, Unclear)
				}
			}
			continue
		}
		first := slices.IndexFunc(piece, func(it item) bool { return it.kind == targetItem || meaning[it.kind] != "" })
		inFront, behind = inFront || piece[first].kind != targetItem, behind || piece[first].kind == targetItem
		for n, d := range share(piece, count).each {
			o.give(n, d)
		}
	}
	return o, pieces > 1 && !(inFront && behind)
}

// piecesOf are the runs of items between marks and words like "but".
func piecesOf(items []item) iter.Seq[[]item] { return cutAtItems(items, breakItem, butItem) }

// piecesBetween are those between marks, colons among them, and words like "but".
func piecesBetween(items []item) iter.Seq[[]item] {
	return cutAtItems(items, breakItem, butItem, colonItem)
}

func cutAtItems(items []item, at ...itemKind) iter.Seq[[]item] {
	return func(yield func([]item) bool) {
		from := 0
		for i := 0; i <= len(items); i++ {
			if i < len(items) && !slices.Contains(at, items[i].kind) {
				continue
			}
			if i > from && !yield(items[from:i]) {
				return
			}
			from = i + 1
		}
	}
}

// doubtOn is a doubtful sentence; "2: I have to ask" is so for person 2 alone.
func (t *tongue) doubtOn(items []item, lines []AskedLine) outcome {
	if o, ok := doubtOnSome(items, lines); ok {
		return o
	}
	if len(items) > 1 && items[0].kind == targetItem && items[1].kind == colonItem {
		conditions := slices.ContainsFunc(items, func(it item) bool { return it.kind == ifItem || it.kind == butItem })
		others := slices.ContainsFunc(items[1:], func(it item) bool { return it.kind == targetItem })
		if !conditions && !others {
			return outcome{each: map[int]Decision{items[0].number: Unclear}, strong: true}
		}
	}
	return outcome{doubtful: true}
}

// withRemark reads an answer up to the first comma that a remark follows, "rejected, he has left": a refusal, or a word of
// decision whose remark denies nothing.
func (t *tongue) withRemark(a *answer, items []item) outcome {
	at := slices.IndexFunc(items, func(it item) bool { return it.kind == breakItem || it.kind == colonItem && it.number == 0 })
	if at > 0 && items[at].kind == colonItem && items[0].kind == targetItem && at == 1 { // "2: no, he has left"
		if k := slices.IndexFunc(items[2:], func(it item) bool { return it.kind == breakItem }); k >= 0 {
			at = k + 2
		}
	}
	if at <= 0 {
		return outcome{doubtful: true}
	}
	head := items[:at]
	count, rest := tallyOf(head), tallyOf(items[at:])
	if count[unknownItem]+count[notItem] > 0 || rest[approveItem]+rest[yesItem] > 0 || rest[targetItem] > 0 && len(a.lines) > 1 {
		return outcome{doubtful: true}
	}
	o := share(head, count)
	refused := count[rejectItem] > 0 && count[approveItem]+count[yesItem] == 0
	if !refused && items[at].kind == colonItem && rest[unknownItem] > 0 {
		return outcome{doubtful: true} // "hereby approved: the minutes"
	}
	if !refused && rest[rejectItem] > 0 {
		return outcome{doubtful: true}
	}
	if !refused && count[approveItem] == 0 && rest[notItem]+rest[rejectItem] == 0 && items[at].kind == breakItem && !t.limits(items[at:]) && !a.scrap(items[at:]) {
		return outcome{remark: true, waits: true}
	}
	approved := count[approveItem] > 0 && rest[notItem] == 0 && !t.limits(items[at:]) && !a.scrap(items[at:])
	if !refused && !approved {
		return outcome{doubtful: true}
	}
	return o
}

// maxFragment is how many items a sentence has that may have no verb.
const maxFragment = 6

// limits says whether a piece between marks begins or ends with a word that joins it to the answer in front, and has words that are not
// known to change nothing.
func (t *tongue) limits(items []item) bool {
	for piece := range piecesOf(items) {
		if t.joins(piece[0].text) || t.joins(piece[len(piece)-1].text) {
			if slices.ContainsFunc(piece, func(it item) bool { return it.kind == unknownItem }) {
				return true
			}
		}
	}
	return false
}

// maxScrap is how many ideographs are too few to tell something of somebody.
const maxScrap = 4

// scrap says whether a piece between marks is one small word that is not known, or as few ideographs: "approved, weekdays".
func (a *answer) scrap(items []item) bool {
	tells := func(it item) bool {
		return it.kind != unknownItem || it.familiar || a.capital(it.text)
	}
	for piece := range piecesOf(items) {
		most := 1
		if hasIdeograph(piece[0].text) {
			most = maxScrap
		}
		if len(piece) <= most && !slices.ContainsFunc(piece, tells) {
			return true
		}
	}
	return false
}

func (t *tongue) joins(word string) bool {
	head, _, apostrophe := strings.Cut(word, "'")
	return t.goesOn[word] || apostrophe && t.goesOn[head+"'*"]
}

var thanks = cue("thanks")

// decideAnywhere reads own words in the language that knows most of them. Languages that know as much must agree.
// prosaicToo: the language of prose knows as much.
func decideAnywhere(own string, lines []AskedLine) (out statement, language string, prosaicToo bool) {
	a := newAnswer(own, lines)
	var best statement
	name := ""
	var found []statement
	for _, t := range a.knowMost() {
		st := t.readAnswer(a)
		if name == "" {
			best, name = st, t.name
		}
		if !t.reads {
			prosaicToo = true
			if len(found) == 0 {
				name = t.name // prose reads it
			}
		}
		best.doubtful = best.doubtful || st.doubtful
		if st.said && st.known > 0 {
			found = append(found, st)
			name = t.name
		}
	}
	if best.known == 0 { // no language knows a word: the first stands for all
		best, name = answers[0].readAnswer(a), prosaic
	}
	if len(found) == 0 {
		best.doubtful = best.doubtful && best.known > 0
		return best, name, prosaicToo
	}
	out = found[0]
	if p := scan(own); p.is(thanks) { // "tak" is yes in one language and thanks in others
		for n := range out.each {
			out.each[n] = Unclear
		}
	}
	for _, st := range found[1:] {
		for n, d := range st.each {
			if out.each[n] != d {
				out.each[n] = Unclear
			}
		}
	}
	return out, name, prosaicToo
}
