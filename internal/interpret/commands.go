package interpret

import (
	"slices"
	"strings"
)

// commandOrder is the order in which commands are listed.
var commandOrder = []string{"stop", "change_details", "hand_over", "cancel", "status", "delegate", "sign_in_help"}

// maxCommand bounds the own words that commands are looked for in: longer mails tell stories.
const maxCommand = 600

// commands reads what is asked beyond the actions, and the words that ask it.
func (rd *reader) commands(own string) []Command {
	out := []Command{}
	if len(own) > maxCommand || strings.TrimSpace(own) == "" {
		return out
	}
	first, _, _ := strings.Cut(strings.TrimSpace(own), "\n")
	firstFlat, all := strings.TrimSpace(flat(first)), strings.TrimSpace(flat(withoutGreeting(own)))
	said := sentences(own)
	heads := make([][]string, len(said))
	for i, s := range said {
		heads[i] = withoutPlease(s.flat)
	}
	for _, name := range commandOrder {
		quote := ""
		for _, p := range words.Commands[name] {
			switch {
			case p[0] == '1' && firstFlat == p[1:], p[0] == '=' && all == p[1:]:
				quote = strings.TrimSpace(first)
			case p[0] != '1' && p[0] != '=':
				for i, s := range said {
					if quote == "" && asksFor(s, heads[i], p) {
						quote = s.text
					}
				}
			}
		}
		if quote != "" {
			out = append(out, Command{Name: name})
			rd.facts = append(rd.facts, Evidence{Request: -1, Field: "commands", Value: name, Words: quote})
		}
	}
	return out
}

// asksFor says whether a sentence has a command's phrase and nothing that takes it back. A phrase with ^ stands at the
// beginning: at that of one of heads.
func asksFor(s sentence, heads []string, phrase string) bool {
	if tied, ok := strings.CutPrefix(phrase, "^"); ok {
		return slices.ContainsFunc(heads, func(h string) bool {
			rest, ok := strings.CutPrefix(h, " "+tied)
			return ok && strings.HasPrefix(rest, " ")
		})
	}
	f := s.flat
	at := phraseAt(f, phrase)
	return at >= 0 && !endsInNot(f[:at+1]) && !mentions(f[:at+1], words.NotAWish)
}

// beforeWish is what may stand in front of a wish.
var beforeWish = longestFirst(slices.Concat(words.Please, words.Greetings))

func longestFirst(list []string) []string {
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

// withoutPlease lists s, which flat made, as it is and with up to two greetings or "please" in front left out.
func withoutPlease(s string) []string {
	heads := []string{s}
	for range 2 {
		for _, p := range beforeWish {
			if tail, ok := strings.CutPrefix(s, " "+p); ok && strings.HasPrefix(tail, " ") {
				s = tail
				heads = append(heads, s)
				break
			}
		}
	}
	return heads
}

func endsInNot(before string) bool {
	for _, n := range words.Not {
		if strings.HasSuffix(before, " "+n+" ") {
			return true
		}
	}
	return false
}
