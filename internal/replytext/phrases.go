package replytext

import (
	_ "embed"

	"go.yaml.in/yaml/v3"
)

//go:embed phrases.yaml
var phrasesYAML []byte

// phrases are the words that mail programs and people of many languages put around a text, in lower case.
var phrases = loadPhrases(phrasesYAML)

type phraseBook struct {
	Wrote       []string // verbs in an attribution line
	From        []string // label of the author in a header block
	Headers     []string // labels of the other fields in a header block
	Original    []string // begin of a ruled line above a quote
	Forwarded   []string // begin of a ruled line above a forwarded mail
	Closings    []string // closing formulas; all after them is the signature
	Greetings   []string // begin of a line that only greets
	Thanks      []string // words that close a mail when they fill a line
	Footers     []string // begin of lines that mail programs add
	Disclaimers []string // begin of a legal notice or banner
	Legal       []string // phrases of which two make a paragraph a legal notice
	Contact     []string // labels of contact lines in a signature
}

func loadPhrases(data []byte) phraseBook {
	var b phraseBook
	if err := yaml.Unmarshal(data, &b); err != nil {
		panic("reading embedded phrases.yaml: " + err.Error())
	}
	return b
}
