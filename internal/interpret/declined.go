package interpret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names that carry the endings of a case, and whether an address shows that they carry none.

// nominative says whether the address shows a name's last word as it is written, and the first one ends as it does where nothing is put
// to it or is shown, too: no ending of a case stands there.
func nominative(p person) bool {
	first, rest, _ := strings.Cut(p.name, " ")
	last := rest[strings.LastIndexByte(rest, ' ')+1:]
	if last == "" || !shows(p.address, lower(last)) {
		return false
	}
	first = lower(first)
	return shows(p.address, first) || !declinedEndings.anyPhrase(func(end string) bool { return strings.HasSuffix(first, end) })
}

var declinedEndings = cue("declined_endings")

// shows says whether an address holds a word of a name, which Latin letters spell in several ways: "Лебединский", lebedinsky@….
func shows(address, word string) bool {
	word = latin.Replace(word)
	return belongs(address, word) || belongs(alike.Replace(address), alike.Replace(word))
}

// alike writes alike what one Cyrillic letter becomes.
var alike = strings.NewReplacer("shch", "sch", "kh", "h", "ts", "c", "yu", "u", "ju", "u", "iu", "u", "ya", "a", "ja", "a", "ia", "a", "yo", "e", "iy", "y", "ij", "y", "yy", "y")

// latin writes Cyrillic letters as addresses do.
var latin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts",
	"ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")

// declines says whether a text has letters of the languages that put endings to names.
func declines(text string) bool {
	return !isASCII(text) && strings.ContainsFunc(text, func(r rune) bool {
		return r >= utf8.RuneSelf && (strings.ContainsRune("ąęłńśźżěřů", r) || unicode.Is(unicode.Cyrillic, r))
	})
}

// leastStem is how many letters a name has left without its ending.
const leastStem = 3

// caseForms are the forms that a word of a name has in the cases of Slavic languages, as key writes them.
func caseForms(name string) []string {
	last, size := utf8.DecodeLastRuneInString(name)
	stem := name
	if strings.ContainsRune("aeoyiаеоыийьяё", last) {
		stem = name[:len(name)-size]
	}
	if utf8.RuneCountInString(stem) < leastStem || !unicode.IsLetter(last) {
		return nil
	}
	var out []string
	for end := range nameCases.phrases() {
		if form := stem + key(end); unicode.Is(unicode.Cyrillic, last) == !isASCII(end) && form != name {
			out = append(out, form)
		}
	}
	return out
}

var nameCases = cue("name_cases")
