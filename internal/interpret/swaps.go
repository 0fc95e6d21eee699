package interpret

// swaps says whether a sentence asks to remove one person and to add another, "remove Raj Patel and add Jane Doe", "replace Raj Patel
// by Jane Doe": each verb has a person behind it.
func swaps(sc scene) bool {
	removed, added := 0, 0
	for _, n := range sc.names {
		switch verbBefore(sc, n.from) {
		case RemoveUser:
			removed++
		case AddUser:
			added++
		}
	}
	return removed > 0 && added > 0
}

// verbBefore returns what the nearest verb in front of token at asks for.
func verbBefore(sc scene, at int) Action {
	for i := at - 1; i >= 0; i-- {
		switch w := sc.tokens[i].lower; {
		case isCue("verb_remove", w), isCue("verb_replace", w):
			return RemoveUser
		case isCue("verb_take", w) && wordWithin(sc, i, 10, "off"):
			return RemoveUser
		case isCue("verb_add", w), isCue("verb_put", w) && wordWithin(sc, i, 10, "on"):
			return AddUser
		case isCue("replaced_by", w) && replaces(sc, i):
			return AddUser
		}
	}
	return ""
}

// wordWithin says whether a word of a list stands within n tokens behind token i.
func wordWithin(sc scene, i, n int, word string) bool {
	for k := i + 1; k < len(sc.tokens) && k <= i+n; k++ {
		if isCue(word, sc.tokens[k].lower) {
			return true
		}
	}
	return false
}

// replaces says whether the verb of replacing stands before token i with a person between them.
func replaces(sc scene, i int) bool {
	for k := i - 1; k >= 0; k-- {
		if isCue("verb_replace", sc.tokens[k].lower) {
			for _, n := range sc.names {
				if n.from > k && n.to <= i {
					return true
				}
			}
			return false
		}
	}
	return false
}
