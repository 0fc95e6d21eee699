package message

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// styles holds the style sheets of a part, and what its style attributes say, which repeat themselves. Of selectors it knows
// names of elements, classes and ids, alone, together (p.note) and within one another (.note p, .note > p; how deep and in
// which order makes no difference). Others are passed over.
type styles struct {
	attributes map[string]*declared // of style attributes and of the rules of style sheets
	unkept     declared             // of a text that is not kept
	text       []byte               // of the style attribute read last, which the next element often has too
	own        *declared            // what that says
	rules      []rule
	byName     map[string]int // what a rule asks for last, as ".class", "#id", "element" or "*" -> the last such rule, counted from 1
	classes    []string       // of all rules
	elements   bool           // a rule asks for an element or any
	ids        bool           // a rule asks for an id
	matched    []int
	joined     style
	around     map[string]within // of selectors that others are placed in
	tooMany    bool              // more rules than MaxStyleRules
}

// within is a set of selectors that an element, or one around it, is selected by.
type within uint64

const maxWithin = 64

// rule is one selector with its declarations.
type rule struct {
	element string // "" for any
	id      string
	classes []string
	earlier int    // the rule before that asks for the same last, counted from 1
	needs   within // of the elements around
	gives   within // to the elements inside; such a rule has no declarations
	declared
}

// weight orders rules as their specificity does: ids above classes above elements.
func (r *rule) weight() int {
	w := 10 * len(r.classes)
	if r.id != "" {
		w += 1000
	}
	if r.element != "" {
		w++
	}
	return w
}

const (
	maxAttributeStyles = 200 // kept for the next element with the same
	maxLastingStyles   = 100 // kept for the next part as well: mail programs have few
	maxLastingStyle    = 300 // bytes of one that is kept
	maxClasses         = 20  // of one element or selector
)

func (s *styles) reset(source []byte) {
	if s.attributes == nil {
		s.attributes = map[string]*declared{}
	}
	if len(s.attributes) > maxLastingStyles {
		clear(s.attributes)
	}
	s.rules, s.tooMany, s.text = s.rules[:0], false, nil
	s.elements, s.ids, s.classes = false, false, s.classes[:0]
	clear(s.byName)
	clear(s.around)
	for from := 0; ; {
		sheet, end := nextSheet(source, from)
		if end < 0 {
			return
		}
		s.readSheet(string(sheet), true)
		from = end
	}
}

// nextSheet returns the text of the next style element that is in no comment, and where it ends; -1 where there is none.
func nextSheet(source []byte, from int) (sheet []byte, end int) {
	for {
		i := bytes.IndexByte(source[from:], '<')
		if i < 0 || from+i+1 == len(source) {
			return nil, -1
		}
		from += i + 1
		if c := source[from]; c != '!' && c|0x20 != 's' {
			continue // as at most tags
		}
		rest := source[from:]
		switch {
		case bytes.HasPrefix(rest, []byte("!--")):
			if i = bytes.Index(rest, []byte("-->")); i < 0 {
				return nil, -1
			}
			from += i
		case len(rest) > 5 && rest[0]|0x20 == 's' && bytes.EqualFold(rest[:5], []byte("style")) && (isTagSpace(rest[5]) || rest[5] == '>'):
			m := markup{src: source, pos: from - 1}
			if m.next() != startTag || m.next() != textToken {
				continue
			}
			return m.text, m.pos
		}
	}
}

// readSheet reads the rules of a style sheet. Those of a media query count where it asks for nothing but a screen.
func (s *styles) readSheet(css string, top bool) {
	for css != "" {
		css = trimSheet(css)
		brace := strings.IndexByte(css, '{')
		if brace < 0 {
			return
		}
		selectors := strings.TrimSpace(css[:brace])
		if strings.HasPrefix(selectors, "@") {
			css = s.readAtRule(css, brace, top)
			continue
		}
		var body string
		body, css, _ = strings.Cut(css[brace+1:], "}")
		d := *s.declarations(withoutComments(body))
		d.normal.tight, d.important.tight = false, false
		if (d == declared{}) {
			continue
		}
		for selector := range strings.SplitSeq(withoutComments(selectors), ",") {
			s.addRule(strings.TrimSpace(selector), d)
		}
	}
}

