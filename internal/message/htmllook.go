package message

import (
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// look is what decides whether the text of an element can be seen. Style sheets are not read: what a mail hides by class
// stays in the text, and replytext and interpret treat it as what it says.
type look struct {
	gone       bool // it and all within it: display:none, script, …
	invisible  bool // visibility:hidden; an element within may be visible again
	tiny       bool // font-size:0; an element within may set its own size
	color      string
	background string
}

func (l look) visible() bool {
	return !l.gone && !l.invisible && !l.tiny && l.color != "transparent" && (l.color == "" || l.color != l.background)
}

// with returns the look of an element inside one that looks like l.
func (l look) with(tag atom.Atom, attrs map[string]string) look {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes,
		atom.Object, atom.Svg, atom.Select:
		l.gone = true
	}
	if _, hidden := attrs["hidden"]; hidden {
		l.gone = true
	}
	if c := color(attrs["bgcolor"]); c != "" {
		l.background = c
	}
	if c := color(attrs["color"]); c != "" && tag == atom.Font {
		l.color = c
	}
	flat, clipped := false, false
	for name, value := range declarations(attrs["style"]) {
		switch name {
		case "display":
			l.gone = l.gone || value == "none"
		case "visibility":
			l.invisible = value == "hidden" || value == "collapse"
		case "opacity":
			n, isNumber := number(value)
			l.gone = l.gone || isNumber && n == 0
		case "font-size":
			l.tiny = isTiny(value, l.tiny)
		case "color":
			if c := color(value); c != "" {
				l.color = c
			}
		case "background", "background-color":
			l.setBackground(value)
		case "height", "max-height", "width", "max-width":
			n, isNumber := number(value)
			flat = flat || isNumber && n == 0
		case "overflow":
			clipped = value == "hidden"
		}
	}
	l.gone = l.gone || flat && clipped
	return l
}

func (l *look) setBackground(value string) {
	if strings.Contains(value, "url(") || strings.Contains(value, "gradient") {
		l.background = "image" // equal to no colour: text on a picture is taken as visible
		return
	}
	c := value
	if !strings.HasPrefix(value, "rgb") {
		c, _, _ = strings.Cut(value, " ")
	}
	if c = color(c); c != "" && c != "transparent" && c != "none" {
		l.background = c
	}
}

// isTiny tells sizes that nobody can read. Relative sizes keep what is inherited.
func isTiny(value string, inherited bool) bool {
	n, isNumber := number(value)
	switch {
	case !isNumber: // medium, larger, calc(…)
		return false
	case n == 0:
		return true
	case strings.HasSuffix(value, "px"), strings.HasSuffix(value, "pt"):
		return n <= 1
	case strings.HasSuffix(value, "rem"):
		return false
	}
	return inherited
}

// declarations yields the declarations of a style attribute in lower case, without !important.
func declarations(style string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for d := range strings.SplitSeq(strings.ToLower(style), ";") {
			name, value, found := strings.Cut(d, ":")
			value, _, _ = strings.Cut(value, "!")
			if found && !yield(strings.TrimSpace(name), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// number reads the number at the start of a CSS value.
func number(value string) (float64, bool) {
	end := 0
	for end < len(value) && (value[end] >= '0' && value[end] <= '9' || value[end] == '.') {
		end++
	}
	n, err := strconv.ParseFloat(value[:end], 64)
	return n, err == nil
}

// color brings the common notations of a colour into one: #rrggbb, a name, or "transparent".
func color(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	switch {
	case value == "white":
		return "#ffffff"
	case value == "black":
		return "#000000"
	case len(value) == 4 && value[0] == '#':
		return "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(value[3:4], 2)
	case strings.HasPrefix(value, "rgb"):
		return rgb(value)
	case value == "inherit" || value == "initial" || value == "unset" || value == "currentcolor":
		return ""
	}
	return value
}

// rgb reads rgb(r, g, b) and rgba(r, g, b, a).
func rgb(value string) string {
	_, list, _ := strings.Cut(value, "(")
	list, _, _ = strings.Cut(list, ")")
	parts := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) < 3 {
		return ""
	}
	if len(parts) > 3 {
		if alpha, ok := number(parts[3]); ok && alpha == 0 {
			return "transparent"
		}
	}
	out := "#"
	for _, p := range parts[:3] {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return ""
		}
		out += string("0123456789abcdef"[n>>4]) + string("0123456789abcdef"[n&15])
	}
	return out
}
