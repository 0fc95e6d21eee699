package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// spacedLabels writes lines anew in which nothing but a blank stands between a label and its value, as where labels are only bold: "Name Jane Doe"
// above "Email jane@x.example". Three such lines below each other show that they are labels, if an address and a name or role are among them.
func (rd *reader) spacedLabels(lines []string) bool {
	if !slices.ContainsFunc(lines, rd.spacedAddress) {
		return false
	}
	changed := false
	for i := 0; i < len(lines); {
		fields, written := rd.spacedForm(lines[i:])
		if len(fields) >= minEntries && has(fields, "email") && (has(fields, "name") || has(fields, "role") || has(fields, "position")) {
			copy(lines[i:], written)
			changed = true
		}
		i += max(len(written), 1)
	}
	return changed
}

// spacedAddress says whether a line has an address behind its label and a blank.
func (rd *reader) spacedAddress(line string) bool {
	if strings.IndexByte(line, '@') < 0 {
		return false
	}
	body, _, _ := unbullet(line)
	field, _, _ := rd.spacedLabel(body)
	return field == "email"
}

// spacedForm are the labelled lines that lines begin with, no two for one field, written with colons.
func (rd *reader) spacedForm(lines []string) (fields, written []string) {
	for _, line := range lines {
		body, _, _ := unbullet(line)
		if _, _, parted := separated(body); parted {
			break
		}
		field, label, value := rd.spacedLabel(body)
		if field == "" || has(fields, field) {
			break
		}
		fields, written = append(fields, field), append(written, label+": "+value)
	}
	return fields, written
}

// spacedLabel cuts a line behind the longest label that it begins with, if what stands behind it is of the kind that the label asks for.
func (rd *reader) spacedLabel(line string) (field, label, value string) {
	if !mayBeginLabel(line) {
		return "", "", ""
	}
	ends := blanksOf(line, maxFormLabel)
	for _, at := range slices.Backward(ends) {
		label, value = line[:at], strings.TrimSpace(line[at:])
		switch field = labelField(label); {
		case field == "email" && rd.isForeign(value), field == "name" && isFullName(value), (field == "role" || field == "position") && len(rd.book.fromForm(value)) > 0,
			field == "reason", field == "first_name", field == "last_name":
			return field, label, value
		}
	}
	return "", "", ""
}

// blanksOf are the first n blanks of a line, those of other scripts among them.
func blanksOf(line string, n int) []int {
	var out []int
	for i, r := range line {
		if unicode.IsSpace(r) && len(out) < n {
			out = append(out, i)
		}
	}
	return out
}
