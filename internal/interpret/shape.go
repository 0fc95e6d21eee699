package interpret

import "strings"

// shape is what a text has of which forms, tables and lists are made. Most mails have nothing of it: in them none is looked for.
type shape struct {
	parted    bool // something stands in it that may part a label from its value, or the cells of a row
	labels    int  // lines that are a known label alone
	boxes     int  // lines that begin as a tick box does
	items     int  // lines with a bullet or number
	addressed int  // lines with an @
	addresses int  // lines that are one word with an @
	spaced    bool // a line is a label and, behind a blank, an address
}

// mayBeForm says whether relabelled may find something: a form without parted lines has a known label above a value, or boxes one
// below the other.
func (s *shape) mayBeForm() bool { return s.parted || s.spaced || s.labels > 0 || s.boxes > 1 }

// mayBeLabelled says whether labelledRecords may find something: whatever is said of somebody has two labels at least.
func (s *shape) mayBeLabelled() bool { return s.parted || s.labels > 1 }

// mayBeList says whether listRecords may find something: a text without items and parted lines has a line that is an address, or two
// below each other that have one.
func (s *shape) mayBeList() bool {
	return s.parted || s.items > 0 || s.addresses > 0 || s.addressed > 1
}

func shapeOf(text string) (s shape) {
	if s.parted = partsLines(text); s.parted {
		return s
	}
	commas := strings.Count(text, ",") >= minCommas
	head := false // the line above may be the header of a table
	for line := range strings.SplitSeq(text, "\n") {
		if commas && strings.IndexByte(line, ',') >= 0 {
			if head {
				s.parted = true
				return s
			}
			head = strings.Count(line, ",") >= minColumns-1
		} else if !border(line) {
			head = false
		}
		s.add(line)
	}
	return s
}

// minCommas is how many commas the header of a table and a row below it have at least.
const minCommas = minColumns

func (s *shape) add(line string) {
	at := blanksEnd(line, 0)
	if at == len(line) {
		return
	}
	if c := line[at]; c == '[' || c == '(' || c == '\xe2' {
		s.boxes++
	}
	body, number, item := unbullet(line)
	if item = item || number != ""; item {
		s.items++
	}
	if labelField(line) != "" || item && labelField(body) != "" || !bare(body) && labelField(strings.Trim(strings.TrimSpace(line), "*_:")) != "" {
		s.labels++
	}
	if at := strings.IndexByte(body, '@'); at >= 0 {
		s.addressed++
		label := body[:max(0, strings.LastIndexByte(body[:at], ' '))]
		s.spaced = s.spaced || labelField(label) == "email"
		if strings.IndexByte(body, ' ') < 0 {
			s.addresses++
		}
	}
}

// parting are the marks, beyond ASCII, of separatorEnd and entryMarks.
var parting = [...]string{"–", "—", "→", "⇒", "…", "：", "»", "】", "］", "〕", "〉", "》", "」", "』"}

// partsLines says whether a mark stands in text that parts a label from its value, the cells of a row, or the pieces of an item.
func partsLines(text string) bool {
	if hasAnyByte(text, &partingBytes) {
		return true
	}
	if strings.Contains(text, "  ") || strings.Contains(text, " / ") || strings.Contains(text, "...") || strings.Contains(text, "___") || strings.Count(text, ";") > 1 {
		return true
	}
	for rest := text; ; {
		i := strings.IndexByte(rest, '-')
		if i < 0 || i+1 == len(rest) {
			break
		}
		if rest = rest[i+1:]; rest[0] == '>' || isBlank(rest[0]) {
			return true
		}
	}
	if isASCII(text) {
		return false
	}
	for _, mark := range parting {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// partingBytes are those of ASCII by themselves.
var partingBytes = bytesOf(":=|\t~>")
