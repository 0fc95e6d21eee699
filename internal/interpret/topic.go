package interpret

import (
	"slices"
	"strings"
)

// topicWords are the words of topics: topic → phrases as lists of words, with their weight.
var topicWords = loadTopics()

type topicPhrase struct {
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

// loadTopics indexes the phrases by topic and first word.
func loadTopics() map[string]map[string][]topicPhrase {
	out := map[string]map[string][]topicPhrase{}
	for topic, lists := range words.Topics {
		out[topic] = map[string][]topicPhrase{}
		for weight, list := range map[int][]string{clearWeight: lists.Clear, wordWeight: lists.Words} {
			all := slices.Clone(list)
			slices.Sort(all)
			for _, p := range slices.Compact(all) {
				ws := strings.Fields(p)
				out[topic][initial(ws[0])] = append(out[topic][initial(ws[0])], topicPhrase{ws, weight})
			}
		}
	}
	return out
}

// initial is what phrases are indexed by: the first two letters, so that a star finds its words too.
func initial(w string) string {
	r := []rune(w)
	return strings.TrimSuffix(string(r[:min(2, len(r))]), "*")
}

// maxTopic bounds the text that a topic is looked for in.
const maxTopic = 4 << 10

// topic says what a mail that asks for no access is about, from its subject and own words, and the words that tell so. "" if
// nothing tells, or two topics equally.
func topic(subject, own string) (name, because string) {
	text := strings.Fields(flatTokens(tokenize(subject + " . " + cut(own, maxTopic))))
	best, second := 0, 0
	for t, phrases := range topicWords {
		score, found := scoreOf(text, phrases)
		if t == noTopic {
			if score > 0 {
				return "", ""
			}
			continue
		}
		switch {
		case score > best:
			best, second, name, because = score, best, t, found
		case score > second:
			second = score
		}
	}
	if best < enough || best == second {
		return "", ""
	}
	return name, because
}

// scoreOf adds the weights of the phrases that text has, each counted once.
func scoreOf(text []string, phrases map[string][]topicPhrase) (score int, because string) {
	seen := map[string]bool{}
	top := 0
	for i, w := range text {
		for _, p := range phrases[initial(w)] {
			key := strings.Join(p.words, " ")
			if seen[key] || !matchesAt(text[i:], p.words) {
				continue
			}
			seen[key] = true
			score += p.weight
			if p.weight > top {
				top, because = p.weight, strings.Join(text[i:i+len(p.words)], " ")
			}
		}
	}
	return score, because
}

// matchesAt says whether text begins with phrase, whose words may end in a star.
func matchesAt(text, phrase []string) bool {
	if len(text) < len(phrase) {
		return false
	}
	for i, p := range phrase {
		if stem, ok := strings.CutSuffix(p, "*"); ok && strings.HasPrefix(text[i], stem) {
			continue
		}
		if text[i] != p {
			return false
		}
	}
	return true
}
