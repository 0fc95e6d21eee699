package mailaddr

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// Likeness says in what a domain resembles another so that people may take the one for the other.
type Likeness string

// The kinds of likeness.
const (
	LikeLetters Likeness = "letters" // written with characters that look alike (Unicode UTS 39)
	LikeOneOff  Likeness = "one off" // one letter more, less, other, or two swapped
	LikeEnding  Likeness = "ending"  // the same name below another public suffix
	LikeJoined  Likeness = "joined"  // the same words joined otherwise, "acme-example.com" for acme.example
)

const (
	minOneOff   = 4   // letters of a name: of shorter ones, too many differ in one letter or the ending
	maxCompared = 128 // octets of a registrable domain
)

// LooksLike returns the first of the known domains that domain resembles without belonging to it, and in what. Domains are
// A- or U-labels. One that is known, or above or below a known one at the same registrable domain, resembles none.
func LooksLike(domain string, known []string) (string, Likeness) {
	if len(known) == 0 || slices.Contains(known, domain) {
		return "", ""
	}
	d := registered(domain)
	if d.name == "" {
		return "", ""
	}
	others := make([]registrable, 0, len(known))
	for _, k := range known {
		o := registered(k)
		if o.whole == d.whole {
			return "", ""
		}
		others = append(others, o)
	}
	for i, o := range others {
		if like := d.like(o); o.name != "" && like != "" {
			return known[i], like
		}
	}
	return "", ""
}

// registrable is what somebody registered of a domain: the name and the public suffix below which it stands.
type registrable struct {
	whole        string // in A-labels
	above        string // the labels in front, in A-labels
	name, suffix string // skeletons
}

func registered(domain string) registrable {
	ascii, err := ParseDomain(domain)
	if err != nil {
		return registrable{}
	}
	whole, err := publicsuffix.EffectiveTLDPlusOne(ascii)
	if err != nil || len(whole) > maxCompared {
		return registrable{}
	}
	name, suffix, _ := strings.Cut(whole, ".")
	return registrable{whole, strings.TrimSuffix(ascii, whole), skeleton(name), skeleton(suffix)}
}

func (r registrable) like(o registrable) Likeness {
	switch whole := o.name + "." + o.suffix; {
	case r.name == o.name && r.suffix == o.suffix:
		return LikeLetters
	case r.name == o.name && len(o.name) >= minOneOff:
		return LikeEnding
	case strings.HasSuffix("."+skeleton(r.above), "."+whole+"."), unjoined(r.name) == unjoined(whole),
		r.name != o.name && unjoined(r.name) == unjoined(o.name):
		return LikeJoined
	case r.suffix == o.suffix && utf8.RuneCountInString(o.name) >= minOneOff && oneOff([]rune(r.name), []rune(o.name)):
		return LikeOneOff
	}
	return ""
}

var joints = strings.NewReplacer(".", "", "-", "")

func unjoined(s string) string { return joints.Replace(s) }

// skeleton is the form that characters have in common that look alike, after UTS 39 section 4, for lower-case labels: marks are
// dropped as well, since they are overlooked.
func skeleton(s string) string {
	if u, err := idna.ToUnicode(s); err == nil {
		s = u
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case prototypes[r] != "":
			b.WriteString(prototypes[r])
		default:
			b.WriteRune(r)
		}
	}
	return pairs.Replace(b.String())
}

// pairs of letters that look like one.
var pairs = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d")

// prototypes are the Latin letters that digits and letters of other scripts look like in lower case, after confusables.txt of
// UTS 39.
var prototypes = prototypesOf("0o", "1l", "ıi", "łl", "øo", "đd", "ħh", "ŧt", "ɑa", "ɡg", "ɩi", "ʏy", "ƒf", "ƅb", "ɯw",
	"аa", "еe", "оo", "рp", "сc", "уy", "хx", "ѕs", "іi", "јj", "ԁd", "ԛq", "ԝw", "һh", "ӏl", "вb", "кk", "мm", "нh", "тt", "пn", "гr",
	"ьb", "ѵv", "үy", "ғf", "ҡk", "қk", "ҳx", "ңh", // Cyrillic
	"αa", "βb", "γy", "εe", "ηn", "ιi", "κk", "νv", "οo", "ρp", "σo", "τt", "υu", "χx", "ωw", "ϲc", "ϳj", // Greek
	"օo", "սu", "հh", "ցg", "զq", "ոn", "סo", "וl", "ןl") // Armenian, Hebrew

func prototypesOf(of ...string) map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ӕ': "ae", 'þ': "p"}
	for _, s := range of {
		r, size := utf8.DecodeRuneInString(s)
		m[r] = s[size:]
	}
	return m
}

// oneOff reports whether one letter put in, left out or put in the place of another, or two neighbours swapped, makes b of a.
func oneOff(a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a)+len(b) == 1, len(a) == 1 && len(b) == 1:
		return true
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	}
	return false
}
