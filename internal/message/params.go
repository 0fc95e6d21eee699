package message

import (
	"net/url"
	"path"
	"strconv"
	"strings"
)

// parseParams reads "value; name=value; …" (RFC 2045 section 5.1, RFC 2231) and takes what it can: the first of equal
// parameters counts, comments and stray text are passed over. Value and names come in lower case.
func parseParams(s string) (value string, params map[string]string) {
	pieces := splitQuoted(s, ';')
	value = strings.ToLower(token(pieces[0]))
	params = map[string]string{}
	extended := map[string]string{} // name*, name*0, name*1*, …
	for _, piece := range pieces[1:] {
		name, v, found := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || name == "" {
			continue
		}
		into := params
		if strings.Contains(name, "*") {
			into = extended
		}
		if _, double := into[name]; !double {
			into[name] = token(v)
		}
	}
	joinExtended(params, extended)
	return value, params
}

// joinExtended adds the parameters that RFC 2231 encodes or cuts into numbered pieces; they win over plain ones.
func joinExtended(params, extended map[string]string) {
	for key, v := range extended {
		name, rest, _ := strings.Cut(key, "*")
		_, whole := extended[name+"*"]
		switch {
		case rest == "":
			params[name] = decodeExtended(v)
		case (rest == "0" || rest == "0*") && !whole:
			params[name] = joinPieces(name, extended)
		}
	}
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
		if i := strings.IndexAny(s, " \t(,"); i >= 0 {
			s = s[:i]
		}
		return s
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

// splitQuoted splits at sep outside quoted-strings.
func splitQuoted(s string, sep byte) []string {
	var out []string
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// baseName is the file name that a part asks for, without the folders it may try to reach.
func baseName(s string) string {
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
