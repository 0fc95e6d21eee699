package interpret

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

// record is what labels, tables or lists say of one person, as written.
type record struct {
	values   map[string]string
	doubtful map[string]bool // said twice and differently
	action   Action          // of the heading that it stands below
	item     string          // the item of a list that it was read from
	lead     []string        // fields that stand in front of who it is, a blank line behind them
	tail     []string        // the like behind it
	spaced   bool            // blank lines stand between what tells who it is
}

func newRecord() *record { return &record{} }

func (r *record) set(field, value string) {
	value = strings.TrimSpace(value)
	if r.values == nil {
		r.values = map[string]string{}
	}
	if old, ok := r.values[field]; ok && old != "" && value != "" && !strings.EqualFold(old, value) {
		if r.doubtful == nil {
			r.doubtful = map[string]bool{}
		}
		r.doubtful[field] = true
		return
	}
	r.values[field] = value
}

// usable says whether the record names somebody or says at least two things.
func (r *record) usable() bool {
	n := 0
	for _, f := range []string{"name", "email", "role", "reason", "visitor"} {
		if _, ok := r.values[f]; ok {
			n++
		}
	}
	if _, ok := r.values["last_name"]; ok {
		n++
	}
	return n >= 2
}

var (
	boldLabel = regexp.MustCompile(`\*([^*\n]{2,60}?:)\*`)
)

// unbold takes the stars off labels written as "*Name:*" and puts them as template says.
func unbold(text, template string) string {
	if !strings.Contains(text, ":*") {
		return text
	}
	return boldLabel.ReplaceAllString(text, template)
}

// labelField returns the field that a label asks for, "" if it is no known label.
func labelField(label string) string {
	if label = strings.TrimSpace(label); !bare(label) {
		label = strings.TrimSpace(strings.Trim(label, "*_:：=【】「」［］〔〕〈〉《》『』"))
	}
	if label == "" || len(label) > 2*maxLabel {
		return ""
	}
	plain := isASCII(label) && !hasAnyByte(label, &labelMarks)
	if plain && !(beginsLabel(label) && endsLabel(label)) || !plain && !hasAnyByte(label, &labelPieces) && !beginsLabel(label) {
		return ""
	}
	if plain {
		if f := listedLabel(label); f != "" {
			return f
		}
	}
	if label = key(strings.ReplaceAll(label, "_", " ")); len(label) > maxLabel { // programs write full_name
		return ""
	}
	if f := exactLabel(strings.TrimSpace(withoutParentheses(label))); f != "" || plain {
		return f
	}
	if !strings.ContainsAny(label, "/(") {
		return ""
	}
	found := ""
	for _, half := range strings.FieldsFunc(label, func(r rune) bool { return r == '/' || r == '(' || r == ')' }) {
		f := exactLabel(strings.TrimSpace(half))
		if found == "first_name" && f == "last_name" || found == "last_name" && f == "first_name" {
			return "name" // "Given name / surname"
		}
		found = cmp.Or(found, f)
	}
	return found
}

// listedLabel is the field of an ASCII label that is listed as it is, but for capitals and underscores.
func listedLabel(label string) string {
	var buf [32]byte
	if len(label) > len(buf) {
		return ""
	}
	n := copy(buf[:], label)
	for i, c := range buf[:n] {
		if buf[i] = smallLetter(c); c == '_' {
			buf[i] = ' '
		}
	}
	return words.field(string(buf[:n]))
}

// bare says whether s begins and ends with ASCII letters or digits: no marks stand around it.
func bare(s string) bool { return s != "" && isASCIIAlnum(s[0]) && isASCIIAlnum(s[len(s)-1]) }

const maxLabel = 80

// labelMarks part a label from what it is also called. labelPieces are the bytes of a label that may be known by a piece of it, or have
// such marks once its letters are written as key does.
var (
	labelMarks  = bytesOf("/([")
	labelPieces = func() byteSet {
		pieces := bytesOf("/([])")
		for c := 0xe2; c < len(pieces); c++ { // from U+2000
			pieces[c] = true
		}
		return pieces
	}()
)

