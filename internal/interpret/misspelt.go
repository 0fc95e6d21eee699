package interpret

import "strings"

// askedFor are the words that our mails ask for.
var askedFor = []string{"approve", "approved", "reject", "rejected"}

// spelledRight writes the words that our mails ask for where one letter of them is missing, doubled or in another's place: "aproved". The
// first letter and the last, which makes another word of it ("approver"), must be right, and the last two unless they are "ed".
func spelledRight(own string) string {
	if !mayBeMisspelt(own) {
		return own
	}
	var b strings.Builder
	done := 0
	r := lend()
	defer r.giveBack()
	for _, t := range r.tokenize(own) {
		if t.kind != wordToken || !t.plain || len(t.lower) < 6 || len(t.lower) > 9 {
			continue
		}
		for _, w := range askedFor {
			if t.lower != w && misspelt(t.lower, w) {
				b.WriteString(own[done:t.start] + w)
				done = t.end
			}
		}
	}
	return b.String() + own[done:]
}

// mayBeMisspelt says whether a run of letters of own is one of them misspelt, as a word that is must be. Behind an address a word may begin anywhere.
func mayBeMisspelt(own string) bool {
	if strings.IndexByte(own, '@') >= 0 {
		return true
	}
	for from, end := 0, 0; from < len(own); from = end + 1 {
		for end = from; end < len(own) && isASCIIAlnum(own[end]) && !isDigit(own[end]); end++ {
		}
		if end-from < 6 || end-from > 9 {
			continue
		}
		s := own[from:end]
		for _, w := range askedFor {
			if smallLetter(s[0]) == w[0] && !strings.EqualFold(s, w) && misspelt(lowerASCII(s), w) {
				return true
			}
		}
	}
	return false
}

func misspelt(s, word string) bool {
	n := len(word)
	end := n - 2
	if strings.HasSuffix(word, "ed") {
		end++
	}
	if s[0] != word[0] || !strings.HasSuffix(s, word[end:]) {
		return false
	}
	for i := 1; i < end; i++ {
		if s == word[:i]+word[i+1:] || s == word[:i]+word[i:i+1]+word[i:] || s == word[:i]+word[i+1:i+2]+word[i:i+1]+word[i+2:] {
			return true
		}
	}
	return false
}
