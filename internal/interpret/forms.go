package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A form whose labels nobody listed is read by the kinds of its values: an address, a role, a name. What is left of it goes by the
// words of its labels. Its unknown labels are written anew as those below, so that it is read as any other form.
const (
	nameLabel, emailLabel, roleLabel, reasonLabelled = "Name", "Email", "Role", "Reason"
	otherLabel                                       = "Phone"
)

var (
	// formReason are the words by which a label asks why, formOther those of labels that ask for something else or somebody else
	// than the person of the form.
	formReason, formOther = cue("form_reason"), cue("form_other")
	formWhy, formRole     = cue("form_why"), cue("form_role")
)

// entry is a line of a form.
type entry struct {
	label, value string
	field        string // that the label is known to ask for
	from, to     int    // its lines
	stacked      bool   // the value stands below the label
}

const (
	maxFormLabel = 8 // words
	minEntries   = 3
)

// relabelled writes the labels of forms in text anew that are known by the kinds of their values alone.
func (rd *reader) relabelled(text string) string {
	if strings.IndexByte(text, '@') < 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	changed := rd.relabelColumns(text, lines)
	changed = rd.sideBySide(lines) || changed
	changed = rd.tickedRoles(lines) || changed
	changed = rd.spacedLabels(lines) || changed
	changed = headLines(lines) || changed
	if changed {
		lines = strings.Split(strings.Join(lines, "\n"), "\n")
	}
	if slices.ContainsFunc(lines, mayBeRow) {
		if rows, ok := rd.bareRows(lines); ok {
			lines, changed = rows, true
		}
	}
	for i := 0; i < len(lines); {
		block := inlineForm(lines, i)
		if len(block) < minEntries {
			block = stackedForm(lines, i)
		}
		if len(block) < minEntries {
			i++
			continue
		}
		if rd.relabel(lines, block) {
			changed = true
		}
		i = block[len(block)-1].to
	}
	if changed {
		lines = strings.Split(strings.Join(lines, "\n"), "\n")
	}
	if changed = rd.namesAbove(lines) || changed; !changed {
		return text
	}
	return strings.Join(lines, "\n")
}

// inlineForm reads "label: value" line by line. Blank lines may stand between.
func inlineForm(lines []string, i int) []entry {
	var block []entry
	for k := i; k < len(lines); {
		if strings.TrimSpace(lines[k]) == "" {
			if k++; len(block) == 0 || k < len(lines) && strings.TrimSpace(lines[k]) == "" {
				break
			}
			continue
		}
		label, value, ok := entryOf(lines[k])
		if !ok {
			break
		}
		e := entry{label: label, value: value, from: k, to: k + 1}
		for e.to < len(lines) && goesOn(lines[e.to-1], lines[e.to]) {
			e.value += " " + strings.TrimSpace(lines[e.to])
			e.to++
		}
		block = append(block, e)
		k = e.to
	}
	return block
}

// goesOn says whether next is the rest of a wrapped line.
func goesOn(line, next string) bool {
	if len(line)+1+len(next) <= minWrapped {
		return false
	}
	next = strings.TrimSpace(next)
	if next == "" || utf8.RuneCountInString(line)+1+utf8.RuneCountInString(firstField(next)) <= minWrapped {
		return false
	}
	_, _, another := entryOf(next)
	return !another
}

// entryOf splits a line at what parts a label from its value: a tab or bar, a colon, an equals sign, a dash between blanks.
func entryOf(line string) (label, value string, ok bool) {
	line, _, _ = unbullet(line)
	if cells := cellsOf(line); cells != nil && !strings.Contains(cells[0], ": ") {
		if len(cells) > 2 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) != 2 {
			return "", "", false
		}
		label, value = cells[0], cells[1]
	} else {
		at, size := entryMark(line)
		if size == 0 {
			return "", "", false
		}
		if rest := strings.TrimLeft(line[at+size:], ".…_ "); strings.HasPrefix(rest, ":") {
			size = len(line) - at - len(rest) + 1 // a leader: "Name ......: Jane Doe"
		}
		label, value = line[:at], line[at+size:]
	}
	label, value = strings.Trim(label, " *_.·:"), strings.Trim(strings.TrimLeft(value, " .…_"), " *_\t")
	return label, value, isFormLabel(label) && value != ""
}

