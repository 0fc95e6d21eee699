package interpret

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// indexBuilder makes an index. Until all phrases are known, the number of a word is that of its node, and those of other nodes have
// the bit behind.
type indexBuilder struct {
	index  *index
	behind nodeID            // how many other nodes there are
	next   map[arc]nodeID    // by a word
	open   map[nodeID][]edge // by any word like this
	stems  []edge
	listed []listing
	tells  map[nodeID]langSet
	tails  []headTail
}

const behindWords nodeID = 1 << 31

type arc struct{ from, word uint32 }

// listing is a phrase in a list.
type listing struct {
	node  nodeID
	langs langSet
	bit   uint16
}

// headTail is a second piece behind its first.
type headTail struct {
	node nodeID
	head uint32
	tail
}

func newIndexBuilder() *indexBuilder {
	return &indexBuilder{index: &index{}, next: map[arc]nodeID{}, open: map[nodeID][]edge{}, tells: map[nodeID]langSet{}}
}

// fill takes up the phrases of all lists, language by language.
func (b *indexBuilder) fill(languages []lexicon) {
	x := b.index
	x.lists = make([]struct{ phrases, runOn span32 }, len(sources))
	for bit, source := range sources {
		from := uint32(len(x.phrases))
		take := func(phrases []string, langs langSet) {
			for _, p := range phrases {
				b.listed = append(b.listed, listing{b.add(p), langs, uint16(bit)})
				x.phrases = append(x.phrases, x.texts.add(p))
			}
		}
		if constant := source(&lexicon{}); len(constant) > 0 {
			take(constant, noLanguage)
		} else {
			for i := range languages {
				take(source(&languages[i]), 1<<i)
			}
		}
		to := uint32(len(x.phrases))
		for _, p := range x.phrases[from:to] {
			if hasIdeograph(x.texts.word(p)) {
				x.phrases = append(x.phrases, p)
			}
		}
		x.lists[bit].phrases, x.lists[bit].runOn = span32{from, to}, span32{to, uint32(len(x.phrases))}
	}
}

// add makes the node of a phrase.
func (b *indexBuilder) add(phrase string) nodeID {
	n := b.addWords(phrase)
	if !hasIdeograph(phrase) {
		return n
	}
	x := b.index
	first, _ := utf8.DecodeRuneInString(phrase)
	p := runOnPhrase{first, x.texts.add(phrase), n}
	if !slices.Contains(x.runOn, p) {
		x.runOn = append(x.runOn, p)
	}
	return n
}

func (b *indexBuilder) addWords(phrase string) nodeID {
	var at nodeID
	begun := false
	for w := range strings.FieldsSeq(phrase) {
		part, open := strings.CutSuffix(w, "*")
		part, end := strings.CutPrefix(part, "*")
		switch {
		case !begun && open && part != "":
			if len(part) < minStem {
				panic("a word with a star is too short: " + phrase)
			}
			at = b.step(&b.stems, part, false)
		case !begun:
			at = b.index.words.add(w)
		case open || end:
			edges := b.open[at]
			to := b.step(&edges, part, end)
			b.open[at], at = edges, to
		default:
			a := arc{at, b.index.words.add(w)}
			if at = b.next[a]; at == 0 {
				at = b.node()
				b.next[a] = at
			}
		}
		begun = true
	}
	return at
}

func (b *indexBuilder) node() nodeID {
	b.behind++
	return behindWords | b.behind
}

func (b *indexBuilder) step(edges *[]edge, part string, end bool) nodeID {
	text := b.index.texts.add(part)
	for _, e := range *edges {
		if e.text == text && e.end == end {
			return e.to
		}
	}
	e := edge{text: text, end: end, to: b.node()}
	*edges = append(*edges, e)
	return e.to
}

// addGap takes up a phrase in two pieces.
func (b *indexBuilder) addGap(bit uint16, langs langSet, head, behind string) {
	x := b.index
	t := tail{text: x.texts.add(behind), langs: langs, bit: bit}
	if first, _, _ := strings.Cut(behind, " "); !strings.HasSuffix(first, "*") {
		t.word = x.words.add(first)
	}
	b.tails = append(b.tails, headTail{b.add(head), x.texts.add(head), t})
}

// tell notes that a word is a function word of some languages.
func (b *indexBuilder) tell(word string, langs langSet) {
	b.tells[b.index.words.add(word)] |= langs
}

// pack gives all nodes the numbers and the places that index wants, and lets go of what it has packed: so far the memory has only risen.
func (b *indexBuilder) pack() *index {
	x := b.index
	x.texts.pack()
	x.texts.slots = nil // nobody looks for one
	arcs := make([]arc, 0, len(b.next))
	for a := range b.next {
		arcs = append(arcs, a)
	}
	slices.SortFunc(arcs, func(a, o arc) int { return cmp.Or(cmp.Compare(a.from, o.from), cmp.Compare(a.word, o.word)) })
	x.reached = uint32(x.words.len()) + 1
	x.by = make([]uint32, len(arcs))
	placed := make([]nodeID, b.behind+1)
	for i, a := range arcs {
		x.by[i] = a.word
		placed[b.next[a]&^behindWords] = x.reached + uint32(i)
	}
	b.next = nil
	last := x.reached + uint32(len(arcs))
	for i := range placed {
		if i > 0 && placed[i] == 0 { // one that an edge leads to
			placed[i] = last
			last++
		}
	}
	place := func(n nodeID) nodeID {
		if n&behindWords == 0 {
			return n
		}
		return placed[n&^behindWords]
	}
	x.nodes = make([]node, last)
	b.packWays(arcs, place)
	b.packSenses(place)
	for i := range b.stems {
		e := &b.stems[i]
		e.to = place(e.to)
		e.behindTwo = behindTwoOf(x.texts.word(e.text))
	}
	x.stems = newSlotted(stemSlots, b.stems, func(e edge) uint { return stemSlot(x.texts.word(e.text)) })
	x.stemmed = x.wordsOfStems()
	for i := range x.runOn {
		x.runOn[i].node = place(x.runOn[i].node)
	}
	slices.SortStableFunc(x.runOn, func(p, o runOnPhrase) int { return cmp.Compare(p.first, o.first) })
	x.runOn, x.phrases = slices.Clone(x.runOn), slices.Clone(x.phrases)
	x.words.pack()
	return x
}

