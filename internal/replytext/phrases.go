package replytext

import (
	_ "embed"
	"slices"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

//go:embed phrases.yaml
var phrasesYAML []byte

// phrases are the words that mail programs and people of many languages put around a text, in lower case.
var phrases phraseBook

// load reads them, once. Every exported function that looks for one calls it first.
var load = sync.OnceFunc(func() { phrases = loadPhrases(phrasesYAML) })

// phraseBook holds the lists of phrases.yaml, where each is explained.
type phraseBook struct {
	Wrote, Openers, Quoting, YouWrote        *phraseSet
	Fields                                   map[string]field
	Original, LongOriginal, Forwarded, Above *phraseSet
	Closings, Thanks                         *phraseSet
	Sent, Devices, Excuses, Footers          *phraseSet
	Announces                                *phraseSet
	Disclaimers, Notices, Legal, Greetings   *phraseSet
	Answers, Contact, Both                   map[string]bool
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
	for _, name := range []string{"closings", "thanks", "openers"} {
		longestFirst(lists[name])
	}
	var all begun
	set := func(name string) *phraseSet { return newPhraseSet(lists[name], &all) }
	var long []string // "reply" alone is a word
	for _, p := range lists["original"] {
		if len(p) > 9 {
			long = append(long, p)
		}
	}
	b := phraseBook{
		Wrote: set("wrote"), Openers: set("openers"), Quoting: set("quoting"), YouWrote: set("youwrote"),
		Original: set("original"), LongOriginal: newPhraseSet(long, &all), Forwarded: set("forwarded"), Above: set("above"),
		Closings: set("closings"), Thanks: set("thanks"),
		Announces: set("announces"), Sent: set("sent"), Devices: set("devices"), Excuses: set("excuses"), Footers: set("footers"),
		Disclaimers: set("disclaimers"), Notices: set("notices"), Legal: set("legal"), Greetings: set("greetings"),
		Answers: map[string]bool{}, Contact: map[string]bool{}, Both: map[string]bool{}, Fields: map[string]field{},
	}
	for _, word := range lists["answers"] {
		b.Answers[word] = true
	}
	for _, phrase := range lists["both"] {
		b.Both[phrase] = true
	}
	for _, label := range lists["contact"] {
		b.Contact[label] = true
	}
	for name, f := range map[string]field{"from": fieldFrom, "date": fieldDate, "to": fieldTo, "cc": fieldCc, "subject": fieldSubject} {
		for _, label := range lists[name] {
			b.Fields[label] |= f
		}
	}
	return b
}

// longestFirst makes "best regards" be tried before "best".
func longestFirst(list []string) {
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
}

// fieldOf returns what a label of any letter case may introduce.
func fieldOf(label string) field {
	var buf [maxLabel * 4]byte
	if len(label) > len(buf) {
		return 0
	}
	for i := range len(label) {
		c := label[i]
		if c >= utf8.RuneSelf {
			return phrases.Fields[toLower(label)]
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return phrases.Fields[string(buf[:len(label)])]
}