// beginsLabel says whether the first word of a line without labelPieces may be that of a label.
func beginsLabel(line string) bool {
	if len(line) > 1 && isASCIIAlnum(line[0]) && isASCIIAlnum(line[1]) && !words.labelPairs.mayFold(line) {
		return false
	}
	var buf [32]byte
	n := 0
	for ; n < len(line) && line[n] != ' ' && line[n] != '_' && line[n] != ',' && line[n] != '\t'; n++ {
		if line[n] >= utf8.RuneSelf {
			return true
		}
		if n == len(buf) {
			return false
		}
		buf[n] = smallLetter(line[n])
	}
	first := strings.Trim(string(buf[:n]), ".:")
	return first == "" || words.labelPairs.may(first) && words.labelStarts.of(first) > 0
}

// mayBeginLabel is beginsLabel for any line.
func mayBeginLabel(line string) bool {
	return !isASCII(line) || hasAnyByte(line, &labelMarks) || beginsLabel(line)
}

// endsLabel says whether the last word of what beginsLabel may be the last of a label: that of a line with a value hardly is.
func endsLabel(label string) bool {
	var buf [32]byte
	from := len(buf)
	for i := len(label) - 1; i >= 0 && label[i] > ' ' && label[i] != '_' && label[i] != ','; i-- {
		if from == 0 {
			return false
		}
		from--
		buf[from] = smallLetter(label[i])
	}
	last := strings.Trim(string(buf[from:]), ".:")
	return last == "" || words.labelWords.of(last) > 0 || words.noise.of(last) > 0
}

// exactLabel finds the field of a label, which key wrote, with or without words that say nothing.
func exactLabel(label string) string {
	if f := words.field(label); f != "" {
		return f
	}
	var core [3]string
	n := 0
	for w := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		if w = strings.Trim(w, ".:"); w == "" || words.noise.of(w) > 0 {
			continue
		}
		if n == len(core) || words.labelWords.of(w) == 0 {
			return ""
		}
		core[n] = w
		n++
	}
	switch n {
	case 0:
		return ""
	case 1:
		return words.field(core[0])
	}
	if f := words.field(strings.Join(core[:n], " ")); f != "" {
		return f
	}
	field := ""
	for _, w := range core[:n] {
		f := words.field(w)
		if f == "" || field != "" && f != field {
			return ""
		}
		field = f
	}
	return field
}

// labelled splits "Label: value"; the value may be empty. A line that is a label alone counts too.
func labelled(line string) (field, value string, ok bool) {
	if field, value, ok = separated(line); ok {
		return field, value, true
	}
	field = labelField(line)
	return field, "", field != ""
}

// separated splits "Label: value" at the mark between them.
func separated(line string) (field, value string, ok bool) {
	if cells := cellsOf(line); len(cells) == 2 {
		if f := labelField(cells[0]); f != "" {
			return f, cells[1], true
		}
	}
	found, n := separatorsIn(line)
	for _, at := range found[:n] {
		if f := labelField(line[:at.from]); f != "" {
			return f, strings.Trim(strings.TrimSpace(line[at.to:]), "*"), true
		}
	}
	if n > 0 && line[blanksEnd(line, found[0].from)] == ':' {
		label, value := strings.Trim(line[:found[0].from], " *_"), strings.Trim(strings.TrimSpace(line[found[0].to:]), "*")
		switch {
		case whyLabel(label):
			return "reason", value, true
		case anyAddress.holds(lower(label)) && isAddress(value):
			return "email", value, true
		}
	}
	return "", "", false
}

var asksWhy, anyAddress = cue("asks_why"), cue("any_address")

// whyLabel says whether the text before a colon asks why: "Why does this person need access".
func whyLabel(s string) bool {
	first, rest, _ := strings.Cut(s, " ")
	return rest != "" && len(s) <= maxLabel && asksWhy.holds(lower(first))
}

// headerFields reads a table's header row: at least two known columns, among them a name or an address.
func headerFields(cells []string) []string {
	fields := make([]string, len(cells))
	known, person := 0, false
	for i, c := range cells {
		f := labelField(c)
		fields[i] = f
		if f != "" && f != "ignore" && f != "position" {
			known++
		}
		person = person || f == "name" || f == "email" || f == "last_name"
	}
	if known < 2 || !person {
		return nil
	}
	for i, f := range fields { // "Surname | Name": the name is the given name
		if f == "name" && has(fields, "last_name") {
			fields[i] = "first_name"
		}
	}
	return fields
}

// rowRecord reads a row of a table whose header has the labels head, which ask for fields.
func rowRecord(fields, head, cells []string) *record {
	r := newRecord()
	for i, f := range fields {
		if f == "name" {
			r.set(f, cmp.Or(givenLast(head[i], cells[i]), cells[i]))
		} else if f != "" && f != "ignore" {
			r.set(f, cells[i])
		}
	}
	return r
}

