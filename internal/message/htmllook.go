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

func (l *look) visible() bool {
	return !l.gone && !l.invisible && !l.tiny && l.color != transparent && (l.color == unsetColor || l.color != l.background)
}

// enter makes l the look of an element inside one that looks so, and returns what its style attribute says, until the next call.
func (l *look) enter(tag atom.Atom, attrs *attributes, all *styles) *declared {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes,
		atom.Object, atom.Svg, atom.Select:
		l.gone = true
	}
	if !attrs.any && len(all.rules) == 0 {
		return &declaredNothing
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
	own := all.inline(attrs.style)
	var s *style
	if s, l.around = all.of(tag, attrs, own, l.around); s != nil {
		l.apply(s)
	}
	return own
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
