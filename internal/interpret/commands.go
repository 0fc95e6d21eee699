package interpret

import (
	"slices"
	"strings"
)

// commandWords are the phrases of commands, in all known languages.
var commandWords = loadCommands()

type commandPhrases struct {
	please  []string // what may stand in front of a wish, the longest first
	phrases map[string][]string
}

func loadCommands() commandPhrases {
	var data struct {
		Please   []string                       `yaml:"please"`
		Commands map[string]map[string][]string `yaml:"commands"`
	}
	readData("commands.yaml", &data)
	c := commandPhrases{please: data.Please, phrases: map[string][]string{}}
	slices.SortFunc(c.please, func(a, b string) int { return len(b) - len(a) })
	for name, languages := range data.Commands {
		for _, list := range languages {
			c.phrases[name] = append(c.phrases[name], list...)
		}
	}
	return c
}

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
	for _, name := range commandOrder {
		quote := ""
		if name == "stop" && has(words.Commands[name], firstFlat) || name != "stop" && has(words.Commands[name], all) {
			quote = strings.TrimSpace(first)
		}
		for _, p := range commandWords.phrases[name] {
			switch {
			case p[0] == '1' && firstFlat == p[1:], p[0] == '=' && all == p[1:]:
				quote = strings.TrimSpace(first)
			case p[0] != '1' && p[0] != '=':
				for _, s := range said {
					if quote == "" && asksFor(s, p) {
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

// asksFor says whether a sentence has a command's phrase and nothing that takes it back.
func asksFor(s sentence, phrase string) bool {
	f := s.flat
	if tied, ok := strings.CutPrefix(phrase, "^"); ok {
		return beginsWith(f, tied)
	}
	at := phraseAt(f, phrase)
	return at >= 0 && !endsInNot(f[:at+1]) && !mentions(f[:at+1], words.NotAWish)
}

// beginsWith says whether s, which flat made, begins with phrase, a greeting or "please" in front left out.
func beginsWith(s, phrase string) bool {
	for range 3 {
		if strings.HasPrefix(s, " "+phrase+" ") {
			return true
		}
		rest := s
		for _, p := range slices.Concat(commandWords.please, words.Greetings) {
			if tail, ok := strings.CutPrefix(s, " "+p+" "); ok {
				rest = " " + tail
				break
			}
		}
		if rest == s {
			return false
		}
		s = rest
	}
	return false
}

func endsInNot(before string) bool {
	for _, n := range words.Not {
		if strings.HasSuffix(before, " "+n+" ") {
			return true
		}
	}
	return false
}