// entryMarks part a label from its value. Of those that begin at one place the first counts.
var entryMarks = [...]string{"=>", "==>", ":=", "::", ":", "：", "=", " ~ ", " » ", " > ", " – ", " - ", " — ", " -> ", " --> ", " → ", " ⇒ ", "...", "…"}

// entryMarksAt are those of entryMarks that have a byte first, a blank in front of it aside.
var entryMarksAt = func() (out [256][]string) {
	for _, mark := range entryMarks {
		c := strings.TrimPrefix(mark, " ")[0]
		out[c] = append(out[c], mark)
	}
	return out
}()

// entryMark finds the first of entryMarks in a line, and its length; 0 if there is none. One that the line begins with parts nothing.
func entryMark(line string) (at, size int) {
	for i := 1; i < len(line); i++ {
		marks := entryMarksAt[line[i]]
		if len(marks) == 0 {
			continue
		}
		from := i
		if line[i-1] == ' ' {
			from--
		}
		for ; from <= i; from++ {
			for _, mark := range marks {
				if from > 0 && strings.HasPrefix(line[from:], mark) && !strings.HasPrefix(line, mark) {
					return from, len(mark)
				}
			}
		}
	}
	return 0, 0
}

var noLabelMarks = bytesOf("@!;")

// isFormLabel says whether s can be a label: a few words of which none is an address and that end no sentence.
func isFormLabel(s string) bool {
	if s == "" || len(s) > maxLabel || hasAnyByte(s, &noLabelMarks) || len(s) > 2*maxFormLabel && len(strings.Fields(s)) > maxFormLabel {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && !strings.Contains(s, ". ")
}

// stackedForm reads paragraphs of two lines, a label and the value below it.
func stackedForm(lines []string, i int) []entry {
	var block []entry
	for k := i; k+1 < len(lines); {
		if strings.TrimSpace(lines[k]) == "" {
			if len(block) == 0 {
				break
			}
			k++
			continue
		}
		label, value := strings.Trim(strings.TrimSpace(lines[k]), "*_:"), strings.TrimSpace(lines[k+1])
		if value == "" || !isFormLabel(label) || strings.HasSuffix(label, ",") {
			break
		}
		if alone := k+2 == len(lines) || strings.TrimSpace(lines[k+2]) == "" || goesOn(lines[k+1], lines[k+2]); !alone {
			break
		}
		e := entry{label: label, value: value, from: k, to: k + 2, stacked: true}
		for e.to < len(lines) && goesOn(lines[e.to-1], lines[e.to]) {
			e.value += " " + strings.TrimSpace(lines[e.to])
			e.to++
		}
		block = append(block, e)
		k = e.to
	}
	return block
}

// relabel writes the entries of a form anew whose labels are unknown and whose values tell what they are. In one of paragraphs a label must be
// known, or they are just paragraphs.
func (rd *reader) relabel(lines []string, block []entry) bool {
	known := 0
	for i := range block {
		if block[i].field = labelField(block[i].label); block[i].field != "" {
			known++
		}
	}
	if block[0].stacked && known == 0 {
		return false
	}
	var found map[string]string
	if known < len(block) {
		found = rd.columnLabels(columnsOf(block))
	}
	changed := false
	for _, e := range block {
		l := found[lower(e.label)]
		if name := givenLast(e.label, e.value); name != "" && e.to == e.from+1 {
			lines[e.from], changed = nameLabel+": "+name, true
			continue
		}
		if l == "" && canonical[e.field] != "" && e.to == e.from+1 && !e.plainly(lines[e.from]) {
			if read, value, _ := separated(strings.TrimSpace(lines[e.from])); read != e.field || value != e.value {
				l = canonical[e.field] // behind a leader: "Level .....: technician"
			}
		}
		if l == "" {
			continue
		}
		changed = true
		lines[e.from] = l + ": " + e.value
		for k := e.from + 1; k < e.to; k++ {
			lines[k] = ""
		}
	}
	return changed
}

// plainly says whether a line is the label, a colon and the value and nothing else, which is read as it is.
func (e *entry) plainly(line string) bool {
	value, ok := strings.CutPrefix(strings.TrimSpace(line), e.label)
	if !ok || !strings.HasPrefix(value, ": ") || value[2:] != e.value || !isASCIIAlnum(e.value[0]) || strings.ContainsAny(line, "\t|") {
		return false
	}
	return !strings.ContainsFunc(e.label, func(r rune) bool { return r != ' ' && (r >= utf8.RuneSelf || !isASCIIAlnum(byte(r))) })
}

// columnsOf puts together what has one label.
func columnsOf(block []entry) []column {
	var columns []column
	at := map[string]int{}
	for _, e := range block {
		l := lower(e.label)
		i, ok := at[l]
		if !ok {
			i = len(columns)
			at[l], columns = i, append(columns, column{label: l})
		}
		columns[i].values = append(columns[i].values, e.value)
	}
	return columns
}

// labelJoins sets the marks apart that join the words of a label.
var labelJoins = strings.NewReplacer("/", " / ", ",", " , ", "&", " & ", "+", " + ")

// givenLast is a name whose label asks for the surname first, given name first; "" for any other, and where nobody knows how many of its
// words are the surname.
func givenLast(label, value string) string {
	if !strings.ContainsFunc(label, func(r rune) bool { return r >= utf8.RuneSelf || !isASCIIAlnum(byte(r)) }) {
		return "" // one word
	}
	parts := strings.Fields(labelJoins.Replace(key(label)))
	if len(parts) < 2 || words.field(parts[0]) != "last_name" {
		return ""
	}
	names := strings.Fields(value)
	if len(names) < 2 || strings.Contains(value, ",") || !isFullName(value) && len(names) == 2 {
		return ""
	}
	if _, ok := cleanName(value); !ok {
		return ""
	}
	first, last := parts[0], strings.Join(parts[len(parts)-2:], " ")
	given := words.field(parts[len(parts)-1])
	if words.field(last) != "first_name" && given != "first_name" && given != "name" {
		return ""
	}
	n := surnameWords(names, strings.HasSuffix(first, "s"))
	if n == 0 {
		return ""
	}
	return strings.Join(names[n:], " ") + " " + strings.Join(names[:n], " ")
}

// surnameWords is how many of the words of a name that begins with the surname are of it: one of two, one behind particles, the two that a
// label in the plural asks for; 0 where that is unknown.
func surnameWords(names []string, several bool) int {
	n := 0
	for n < len(names) && (words.Particles.holds(lower(names[n])) || openSyllable(strings.ToUpper(names[n]))) {
		n++
	}
	switch {
	case n > 0 && n+1 < len(names):
		return n + 1
	case n == 0 && len(names) == 2:
		return 1
	case n == 0 && several && len(names) <= 4 && !slices.ContainsFunc(names, func(w string) bool { return words.Particles.holds(lower(w)) }):
		return 2
	}
	return 0
}

// column is the values of one label.
type column struct {
	label  string
	values []string
	field  string
}

// columnLabels gives unknown labels the known one of the kind of their values; nil where no column is of addresses, or nothing is
// to be mended.
func (rd *reader) columnLabels(columns []column) map[string]string {
	taken := map[string]bool{}
	for i := range columns {
		c := &columns[i]
		c.field = formField(c.label)
		taken[c.field] = true
	}
	if !taken[""] {
		return nil // all are known
	}
	out := map[string]string{}
	give := func(field, label string, fits func(c *column) bool) {
		var one *column
		for i := range columns {
			c := &columns[i]
			if c.field != "" || !fits(c) {
				continue
			}
			if one != nil {
				return // two fit: nobody knows which
			}
			one = c
		}
		if one != nil && !taken[field] {
			one.field, out[one.label], taken[field] = field, label, true
		}
	}
	all := func(fits func(v string) bool) func(c *column) bool {
		return func(c *column) bool { return !slices.ContainsFunc(c.values, func(v string) bool { return !fits(v) }) }
	}
	give("email", emailLabel, all(rd.isForeign))
	if !taken["email"] {
		return nil
	}
	give("role", roleLabel, all(func(v string) bool { return len(rd.book.fromForm(v)) > 0 }))
	give("role", roleLabel, func(c *column) bool { return mentions(c.label, formRole) })
	if !taken["role"] {
		for i := range columns { // a position that is a role
			if c := &columns[i]; labelField(c.label) == "position" {
				c.field = ""
			}
		}
		give("role", roleLabel, all(func(v string) bool { return len(rd.book.fromForm(v)) > 0 }))
	}
	if !taken["role"] {
		return nil // an order, a report, a signature
	}
	if !taken["first_name"] && !taken["last_name"] && !taken["visitor"] {
		give("name", nameLabel, all(isFullName))
		addresses := columnOf(columns, "email")
		give("name", nameLabel, func(c *column) bool {
			return addresses != nil && all(isFullName)(c) && belongs(addresses.values[0], c.values[0])
		})
	}
	give("reason", reasonLabelled, func(c *column) bool { return asksReason(c.label) })
	for i := range columns { // known under another name of theirs: a leader, a slash
		if c := &columns[i]; out[c.label] == "" && labelField(c.label) == "" && canonical[c.field] != "" {
			out[c.label] = canonical[c.field]
		}
	}
	if len(out) == 0 {
		return nil
	}
	for i := range columns { // what is left is nobody's name and no reason
		if c := &columns[i]; c.field == "other" && labelField(c.label) == "" && extraLabel(c.label) == "" {
			out[c.label] = otherLabel
		}
	}
	return out
}

// asksReason says whether an unknown label asks why.
func asksReason(label string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(label, nil)
	return p.says(formReason) || p.is(formWhy)
}

var canonical = map[string]string{"name": nameLabel, "email": emailLabel, "role": roleLabel, "reason": reasonLabelled}

func columnOf(columns []column, field string) *column {
	for i := range columns {
		if columns[i].field == field {
			return &columns[i]
		}
	}
	return nil
}

// formField is the field of a label, "other" where it asks for none of ours, "" where it is unknown.
func formField(label string) string {
	if f := labelField(label); f != "" && f != "ignore" && f != "position" {
		return f
	} else if f != "" || extraLabel(label) != "" || mentions(label, formOther) {
		return "other"
	}
	return ""
}

// isForeign says whether a value is one address, and neither the author's nor ours.
func (rd *reader) isForeign(v string) bool {
	found := addressesOf(v, 2)
	if len(found) == 0 || len(found) == 2 && found[0] != found[1] || found[0] == rd.sender || has(rd.ours, found[0]) {
		return false
	}
	at, _, _ := findAddress(v, 0)
	return len(strings.Fields(v)) <= 2 && at <= len("mailto:")+1
}

// rowForm is a row as labelled lines; nil where a cell is of no kind, or two are of one.
func (rd *reader) rowForm(line, sep string) []string {
	body, _, _ := unbullet(line)
	said := map[string]string{}
	for _, c := range rowCells(body, sep) {
		label := reasonLabelled
		switch {
		case c == "":
			continue
		case rd.isForeign(c):
			label = emailLabel
		case len(rd.book.fromForm(c)) > 0 && said[roleLabel] == "":
			label = roleLabel
		case isFullName(c) && said[nameLabel] == "":
			label = nameLabel
		case hasAddress(c) || wordCount(c) < 2:
			return nil
		}
		if said[label] != "" {
			return nil
		}
		said[label] = c
	}
	if said[nameLabel] == "" || said[emailLabel] == "" || said[roleLabel] == "" {
		return nil
	}
	var form []string
	for _, l := range []string{nameLabel, emailLabel, roleLabel, reasonLabelled} {
		if said[l] != "" {
			form = append(form, l+": "+said[l])
		}
	}
	return append(form, "")
}
