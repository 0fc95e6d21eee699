package interpret

import (
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// decideInterleaved reads answers typed below numbered lines of the quote. nil if the mail is not of that kind.
func decideInterleaved(parts replytext.Parts, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	out := map[string]Decision{}
	var placed []string
	for _, a := range parts.Interleaved {
		n := lastNumber(a.Quote)
		if n == 0 || !known(lines, n) || strings.Contains(strings.ToLower(lastLine(a.Quote)), "reply approve") {
			continue
		}
		placed = append(placed, a.Own)
		d := decideOne(a.Own, lines, n, roles, roleOf)
		if old, ok := out[strconv.Itoa(n)]; ok && old != d {
			d = Unclear
		}
		out[strconv.Itoa(n)] = d
	}
	// One piece below the whole quote answers the mail, not the last line of the list.
	if len(placed) == 0 || len(placed) == 1 && len(lines) > 1 && len(parts.Interleaved) == 1 && strings.TrimSpace(parts.Own) == strings.TrimSpace(parts.Interleaved[0].Own) && quoteGoesOn(parts.Interleaved[0].Quote) {
		return nil
	}
	for _, l := range lines {
		if key := strconv.Itoa(l.Number); out[key] == "" {
			out[key] = Unclear
		}
	}
	if takesBack(beside(parts.Own, placed), lines, roles, roleOf) {
		withdraw(out, Approve)
	}
	return out
}

// withoutTold takes from an answer what looks like the author's comment in the quote, "[Karin] approved", and is a piece of a reason that
// our mail told: whoever asked has written it.
func withoutTold(parts replytext.Parts, lines []AskedLine) replytext.Parts {
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") } // our mail wraps a reason
	told := func(text string) bool {
		return slices.ContainsFunc(lines, func(l AskedLine) bool { return strings.Contains(flat(l.About), flat(text)) })
	}
	var own []string
	for line := range strings.SplitSeq(parts.Own, "\n") {
		at := slices.IndexFunc(parts.Interleaved, func(a replytext.Answer) bool { return line != a.Own && strings.HasSuffix(line, a.Own) })
		if at < 0 || !told(line) {
			own = append(own, line)
			continue
		}
		parts.Interleaved = slices.Delete(slices.Clone(parts.Interleaved), at, at+1)
	}
	parts.Own = strings.Join(own, "\n")
	return parts
}

// beside is what own words hold besides pieces of them, which are in their order.
func beside(own string, pieces []string) string {
	end := len(own)
	for _, piece := range slices.Backward(pieces) {
		if at := strings.LastIndex(own[:end], piece); at >= 0 {
			own, end = own[:at]+own[at+len(piece):], at
		}
	}
	return own
}

// takesBack says whether the own words that stand beside answers below lines doubt or refuse: "wait until Friday, my answers are below".
func takesBack(rest string, lines []AskedLine, roles *roleBook, roleOf map[int]string) bool {
	if strings.TrimSpace(rest) == "" {
		return false
	}
	st, _, _ := decideAnywhere(rest, lines)
	if st.doubtful || st.foreign() {
		return true
	}
	for _, d := range st.each {
		if st.said && d != Approve {
			return true
		}
	}
	r := lend()
	defer r.giveBack()
	return slices.ContainsFunc(clausesOf(rest, asidesOf(lines, roles), roleOf, r), func(c clause) bool {
		return c.verdict.reject || c.verdict.no || c.verdict.hold && !c.says(words.Decide.Courtesy)
	})
}

// decideOne reads what is typed below the line of person n, as an answer on that person alone.
func decideOne(own string, lines []AskedLine, n int, roles *roleBook, roleOf map[int]string) Decision {
	at := slices.IndexFunc(lines, func(l AskedLine) bool { return l.Number == n })
	l := lines[at]
	l.Number = 1
	alone, role := []AskedLine{l}, map[int]string{1: roleOf[n]}
	return of(decideOwn(own, alone, roles, role), "1")
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// quoteGoesOn says whether other text stands below the last numbered line of a quote.
func quoteGoesOn(quote string) bool {
	lines := strings.Split(strings.TrimSpace(quote), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if numbered(lines[i]) {
			return i < len(lines)-1
		}
	}
	return true
}

// lastNumber returns the number of the last numbered line of a quote, 0 if anything but its own wrapped lines follows.
func lastNumber(quote string) int {
	lines := strings.Split(strings.TrimSpace(quote), "\n")
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-3; i-- {
		if number, _ := numberAt(lines[i]); number != "" {
			return atoi(number)
		}
	}
	return 0
}
