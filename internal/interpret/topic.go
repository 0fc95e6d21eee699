package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// topicWords are the phrases of topics by the first two letters, so that one with a star is found too.
var topicWords map[string][]topicPhrase

type topicPhrase struct {
	topic  string
	number int // of all phrases
	words  []string
	weight int
}

const (
	clearWeight = 3 // of a phrase that hardly stands in a mail about something else
	wordWeight  = 1
	// enough is the least score of a topic: a clear phrase, or three words.
	enough  = 3
	noTopic = "none"
)

// topicPhrases are the phrases of one topic; clear ones hardly stand in a mail about something else.
type topicPhrases struct {
	Clear []string `yaml:"clear"`
	Words []string `yaml:"words"`
}

var topicNames = []string{"technical", "operational", "assistance", "service_order", "service_cancel", "billing", noTopic}

func loadTopics(each []lexicon) map[string][]topicPhrase {
	out := map[string][]topicPhrase{}
	n := 0
	for _, topic := range topicNames {
		var lists topicPhrases
		for i := range each {
			t := each[i].Topics[topic]
			lists.Clear, lists.Words = append(lists.Clear, t.Clear...), append(lists.Words, t.Words...)
		}
		for weight, list := range map[int][]string{clearWeight: lists.Clear, wordWeight: lists.Words} {
			all := slices.Clone(list)
			slices.Sort(all)
			for _, p := range slices.Compact(all) {
				key := strings.TrimSuffix(initial(strings.Fields(p)[0]), "*")
				out[key] = append(out[key], topicPhrase{topic, n, strings.Fields(p), weight})
				n++
			}
		}
	}
	return out
}

// initial is the first two letters of w.
func initial(w string) string {
	_, first := utf8.DecodeRuneInString(w)
	_, second := utf8.DecodeRuneInString(w[first:])
	return w[:first+second]
}

// maxTopic bounds the text that a topic is looked for in.
const maxTopic = 4 << 10

// topic says what a mail that asks for no access is about, from its subject and own words, and the words that tell so. "" if
// nothing tells, or two topics equally.
func topic(subject, own string) (name, because string) {
	r := lend()
	defer r.giveBack()
	for _, piece := range []string{subject, cut(own, maxTopic)} {
		r.tokenize(piece)
	}
	text := slices.DeleteFunc(r.tokens, func(t token) bool { return t.kind != wordToken })
	scores := map[string]*topicScore{}
	var seen []int
	for i := range text {
		for _, p := range topicWords[initial(text[i].lower)] {
			if !matchesAt(text[i:], p.words) || slices.Contains(seen, p.number) {
				continue
			}
			if p.topic == noTopic {
				return "", ""
			}
			seen = append(seen, p.number)
			if scores[p.topic] == nil {
				scores[p.topic] = &topicScore{}
			}
			scores[p.topic].add(p.weight, text[i:i+len(p.words)])
		}
	}
	best, second := 0, 0
	for t, s := range scores {
		switch {
		case s.sum > best:
			best, second, name, because = s.sum, best, t, s.because
		case s.sum > second:
			second = s.sum
		}
	}
	if best < enough || best == second {
		return "", ""
	}
	return name, because
}

// topicScore adds the weights of the phrases of a topic that a text has, each counted once.
type topicScore struct {
	sum, top int
	because  string // the weightiest
}

func (s *topicScore) add(weight int, said []token) {
	s.sum += weight
	if weight > s.top {
		s.top, s.because = weight, strings.TrimSpace(flatTokens(said))
	}
}

// matchesAt says whether text begins with phrase, whose words may end in a star.
func matchesAt(text []token, phrase []string) bool {
	if len(text) < len(phrase) {
		return false
	}
	for i, p := range phrase {
		if stem, ok := strings.CutSuffix(p, "*"); ok && strings.HasPrefix(text[i].lower, stem) {
			continue
		}
		if text[i].lower != p {
			return false
		}
	}
	return true
}
