package interpret

import (
	"strings"
	"unicode/utf8"
)

// Lines of forms that no label introduces are written as labelled ones: boxes with roles beside them, and a name with an address above
// the other labels of a person.

// tickedRoles writes a list of boxes as a labelled line where each names a role, one is ticked, and no known label stands above them.
func (rd *reader) tickedRoles(lines []string) bool {
	changed := false
	for i, end := 0, 0; i < len(lines); i = max(end, i+1) { // no box of a list begins another list
		ticked, role := 0, ""
		for end = i; end < len(lines) && (emptyBox(lines[end]) || tickEnd(lines[end]) > 0); end++ {
			text := boxText(lines[end])
			if len(rd.book.fromForm(text)) == 0 {
				break
			}
			if tickEnd(lines[end]) > 0 {
				ticked, role = ticked+1, text
			}
		}
		if end < i+2 || ticked != 1 {
			continue
		}
		above := i - 1
		for above >= 0 && strings.TrimSpace(lines[above]) == "" {
			above--
		}
		if above >= 0 && labelField(lines[above]) != "" {
			continue
		}
		lines[i], changed = roleLabel+": "+role, true
		for k := i + 1; k < end; k++ {
			lines[k] = ""
		}
	}
	return changed
}

// withoutBoxes is a text without the lines of boxes that are not ticked, beside which stands what nobody asks, and without several that are
// ticked and name roles: which of them is meant is asked.
func (rd *reader) withoutBoxes(text string) string {
	if !holdsBox(text) {
		return text
	}
	lines := strings.Split(text, "\n")
	var ticked []int
	empty := false
	for i, line := range lines {
		switch {
		case emptyBox(line):
			lines[i], empty = "", true
		case tickEnd(line) > 0 && len(rd.book.fromForm(boxText(line))) > 0:
			ticked = append(ticked, i)
		}
	}
	if !empty && len(ticked) < 2 {
		return text
	}
	if len(ticked) > 1 {
		for _, i := range ticked {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// holdsBox says whether a line of text begins with a box.
func holdsBox(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if emptyBox(line) || tickEnd(line) > 0 {
			return true
		}
	}
	return false
}

// boxText is what stands beside the box at the beginning of a line.
func boxText(line string) string {
	_, text, _ := strings.Cut(line, string(boxClose(line)))
	return strings.TrimSpace(text)
}

// boxClose is what a box at the beginning of a line ends with.
func boxClose(line string) rune {
	r, _ := utf8.DecodeRuneInString(line[blanksEnd(line, 0):])
	if end := boxEnd(r); end != 0 {
		return rune(end)
	}
	return r
}

// headLines writes a line that is a name and an address, in front of labels that ask for neither, as labelled ones:
// "Jane Doe [jane@x.example]" above "role: Technician".
func headLines(lines []string) bool {
	changed := false
	for i := 0; i+1 < len(lines); i++ {
		name, address := personLine(lines[i])
		if name == "" {
			continue
		}
		next := i + 1
		for next < len(lines) && strings.TrimSpace(lines[next]) == "" && next < i+2 {
			next++
		}
		if next == len(lines) {
			continue
		}
		below, _, _ := unbullet(lines[next])
		if f, value, ok := separated(below); !ok || value == "" || f != "role" && f != "reason" {
			continue
		}
		if belowAnother(lines, i) {
			continue // what is labelled below a list is of all in it
		}
		lines[i], changed = nameLabel+": "+name+"\n"+emailLabel+": "+address, true
	}
	return changed
}

// personLine reads a line that is a name and an address beside it, and nothing else.
func personLine(line string) (name, address string) {
	if strings.IndexByte(line, '@') < 0 {
		return "", ""
	}
	body, _, _ := unbullet(line)
	from, to, ok := findAddress(body, 0)
	if !ok || strings.Trim(body[to:], " >)]},;.:*") != "" {
		return "", ""
	}
	beside := strings.TrimRight(body[:from], " ")
	if beside == "" || !strings.ContainsRune("<([{,", rune(beside[len(beside)-1])) {
		return "", ""
	}
	if name = strings.Trim(beside, " <([{,*"); !isFullName(name) {
		return "", ""
	}
	return name, body[from:to]
}

// belowAnother says whether the line above line i, blank ones left out, names another person in the same way.
func belowAnother(lines []string, i int) bool {
	for i--; i >= 0 && strings.TrimSpace(lines[i]) == ""; i-- {
	}
	if i < 0 {
		return false
	}
	name, _ := personLine(lines[i])
	return name != ""
}
