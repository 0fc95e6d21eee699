package interpret

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// fieldWords are the labels and phrases of the details beyond name, address, role and reason.
var fieldWords = &words.Details

// detailWords are the labels and phrases of one language.
type detailWords struct {
	Labels map[string][]string    `yaml:"labels"`
	Yes    []string               `yaml:"yes"`
	No     []string               `yaml:"no"`
	Hold   []string               `yaml:"hold"`  // they make a plain yes or phrase no plain one
	Blank  []string               `yaml:"blank"` // values that say it of nobody
	Prose  map[string]yesNoPhrase `yaml:"prose"` // in a sentence about somebody; the phrases of no are looked for first
}

type yesNoPhrase struct {
	Yes []string `yaml:"yes"`
	No  []string `yaml:"no"`
}

var detailFields = []string{"physical_access", "badge", "company", "escort", "site", "starts", "ends"}

// saying is a value that a label gives in one line of the text.
type saying struct {
	field, value string
	line         int
	words        string
}

// fields fills in what labels, tables, tick boxes and plain sentences of text say beyond the required details. What is not
// clearly said, or not clearly of whom, stays empty.
func (rd *reader) fields(requests []Request, text string) {
	if len(requests) == 0 || len(requests) > maxNames {
		return
	}
	lines := strings.Split(unbold(cut(text, maxText), "$1"), "\n")
	said := map[int]map[string][]saying{}
	add := func(owner int, s saying) {
		if said[owner] == nil {
			said[owner] = map[string][]saying{}
		}
		said[owner][s.field] = append(said[owner][s.field], s)
	}
	for _, row := range tableSayings(lines, requests) {
		add(row.owner, row.saying)
	}
	labels := labelSayings(lines)
	var owners []int // of the only one is everything
	if len(requests) > 1 && len(labels) > 0 {
		owners = ownersOf(lines, requests)
	}
	for _, s := range labels {
		if owner := ownerOfLabel(s, labels, owners, len(requests), lines); owner >= 0 {
			add(owner, s)
		}
	}
	for i := range requests {
		rd.fillFields(&requests[i], i, said[i])
	}
	if len(text) <= maxProse {
		rd.proseFields(requests, text)
	}
}

// fillFields sets the fields of request i from what labels say of it. A field said twice and differently stays empty.
func (rd *reader) fillFields(q *Request, i int, said map[string][]saying) {
	note := func(field, value, words string) {
		rd.facts = append(rd.facts, Evidence{Request: i, Field: field, Value: value, Words: words})
	}
	for _, f := range q.facts() {
		field, into := f.field, f.into
		if list := said[field]; len(list) > 0 {
			v := truth(list[0].value)
			for _, s := range list[1:] {
				if other := truth(s.value); other == nil || v == nil || *other != *v {
					v = nil
				}
			}
			if v != nil {
				*into = v
				note(field, yesNo(*v), list[0].words)
			}
		}
	}
	for _, f := range [...]struct {
		field string
		into  **string
	}{{"company", &q.Company}, {"site", &q.Site}} {
		field, into := f.field, f.into
		list := said[field]
		if len(list) == 0 || slices.ContainsFunc(list, func(s saying) bool { return !strings.EqualFold(s.value, list[0].value) }) {
			continue
		}
		if v := strings.Trim(strings.Join(strings.Fields(list[0].value), " "), " .,;*\""); plainValue(v) {
			*into = &v
			note(field, v, list[0].words)
		}
	}
	if q.Action == ScheduleVisit && q.Starts == nil {
		text, behind, words := "", "", ""
		for _, s := range said["starts"] {
			text += s.value + " "
			words = firstOf(words, s.words)
		}
		for _, s := range said["ends"] {
			behind += " " + s.value
		}
		if q.Starts, q.Ends = rd.startAndEnd(text, behind); q.Starts != nil {
			note("starts", *q.Starts, words)
		}
	}
}

// fact is a detail of a request that is true or false.
type fact struct {
	field string
	into  **bool
}

func (q *Request) facts() [3]fact {
	return [...]fact{{"physical_access", &q.PhysicalAccess}, {"badge", &q.Badge}, {"escort", &q.Escort}}
}

