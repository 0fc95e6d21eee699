package replytext

import (
	_ "embed"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed phrases.yaml
var phrasesYAML []byte

// phrases are the words that mail programs and people of many languages put around a text, in lower case.
var phrases = loadPhrases(phrasesYAML)

// phraseBook holds the lists of phrases.yaml, where each is explained.
type phraseBook struct {
	Wrote, Openers, Quoting, YouWrote []string
	Fields                            map[string]field
	Original, Forwarded, Above        []string
	Closings, Thanks, Answers         []string
	Sent, Devices, Excuses, Footers   []string
	Disclaimers, Notices, Legal       []string
	Contact, Greetings                []string
}

// field is what a label in a header block introduces. A label may have several meanings in several languages.
type field uint8

const (
	fieldFrom field = 1 << iota
	fieldDate
	fieldTo
	fieldCc
	fieldSubject
)

// phraseList reads a list whose items are phrases or lists of them.
type phraseList []string

func (l *phraseList) UnmarshalYAML(n *yaml.Node) error {
	for _, item := range n.Content {
		if item.Kind == yaml.ScalarNode {
			*l = append(*l, item.Value)
		}
		for _, phrase := range item.Content {
			*l = append(*l, phrase.Value)
		}
	}
	return nil
}

func loadPhrases(data []byte) phraseBook {
	var lists map[string]phraseList
	if err := yaml.Unmarshal(data, &lists); err != nil {
		panic("reading embedded phrases.yaml: " + err.Error())
	}
	b := phraseBook{
		Wrote: lists["wrote"], Openers: lists["openers"], Quoting: lists["quoting"], YouWrote: lists["youwrote"],
		Original: lists["original"], Forwarded: lists["forwarded"], Above: lists["above"],
		Closings: lists["closings"], Thanks: lists["thanks"], Answers: lists["answers"],
		Sent: lists["sent"], Devices: lists["devices"], Excuses: lists["excuses"], Footers: lists["footers"],
		Disclaimers: lists["disclaimers"], Notices: lists["notices"], Legal: lists["legal"],
		Contact: lists["contact"], Greetings: lists["greetings"],
		Fields: map[string]field{},
	}
	for name, f := range map[string]field{"from": fieldFrom, "date": fieldDate, "to": fieldTo, "cc": fieldCc, "subject": fieldSubject} {
		for _, label := range lists[name] {
			b.Fields[label] |= f
		}
	}
	longestFirst(b.Closings)
	longestFirst(b.Thanks)
	longestFirst(b.Openers)
	return b
}

// longestFirst makes "best regards" be tried before "best".
func longestFirst(list []string) {
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
}

// hasPrefixOf says whether s begins with one of the phrases as whole words and returns what follows it. Scripts without
// blanks need no borders.
func hasPrefixOf(s string, phrases []string) (tail string, ok bool) {
	for _, p := range phrases {
		if tail, ok := strings.CutPrefix(s, p); ok && (p[0] >= 0xE3 || !endsInLetter(p) || !startsWithLetter(tail)) {
			return tail, true
		}
	}
	return "", false
}

func containsAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// lastWord returns where phrase last stands in s with no letter touching it, -1 if nowhere.
func lastWord(s, phrase string) int {
	for end := len(s); end > 0; {
		i := strings.LastIndex(s[:end], phrase)
		if i < 0 {
			return -1
		}
		after := s[i+len(phrase):]
		if phrase[0] >= 0xE3 || !endsInLetter(s[:i]) && (!endsInLetter(phrase) || !startsWithLetter(after)) {
			return i
		}
		end = i + len(phrase) - 1
	}
	return -1
}
