package interpret

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// maxReport bounds how much of a report is read: mail systems write less, then return the mail.
const maxReport = 32 << 10

// bounce reads a delivery status notification, RFC 3464 or free-form; nil if m is none.
// subject is that of m, folded.
func bounce(m *message.Message, subject string, ours []string) *Bounce {
	if b := noticeOfService(m); b != nil {
		return b
	}
	if m.Report != nil {
		return fromReport(m)
	}
	if !mayBounce(m, subject) {
		return nil
	}
	report, returned := splitReturned(reportText(m))
	if !bounces(m, subject, report, returned) {
		return nil
	}
	b := &Bounce{Recipients: fieldGroups(report), MessageID: returnedID(m, report, returned)}
	if len(b.Recipients) == 0 {
		b.Recipients = fieldGroups(returned) // below the copy, as some programs put it
	}
	if len(b.Recipients) == 0 {
		b.Recipients = proseRecipients(m, report, ours)
	}
	for _, inner := range m.Forwarded { // a gateway that wraps the report of another
		if len(b.Recipients) > 0 {
			break
		}
		if wrapped := bounce(inner, folded(inner.Subject), ours); wrapped != nil {
			return wrapped
		}
	}
	if len(b.Recipients) == 0 {
		b.Recipients = returnedTo(m, report, returned)
	}
	if len(b.Recipients) == 0 && returned != "" {
		b.Recipients = proseRecipients(m, report+"\n"+returned, ours) // what is announced as the copy is a summary of it
	}
	return b
}

func reportText(m *message.Message) string {
	text := replytext.Clean(m.Text)
	if strings.TrimSpace(text) == "" {
		text = replytext.Clean(m.HTMLText)
	}
	return cut(text, maxReport)
}

// fromReport takes what the fields of RFC 3464 say. Where they give no more than a class of status, the answer of the remote
// system does, or what the text says of the address (RFC 3463 section 2: x.0.0 is undefined).
func fromReport(m *message.Message) *Bounce {
	report, returned := splitReturned(reportText(m))
	b := &Bounce{Recipients: []BouncedRecipient{}, MessageID: m.Report.OriginalMessageID}
	if b.MessageID == "" {
		b.MessageID = returnedID(m, report, returned)
	}
	var all []string
	for _, r := range m.Report.Recipients {
		all = append(all, strings.ToLower(r.Address))
	}
	for i, r := range m.Report.Recipients {
		status := refined(r.Status, r.Diagnostic)
		status = refined(status, aboutAddress(report, all, all[i]))
		b.Recipients = append(b.Recipients, BouncedRecipient{Address: all[i], Status: status, Failed: reportFailed(r.Action, status, report)})
	}
	return b
}

// reportFailed reads an Action field (RFC 3464 section 2.3.3). For one that is missing or none of the five, the status and the
// text decide.
func reportFailed(action, status, report string) bool {
	switch strings.ToLower(action) {
	case "failed":
		return true
	case "delayed", "delivered", "relayed", "expanded":
		return false
	}
	return strings.HasPrefix(status, "5") || status == "" && !delayed(report)
}

// refined is the status of a field, or the one that a diagnostic text states where the field's says nothing, or no more than that the time
// has run out.
func refined(status, diagnostic string) string {
	if status != "" && !strings.HasSuffix(status, ".0.0") && !strings.HasSuffix(status, ".4.7") {
		return status
	}
	if said := statusIn(diagnostic); said != "" && (status == "" || said[0] == status[0]) {
		return said
	}
	return status
}

