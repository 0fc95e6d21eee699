package message

import "golang.org/x/net/html/atom"

// look is what decides whether the text of an element can be seen.
type look struct {
	gone       bool // it and all within it: display:none, script, …
	invisible  bool // visibility:hidden; an element within may be visible again
	tiny       bool // font-size:0; an element within may set its own size
	color      color
	background color
	around     within // what style sheets know of it and the elements around it
}

func (l look) visible() bool {
	return !l.gone && !l.invisible && !l.tiny && l.color != transparent && (l.color == unsetColor || l.color != l.background)
}

// with returns the look of an element inside one that looks like l.
func (l look) with(tag atom.Atom, attrs *attributes, all *styles) look {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes,
		atom.Object, atom.Svg, atom.Select:
		l.gone = true
	}
	if attrs.hidden {
		l.gone = true
	}
	if len(attrs.bgcolor) > 0 {
		if c := readColor(string(attrs.bgcolor)); c != unsetColor {
			l.background = c
		}
	}
	if len(attrs.color) > 0 && tag == atom.Font {
		if c := readColor(string(attrs.color)); c != unsetColor {
			l.color = c
		}
	}
	var s *style
	if s, l.around = all.of(tag, attrs, l.around); s != nil {
		l.apply(s)
	}
	return l
}

// apply adds what a style says.
func (l *look) apply(s *style) {
	l.gone = l.gone || s.display == off || s.opacity == off || s.flat && s.overflow == off
	if s.visibility != unset {
		l.invisible = s.visibility == off
	}
	if s.size != unset {
		l.tiny = s.size == off
	}
	if s.color != unsetColor {
		l.color = s.color
	}
	if s.background != unsetColor {
		l.background = s.background
	}
}
