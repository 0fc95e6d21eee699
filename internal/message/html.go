package message

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/countersign/countersign/internal/mailaddr"
)

// render writes mail HTML as the text that a reader sees. It works on tokens, without a tree: time and memory are linear
// in the input, whatever is nested in whatever. More than limit bytes of output is a *LimitError. The text is r's: it holds
// until the next call.
func (r *htmlReader) render(source []byte, limit int) ([]byte, error) {
	r.reset(source, limit)
	if r.styles.tooMany {
		return nil, &LimitError{What: "style rules", Limit: MaxStyleRules}
	}
	for {
		switch r.m.next() {
		case noToken:
			r.popTo(0)
			if r.left < 0 {
				return nil, &LimitError{What: "text bytes", Limit: limit}
			}
			return r.out.trimmed(), nil
		case textToken:
			r.text(r.m.text)
		case startTag:
			r.start(r.m.tag, &r.m.attrs)
		case endTag:
			r.end(r.m.tag)
		}
		if len(r.stack) > MaxHTMLDepth {
			return nil, &LimitError{What: "HTML elements inside one another", Limit: MaxHTMLDepth}
		}
		if r.left < 0 {
			return nil, &LimitError{What: "text bytes", Limit: limit}
		}
	}
}

// htmlReader holds the open elements and where their text goes. It can be used again.
type htmlReader struct {
	m      markup
	styles styles
	stack  []element
	tables []*table
	lists  []list
	links  []link
	root   block
	out    *block
	spare  []*block // blocks of cells that were written
	row    []byte   // a data row while it is joined
	pres   int      // open pre elements
	left   int      // bytes that may still be written
	answer bool     // the mail answers another
}

func (r *htmlReader) reset(source []byte, limit int) {
	r.m = markup{src: source, buf: r.m.buf}
	r.styles.reset(source)
	r.stack, r.tables, r.lists, r.links = r.stack[:0], r.tables[:0], r.lists[:0], r.links[:0]
	r.root = block{text: r.root.text[:0]}
	r.out = &r.root
	r.left, r.pres = limit, 0
}

// small reports whether r may be kept for the next mail.
func (r *htmlReader) small() bool {
	held := cap(r.m.buf) + cap(r.root.text) + cap(r.row) + 32*cap(r.stack)
	for _, b := range r.spare {
		held += cap(b.text)
	}
	return held <= maxKept && len(r.spare) <= 100 && len(r.styles.rules) <= 100
}

// cell returns a block to write a table cell in.
func (r *htmlReader) cell() *block {
	n := len(r.spare)
	if n == 0 {
		return &block{}
	}
	b := r.spare[n-1]
	r.spare = r.spare[:n-1]
	*b = block{text: b.text[:0]}
	return b
}

// element is an open element. Unknown ones share the atom 0.
type element struct {
	look  look
	tag   atom.Atom
	lines int8 // line ends around it: 0 for inline ones, 2 where a blank line shows
	table bool // it opened a table, row or cell of r.tables
	list  bool // it opened a list of r.lists
	link  bool // it opened a link of r.links
	bar   bool // a block with a line at its left, as some programs set quotes
}

// link is an open mailto link.
type link struct {
	to   mailaddr.Address
	from int // where its text starts in out
}

type list struct {
	ordered bool
	number  int
}

// maxLookBack bounds the search for the element that an end tag closes, so that stray end tags cost little.
const maxLookBack = 200

// page is the look of what stands in no element.
var page = look{background: white}

func (r *htmlReader) top() *look {
	if len(r.stack) == 0 {
		return &page
	}
	return &r.stack[len(r.stack)-1].look
}

func (r *htmlReader) text(s []byte) {
	if !r.top().visible() {
		return
	}
	if r.pres > 0 && r.inside(atom.Pre) {
		r.left -= r.out.verbatim(s)
		return
	}
	r.left -= r.out.words(s)
}

// inside reports whether an element of that name is open nearby.
func (r *htmlReader) inside(tag atom.Atom) bool { return r.find(tag, 0) >= 0 }

// find returns the index of the innermost open element of that name, at or above bottom; -1 if there is none.
func (r *htmlReader) find(tag atom.Atom, bottom int) int {
	for i := len(r.stack) - 1; i >= max(bottom, len(r.stack)-maxLookBack); i-- {
		if r.stack[i].tag == tag {
			return i
		}
	}
	return -1
}

func (r *htmlReader) start(tag atom.Atom, attrs *attributes) {
	switch tag {
	case atom.Br:
		if r.top().visible() {
			r.out.lineBreak()
		}
		return
	case atom.Hr:
		if r.top().visible() {
			r.rule()
		}
		return
	case atom.Img, atom.Input, atom.Meta, atom.Link, atom.Base, atom.Area, atom.Col, atom.Embed, atom.Source, atom.Wbr:
		return // void elements have no end tag
	}
	e := element{tag: tag, lines: linesAround(tag)}
	r.closeImplied(&e)
	e.look = *r.top()
	own := e.look.enter(tag, attrs, &r.styles)
	if tag == atom.Pre {
		r.pres++
	}
	if !e.look.gone {
		r.open(&e, attrs, own)
	}
	r.stack = append(r.stack, e)
}

