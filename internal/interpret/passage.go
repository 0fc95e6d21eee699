package interpret

import (
	"cmp"
	"slices"
	"strings"
)

// passage is a piece of text as tokens, and the phrases of the lists in it.
type passage struct {
	text   string
	tokens []token
	hits   []hit   // phrases of several words and of words with a star, by where they begin
	gaps   []gap   // phrases in two pieces
	lists  listSet // all that have a phrase in it
	in     *tongues
}

// hit is a phrase that stands at tokens from to to, marks and addresses between its words left out.
type hit struct {
	from, to int
	lists    *listSet // that have it
	loose    bool     // of a script without blanks: it may begin and end within a word
}

// gap is a phrase in two pieces, by the list that has it and its first piece.
type gap struct {
	bit  uint16
	head uint32
}

// scan reads s as it is, in all languages.
func scan(s string) passage { return (*tongues)(nil).scan(s) }

// scan reads s in these languages.
func (t *tongues) scan(s string) passage {
	if t == nil {
		return roomFor(s).scan(s, nil)
	}
	return t.room.scan(s, t)
}

// scan reads s in these languages, its tokens in r while that holds few.
func (r *room) scan(s string, t *tongues) passage {
	if len(r.tokens) > maxLent {
		r = roomFor(s)
	}
	p := passage{text: s, tokens: r.tokenize(s), hits: r.hits[len(r.hits):], in: t}
	r.pending = p.search(r.pending)
	r.keep(&p)
	return p
}

// search finds the phrases, and leaves of the words what the languages of p know. pending is room for nodes, which it gives back.
func (p *passage) search(pending []nodeID) []nodeID {
	x := phraseIndex
	ideographs := false
	for i := range p.tokens {
		t := &p.tokens[i]
		n := x.nodes[t.word]
		if n.sense > 0 && p.in != nil {
			t.lists = p.in.of(&x.senses[n.sense])
		}
		if t.kind != wordToken {
			continue
		}
		if n.sense > 0 {
			p.lists.join(t.lists)
		}
		if n.ways > 0 {
			pending = p.goOn(t.word, i, i+1, pending)
		}
		ideographs = ideographs || !t.plain && hasIdeograph(t.lower)
		if len(t.lower) >= minStem && (t.word == 0 || x.stemmed.has(t.word)) {
			pending = p.stem(x.stems.of(stemSlot(t.lower)), i, pending)
		}
	}
	if ideographs {
		p.searchRunOn()
	}
	return pending[:0]
}

// stem goes on from the stems that the word at token i begins with.
func (p *passage) stem(stems []edge, i int, pending []nodeID) []nodeID {
	word := p.tokens[i].lower
	next := nextTwo(word)
	for k := range stems {
		if e := &stems[k]; e.may(next) && phraseIndex.takes(e, word) {
			pending = p.reach(e.to, i, i+1, pending)
		}
	}
	return pending
}

// goOn follows the ways from a node reached by tokens from to to. pending are the nodes whose gaps have been looked at.
func (p *passage) goOn(n nodeID, from, to int, pending []nodeID) []nodeID {
	at := phraseIndex.nodes[n].ways
	if at == 0 {
		return pending
	}
	w := &phraseIndex.ways[at]
	if w.head > 0 && !slices.Contains(pending, n) { // only the first place of each counts
		p.close(w, to)
		pending = append(pending, n)
	}
	return p.walk(w, from, to, pending)
}

// walk goes on by the word behind token to.
func (p *passage) walk(w *ways, from, to int, pending []nodeID) []nodeID {
	for to < len(p.tokens) && p.tokens[to].kind != wordToken {
		to++
	}
	if to == len(p.tokens) {
		return pending
	}
	t := &p.tokens[to]
	if t.word > 0 {
		if n := phraseIndex.after(w, t.word); n > 0 {
			pending = p.reach(n, from, to+1, pending)
		}
	}
	open := phraseIndex.open[w.open.from:w.open.to]
	for k := range open {
		if e := &open[k]; phraseIndex.takes(e, t.lower) {
			pending = p.reach(e.to, from, to+1, pending)
		}
	}
	return pending
}

func (p *passage) reach(n nodeID, from, to int, pending []nodeID) []nodeID {
	if sense := phraseIndex.nodes[n].sense; sense > 0 {
		if lists := p.in.of(&phraseIndex.senses[sense]); *lists != noLists {
			if p.hits == nil {
				p.hits = make([]hit, 0, 8)
			}
			p.hits = append(p.hits, hit{from: from, to: to, lists: lists})
			p.lists.join(lists)
		}
	}
	return p.goOn(n, from, to, pending)
}