// labelledRecords reads everything in text that stands in tables and labelled lists; rest is the text without it, all of it where nothing does.
func labelledRecords(text string) (records []*record, rest string) {
	all, rest := readLabelled(text)
	if records = shareOut(all); len(records) == 0 {
		return nil, text
	}
	return records, rest
}

// readLabelled is labelledRecords before what is said once is given to everybody.
func readLabelled(text string) (records []*record, rest string) {
	lines := strings.Split(breakAtLabels(unbold(text, "\n$1")), "\n")
	var left []string
	cur := newRecord()
	first := ""
	var section Action // of the heading that the labels stand below
	finish := func() {
		if len(cur.values) > 0 {
			records = append(records, cur)
		}
		cur, first = newRecord(), ""
	}
	for i := 0; i < len(lines); {
		line := lines[i]
		if field, value := forEverybody(line); field != "" {
			finish()
			value, n := continued(field, value, lines[i:])
			cur.set(field, value)
			finish()
			i += n
			continue
		}
		if border(line) && strings.ContainsAny(line, "-=|") {
			i++
			continue
		}
		if rows, n := table(lines[i:]); n > 0 {
			finish()
			records = append(records, rows...)
			i += n
			continue
		}
		alone := labelField(line)
		if alone != "" {
			if rows, n := uprightTable(lines[i:]); n > 0 {
				finish()
				records = append(records, rows...)
				i += n
				continue
			}
		}
		body, number, item := unbullet(line)
		field, value, ok := separated(body)
		if !ok {
			if field = alone; item || number != "" {
				field = labelField(body)
			}
			ok = field != ""
		}
		if !ok {
			if strings.TrimSpace(line) != "" {
				if section = sectionAction(line); section != "" {
					finish()
				}
			}
			left = append(left, line)
			i++
			continue
		}
		value, n := continued(field, value, lines[i:])
		gap := i > 0 && strings.TrimSpace(lines[i-1]) == ""
		i += n
		if field == "name" {
			label := body // the value stands below
			if at := strings.Index(body, value); at > 0 {
				label = body[:at]
			}
			value = cmp.Or(givenLast(strings.Trim(label, " \t:：*_="), value), value)
		}
		if field == "ignore" {
			continue
		}
		if field == "role" && headingAction(value) != "" {
			field = "action" // "Type: new contact"
		}
		if first == "" {
			first, cur.action = field, section
		} else if _, again := cur.values[field]; again && (field == first || ofPerson(field) && !ofPerson(first)) {
			finish()
			first, cur.action = field, section
		}
		cur.place(field, gap)
		cur.set(field, value)
	}
	finish()
	return records, strings.Join(left, "\n")
}

// breakAtLabels puts "Name: Jane Doe, Email: …, Role: …" on lines of their own.
func breakAtLabels(text string) string {
	var out []byte
	done := 0
	for i := 0; i < len(text); i++ {
		if !beginsPart[text[i]] {
			continue
		}
		from := partsEnd(text, done, i)
		if from == 0 {
			continue
		}
		colon := labelColon(text, from)
		if colon < 0 {
			continue
		}
		if labelField(text[from:colon]) != "" && !oneLabel(text, i, colon) {
			if at := wrappedAt(text, done, i); at >= 0 {
				out = append(append(out, text[done:at]...), ' ')
				done = at + 1
			}
			out = append(append(out, text[done:i]...), '\n')
			done = from
			text = unwrapped(text, i)
		}
		i = colon
	}
	if done == 0 {
		return text
	}
	return string(append(out, text[done:]...))
}

// beginsPart are the bytes that the marks of partsEnd begin with.
var beginsPart = bytesOf(",;|/\xe3\xef")

// partsEnd returns where the mark between two labelled values at text[i] and the blanks behind it end, 0 if none stands there; text[done:i] has not been
// broken yet. It is a comma or
// semicolon in front of a blank, a bar or slash between blanks, and those of scripts that need no blank.
func partsEnd(text string, done, i int) int {
	switch c := text[i]; {
	case c == ',' || c == ';' || (c == '|' || c == '/') && i > 0 && isBlank(text[i-1]) && labelledBefore(text[max(done, i-maxPart):i]):
		if end := blanksEnd(text, i+1); end > i+1 {
			return end
		}
	case c >= 0xe3:
		for _, mark := range wideParts {
			if strings.HasPrefix(text[i:], mark) {
				return blanksEnd(text, i+len(mark))
			}
		}
	}
	return 0
}

