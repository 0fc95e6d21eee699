package message

import (
	"net/url"
	"path"
	"strconv"
	"strings"
)

// params are the parameters of a field, their names in lower case.
type params []param

type param struct{ name, value string }

// get returns the value of the first parameter of that name, "" if there is none.
func (ps params) get(name string) string {
	for _, p := range ps {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// parseParams reads "value; name=value; …" (RFC 2045 section 5.1, RFC 2231) and takes what it can: the first of equal
// parameters counts, comments and stray text are passed over. Value and names come in lower case.
func parseParams(s string) (value string, ps params) {
	piece, rest, more := cutQuoted(s, ';')
	value = strings.ToLower(token(piece))
	var extended map[string]string // name*, name*0, name*1*, …
	for more {
		piece, rest, more = cutQuoted(rest, ';')
		name, v, found := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !found || name == "":
		case strings.IndexByte(name, '*') < 0:
			if ps == nil {
				ps = make(params, 0, min(1+strings.Count(rest, ";"), maxParams))
			}
			if len(ps) < maxParams {
				ps = append(ps, param{name, token(v)})
			}
		default:
			if extended == nil {
				extended = map[string]string{}
			}
			if _, double := extended[name]; !double && len(extended) < maxPieces {
				extended[name] = token(v)
			}
		}
	}
	if extended != nil {
		ps = append(joinExtended(extended), ps...)
	}
	return value, ps
}

// joinExtended returns the parameters that RFC 2231 encodes or cuts into numbered pieces; they win over plain ones.
func joinExtended(extended map[string]string) params {
	var ps params
	for key, v := range extended {
		name, rest, _ := strings.Cut(key, "*")
		_, whole := extended[name+"*"]
		switch {
		case rest == "":
			ps = append(ps, param{name, decodeExtended(v)})
		case (rest == "0" || rest == "0*") && !whole:
			ps = append(ps, param{name, joinPieces(name, extended)})
		}
	}
	return ps
}

// joinPieces joins name*0, name*1*, …; only those with the star at the end are percent-encoded.
func joinPieces(name string, extended map[string]string) string {
	var joined strings.Builder
	encoded := false
	for i := 0; ; i++ {
		n := name + "*" + strconv.Itoa(i)
		if piece, ok := extended[n+"*"]; ok {
			joined.WriteString(piece)
			encoded = true
		} else if piece, ok := extended[n]; ok {
			joined.WriteString(strings.ReplaceAll(piece, "%", "%25"))
		} else {
			break
		}
	}
	if encoded {
		return decodeExtended(joined.String())
	}
	return strings.ReplaceAll(joined.String(), "%25", "%")
}

// decodeExtended decodes charset'language'percent-encoded.
func decodeExtended(s string) string {
	label, rest, found := strings.Cut(s, "'")
	if _, text, ok := strings.Cut(rest, "'"); found && ok {
		s = text
	} else {
		label = ""
	}
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	text, _ := decodeCharset(label, s)
	return text
}

// token is a parameter value: a quoted-string or a word, blanks, comment and list separators behind it left out.
func token(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		for i := range len(s) {
			if c := s[i]; isBlank(c) || c == '(' || c == ',' {
				return s[:i]
			}
		}
		return s
	}
	if end := strings.IndexByte(s[1:], '"'); end >= 0 && strings.IndexByte(s[1:1+end], '\\') < 0 {
		return s[1 : 1+end]
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		// Programs write Windows paths without doubling the backslash.
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cutQuoted cuts s at the first sep outside quoted-strings.
func cutQuoted(s string, sep byte) (before, after string, found bool) {
	first := strings.IndexByte(s, sep)
	if first < 0 {
		return s, "", false
	}
	if strings.IndexByte(s[:first], '"') < 0 {
		return s[:first], s[first+1:], true
	}
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// baseName is the file name that a part asks for, without the folders it may try to reach.
func baseName(s string) string {
	if s == "" {
		return ""
	}
	s = oneLine(decodeWords(s))
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	if s == "." || s == "/" || s == ".." {
		return ""
	}
	if len(s) > maxFilename {
		s = strings.ToValidUTF8(s[:maxFilename], "")
	}
	return s
}