// close looks for the second pieces of phrases whose first ends in front of token at.
func (p *passage) close(w *ways, at int) {
	between := 0
	var open []tail
	if phraseIndex.tails[w.tails.from].word == 0 {
		open = phraseIndex.tailsFrom(w, 0)
	}
	for i := at; i < len(p.tokens) && between <= maxGap; i++ {
		t := &p.tokens[i]
		if t.kind != wordToken {
			continue
		}
		if len(open) > 0 {
			p.closeAt(w, open, i)
		}
		if t.word > 0 {
			p.closeAt(w, phraseIndex.tailsFrom(w, t.word), i)
		}
		between++
	}
}

// closeAt notes those of tails that stand at token i.
func (p *passage) closeAt(w *ways, tails []tail, i int) {
	for k := range tails {
		t := &tails[k]
		if (p.in == nil || t.langs&p.in.langs != 0) && p.wordsAt(i, phraseIndex.texts.word(t.text)) {
			p.lists.add(t.bit)
			if g := (gap{t.bit, w.head}); !slices.Contains(p.gaps, g) {
				p.gaps = append(p.gaps, g)
			}
		}
	}
}

// wordsAt says whether the words of phrase stand at token i and those behind it.
func (p *passage) wordsAt(i int, phrase string) bool {
	for ; i < len(p.tokens) && phrase != ""; i++ {
		if p.tokens[i].kind != wordToken {
			continue
		}
		w, rest, _ := strings.Cut(phrase, " ")
		stem, open := strings.CutSuffix(w, "*")
		if p.tokens[i].lower != stem && !(open && strings.HasPrefix(p.tokens[i].lower, stem)) {
			return false
		}
		phrase = rest
	}
	return phrase == ""
}

// searchJoints finds the phrases that reach from one sentence of p into the next. hits are room for them.
func (p *passage) searchJoints(sentences []sentence, hits []hit) {
	const reach = 8 // words of a phrase in front of the joint
	joint := passage{in: p.in, hits: hits}
	end := 0
	for _, s := range sentences[:max(0, len(sentences)-1)] {
		end += len(s.tokens)
		for i, n := end-1, 0; i >= end-len(s.tokens) && n < reach; i-- {
			t := &p.tokens[i]
			if t.kind != wordToken {
				continue
			}
			n++
			ways := phraseIndex.nodes[t.word].ways
			if ways == 0 {
				continue
			}
			joint.tokens, joint.hits = p.tokens[i:], joint.hits[:0]
			joint.walk(&phraseIndex.ways[ways], 0, 1, nil)
			for _, h := range joint.hits {
				if i+h.to > end {
					p.lists.join(h.lists)
				}
			}
		}
	}
}

// searchRunOn finds the phrases of scripts that set no blanks: anywhere in the words, joined by blanks.
func (p *passage) searchRunOn() {
	joined := flatTokens(p.tokens)
	i := -1
	for at, r := range joined {
		if r == ' ' {
			i = nextWord(p.tokens, i)
			continue
		}
		for _, x := range phraseIndex.runOnFrom(r) {
			text := phraseIndex.texts.word(x.text)
			if !strings.HasPrefix(joined[at:], text) {
				continue
			}
			to := i
			for range strings.Count(text, " ") {
				to = nextWord(p.tokens, to)
			}
			lists := phraseIndex.listsOf(x.node)
			p.hits = append(p.hits, hit{from: i, to: to + 1, lists: lists, loose: true})
			p.lists.join(lists)
		}
	}
}

func nextWord(toks []token, i int) int {
	for i++; i < len(toks) && toks[i].kind != wordToken; i++ {
	}
	return i
}

// says says whether p has a phrase of one of lists.
func (p *passage) says(lists ...list) bool {
	for i := range lists {
		if p.lists.has(lists[i].bit) {
			return true
		}
	}
	return false
}

// mentions says whether text has a phrase of l.
func mentions(text string, l list) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(text, nil)
	return p.says(l)
}

// saysVerb is says for phrases of which some have a gap.
func (p *passage) saysVerb(v *verbs) bool {
	return p.lists.has(v.list.bit) || p.lists.has(v.gapped.bit)
}

// within says whether a phrase of l stands between tokens from and to.
func (p *passage) within(from, to int, l list) bool {
	from, to = max(0, from), min(to, len(p.tokens))
	if !p.lists.has(l.bit) || from >= to {
		return false
	}
	for i := from; i < to; i++ {
		if t := &p.tokens[i]; t.kind == wordToken && t.in(l) {
			return true
		}
	}
	for i := range p.hits {
		if h := &p.hits[i]; h.from >= from && h.to <= to && h.lists.has(l.bit) {
			return true
		}
	}
	return false
}

