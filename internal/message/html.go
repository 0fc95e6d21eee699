package message

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/countersign/countersign/internal/mailaddr"
)

// renderHTML writes mail HTML as the text that a reader sees. It works on the tokenizer, without a tree: time and memory
// are linear in the input, whatever is nested in whatever. More than limit bytes of output is a *LimitError.
func renderHTML(source io.Reader, limit int) (string, error) {
	root := &block{}
	r := &htmlReader{z: html.NewTokenizer(source), out: root, left: limit}
	for {
		switch r.z.Next() {
		case html.ErrorToken: // the end; a reader that fails has given what it could
			r.popTo(0)
			if r.left < 0 {
				return "", &LimitError{What: "text bytes", Limit: limit}
			}
			return root.String(), nil
		case html.TextToken:
			r.text(string(r.z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start()
		case html.EndTagToken:
			name, _ := r.z.TagName()
			r.end(atom.Lookup(name))
		}
		if len(r.stack) > MaxHTMLDepth {
			return "", &LimitError{What: "HTML elements inside one another", Limit: MaxHTMLDepth}
		}
		if r.left < 0 {
			return "", &LimitError{What: "text bytes", Limit: limit}
		}
	}
}

// htmlReader holds the open elements and where their text goes.
type htmlReader struct {
	z      *html.Tokenizer
	stack  []element
	tables []*table
	lists  []list
	out    *block
	left   int // bytes that may still be written
}

// element is an open element. Unknown ones share the atom 0.
type element struct {
	tag   atom.Atom
	look  look
	link  mailaddr.Address // of a mailto link
	from  int              // where the text of the link starts in out
	tight bool             // a paragraph without space around it
	table bool             // it opened a table, row or cell of r.tables
	list  bool             // it opened a list of r.lists
}

type list struct {
	ordered bool
	number  int
}

// maxLookBack bounds the search for the element that an end tag closes, so that stray end tags cost little.
const maxLookBack = 200

func (r *htmlReader) top() look {
	if len(r.stack) == 0 {
		return look{background: "#ffffff"}
	}
	return r.stack[len(r.stack)-1].look
}

func (r *htmlReader) text(s string) {
	if !r.top().visible() {
		return
	}
	if r.inside(atom.Pre) {
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

// attributes reads those that matter; the first of equal ones counts, as in browsers.
func (r *htmlReader) attributes(more bool) map[string]string {
	attrs := map[string]string{}
	for i := 0; more && i < 100; i++ {
		var k, v []byte
		k, v, more = r.z.TagAttr()
		if _, double := attrs[string(k)]; !double {
			attrs[string(k)] = string(v)
		}
	}
	return attrs
}

func (r *htmlReader) start() {
	name, more := r.z.TagName()
	tag := atom.Lookup(name)
	attrs := r.attributes(more)
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
	r.closeImplied(tag)
	e := element{tag: tag, look: r.top().with(tag, attrs)}
	if e.look.gone {
		r.stack = append(r.stack, e)
		return
	}
	r.open(&e, attrs)
	r.stack = append(r.stack, e)
}

// open does what the start of a shown element does to the text.
func (r *htmlReader) open(e *element, attrs map[string]string) {
	switch e.tag {
	case atom.P:
		e.tight = isTight(attrs) || len(r.stack) > 0 && r.stack[len(r.stack)-1].tag == atom.Li
		r.out.breaks(e.lines())
	case atom.Blockquote:
		r.out.breaks(1)
		r.out.quote++
	case atom.Ul, atom.Ol:
		r.out.breaks(1)
		n, err := strconv.Atoi(attrs["start"])
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
		e.link = mailto(attrs["href"])
		e.from = len(r.out.text)
	default:
		r.out.breaks(e.lines())
	}
}

// lines is how many line ends stand around the element: 0 for inline ones, 2 where a blank line shows.
func (e *element) lines() int {
	switch e.tag {
	case atom.P:
		if e.tight {
			return 1
		}
		return 2
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre:
		return 2
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Address, atom.Center,
		atom.Dl, atom.Dt, atom.Dd, atom.Form, atom.Fieldset, atom.Body, atom.Blockquote, atom.Ul, atom.Ol, atom.Li,
		atom.Caption, atom.Figure, atom.Figcaption:
		return 1
	}
	return 0
}

// isTight finds the paragraphs that programs write for single lines: Outlook's classes, or no margin.
func isTight(attrs map[string]string) bool {
	if strings.HasPrefix(attrs["class"], "Mso") {
		return true
	}
	for name, value := range declarations(attrs["style"]) {
		if (name == "margin" || name == "margin-bottom") && strings.HasPrefix(value, "0") {
			return true
		}
	}
	return false
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
	r.left -= r.out.words(strings.Repeat("_", 32))
	r.out.breaks(1)
}

// mailto returns the address that a link leads to.
func mailto(href string) mailaddr.Address {
	scheme, rest, _ := strings.Cut(href, ":")
	if !strings.EqualFold(strings.TrimSpace(scheme), "mailto") {
		return mailaddr.Address{}
	}
	rest, _, _ = strings.Cut(rest, "?")
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
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

// closeImplied closes what HTML lets authors leave open before the start of tag.
func (r *htmlReader) closeImplied(tag atom.Atom) {
	e := element{tag: tag}
	switch {
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
	case tag == atom.Table || e.lines() > 0:
		if n := len(r.stack) - 1; n >= 0 && r.stack[n].tag == atom.P {
			r.popTo(n)
		}
	}
}

// popTo closes all open elements down to the one at index i.
func (r *htmlReader) popTo(i int) {
	for len(r.stack) > i {
		e := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		r.close(e)
	}
}

// close does what the end of an element does to the text.
func (r *htmlReader) close(e element) {
	if e.look.gone {
		return
	}
	switch {
	case e.table:
		r.closeTable(e.tag)
		return
	case e.list:
		r.lists = r.lists[:len(r.lists)-1]
	case e.tag == atom.Blockquote:
		r.out.quote--
	case !e.link.IsZero() && e.from < len(r.out.text):
		shown := strings.ToLower(string(r.out.text[e.from:]))
		if !strings.Contains(shown, e.link.Key()) && !strings.Contains(shown, strings.ToLower(e.link.Display())) {
			r.left -= r.out.words(" <" + e.link.Display() + ">")
		}
	}
	r.out.breaks(e.lines())
}
