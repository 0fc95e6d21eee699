package interpret

import (
	"regexp"
	"strings"
)

// exceptions say how many of all are excepted, in front of who they are: "the whole list is approved with one exception: reject Raj".
var (
	exceptions    *regexp.Regexp
	exceptedNouns *openings // one of them stands behind the count
)

func compileExceptions() {
	exceptions = regexp.MustCompile(`(?i)[, ]*\b` + oneOf(cue("with_exceptions").phrases()) + ` (\pL+|\d) ` + oneOf(cue("exceptions").phrases()) + `\b *[:,.–-]`)
	exceptedNouns = openingsOf(cue("exceptions").phrases())
}

// withExceptions reads an answer that approves all but so many, and tells behind it who they are and what of them; nil if it is none.
func withExceptions(own string, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	if len(lines) < 2 || !exceptedNouns.mayBehindBlank(own) {
		return nil
	}
	at := exceptions.FindStringSubmatchIndex(own)
	if at == nil {
		return nil
	}
	count := strings.ToLower(own[at[2]:at[3]])
	n := words.Counts[count]
	if d := atoi(count); d > 0 {
		n = d
	}
	head, tail := own[:at[0]], own[at[1]:]
	excepted := targetsOf(tail, lines, bookOf(nil), nil)
	if n == 0 || len(excepted) != n || n >= len(lines) || len(targetsOf(head, lines, bookOf(nil), nil)) > 0 {
		return nil
	}
	all, each := decidePlain(head, lines, roles, roleOf), decidePlain(tail, lines, roles, roleOf)
	out := map[string]Decision{}
	for _, l := range lines {
		key := number(l.Number)
		switch {
		case of(all, key) != Approve || of(each, key) == Approve:
			return nil
		case !containsInt(excepted, l.Number) && of(each, key) == Reject:
			return nil
		case containsInt(excepted, l.Number):
			out[key] = of(each, key)
		default:
			out[key] = Approve
		}
	}
	return doubtBeside(out, spellOrdinals(spelledRight(tail), lines), asidesOf(lines, roles), roleOf)
}
