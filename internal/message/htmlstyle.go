package message

import (
	"strconv"
	"strings"
	"unique"
)

// style is what declarations say about whether text can be seen. It is compared with and applied to a look.
type style struct {
	display    choice // off: none
	opacity    choice // off: 0
	visibility choice // off: hidden
	size       choice // of the font; off: too small to be read
	overflow   choice // off: hidden
	flat       bool   // no height or width
	color      color
	background color
	tight      bool // no margin
	barred     bool // a line at its left
}

// choice is a property that may be set to show or to hide, or not be set.
type choice uint8

const (
	unset choice = iota
	on
	off
)

// or is other where that is set.
func (c choice) or(other choice) choice {
	if other != unset {
		return other
	}
	return c
}

func offIf(hidden bool) choice {
	if hidden {
		return off
	}
	return on
}

// add lets what is set in other win.
func (s *style) add(other *style) {
	s.display = s.display.or(other.display)
	s.opacity = s.opacity.or(other.opacity)
	s.visibility = s.visibility.or(other.visibility)
	s.size = s.size.or(other.size)
	s.overflow = s.overflow.or(other.overflow)
	s.flat = s.flat || other.flat
	if other.color != unsetColor {
		s.color = other.color
	}
	if other.background != unsetColor {
		s.background = other.background
	}
}

// declared is what declarations say; those marked !important are in a style of their own.
type declared struct{ normal, important style }

// declaredNothing is what no style attribute says.
var declaredNothing declared

func readStyle(text string) declared {
	var d declared
	for text != "" {
		var declaration string
		declaration, text, _ = strings.Cut(text, ";")
		name, value, found := strings.Cut(declaration, ":")
		if !found {
			continue
		}
		var lower [maxName]byte
		p := propertyOf(lowered(&lower, strings.TrimSpace(name)))
		if p == otherProperty {
			continue // as most are
		}
		value, mark, marked := strings.Cut(strings.ToLower(value), "!")
		s := &d.normal
		if marked && strings.TrimSpace(mark) == "important" {
			s = &d.important
		}
		s.declare(p, strings.TrimSpace(value))
	}
	return d
}

// property is one that a style knows.
type property uint8

const (
	otherProperty property = iota
	display
	visibility
	opacity
	fontSize
	textColor
	background
	extent
	overflow
	margin
	borderLeft
)

func propertyOf(name []byte) property {
	switch string(name) {
	case "display":
		return display
	case "visibility":
		return visibility
	case "opacity":
		return opacity
	case "font-size":
		return fontSize
	case "color":
		return textColor
	case "background", "background-color":
		return background
	case "height", "max-height", "width", "max-width":
		return extent
	case "overflow":
		return overflow
	case "margin", "margin-bottom":
		return margin
	case "border-left":
		return borderLeft
	}
	return otherProperty
}

// declare reads one declaration in lower case.
func (s *style) declare(p property, value string) {
	switch p {
	case display:
		s.display = offIf(value == "none")
	case visibility:
		s.visibility = offIf(value == "hidden" || value == "collapse")
	case opacity:
		n, isNumber := number(value)
		s.opacity = offIf(isNumber && n == 0)
	case fontSize:
		if size := sizeOf(value); size != unset {
			s.size = size
		}
	case textColor:
		if c := readColor(value); c != unsetColor {
			s.color = c
		}
	case background:
		s.setBackground(value)
	case extent:
		n, isNumber := number(value)
		s.flat = s.flat || isNumber && n == 0
	case overflow:
		s.overflow = offIf(value == "hidden")
	case margin:
		s.tight = s.tight || strings.HasPrefix(value, "0")
	case borderLeft:
		s.barred = strings.Contains(value, "solid") && !strings.HasPrefix(value, "0")
	}
}

func (s *style) setBackground(value string) {
	if strings.Contains(value, "url(") || strings.Contains(value, "gradient") {
		s.background = picture // equal to no colour: text on a picture is taken as visible
		return
	}
	c := value
	if !strings.HasPrefix(value, "rgb") {
		c, _, _ = strings.Cut(value, " ")
	}
	if read := readColor(c); read != unsetColor && read != transparent && c != "none" {
		s.background = read
	}
}

// sizeOf tells sizes that nobody can read. Relative sizes keep what is inherited.
func sizeOf(value string) choice {
	n, isNumber := number(value)
	switch {
	case !isNumber: // medium, larger, calc(…)
		return on
	case n == 0:
		return off
	case strings.HasSuffix(value, "px"), strings.HasSuffix(value, "pt"):
		if n <= 1 {
			return off
		}
		return on
	case strings.HasSuffix(value, "rem"):
		return on
	}
	return unset
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

// color is a colour in one of its notations, small and quick to compare.
type color = unique.Handle[string]

var (
	unsetColor  color
	white       = unique.Make("#ffffff")
	transparent = unique.Make("transparent")
	picture     = unique.Make("image")
)

// readColor reads the value of a colour; it is unset where that says nothing.
func readColor(value string) color {
	if value = oneNotation(value); value != "" {
		return unique.Make(value)
	}
	return unsetColor
}

// oneNotation brings the common notations of a colour into one: #rrggbb, a name, or "transparent".
func oneNotation(value string) string {
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
