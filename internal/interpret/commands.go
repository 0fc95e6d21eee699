package interpret

import (
	"slices"
	"strings"
)

// commandOrder is the order in which commands are listed.
var commandOrder = []string{"stop", "change_details", "hand_over", "cancel", "status", "delegate", endDelegation, "sign_in_help"}

// maxCommand bounds the own words that commands are looked for in: longer mails tell stories.
const maxCommand = 600

// maxFirstLine bounds a first line that can be a command and nothing else.
const maxFirstLine = 80

// commands reads what is asked beyond the actions, and the words that ask it.
func (rd *reader) commands(own string) []Command {
	out := []Command{}
	if len(own) > maxCommand || strings.TrimSpace(own) == "" {
		return out
	}
	first, _, _ := strings.Cut(strings.TrimSpace(own), "\n")
	whole := rd.prose(own) // before body, which is most often the end of it
	body, said := &rd.prose(rd.body(own)).all, whole.sentences
	var firstLine passage
	if len(first) <= maxFirstLine && slices.ContainsFunc(words.Commands, func(c commandLists) bool { return whole.all.says(c.firstLine) }) {
		firstLine = scan(first)
	}
	for k := range words.Commands {
		lists := &words.Commands[k]
		quote := ""
		if firstLine.is(lists.firstLine) || body.is(lists.whole) {
			quote = strings.TrimSpace(first)
		}
		if quote == "" && whole.all.says(lists.begins, lists.anywhere) {
			for i := range said {
				if asksFor(&said[i].passage, lists) {
					quote = said[i].text
					break
				}
			}
		}
		if lists.name == endDelegation {
			rd.ends = quote != ""
		} else if quote != "" {
			out = append(out, Command{Name: lists.name})
			rd.facts = append(rd.facts, Evidence{Request: -1, Field: "commands", Value: lists.name, Words: quote})
		}
	}
	return out
}

// besides are words that add one wish to another.
var besides = cue("besides")

// asksFor says whether a sentence has a phrase of a command and nothing that takes it back. Those that begin a wish stand at the
// beginning, or behind up to three greetings, words such as "please" and such as "also".
func asksFor(p *passage, lists *commandLists) bool {
	if p.says(lists.begins) {
		at := nextWord(p.tokens, -1)
		for range 3 {
			if p.starts(at, lists.begins) > 0 {
				return true
			}
			end := p.starts(at, words.Please)
			if end == 0 {
				end = p.starts(at, words.Greetings)
			}
			if end == 0 {
				end = p.starts(at, besides)
			}
			if end == 0 {
				break
			}
			at = nextWord(p.tokens, end-1)
		}
	}
	if !p.says(lists.anywhere) {
		return false
	}
	for i := range p.tokens {
		if p.startsLoosely(i, lists.anywhere) && !p.precedes(i, len(p.tokens), words.Not) && !p.within(0, i, words.NotAWish) {
			return true
		}
	}
	return false
}