// packWays places the ways between nodes. arcs are in order.
func (b *indexBuilder) packWays(arcs []arc, place func(nodeID) nodeID) {
	x := b.index
	x.ways = make([]ways, 1)
	from := func(n nodeID) *ways {
		at := &x.nodes[place(n)].ways
		if *at == 0 {
			*at = small(len(x.ways))
			x.ways = append(x.ways, ways{})
		}
		return &x.ways[*at]
	}
	for i, a := range arcs {
		w := from(a.from)
		if w.next.to == 0 {
			w.next.from = uint32(i)
		}
		w.next.to = uint32(i + 1)
	}
	for n, edges := range b.open {
		w := from(n)
		w.open.from = uint32(len(x.open))
		for _, e := range edges {
			e.to = place(e.to)
			x.open = append(x.open, e)
		}
		w.open.to = uint32(len(x.open))
	}
	b.open = nil
	b.packTails(from)
	b.tails = nil
	x.ways, x.open = slices.Clone(x.ways), slices.Clone(x.open)
}

// packTails places the second pieces, once for all first pieces that have the same.
func (b *indexBuilder) packTails(from func(nodeID) *ways) {
	x := b.index
	slices.SortFunc(b.tails, func(t, o headTail) int {
		return cmp.Or(cmp.Compare(t.node, o.node), cmp.Compare(t.word, o.word), cmp.Compare(t.text, o.text), cmp.Compare(t.bit, o.bit))
	})
	known := map[string]span32{}
	var key []byte
	for rest := b.tails; len(rest) > 0; {
		var mine []tail
		n := 0
		for ; n < len(rest) && rest[n].node == rest[0].node; n++ {
			t := rest[n].tail
			if k := len(mine); k > 0 && mine[k-1].text == t.text && mine[k-1].bit == t.bit {
				mine[k-1].langs |= t.langs
			} else {
				mine = append(mine, t)
			}
		}
		key = key[:0]
		for _, t := range mine {
			key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(key, t.text), uint32(t.langs))
			key = binary.LittleEndian.AppendUint16(key, t.bit)
		}
		at, ok := known[string(key)]
		if !ok {
			at = span32{uint32(len(x.tails)), uint32(len(x.tails) + len(mine))}
			known[string(key)] = at
			x.tails = append(x.tails, mine...)
		}
		w := from(rest[0].node)
		w.head, w.tails = rest[0].head, at
		rest = rest[n:]
	}
	x.tails = slices.Clone(x.tails)
}

// packSenses gives one sense to all phrases of the same lists and languages.
func (b *indexBuilder) packSenses(place func(nodeID) nodeID) {
	x := b.index
	for n, langs := range b.tells {
		b.listed = append(b.listed, listing{n, langs, onlyTells})
	}
	slices.SortStableFunc(b.listed, func(l, o listing) int { return cmp.Compare(l.node, o.node) })
	x.senses = make([]sense, 1)
	known := map[string]uint16{}
	var key []byte
	for rest := b.listed; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].node == rest[0].node {
			n++
		}
		key = key[:0]
		for _, l := range rest[:n] {
			key = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint32(key, uint32(l.langs)), l.bit)
		}
		at, ok := known[string(key)]
		if !ok {
			m, parts := senseOf(rest[:n])
			at = small(len(x.senses))
			known[string(key)] = at
			m.parts = span32{uint32(len(x.parts)), uint32(len(x.parts) + len(parts))}
			x.parts = append(x.parts, parts...)
			x.senses = append(x.senses, m)
		}
		x.nodes[place(rest[0].node)].sense = at
		rest = rest[n:]
	}
	b.listed = nil
	x.senses, x.parts = slices.Clone(x.senses), slices.Clone(x.parts)
}

// onlyTells stands for no list: the word tells languages.
const onlyTells = ^uint16(0)

func senseOf(phrase []listing) (s sense, parts []langLists) {
	for _, l := range phrase {
		if l.bit == onlyTells {
			s.tells |= l.langs
			continue
		}
		s.lists.add(l.bit)
		s.langs |= l.langs
		i := slices.IndexFunc(parts, func(p langLists) bool { return p.langs == l.langs })
		if i < 0 {
			i = len(parts)
			parts = append(parts, langLists{langs: l.langs})
		}
		parts[i].lists.add(l.bit)
	}
	return s, parts
}

// small holds the numbers of ways and senses to two bytes.
func small(n int) uint16 {
	if n > 1<<16-1 {
		panic("the language files have more different phrases than two bytes number")
	}
	return uint16(n)
}