var (
	statusCode = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:$|\D))`)
	replied    = regexp.MustCompile(`\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})\b`)
)

// statusIn finds the one enhanced status code of a failure that text states, "" if there is none or two that differ. One that
// stands behind its reply code, "550 5.1.1", wins.
func statusIn(text string) string {
	text = aroundStatus(text)
	for _, re := range []*regexp.Regexp{replied, statusCode} {
		found := ""
		for _, g := range re.FindAllStringSubmatch(text, 30) {
			switch code := g[1]; {
			case code[0] == '2':
			case found == "", strings.HasSuffix(found, ".0.0") && code[0] == found[0]:
				found = code
			case found != code && !strings.HasSuffix(code, ".0.0"):
				return ""
			}
		}
		if found != "" {
			return found
		}
	}
	return ""
}

// aroundStatus is the part of text that may hold status codes, with what tells that they are some: "550 #5.1.1" and a stop.
func aroundStatus(text string) string {
	const before, behind = len(" 550 #"), len("5.123.123.") + utf8.UTFMax
	from, to := len(text), 0
	for i := 0; i+2 < len(text); i++ {
		if c := text[i]; text[i+1] == '.' && (c == '2' || c == '4' || c == '5') && isDigit(text[i+2]) {
			from, to = min(from, i), i
		}
	}
	if from == len(text) {
		return ""
	}
	return text[max(0, from-before):min(len(text), to+behind)]
}

// mayBounce says whether m may be a free-form report, as far as its header and the first words tell.
func mayBounce(m *message.Message, subject string) bool {
	if _, ok := field(m, "X-Failed-Recipients"); ok || mailSystem(m) || emptyPath(m) || noReply(m) || titledBounce(subject) {
		return true
	}
	// Without any of these, bounces takes no answer for a report whatever it says.
	return !inThread(m) && !isAnswer(subject) && machine.BounceOpenings.in(opening(m))
}

// maxOpening bounds the words of a report that say at once what it is.
const maxOpening = 400

// opening is the beginning of a text, folded.
func opening(m *message.Message) string {
	text := m.Text
	if strings.TrimSpace(text) == "" {
		text = m.HTMLText
	}
	head := text[:min(len(text), 2*maxOpening)]
	if !strings.Contains(head, "<mailto:") && !strings.Contains(head, "<http") { // nothing in it that Clean would change
		if said, ok := foldPlain(head, maxOpening); ok && (len(said) > maxOpening || len(head) == len(text)) {
			return cut(said, maxOpening)
		}
	}
	head = cut(text, 3*maxOpening)
	said := folded(replytext.Clean(head))
	if len(said) < maxOpening && len(head) < len(text) { // mostly blanks
		said = folded(replytext.Clean(cut(text, maxReport)))
	}
	return cut(said, maxOpening)
}

// titledBounce says whether a subject, which folded made, is one of reports.
func titledBounce(subject string) bool {
	return (machine.BounceSubjects.in(subject) || machine.BounceStarts.begins(subject)) && !isAnswer(subject)
}

// bounces recognises the free-form reports: a mail system wrote them and they speak of failed or late delivery.
func bounces(m *message.Message, subject, report, returned string) bool {
	if _, ok := field(m, "X-Failed-Recipients"); ok {
		return true
	}
	if has(machineReports, reportType(m)) {
		return false
	}
	text := folded(report)
	system, titled := mailSystem(m), titledBounce(subject)
	told := machine.BouncePhrases.in(text)
	opened := machine.BounceOpenings.in(cut(text, maxOpening))
	copied := returned != "" || len(m.Forwarded) > 0
	switch {
	case system:
		return titled || told || opened || statusIn(report) != "" && namesRecipient(report)
	case titled && (told || opened):
		return copied || !inThread(m) && (emptyPath(m) || noReply(m) || opened || statusIn(report) != "" || namesRecipient(report))
	case opened && told:
		return copied && !inThread(m) && !isAnswer(subject)
	case told && copied:
		return emptyPath(m) || noReply(m)
	}
	return false
}

// mailSystem says whether the author or the envelope names a mail system (RFC 5321 section 4.5.5, RFC 2142).
func mailSystem(m *message.Message) bool {
	from := ""
	if m.AuthorErr != nil { // no address could be read from it
		from, _ = field(m, "From")
		from = strings.ToLower(from)
	}
	local, name := strings.ToLower(m.Author.Address.Local), m.Author.Name
	for _, s := range []string{"mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon", "mail.delivery.system", "microsoftexchange", "poostmaster", "post_master"} {
		if strings.HasPrefix(local, s) || from != "" && strings.Contains(from, s) {
			return true
		}
	}
	for _, s := range []string{"mail delivery s", "mailer-daemon", "mail administrator", "ndr administrator", "postmaster"} {
		if n := len(name) - len(s); n >= 0 && (strings.EqualFold(name[:len(s)], s) || strings.EqualFold(name[n:], s)) {
			return true
		}
	}
	path, _ := field(m, "Return-Path")
	return local == "postmaster" || strings.Contains(strings.ToLower(path), "mailer-daemon")
}

func emptyPath(m *message.Message) bool {
	path, ok := field(m, "Return-Path")
	return ok && path == "<>"
}

// inThread says whether a mail answers another: most reports name none.
func inThread(m *message.Message) bool { return len(m.InReplyTo) > 0 }

var answerMark = regexp.MustCompile(`^(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|res|odp|ynt|回复|答复|转发)\s*[:：]`)

func isAnswer(subject string) bool {
	head := subject[:min(len(subject), 24)]
	return (strings.Contains(head, ":") || strings.Contains(head, "：")) && answerMark.MatchString(subject)
}

var (
	headLine   = regexp.MustCompile(`(?i)^>?\s?(received|return-path|message-id|from|to|subject|date|mime-version|content-type|sender|reply-to|x-[a-z-]+|dkim-signature|content-transfer-encoding|user-agent|cc|in-reply-to|references|envelope-to|delivered-to)\s?:`)
	traceLine  = regexp.MustCompile(`(?i)^>?\s?(received|return-path|message-id|mime-version|dkim-signature)\s?:`)
	messageIDs = regexp.MustCompile(`(?im)^[> ]*message-id:\s*<([^<>\s]+)>`)
)

// splitReturned cuts a text into what a mail system says and the mail, or its header, that it returns below.
func splitReturned(text string) (report, returned string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && (announcesCopy(line) || headerBlock(lines[i:])) {
			return strings.Join(lines[:i], "\n"), strings.Join(lines[i:], "\n")
		}
	}
	return text, ""
}

// announcesCopy recognises "--- Below this line is a copy of the message." and its kin: short lines.
func announcesCopy(line string) bool {
	s := folded(line)
	return s != "" && len(s) < 100 && machine.Returned.in(s) && !strings.Contains(s, "@")
}

// headerBlock says whether a mail's header begins here: three fields or more, one of them written by machines only.
func headerBlock(lines []string) bool {
	if !isHeadLine(lines[0]) {
		return false
	}
	n, trace := 0, false
	for _, line := range lines[:min(len(lines), 40)] {
		switch {
		case isHeadLine(line):
			n++
			trace = trace || traceLine.MatchString(line)
		case strings.TrimSpace(line) == "":
			return n >= 3 && trace
		case line[0] != ' ' && line[0] != '\t' && n < 2:
			return false
		}
	}
	return n >= 3 && trace
}

func isHeadLine(line string) bool {
	name, _, ok := strings.Cut(line, ":")
	name = strings.TrimSpace(strings.TrimPrefix(name, ">"))
	return ok && !strings.Contains(name, " ") && headLine.MatchString(line)
}

// returnedID finds the Message-ID of the mail that came back: in the attached mail, in an attached header, or in the text, below
// its announcement or above.
func returnedID(m *message.Message, report, returned string) string {
	for _, f := range m.Forwarded {
		if f.MessageID != "" {
			return f.MessageID
		}
	}
	texts := []string{returned}
	for _, a := range m.Attachments {
		texts = append(texts, a.Text)
	}
	for _, t := range append(texts, report) {
		if id := messageIDIn(t); id != "" {
			return id
		}
	}
	return ""
}

// messageIDIn returns the first Message-ID that a header in a text states. The expression reads the text from the first line on that has the
// end of the field's name.
func messageIDIn(text string) string {
	from := 0
	for {
		colon := strings.IndexByte(text[from:], ':')
		if colon < 0 {
			return ""
		}
		from += colon + 1
		if from > len("-id:") && strings.EqualFold(text[from-len("-id:"):from], "-id:") {
			break
		}
	}
	if g := messageIDs.FindStringSubmatch(text[strings.LastIndexByte(text[:from], '\n')+1:]); g != nil {
		return g[1]
	}
	return ""
}

var reportField = regexp.MustCompile(`(?i)^[>\s]*(final-recipient|original-recipient|action|status|diagnostic-code)\s*:\s*(.*)$`)

// fieldGroups reads the fields of RFC 3464 that stand in a text, group by group.
func fieldGroups(text string) []BouncedRecipient {
	var out []BouncedRecipient
	group := map[string]string{}
	last := ""
	flush := func() {
		address := addressIn(strings.ToLower(group["final-recipient"]))
		if address == "" {
			address = addressIn(strings.ToLower(group["original-recipient"]))
		}
		if address != "" {
			status := refined(statusIn(group["status"]), group["diagnostic-code"])
			action, _, _ := strings.Cut(strings.TrimSpace(group["action"]), " ")
			failed := reportFailed(action, status, text)
			out = append(out, BouncedRecipient{Address: address, Status: status, Failed: failed})
			group = map[string]string{}
		}
		last = ""
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.Trim(line, "> \t") == "" {
			flush()
			continue
		}
		var g []string
		if strings.IndexByte(line, ':') >= 0 {
			g = reportField.FindStringSubmatch(line)
		}
		if g == nil {
			if last != "" && (line[0] == ' ' || line[0] == '\t') {
				group[last] += " " + strings.TrimSpace(line)
			} else {
				last = ""
			}
			continue
		}
		name := strings.ToLower(g[1])
		if group[name] != "" {
			flush()
		}
		group[name], last = g[2], name
	}
	flush()
	return out
}

// returnedTo takes the only recipient of the mail that came back, where the report names none.
func returnedTo(m *message.Message, report, returned string) []BouncedRecipient {
	address := ""
	switch {
	case len(m.Forwarded) == 1 && len(m.Forwarded[0].To) == 1 && len(m.Forwarded[0].Cc) == 0:
		address = lowerAddress(m.Forwarded[0].To[0])
	case len(m.Forwarded) == 0:
		texts := []string{returned}
		for _, a := range m.Attachments {
			texts = append(texts, a.Text)
		}
		for _, t := range texts {
			if found := headerTo(t); address == "" && len(found) == 1 {
				address = found[0]
			}
		}
	}
	if address == "" {
		return []BouncedRecipient{}
	}
	return []BouncedRecipient{{Address: address, Status: statusIn(report), Failed: !delayed(report)}}
}

var toField = regexp.MustCompile(`(?im)^[> ]*(?:to|cc)\s?:(.*(?:\n[ \t].*)*)`)

// headerTo returns the addresses of the To and Cc fields of a header in a text.
func headerTo(text string) []string {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n\n\n")
	var out []string
	for _, g := range toField.FindAllStringSubmatch(head, 4) {
		for _, a := range addressesOf(g[1], 10) {
			if !has(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// delayed says whether a report speaks of a delay only.
func delayed(report string) bool {
	s := folded(report)
	return machine.DelayPhrases.in(s) && !machine.GaveUp.in(s)
}
