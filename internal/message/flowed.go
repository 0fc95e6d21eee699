package message

import "strings"

// unflow joins the soft line breaks of format=flowed (RFC 3676) with LF line ends. delSp is its DelSp parameter. Quote
// marks are written as ">> " whatever blanks stood between.
func unflow(s string, delSp bool) string {
	var out, paragraph strings.Builder
	depth, open := 0, false
	flush := func() {
		if !open {
			return
		}
		out.WriteString(strings.Repeat(">", depth))
		if depth > 0 && paragraph.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(paragraph.String())
		out.WriteByte('\n')
		paragraph.Reset()
		open = false
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		text := strings.TrimLeft(line, ">")
		if d := len(line) - len(text); d != depth {
			flush() // section 4.5: a paragraph ends where the quote depth changes
			depth = d
		}
		text = strings.TrimPrefix(text, " ") // space-stuffing, section 4.4
		if text == "-- " {
			flush() // the signature delimiter is a line of its own, section 4.3
			paragraph.WriteString(text)
			open = true
			flush()
			continue
		}
		flowed := strings.HasSuffix(text, " ")
		if flowed && delSp {
			text = strings.TrimSuffix(text, " ")
		}
		paragraph.WriteString(text)
		open = true
		if !flowed {
			flush()
		}
	}
	flush()
	return out.String()
}