// open does what the start of a shown element, with its own style, does to the text.
func (r *htmlReader) open(e *element, attrs *attributes, own *declared) {
	switch e.tag {
	case atom.P:
		if isTight(attrs, own) || len(r.stack) > 0 && r.stack[len(r.stack)-1].tag == atom.Li {
			e.lines = 1
		}
		r.out.breaks(int(e.lines))
	case atom.Blockquote:
		r.out.breaks(1)
		r.out.quote++
	case atom.Ul, atom.Ol:
		r.out.breaks(1)
		n, err := strconv.Atoi(string(attrs.start))
		if err != nil {
			n = 1
		}
		e.list = true
		r.lists = append(r.lists, list{ordered: e.tag == atom.Ol, number: n})
	case atom.Li:
		r.out.breaks(1)
		r.out.bullet = r.bullet()
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		r.openTable(e)
	case atom.A:
		if to := mailto(attrs.href); !to.IsZero() {
			e.link = true
			r.links = append(r.links, link{to, len(r.out.text)})
		}
	case atom.Div:
		r.out.breaks(1)
		if e.bar = r.answer && own.normal.barred; e.bar {
			r.out.quote++
		}
	default:
		r.out.breaks(int(e.lines))
	}
}

// linesAround is how many line ends stand around an element where nothing makes them fewer.
func linesAround(tag atom.Atom) int8 {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre:
		return 2
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Address, atom.Center,
		atom.Dl, atom.Dt, atom.Dd, atom.Form, atom.Fieldset, atom.Body, atom.Blockquote, atom.Ul, atom.Ol, atom.Li,
		atom.Caption, atom.Figure, atom.Figcaption:
		return 1
	}
	return 0
}

// isTight finds the paragraphs that programs write for single lines: Outlook's classes, or no margin.
func isTight(attrs *attributes, own *declared) bool {
	return bytes.HasPrefix(attrs.class, []byte("Mso")) || own.normal.tight
}

func (r *htmlReader) bullet() string {
	if len(r.lists) == 0 {
		return "- "
	}
	l := &r.lists[len(r.lists)-1]
	indent := strings.Repeat("  ", min(len(r.lists)-1, 10))
	if !l.ordered {
		return indent + "- "
	}
	l.number++
	return indent + strconv.Itoa(l.number-1) + ". "
}

// rule writes the line that Outlook itself writes for <hr> in plain text, above the header of a quoted mail.
func (r *htmlReader) rule() {
	r.out.breaks(1)
	r.left -= r.out.words([]byte("________________________________"))
	r.out.breaks(1)
}

// mailto returns the address that a link leads to.
func mailto(href []byte) mailaddr.Address {
	colon := bytes.IndexByte(href, ':')
	if colon < 0 {
		return mailaddr.Address{}
	}
	if c := href[0]; c|0x20 == 'h' {
		return mailaddr.Address{} // as most are
	}
	scheme, rest := string(href[:colon]), string(href[colon+1:])
	if !strings.EqualFold(strings.TrimSpace(scheme), "mailto") {
		return mailaddr.Address{}
	}
	rest, _, _ = strings.Cut(rest, "?")
	if strings.IndexByte(rest, '%') >= 0 {
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = plain
		}
	}
	a, err := mailaddr.Parse(rest)
	if err != nil {
		return mailaddr.Address{}
	}
	return a
}

// end closes the element that an end tag names, if it is open within the same table cell.
func (r *htmlReader) end(tag atom.Atom) {
	switch tag {
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		r.endTable(tag)
		return
	}
	if i := r.find(tag, r.barrier()); i >= 0 {
		r.popTo(i)
	}
}

// closeImplied closes what HTML lets authors leave open before the start of e.
func (r *htmlReader) closeImplied(e *element) {
	switch tag := e.tag; {
	case tag == atom.Li:
		if i := r.find(atom.Li, r.barrier()); i > max(r.find(atom.Ul, 0), r.find(atom.Ol, 0)) {
			r.popTo(i)
		}
	case tag == atom.Td, tag == atom.Th, tag == atom.Tr, tag == atom.Tbody, tag == atom.Tfoot:
		r.closeCells(tag)
	case tag == atom.Body:
		if i := r.find(atom.Head, 0); i >= 0 {
			r.popTo(i)
		}
	case tag == atom.Table || e.lines > 0:
		if n := len(r.stack) - 1; n >= 0 && r.stack[n].tag == atom.P {
			r.popTo(n)
		}
	}
}

// popTo closes all open elements down to the one at index i.
func (r *htmlReader) popTo(i int) {
	for len(r.stack) > i {
		e := &r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		if e.tag == atom.Pre {
			r.pres--
		}
		if !e.look.gone {
			r.close(e)
		}
	}
}

// close does what the end of a shown element does to the text.
func (r *htmlReader) close(e *element) {
	switch {
	case e.table:
		r.closeTable(e.tag)
		return
	case e.list:
		r.lists = r.lists[:len(r.lists)-1]
	case e.tag == atom.Blockquote, e.bar:
		r.out.quote--
	case e.link:
		l := r.links[len(r.links)-1]
		r.links = r.links[:len(r.links)-1]
		if l.from < len(r.out.text) {
			r.linkTarget(l)
		}
	}
	r.out.breaks(int(e.lines))
}

// linkTarget writes the address behind the text of its link, where that does not show it.
func (r *htmlReader) linkTarget(l link) {
	display := l.to.Display()
	text := r.out.text[l.from:]
	var room [64]byte // enough for most
	if bytes.Contains(text, append(room[:0], display...)) {
		return
	}
	shown := strings.ToLower(string(text))
	if !strings.Contains(shown, l.to.Key()) && !strings.Contains(shown, strings.ToLower(display)) {
		r.left -= r.out.words([]byte(" <" + display + ">"))
	}
}
