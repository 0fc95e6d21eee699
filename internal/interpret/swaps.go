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
		case has([]string{"remove", "delete", "deactivate", "revoke", "offboard", "disable", "replace", "substitute", "swap"}, w):
			return RemoveUser
		case w == "take" && wordWithin(sc, i, 10, "off"):
			return RemoveUser
		case has([]string{"add", "register", "enrol", "enroll", "onboard", "appoint", "nominate"}, w), w == "put" && wordWithin(sc, i, 10, "on"):
			return AddUser
		case (w == "with" || w == "by" || w == "for") && replaces(sc, i):
			return AddUser
		}
	}
	return ""
}

// wordWithin says whether word stands within n tokens behind token i.
func wordWithin(sc scene, i, n int, word string) bool {
	for k := i + 1; k < len(sc.tokens) && k <= i+n; k++ {
		if sc.tokens[k].lower == word {
			return true
		}
	}
	return false
}

// replaces says whether the verb of replacing stands before token i with a person between them.
func replaces(sc scene, i int) bool {
	for k := i - 1; k >= 0; k-- {
		if has([]string{"replace", "substitute", "swap"}, sc.tokens[k].lower) {
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