// starts returns where a phrase of l that begins at token i ends, the longest if several do; 0 if none does.
func (p *passage) starts(i int, l list) int {
	if i >= len(p.tokens) || p.tokens[i].kind != wordToken || !p.lists.has(l.bit) {
		return 0
	}
	end := 0
	if p.tokens[i].in(l) {
		end = i + 1
	}
	for k := range p.hits {
		if h := &p.hits[k]; h.from == i && !h.loose && h.to > end && h.lists.has(l.bit) {
			end = h.to
		}
	}
	return end
}

// first is the token at which the first phrase of l begins, -1 if none does.
func (p *passage) first(l list) int {
	for i := range p.tokens {
		if p.starts(i, l) > 0 {
			return i
		}
	}
	return -1
}

// startsLoosely is starts for phrases that may also begin within a run of letters.
func (p *passage) startsLoosely(i int, l list) bool {
	if p.starts(i, l) > 0 {
		return true
	}
	for k := range p.hits {
		if h := &p.hits[k]; h.from == i && h.loose && h.lists.has(l.bit) {
			return true
		}
	}
	return false
}

// is says whether p is a phrase of l and nothing else.
func (p *passage) is(l list) bool {
	if !p.lists.has(l.bit) {
		return false
	}
	end := p.starts(nextWord(p.tokens, -1), l)
	return end > 0 && nextWord(p.tokens, end-1) == len(p.tokens)
}

// follows says whether a phrase of l begins at token i or at the first word behind it, and ends within n tokens.
func (p *passage) follows(i, n int, l list) bool {
	if !p.lists.has(l.bit) {
		return false
	}
	end := min(i+n, len(p.tokens))
	for i < end && p.tokens[i].kind != wordToken {
		i++
	}
	if i >= end {
		return false
	}
	if p.tokens[i].in(l) {
		return true
	}
	for k := range p.hits {
		if h := &p.hits[k]; h.from == i && h.to <= end && !h.loose && h.lists.has(l.bit) {
			return true
		}
	}
	return false
}

// precedes says whether a phrase of l ends at the last word in front of token i, within n tokens.
func (p *passage) precedes(i, n int, l list) bool {
	if !p.lists.has(l.bit) {
		return false
	}
	from := max(0, i-n)
	for i > from && p.tokens[i-1].kind != wordToken {
		i--
	}
	if i <= from {
		return false
	}
	if p.tokens[i-1].in(l) {
		return true
	}
	for k := range p.hits {
		if h := &p.hits[k]; h.to == i && h.from >= from && !h.loose && h.lists.has(l.bit) {
			return true
		}
	}
	return false
}

// endsWith says whether the words of phrase are the last in front of token i, within n tokens.
func (p *passage) endsWith(i, n int, phrase string) bool {
	from := max(0, i-n)
	for i--; i >= from && phrase != ""; i-- {
		if p.tokens[i].kind != wordToken {
			continue
		}
		rest, last := "", phrase
		if at := strings.LastIndexByte(phrase, ' '); at >= 0 {
			rest, last = phrase[:at], phrase[at+1:]
		}
		if p.tokens[i].lower != last {
			return false
		}
		phrase = rest
	}
	return phrase == ""
}

// replace puts by for the phrases of l, one after the other in the order of the list, and leaves out marks and addresses.
func (p *passage) replace(l list, by string) passage {
	if !p.says(l) {
		return *p
	}
	flat := flatTokens(p.tokens)
	for phrase := range l.phrases() {
		flat = strings.ReplaceAll(flat, " "+phrase+" ", by)
	}
	return p.in.scan(flat)
}

// without is p without the phrases of lists, the longest first, those within the words of a script without blanks among them.
func (p *passage) without(lists ...list) passage {
	if !p.says(lists...) {
		return *p
	}
	var phrases []string
	for _, l := range lists {
		phrases = slices.AppendSeq(phrases, l.phrases())
	}
	slices.SortFunc(phrases, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	text, runOn := p.text, hasIdeograph(p.text)
	if !runOn {
		text = flatTokens(p.tokens)
	}
	for _, phrase := range phrases {
		switch {
		case !runOn:
			text = strings.ReplaceAll(text, " "+phrase+" ", " ")
		case hasIdeograph(phrase):
			text = strings.ReplaceAll(text, phrase, " ")
		}
	}
	return p.in.scan(text)
}

// words counts the words of p.
func (p *passage) words() int {
	n := 0
	for i := range p.tokens {
		if p.tokens[i].kind == wordToken {
			n++
		}
	}
	return n
}

// flatTokens joins words with single blanks: " w1 w2 w3 ".
func flatTokens(toks []token) string {
	var b strings.Builder
	b.WriteByte(' ')
	for i := range toks {
		if toks[i].kind == wordToken {
			b.WriteString(toks[i].lower)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
