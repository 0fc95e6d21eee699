package replytext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// signer is what tells that a line at the end is the author's own: the name and the address of the mail, in small letters without accents.
// They are read when the first line asks.
type signer struct {
	author string // "Name <address>", as it is given
	known  bool
	name   []string
	local  []string // the words in front of the @
	house  []string // the long words of the domain
}

func (s *signer) read() {
	if s.known {
		return
	}
	s.known = true
	name, address, _ := strings.Cut(s.author, "<")
	address = strings.TrimSuffix(toLower(address), ">")
	local, domain, _ := strings.Cut(address, "@")
	s.name = nameWords(unaccented(name))
	apart := func(r rune) bool { return !unicode.IsLetter(r) }
	for _, w := range strings.FieldsFunc(local, apart) {
		if utf8.RuneCountInString(w) >= 3 {
			s.local = append(s.local, w)
		}
	}
	if at := strings.LastIndexByte(domain, '.'); at > 0 {
		for _, w := range strings.FieldsFunc(domain[:at], apart) {
			if len(w) >= 4 {
				s.house = append(s.house, w)
			}
		}
	}
}

// unaccented is s without accents, in small letters.
func unaccented(s string) string {
	if isASCII(s) {
		return toLower(s)
	}
	return toLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// maxSigned is how many lines a signature has that no formula and no delimiter sets off; maxPost how many words a post.
const (
	maxSigned = 3
	maxPost   = 6
)

// signed says whether line i begins the last paragraph, and the paragraph is a signature that nothing sets off: a line of nothing but the author's
// name, short name or house, a comma and a post behind it, or a company's line in a script without large letters.
func (p *piece) signed(i int) bool {
	if !p.blankAbove(i) || p.texts[i] > maxSigned || p.texts[0] == p.texts[i] {
		return false
	}
	line := strings.TrimSpace(p.text[i])
	if p.marks[i]&wideMark != 0 && hasIdeographs(line) {
		return p.by.ends(line) && p.shortLines(i)
	}
	name, post, _ := strings.Cut(line, ",")
	if !nameLine(name) || moreWords(post, maxPost) || slices.ContainsFunc(strings.Fields(post), answer) || slices.ContainsFunc(strings.Fields(name), answer) {
		return false
	}
	return p.by.is(strings.Fields(unaccented(name))) && p.shortLines(i)
}

// shortLines says whether the lines from line i on are as short as those of a signature, with no sentence among them and nothing that announces
// them.
func (p *piece) shortLines(i int) bool {
	for _, line := range p.text[i:] {
		if line = strings.TrimSpace(line); strings.ContainsAny(line, ":?!。？！、") || utf8.RuneCountInString(line) > 60 {
			return false
		}
	}
	return !introduced(p.text, i)
}

// ends says whether a line of a company ends with a word of the author's name.
func (s *signer) ends(line string) bool {
	s.read()
	words := strings.Fields(line)
	return len(words) == 2 && slices.Contains(s.name, words[1])
}

// is says whether all words are of the signer: the name, an initial of it in front of another, a short name, or the house.
func (s *signer) is(words []string) bool {
	s.read()
	telling := false
	for _, w := range words {
		w = strings.Trim(w, ".,-–—'\"()")
		switch {
		case w == "", slices.Contains(signedTitles, w):
		case slices.Contains(s.name, w), slices.Contains(s.local, w), slices.Contains(s.house, w):
			telling = true
		case utf8.RuneCountInString(w) == 1 && slices.ContainsFunc(s.name, func(n string) bool { return strings.HasPrefix(n, w) }):
		case len(words) == 1 && len(s.name) > 0 && sharedStart(w, s.name[0]) >= 3 && utf8.RuneCountInString(w) <= len(s.name[0]):
			telling = true // Nicky, Nicolette
		default:
			return false
		}
	}
	return telling
}

// sharedStart is how many bytes a and b begin with in common.
func sharedStart(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func hasIdeographs(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= firstHangul && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

const firstHangul = 0x1100 // all of these scripts are from here on

// companies are what lines of companies hold in scripts without large letters.
var companies = []string{"株式会社", "有限会社", "合同会社", "㈱", "公司", "주식회사"}

// company says whether a line is a company's.
func company(line string) bool {
	return !strings.ContainsAny(line, "。、？！") && slices.ContainsFunc(companies, func(c string) bool { return strings.Contains(line, c) })
}

// marked recognises "VC: approved" in a quote: a remark behind the author's initials or a word of the name, which the words above have, too.
func (s *splitter) marked(line string, above *announcement) (text string, ok bool) {
	if strings.IndexByte(line, ':') < 0 {
		return "", false
	}
	mark, text, ok := strings.Cut(strings.TrimSpace(line), ":")
	if text = strings.TrimSpace(text); !ok || text == "" || strings.ContainsFunc(mark, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return "", false
	}
	if !mayNameAuthor(mark, s.author) {
		return "", false // a word of the name, or its initials, begin as one
	}
	var buf [2]string
	words := appendNameWords(buf[:0], mark)
	if len(words) != 1 || !slices.Contains(s.author, words[0]) && (words[0] != initials(s.author) || len(s.author) < 2) {
		return "", false
	}
	return text, above.has(mark)
}

// initials are the first letters of a name's words.
func initials(name []string) string {
	out := ""
	for _, w := range name {
		r, _ := utf8.DecodeRuneInString(w)
		out += string(r)
	}
	return out
}

// signedTitles stand in front of a name that signs.
var signedTitles = []string{"fr", "dr", "mr", "mrs", "ms", "br", "sr", "rev", "brother", "sister", "father", "ing", "prof", "herr", "frau"}
