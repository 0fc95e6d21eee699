package interpret

import "slices"

// What is told of somebody else names whoever is to be removed, and gives no reason for that but behind their name.

// onlyRemoved says whether a sentence tells something of somebody else than those whom it names, who are to be removed: "She takes over from Tim Fox".
func onlyRemoved(sc *scene, people []person, here []int) bool {
	return sc.action == "" && len(here) == len(sc.names) && !slices.ContainsFunc(here, func(i int) bool { return people[i].action != RemoveUser })
}

// onlyMentioned says whether a sentence is about somebody else than p, who is to be removed.
func onlyMentioned(sc *scene, p person) bool {
	return p.action == RemoveUser && sc.action == "" && p.at > 0 && sc.tokens[0].in(words.Pronouns)
}

// goneBehind is what a sentence about somebody else tells behind p's name of their leaving: "who is leaving us".
func goneBehind(sc *scene, p person) *string {
	for k := p.to; k < len(sc.tokens); k++ {
		if sc.tokens[k].kind == wordToken {
			rest := sc.text[sc.tokens[k].start:]
			if p := scan(rest); !p.says(goneWords) {
				return nil
			}
			return trimReason(rest)
		}
	}
	return nil
}
