package interpret

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// field returns the body of the first field with that name and whether there is one.
func field(m *message.Message, name string) (string, bool) {
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, name) {
			return strings.TrimSpace(f.Body), true
		}
	}
	return "", false
}

// automatic says whether a machine wrote m (RFC 3834 section 2 and what programs do instead).
func automatic(m *message.Message) bool {
	if v, ok := field(m, "Auto-Submitted"); ok {
		if word, _, _ := strings.Cut(v, ";"); !strings.EqualFold(strings.TrimSpace(word), "no") {
			return true
		}
	}
	if v, ok := field(m, "Precedence"); ok && has([]string{"bulk", "list", "junk", "auto_reply"}, strings.ToLower(v)) {
		return true
	}
	for _, name := range []string{"List-Id", "X-Autoreply", "X-Autorespond", "X-Autoresponder"} {
		if v, ok := field(m, name); ok && !strings.EqualFold(v, "no") {
			return true
		}
	}
	if v, ok := field(m, "Return-Path"); ok && v == "<>" {
		return true
	}
	if v, ok := field(m, "Content-Type"); ok && strings.Contains(strings.ToLower(v), "disposition-notification") {
		return true
	}
	return subjectIs(m.Subject, words.AutoSubj)
}

// subjectIs says whether a subject has one of phrases; those with a colon only at its start.
func subjectIs(subject string, phrases []string) bool {
	s := strings.ToLower(strings.Join(strings.Fields(subject), " "))
	for _, p := range phrases {
		if strings.HasSuffix(p, ":") && strings.HasPrefix(s, p) || !strings.HasSuffix(p, ":") && strings.Contains(s, p) {
			return true
		}
	}
	return false
}

var (
	statusCode  = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	copyBelow   = regexp.MustCompile(`(?im)^-+ ?(?:below this line|this is a copy|original message|the header|returned message).*$`)
	messageIDIn = regexp.MustCompile(`(?im)^message-id:\s*<([^<>\s]+)>`)
)

// bounce reads a delivery status notification, RFC 3464 or free-form; nil if m is none.
func bounce(m *message.Message, ours map[string]bool) *Bounce {
	if m.Report != nil {
		b := &Bounce{Recipients: []BouncedRecipient{}, MessageID: m.Report.OriginalMessageID}
		for _, r := range m.Report.Recipients {
			b.Recipients = append(b.Recipients, BouncedRecipient{
				Address: strings.ToLower(r.Address), Status: r.Status, Failed: strings.EqualFold(r.Action, "failed"),
			})
		}
		return b
	}
	if !bounces(m) {
		return nil
	}
	text := replytext.Clean(m.Text)
	b := &Bounce{Recipients: []BouncedRecipient{}}
	if g := messageIDIn.FindStringSubmatch(text); g != nil {
		b.MessageID = g[1]
	}
	if at := copyBelow.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	seen := map[string]bool{}
	if v, ok := field(m, "X-Failed-Recipients"); ok {
		text = v + "\n" + text
	}
	status := statusCode.FindString(text)
	for _, a := range addressRE.FindAllString(text, 20) {
		if a = strings.ToLower(a); !seen[a] && !ours[a] {
			seen[a] = true
			b.Recipients = append(b.Recipients, BouncedRecipient{Address: a, Status: status, Failed: !strings.HasPrefix(status, "4")})
		}
	}
	return b
}

// bounces recognises the free-form reports of qmail, Exim, Exchange and gateways.
func bounces(m *message.Message) bool {
	if _, ok := field(m, "X-Failed-Recipients"); ok {
		return true
	}
	local := strings.ToLower(m.Author.Address.Local)
	daemon := local == "mailer-daemon" || local == "postmaster" || strings.HasPrefix(local, "microsoftexchange")
	path, _ := field(m, "Return-Path")
	subject := subjectIs(m.Subject, words.BounceSubj)
	text := strings.ToLower(m.Text)
	for _, p := range words.BounceWords {
		if strings.Contains(text, p) && (daemon || path == "<>" && subject) {
			return true
		}
	}
	return subject && (daemon || path == "<>")
}

func number(n int) string { return strconv.Itoa(n) }

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