var wideParts = [...]string{"、", "，", "；", "｜", "／", "　"}

// maxPart bounds a label and its value in front of another one.
const maxPart = 4 * maxLabel

// labelledBefore says whether the last line of text begins with a label and a colon: a row of a table does not.
func labelledBefore(text string) bool {
	before, _, ok := cutColon(strings.TrimLeft(text[strings.LastIndexByte(text, '\n')+1:], "-*• "))
	return ok && labelField(before) != ""
}

// oneLabel says whether the comma at text[i] stands within one label in front of a colon, "Name, Vorname: Doe, Jane".
func oneLabel(text string, i, colon int) bool {
	head := max(0, i-maxLabel)
	head += strings.LastIndexByte(text[head:i], '\n') + 1
	return labelField(text[head:i]) != "" && labelField(text[head:colon]) != ""
}

// minWrapped is how long a line is, in octets, that a mail program may have wrapped.
const minWrapped = 60

// unwrapped joins the line of text that byte i stands in with the next one where that goes on in small letters. What it returns is as long.
func unwrapped(text string, i int) string {
	end := strings.IndexByte(text[i:], '\n')
	if end < 0 || i+end-strings.LastIndexByte(text[:i], '\n') <= minWrapped {
		return text
	}
	end += i
	next, _, _ := strings.Cut(text[end+1:], "\n")
	if _, _, label := labelled(next); label || !startsSmall(next) {
		return text
	}
	return text[:end] + " " + text[end+1:]
}

// wrappedAt returns where the line of text[from:to] breaks within a label's value, as in "Role: Secondary⏎Contact", -1 if it does not.
func wrappedAt(text string, from, to int) int {
	at := strings.LastIndexByte(text[from:to], '\n')
	if at < 0 {
		return -1
	}
	at += from
	above := text[from+strings.LastIndexByte(text[from:at], '\n')+1 : at]
	if _, _, labels := separated(text[at+1 : to]); labels {
		return -1
	}
	if _, _, labels := separated(above); !labels || strings.TrimSpace(text[at+1:to]) == "" {
		return -1
	}
	return at
}

// labelColon returns where the colon behind the letters of a label at s[i:] stands, sixty at most, and two at least of those that are no word
// by themselves; -1 if there is none.
func labelColon(s string, i int) int {
	n := 0
	for at, r := range s[i:] {
		switch {
		case (r == ':' || r == '：') && (n >= 2 || at > n):
			return i + at
		case strings.ContainsRune(":,;\n：、，；", r) || n == 60:
			return -1
		}
		n++
	}
	return -1
}

// continued collects what belongs to a label's value on the lines below it and returns how many lines it all takes.
func continued(field, value string, lines []string) (string, int) {
	n := 1
	if value == "" {
		for n < len(lines) && strings.TrimSpace(lines[n]) == "" && n < 3 {
			n++
		}
		chosen, boxes := []string{}, 0
		for n < len(lines) && (emptyBox(lines[n]) || tickEnd(lines[n]) > 0 || boxes > 0 && strings.TrimSpace(lines[n]) == "") {
			if end := tickEnd(lines[n]); end > 0 {
				chosen = append(chosen, strings.TrimSpace(lines[n][end:]))
			}
			boxes++
			n++
		}
		if boxes > 0 {
			return strings.Join(chosen, " or "), n
		}
		if n >= len(lines) || strings.TrimSpace(lines[n]) == "" {
			return "", min(n, len(lines))
		}
		body, _, item := unbullet(lines[n])
		if _, _, label := labelled(body); label || item || replytext.Thanks(body) {
			return "", 1
		}
		value = body
		n++
		if field != "reason" {
			return value, n
		}
		n--
		lines = lines[n:]
		v, m := continued(field, value, lines)
		return v, n + m
	}
	for field == "reason" && n < len(lines) && strings.TrimSpace(lines[n]) != "" {
		body, _, item := unbullet(lines[n])
		_, _, label := labelled(body)
		if item || label || len(strings.TrimSpace(lines[n-1])) < 45 {
			break
		}
		value += " " + body
		n++
	}
	return value, n
}
