package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// namesAbove writes names that stand alone above the labelled lines of a person as labelled ones: "1. Jane Doe" above "Email: jane@x.example". That
// it is a name the address below shows, or another name that stands so.
func (rd *reader) namesAbove(lines []string) bool {
	labelled := 0
	for _, line := range lines {
		if labelsAddress(line) {
			labelled++
		}
	}
	if labelled == 0 {
		return false
	}
	var heads []int
	shown := false
	for i := range lines {
		name := headName(lines[i])
		if name == "" || len(rd.book.fromValue(name)) > 0 {
			continue
		}
		if address := rd.formBelow(lines[i+1:]); address != "" {
			heads = append(heads, i)
			shown = shown || belongs(address, name) || isIdeographic(name)
		}
	}
	if len(heads) == 0 || len(heads) == 1 && !shown || labelled != len(heads) {
		return false // nobody knows whose the other addresses are
	}
	for _, i := range heads {
		lines[i] = nameLabel + ": " + headName(lines[i])
	}
	return true
}

// labelsAddress says whether a line has an address behind its label and a mark.
func labelsAddress(line string) bool {
	if strings.IndexByte(line, '@') < 0 {
		return false
	}
	body, _, _ := unbullet(line)
	field, _, ok := separated(body)
	return ok && field == "email"
}

// headName is the name that a line is besides its number, bullet or stars, "" if it is none.
func headName(line string) string {
	if len(line) > maxLabel || strings.ContainsAny(line, "@\t") {
		return ""
	}
	body := headBody(line)
	if !isFullName(body) || labelField(body) != "" {
		return ""
	}
	return body
}

// formBelow is the address in the labelled lines that lines begin with, if they have a role or reason as well and no name; "" in any other case.
func (rd *reader) formBelow(lines []string) string {
	address, fields := "", []string{}
	for n, line := range lines[:min(len(lines), maxForm)] {
		if strings.TrimSpace(line) == "" {
			if n > 0 {
				break
			}
			continue
		}
		body, _, _ := unbullet(line)
		field, value, ok := separated(body)
		if !ok {
			if len(fields) == 0 || utf8.RuneCountInString(lines[n-1]) < minWrapped {
				break
			}
			continue
		}
		if field == "email" && rd.isForeign(value) {
			address = value
		}
		fields = append(fields, field)
	}
	if slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(f, "name") || f == "visitor" }) || !has(fields, "role") && !has(fields, "reason") {
		return ""
	}
	return address
}

// maxForm is how many lines below a name may tell of the person.
const maxForm = 12
