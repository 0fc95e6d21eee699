package interpret

import "strings"

// Names that carry the endings of a case, and whether an address shows that they carry none.

// nominative says whether the address shows a name's last word as it is written, and the first one ends as it does where nothing is put
// to it or is shown, too: no ending of a case stands there.
func nominative(p person) bool {
	first, rest, _ := strings.Cut(p.name, " ")
	last := rest[strings.LastIndexByte(rest, ' ')+1:]
	if last == "" || !belongs(p.address, latin.Replace(lower(last))) {
		return false
	}
	first = lower(first)
	return belongs(p.address, latin.Replace(first)) || !declinedEndings.anyPhrase(func(end string) bool { return strings.HasSuffix(first, end) })
}

var declinedEndings = cue("declined_endings")

// latin writes Cyrillic letters as addresses do.
var latin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts",
	"ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")
