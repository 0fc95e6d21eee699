package interpret

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// asksFirst begins a question in languages that put the verb in front of its subject then.
var asksFirst = cue("asks_first")

var asksFirstBegins *openings

// withQuestionMarks gives the mark to each sentence of an answer that asks without it: "is the request approved", "können beide angelegt werden".
// What begins with its verb may also be a condition, "ist der Antrag vollständig, genehmige ich ihn", and approves as little.
func withQuestionMarks(parts replytext.Parts) replytext.Parts {
	parts.Own = markQuestions(parts.Own)
	parts.Interleaved = slices.Clone(parts.Interleaved)
	for i := range parts.Interleaved {
		parts.Interleaved[i].Own = markQuestions(parts.Interleaved[i].Own)
	}
	return parts
}

func markQuestions(own string) string {
	if !asksFirstBegins.mayInTokens(own) {
		return own
	}
	var b strings.Builder
	done := 0
	r := lend()
	defer r.giveBack()
	cutSentences(own, func(from, to int) {
		if from, to = trimBlanks(own, from, to); !asks(own[from:to]) && asksFirstBegins.mayInTokens(own[from:to]) && beginsQuestion(r.scan(own[from:to], nil)) {
			b.WriteString(own[done:to])
			b.WriteByte('?')
			done = to
		}
	})
	if done == 0 {
		return own
	}
	b.WriteString(own[done:])
	return b.String()
}

// beginsQuestion says whether p begins with the words of a question, behind numbers and what joins it to the sentence in front.
func beginsQuestion(p passage) bool {
	if !p.says(asksFirst) {
		return false
	}
	i := 0
	for i < len(p.tokens) && (p.tokens[i].kind != wordToken || hasDigit(p.tokens[i].text) || p.tokens[i].in(joining)) {
		i++
	}
	return p.starts(i, asksFirst) > 0
}
