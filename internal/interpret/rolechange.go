package interpret

import "slices"

// changedRoles reads in an answer to an approval mail that somebody shall have another role than the one asked for: "Raj is approved;
// make Jane a Technician instead". Such a person is not decided on, and what is wished for them is a request of its own.
func (rd *reader) changedRoles(own string, asked *Asked, d map[string]Decision) []Request {
	out := []Request{}
	open := slices.ContainsFunc(asked.Lines, func(l AskedLine) bool { return l.Name != "" && of(d, number(l.Number)) == Unclear })
	if len(own) > maxProse || !open {
		return out
	}
	scenes := rd.scenes(own)
	for i := range scenes {
		sc := &scenes[i]
		given := settle(assignedRoles(sc))
		if sc.question && !sc.asks || len(given) == 0 || sc.says(words.Decide.Stop) && !sc.says(words.InsteadOf) {
			continue
		}
		for k, l := range asked.Lines {
			if l.Name == "" || of(d, number(l.Number)) != Unclear || k >= len(asked.Requests) || slices.Equal(given, asked.Requests[k].Roles) ||
				len(asked.Lines) > 1 && namedOnly(sc.tokens, asked.Lines) != l.Number {
				continue
			}
			name := l.Name
			out = append(out, Request{Action: AddUser, Name: &name, Roles: slices.Clone(given), Grants: []string{}})
		}
	}
	return out
}