func yesNo(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// plainValue says whether a company's or a site's name is one.
func plainValue(v string) bool {
	return v != "" && len(v) <= 80 && !has(fieldWords.blank, strings.ToLower(v)) && !strings.ContainsAny(v, "@?☐☑☒[]") && len(strings.Fields(v)) <= 8
}

var boxed = regexp.MustCompile(`(?i)(\[\s*[x✓✔]\s*\]|\(\s*x\s*\)|[☑☒✓✔])|(\[\s*\]|\(\s*\)|☐)`)

var boxFirst = regexp.MustCompile(`^(?:` + boxed.String() + `)`)

// truth reads yes or no, said or ticked; nil if it is neither.
func truth(v string) *bool {
	if mayHoldBoxes(v, 1) {
		if boxes := boxed.FindAllStringSubmatchIndex(v, 6); len(boxes) > 0 {
			return ticked(v, boxes)
		}
	}
	p := scan(v)
	if n := p.words(); n == 0 || n > 6 || p.says(fieldWords.Hold) {
		return nil
	}
	first := &p.tokens[nextWord(p.tokens, -1)]
	for _, x := range []struct {
		list list
		is   bool
	}{{fieldWords.No, false}, {fieldWords.Yes, true}} {
		if p.is(x.list) || first.in(x.list) && strings.ContainsAny(v, ",.(-–;") && !contrary(&p, x.is) {
			return &x.is
		}
	}
	return nil
}

// contrary says whether p has a word of the other kind.
func contrary(p *passage, is bool) bool {
	other := fieldWords.Yes
	if is {
		other = fieldWords.No
	}
	return p.says(other, words.Not)
}

// tickedChoices are the choices of "[x] yes [ ] no" and "yes [x] no [ ]" whose boxes are ticked.
func tickedChoices(v string, boxes [][]int) []string {
	var out []string
	before := strings.TrimSpace(v[:boxes[0][0]]) == "" // the box stands in front of its word
	for i, at := range boxes {
		switch {
		case at[2] < 0:
		case before:
			end := len(v)
			if i+1 < len(boxes) {
				end = boxes[i+1][0]
			}
			out = append(out, v[at[1]:end])
		default:
			start := 0
			if i > 0 {
				start = boxes[i-1][1]
			}
			out = append(out, v[start:at[0]])
		}
	}
	return out
}

// ticked reads yes or no of the choice whose box is ticked.
func ticked(v string, boxes [][]int) *bool {
	chosen := tickedChoices(v, boxes)
	if len(chosen) != 1 {
		return nil
	}
	p := scan(chosen[0])
	switch is := p.is(fieldWords.Yes); {
	case is || p.is(fieldWords.No):
		return &is
	case p.words() == 0 && len(boxes) == 1:
		is = true // "Physical access: [x]"
		return &is
	}
	return nil
}

// extraLabel returns the field that a label of fields.yaml names.
func extraLabel(label string) string {
	if label = strings.TrimSpace(label); !bare(label) {
		label = strings.Trim(label, "*_:：=?？ ")
	}
	if len(label) > 2*maxLabel || len(label) > 1 && isASCIIAlnum(label[0]) && isASCIIAlnum(label[1]) && !fieldWords.pairs.mayFold(label) {
		return "" // whatever of it is looked up begins so
	}
	if from, until, two := cutHalves(label); two && extraLabel(from) == "starts" && extraLabel(until) == "ends" {
		return "starts" // "From / until: 13:30 - 16:00"
	}
	plain := isASCII(label)
	bracketed := strings.IndexByte(label, '(') >= 0 || strings.IndexByte(label, '[') >= 0
	if plain && !bracketed && (len(label) > fieldWords.longest || !fieldWords.pairs.mayFold(label)) {
		return ""
	}
	if plain {
		label = lowerASCII(label)
	} else {
		label = strings.ToLower(label)
	}
	if f := fieldWords.field(label); f != "" {
		return f
	}
	if plain && !bracketed {
		return ""
	}
	return fieldWords.field(strings.TrimSpace(withoutParentheses(label)))
}

// cutHalves splits a label at the one slash or dash between its halves.
func cutHalves(label string) (a, b string, ok bool) {
	if !hasAnyByte(label, &halfMarks) {
		return "", "", false
	}
	for _, mark := range []string{"/", " - ", " – "} {
		if a, b, ok = strings.Cut(label, mark); ok && !strings.ContainsAny(b, "/–") {
			return strings.TrimSpace(a), strings.TrimSpace(b), true
		}
	}
	return "", "", false
}

// halfMarks are the bytes of the marks between halves.
var halfMarks = bytesOf("/-–")

// labelSayings finds labelled values, also below their label and as ticked boxes in front of it.
func labelSayings(lines []string) []saying {
	var out []saying
	anyTicked := slices.ContainsFunc(lines, func(s string) bool { return tickEnd(s) > 0 })
	for i := 0; i < len(lines); i++ {
		body, _, _ := unbullet(lines[i])
		if box := boxAt(body); box != nil {
			rest := strings.TrimSpace(body[box[1]:])
			if f := extraLabel(rest); f != "" && !boxed.MatchString(rest) {
				if box[2] >= 0 {
					out = append(out, saying{f, "yes", i, strings.TrimSpace(lines[i])})
				} else if anyTicked {
					out = append(out, saying{f, "no", i, strings.TrimSpace(lines[i])})
				}
				continue
			}
		}
		f, value := extraLabelled(body)
		if f == "" {
			continue
		}
		words := strings.TrimSpace(lines[i])
		if value == "" {
			value = belowLabel(lines[i+1:])
		}
		if value != "" {
			out = append(out, saying{f, value, i, words})
		}
	}
	return out
}

// boxAt returns the submatches of the box that s begins with, nil if it begins with none.
func boxAt(s string) []int {
	if s == "" || !beginsBox[s[0]] {
		return nil
	}
	return boxFirst.FindStringSubmatchIndex(s)
}

func extraLabelled(line string) (field, value string) {
	if len(line) > 1 && isASCIIAlnum(line[0]) && isASCIIAlnum(line[1]) && !fieldWords.pairs.mayFold(line) {
		return "", "" // every label of it begins so
	}
	if cells := cellsOf(line); len(cells) == 2 {
		if f := extraLabel(cells[0]); f != "" {
			return f, cells[1]
		}
	}
	found, n := separatorsIn(line)
	for _, at := range found[:n] {
		if f := extraLabel(line[:at.from]); f != "" {
			return f, strings.Trim(strings.TrimSpace(line[at.to:]), "*")
		}
	}
	if f := extraLabel(line); f != "" {
		if line = strings.TrimSpace(line); strings.HasSuffix(line, ":") || strings.HasSuffix(line, "?") || strings.ContainsFunc(line, unicode.IsSpace) {
			return f, ""
		}
	}
	return "", ""
}

// belowLabel takes the value on the line below a label, or its boxes on the lines below.
func belowLabel(lines []string) string {
	var boxes []string
	for i, line := range lines[:min(len(lines), 5)] {
		t := strings.TrimSpace(line)
		switch {
		case boxAt(t) != nil:
			boxes = append(boxes, t)
		case len(boxes) > 0:
			return strings.Join(boxes, " ")
		case t == "" && i == 0:
		case t == "", extraLabel(t) != "", len(t) > 60:
			return ""
		default:
			if _, _, label := labelled(t); label {
				return ""
			}
			return t
		}
	}
	return strings.Join(boxes, " ")
}

// ownersOf says of every line which request it names, -1 for none and -2 for several.
func ownersOf(lines []string, requests []Request) []int {
	out := make([]int, len(lines))
	names := make([]string, len(requests))
	for k, q := range requests {
		if q.Name != nil {
			names[k] = strings.ToLower(*q.Name)
		}
	}
	for i, line := range lines {
		out[i] = -1
		low := strings.ToLower(line)
		addresses := strings.IndexByte(line, '@') >= 0
		for k := range requests {
			q := &requests[k]
			if addresses && q.Email != nil && strings.Contains(low, *q.Email) || q.Name != nil && strings.Contains(low, names[k]) {
				if out[i] != -1 && out[i] != k {
					out[i] = -2
					break
				}
				out[i] = k
			}
		}
	}
	return out
}

// namesAny says whether a text names anybody whom requests are about.
func namesAny(text string, requests []Request) bool {
	if slices.ContainsFunc(requests, func(q Request) bool { return q.Name != nil && strings.Contains(text, *q.Name) }) {
		return true
	}
	low := strings.ToLower(text)
	return slices.ContainsFunc(requests, func(q Request) bool {
		return q.Email != nil && strings.Contains(low, *q.Email) || q.Name != nil && strings.Contains(low, strings.ToLower(*q.Name))
	})
}

// ownerOfLabel says of which of n requests a labelled line speaks: the only one; the one whose lines it stands among; -1 if
// that is not clear.
func ownerOfLabel(s saying, all []saying, owners []int, n int, lines []string) int {
	if n == 1 {
		return 0
	}
	owner := -1
	for i := s.line; i >= 0; i-- {
		if owners[i] == -2 {
			return -1
		}
		if owners[i] >= 0 {
			owner = owners[i]
			break
		}
	}
	same := 0
	for _, o := range all {
		if o.field == s.field {
			same++
		}
	}
	if owner < 0 || same == n {
		return owner
	}
	for i := s.line; i >= 0 && owners[i] != owner; i-- {
		if strings.TrimSpace(lines[i]) == "" {
			return -1 // below the list: of one or of all?
		}
	}
	return owner
}

// rowSaying is a cell of a table and the request that its row is about.
type rowSaying struct {
	saying
	owner int
}

// tableSayings reads the columns of tables that have such labels in their header row.
func tableSayings(lines []string, requests []Request) []rowSaying {
	var out []rowSaying
	var owners []int
	for i := 0; i < len(lines); i++ {
		head := cellsOf(lines[i])
		if len(head) < 3 || headerFields(head) == nil {
			continue
		}
		if owners == nil {
			owners = ownersOf(lines, requests)
		}
		fields := make([]string, len(head))
		for k, c := range head {
			fields[k] = extraLabel(c)
		}
		for k := i + 1; k < len(lines); k++ {
			if border(lines[k]) && strings.TrimSpace(lines[k]) != "" {
				continue
			}
			row := cellsOf(lines[k])
			if len(row) != len(head) {
				break
			}
			for c, f := range fields {
				if f != "" && row[c] != "" && owners[k] >= 0 {
					out = append(out, rowSaying{saying{f, row[c], k, strings.TrimSpace(lines[k])}, owners[k]})
				}
			}
		}
	}
	return out
}

// proseFields reads sentences such as "with physical access" and "no badge needed", of the only person or of the one they name.
func (rd *reader) proseFields(requests []Request, text string) {
	said := rd.prose(text).sentences
	for i := range said {
		s := &said[i]
		if s.question && !s.says(words.Ask) || s.says(fieldWords.Hold) {
			continue
		}
		if !s.says(fieldWords.facts...) {
			continue
		}
		owner := 0
		if len(requests) > 1 {
			if owner = ownersOf([]string{s.text}, requests)[0]; owner < 0 {
				continue
			}
		}
		q := &requests[owner]
		for _, f := range q.facts() {
			field, into := f.field, f.into
			v := proseTruth(&s.passage, fieldWords.Prose[field])
			if v == nil {
				continue
			}
			if *into != nil {
				if **into != *v {
					rd.dropFact(owner, field)
					*into = nil
				}
				continue
			}
			*into = v
			rd.facts = append(rd.facts, Evidence{Request: owner, Field: field, Value: yesNo(*v), Words: s.text})
		}
	}
}

// proseTruth reads what phrases say; nil if they say nothing or both.
func proseTruth(p *passage, answer *yesNoLists) *bool {
	refused := p.says(answer.No)
	if !refused && !p.says(answer.Yes) {
		return nil
	}
	rest := p.replace(answer.No, " 0 ")
	said := rest.says(answer.Yes)
	if said && rest.says(words.Not) || said == refused {
		return nil
	}
	return &said
}

// dropFact forgets the evidence of a value that was taken back.
func (rd *reader) dropFact(request int, field string) {
	rd.facts = slices.DeleteFunc(rd.facts, func(e Evidence) bool { return e.Request == request && e.Field == field })
}