// readAtRule reads the rule at the start of css, whose first brace is there, and returns what follows it.
func (s *styles) readAtRule(css string, brace int, top bool) string {
	head := css[:brace]
	if semicolon := strings.IndexByte(head, ';'); semicolon >= 0 {
		return css[semicolon+1:]
	}
	end, depth := brace+1, 1
	for ; end < len(css) && depth > 0; end++ {
		switch css[end] {
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	query, isMedia := strings.CutPrefix(strings.ToLower(head), "@media")
	query = strings.TrimSpace(query)
	if top && isMedia && (query == "all" || query == "screen" || query == "only screen") {
		s.readSheet(strings.TrimSuffix(css[brace+1:end], "}"), false)
	}
	return css[end:]
}

// trimSheet drops blanks and comments, those of HTML too, at the start of css.
func trimSheet(css string) string {
	for {
		before := len(css)
		for css != "" && (isTagSpace(css[0]) || css[0] == '}') {
			css = css[1:]
		}
		css = strings.TrimPrefix(strings.TrimPrefix(css, "<!--"), "-->")
		if strings.HasPrefix(css, "/*") {
			_, css, _ = strings.Cut(css[2:], "*/")
		}
		if len(css) == before {
			return css
		}
	}
}

func withoutComments(css string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(css, "/*")
		if !found && b.Len() == 0 {
			return css
		}
		b.WriteString(before)
		b.WriteByte(' ')
		if !found {
			return b.String()
		}
		_, css, _ = strings.Cut(rest, "*/")
	}
}

func (s *styles) addRule(selector string, d declared) {
	if strings.ContainsAny(selector, "+~:[]\\") {
		return
	}
	r := rule{declared: d}
	last := ""
	for compound := range strings.FieldsFuncSeq(selector, func(c rune) bool { return c == '>' || c < 0x80 && isTagSpace(byte(c)) }) {
		if last != "" && !s.place(&r, last) {
			return
		}
		last = compound
	}
	s.keep(last, r)
}

// place makes r need what the selector gives, and says whether that can be told. A body is around everything.
func (s *styles) place(r *rule, selector string) bool {
	if strings.EqualFold(selector, "html") || strings.EqualFold(selector, "body") {
		return true
	}
	set, known := s.around[selector]
	if !known {
		if len(s.around) == maxWithin {
			return false
		}
		if s.around == nil {
			s.around = map[string]within{}
		}
		set = 1 << len(s.around)
		s.around[selector] = set
		s.keep(selector, rule{gives: set})
	}
	r.needs |= set
	return true
}

// keep adds a rule for what element, classes and id alone select.
func (s *styles) keep(selector string, r rule) {
	names, key := selector, "*"
	classes := s.classes
	if i := strings.IndexAny(names, ".#"); i != 0 {
		if i < 0 {
			i = len(names)
		}
		r.element, names = strings.ToLower(names[:i]), names[i:]
		if r.element == "*" {
			r.element = ""
		} else {
			key = r.element
		}
	}
	for names != "" {
		kind := names[0]
		end := len(names)
		if i := strings.IndexAny(names[1:], ".#"); i >= 0 {
			end = i + 1
		}
		key, names = names[:end], names[end:]
		if kind == '#' {
			r.id = key[1:]
		} else {
			classes = append(classes, key[1:])
		}
	}
	if selector == "" || len(classes)-len(s.classes) > maxClasses {
		return
	}
	if len(s.rules) == MaxStyleRules {
		s.tooMany = true
		return
	}
	r.classes, s.classes = classes[len(s.classes):], classes
	if s.byName == nil {
		s.byName = map[string]int{}
	}
	s.elements = s.elements || key[0] != '.' && key[0] != '#'
	s.ids = s.ids || key[0] == '#'
	r.earlier = s.byName[key]
	s.rules = append(s.rules, r)
	s.byName[key] = len(s.rules)
}

// inline returns what a style attribute says. It holds until the next call.
func (s *styles) inline(text []byte) *declared {
	if len(text) == 0 {
		return &declaredNothing
	}
	if !bytes.Equal(text, s.text) {
		own, ok := s.attributes[string(text)]
		if !ok {
			own = s.declarations(string(text))
		}
		s.text, s.own = text, own
	}
	return s.own
}

// declarations returns what text declares, which is read once: style sheets and attributes repeat themselves from mail to mail.
func (s *styles) declarations(text string) *declared {
	if d, ok := s.attributes[text]; ok {
		return d
	}
	d := readStyle(text)
	if len(s.attributes) >= maxAttributeStyles || len(text) > maxLastingStyle {
		s.unkept = d
		return &s.unkept
	}
	s.attributes[strings.Clone(text)] = &d
	return &d
}

// of returns what the style sheets and own, its style attribute, say of an element inside around, nil if nothing, and what it is
// itself around. The style holds until the next call.
func (s *styles) of(tag atom.Atom, attrs *attributes, own *declared, around within) (*style, within) {
	if len(s.rules) == 0 {
		if own == &declaredNothing {
			return nil, around
		}
		if own.important == (style{}) {
			return &own.normal, around
		}
	}
	s.match(tag, attrs, around)
	if len(s.matched) == 0 && own.important == (style{}) {
		return &own.normal, around
	}
	inside := around
	s.joined = style{}
	for _, i := range s.matched {
		s.joined.add(&s.rules[i].normal)
		inside |= s.rules[i].gives
	}
	s.joined.add(&own.normal)
	for _, i := range s.matched {
		s.joined.add(&s.rules[i].important)
	}
	s.joined.add(&own.important)
	return &s.joined, inside
}

// match finds the rules for an element, those that win behind the others.
func (s *styles) match(tag atom.Atom, attrs *attributes, around within) {
	s.matched = s.matched[:0]
	name := tag.String()
	if s.elements {
		s.candidates(s.byName["*"])
		s.candidates(s.byName[name])
	}
	var room [64]byte // enough for most
	key := room[:0]
	for class := range classesOf(attrs.class) {
		key = append(append(key[:0], '.'), class...)
		s.candidates(s.byName[string(key)])
	}
	if s.ids && len(attrs.id) > 0 {
		key = append(append(key[:0], '#'), attrs.id...)
		s.candidates(s.byName[string(key)])
	}
	if len(s.matched) == 0 {
		return
	}
	s.matched = slices.DeleteFunc(s.matched, func(i int) bool {
		r := &s.rules[i]
		return r.needs&^around != 0 || r.element != "" && r.element != name || r.id != "" && r.id != string(attrs.id) ||
			slices.ContainsFunc(r.classes, func(c string) bool { return !hasClass(attrs.class, c) })
	})
	if len(s.matched) < 2 {
		return
	}
	slices.SortFunc(s.matched, func(a, b int) int {
		return cmp.Or(s.rules[a].weight()-s.rules[b].weight(), a-b)
	})
}

// candidates adds a rule and the earlier ones that ask for the same last.
func (s *styles) candidates(last int) {
	for ; last > 0; last = s.rules[last-1].earlier {
		s.matched = append(s.matched, last-1)
	}
}

// classesOf yields the classes of an element, as many as count.
func classesOf(attribute []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		n := 0
		for class := range bytes.FieldsSeq(attribute) {
			if n++; n > maxClasses || !yield(class) {
				return
			}
		}
	}
}

func hasClass(attribute []byte, class string) bool {
	for c := range classesOf(attribute) {
		if string(c) == class {
			return true
		}
	}
	return false
}
