package message

import "bytes"

// unflow appends s with the soft line breaks of format=flowed (RFC 3676) joined. delSp is its DelSp parameter. Quote marks are
// written as ">> " whatever blanks stood between.
func unflow(out, s []byte, delSp bool) []byte {
	depth, open, empty := 0, false, false // of the paragraph that is being written
	write := func(text []byte) {
		if !open {
			for range depth {
				out = append(out, '>')
			}
			open, empty = true, true
		}
		if len(text) > 0 {
			if empty && depth > 0 {
				out = append(out, ' ')
			}
			out = append(out, text...)
			empty = false
		}
	}
	end := func() {
		if open {
			out = append(out, '\n')
		}
		open = false
	}
	for more := true; more; {
		var text []byte
		text, s, more = cutAnyLine(s)
		if !more && len(text) == 0 && len(out) > 0 {
			break // behind the last line end
		}
		quoted := len(text)
		text = bytes.TrimLeft(text, ">")
		if quoted -= len(text); quoted != depth {
			end() // section 4.5: a paragraph ends where the quote depth changes
			depth = quoted
		}
		text = bytes.TrimPrefix(text, []byte(" ")) // space-stuffing, section 4.4
		if string(text) == "-- " {
			end() // the signature delimiter is a line of its own, section 4.3
			write(text)
			end()
			continue
		}
		joined, flowed := bytes.CutSuffix(text, []byte(" "))
		if flowed && delSp {
			text = joined
		}
		write(text)
		if !flowed {
			end()
		}
	}
	end()
	return out
}

// cutAnyLine cuts s at its first line end, whichever of CRLF, LF and CR that is.
func cutAnyLine(s []byte) (line, rest []byte, found bool) {
	i := bytes.IndexAny(s, "\r\n")
	if i < 0 {
		return s, nil, false
	}
	line, rest = s[:i], s[i+1:]
	if s[i] == '\r' {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return line, rest, true
}
