package interpret

import (
	"slices"
	"strings"
)

// underNames puts the name of one of several people who were asked about, where it stands alone in a line, in front of each of the lines below it, to
// the end of the paragraph: "Jane Doe: Technician". Above labelled lines it is labelled as well.
func underNames(own string, people []Request) string {
	asked := func(body string) bool {
		return slices.ContainsFunc(people, func(q Request) bool { return q.Name != nil && sameName(body, *q.Name) })
	}
	lines := strings.Split(own, "\n")
	for i := 0; i+1 < len(lines); i++ {
		name := headBody(lines[i])
		if name == "" || !asked(name) {
			continue
		}
		if asked(headBody(lines[i+1])) {
			return own // what follows may be of both
		}
		head := i
		for i+1 < len(lines) && headBody(lines[i+1]) != "" && !asked(headBody(lines[i+1])) {
			i++
			if _, _, labels := labelled(headBody(lines[i])); labels {
				lines[head] = nameLabel + ": " + name
			} else {
				lines[i] = name + ": " + headBody(lines[i])
			}
		}
		if i > head && lines[head] != nameLabel+": "+name {
			lines[head] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// positionLines writes lines of an answer that give a position anew where it is a role: "Position: Technician".
func (rd *reader) positionLines(own string) string {
	lines := strings.Split(own, "\n")
	for i, line := range lines {
		body, _, _ := unbullet(line)
		if field, value, ok := labelled(body); ok && field == "position" && len(rd.book.fromForm(value)) > 0 {
			lines[i] = roleLabel + ": " + value
		}
	}
	return strings.Join(lines, "\n")
}

// headBody is a line without its bullet or number, outer blanks and stars, and the colon it may end with.
func headBody(line string) string {
	body, _, _ := unbullet(line)
	return strings.Trim(body, "*_:： ")
}

// addressesShown gives the people of out who lack an address that was asked for the one that shows their name and nobody else's.
func (rd *reader) addressesShown(out []Request, own string, asked *Asked) {
	if len(out) < 2 {
		return
	}
	for _, a := range addressesOf(own, maxNames) {
		at, n := -1, 0
		for i, q := range out {
			if q.Name != nil && belongs(a, *q.Name) {
				at, n = i, n+1
			}
		}
		if n != 1 || a == rd.sender || has(rd.ours, a) || !slices.Contains(asked.Missing, Missing{at, FieldEmail}) || slices.ContainsFunc(out, func(q Request) bool { return q.Email != nil && *q.Email == a }) {
			continue
		}
		if out[at].Email == nil && !rd.anotherShown(own, a, *out[at].Name) {
			out[at].Email = &a
		}
	}
}

// anotherShown says whether a text has an address besides a that shows name.
func (rd *reader) anotherShown(text, a, name string) bool {
	return slices.ContainsFunc(addressesOf(text, maxNames), func(o string) bool { return o != a && belongs(o, name) })
}
