package interpret

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/message"
)

// How sure a line makes it that an address of it is one that mail did not reach.
const (
	noRecipient = iota
	perhaps     // it stands somewhere
	told        // words in front of it say so
	itemised    // it begins the line
	opened      // the words that open a report end with it: "you are not a member of this mailing list <a@x.example>"
)

// place is an address in a report.
type place struct {
	address string
	line    int
	grade   int
}

// proseRecipients finds the addresses that a free-form report says it is about, each with the status said of it.
func proseRecipients(m *message.Message, report string, ours []string) []BouncedRecipient {
	chosen := choose(placesIn(strings.Split(report, "\n")), ours)
	if v, ok := field(m, "X-Failed-Recipients"); ok {
		chosen = nil
		for _, a := range addressesOf(v, 50) {
			if !has(chosen, a) {
				chosen = append(chosen, a)
			}
		}
	}
	out := []BouncedRecipient{}
	for _, a := range chosen {
		about := aboutAddress(report, chosen, a)
		status := statusIn(about)
		if status == "" && len(chosen) == 1 {
			status = statusIn(report)
		}
		failed := !delayed(report) || machine.GaveUp.in(folded(about))
		out = append(out, BouncedRecipient{Address: a, Status: status, Failed: failed})
	}
	return out
}

// choose keeps the addresses of the best grade there is. Those that stand just anywhere count only where there is but one.
func choose(places []place, ours []string) []string {
	for grade := opened; grade >= perhaps; grade-- {
		var out, mine []string
		for _, p := range places {
			switch {
			case p.grade != grade:
			case has(ours, p.address):
				mine = append(mine, p.address)
			case !has(out, p.address):
				out = append(out, p.address)
			}
		}
		if grade == perhaps && len(out) != 1 {
			return nil
		}
		if len(out) == 0 && grade > perhaps && len(mine) > 0 {
			out = mine[:1]
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

var (
	lead       = regexp.MustCompile(`^[\s>*•·|#-]*(?:\d{1,2}[.)]\s+|\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3}\s+)?)?[<"'(\[]?(?:mailto:|smtp:|rfc822;\s*)?$`)
	leadIn     = regexp.MustCompile(`(?i)^[\s>*•·|#-]*in:\s+`)
	afterList  = regexp.MustCompile(`^(?:[>"')\]]*\s*(?:$|[:;,.(\[]|-|–|\son\s|\s+invalid|\.\.\.)|[>"')\]]*\s*<mailto:)`)
	idBefore   = regexp.MustCompile(`(?i)(?:message[- ]?id|\bid|references|in-reply-to|boundary|queue)\W*$`)
	wordsClose = regexp.MustCompile(`[\s<>("'\[:=;*]+$`)
)

func placesIn(lines []string) []place {
	var out []place
	for i, line := range lines {
		out = append(out, placesOf(line, i)...)
	}
	return out
}

// namesRecipient says whether a report has an address at the begin of a line: people name one within a sentence.
func namesRecipient(report string) bool {
	return slices.ContainsFunc(placesIn(strings.Split(report, "\n")), func(p place) bool { return p.grade >= itemised })
}

// placesOf grades the addresses of line n.
func placesOf(line string, n int) []place {
	var out []place
	from := 0
	for range 20 {
		start, end, ok := findAddress(line, from)
		if !ok {
			break
		}
		before, after := line[:start], line[end:]
		p := place{address: strings.ToLower(line[start:end]), line: n}
		switch {
		case idBefore.MatchString(before):
		case lead.MatchString(before) && afterList.MatchString(after):
			p.grade = itemised
		default:
			p.grade = gradeBefore(line[from:start])
			if p.grade == perhaps && len(out) > 0 && out[len(out)-1].grade == itemised && strings.Trim(line[from:start], " \t,;<>") == "" {
				p.grade = itemised // "a@x.example, b@x.example"
			}
		}
		out = append(out, p)
		from = end
	}
	return out
}

// gradeBefore says what the words in front of an address make of it.
func gradeBefore(before string) int {
	s := folded(leadIn.ReplaceAllString(wordsClose.ReplaceAllString(before, ""), ""))
	if slices.ContainsFunc(words.bounceOpenings, func(p string) bool { return strings.HasSuffix(s, p) }) {
		return opened
	}
	best, grade := 0, perhaps
	for g, phrases := range map[int][]string{told: words.recipientBefore, noRecipient: words.notRecipient} {
		for _, p := range phrases {
			if !strings.HasSuffix(s, p) || len(p) < best || len(s) > len(p) && p[0] < 0x80 && isWordByte(s[len(s)-len(p)-1]) {
				continue
			}
			if len(p) > best || g == noRecipient {
				best, grade = len(p), g
			}
		}
	}
	return grade
}

func isWordByte(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }

// aboutAddress collects the lines that speak of one of several addresses: from each line that begins with it to the next
// address or blank line, and other lines that name it alone.
func aboutAddress(report string, chosen []string, address string) string {
	lines := strings.Split(report, "\n")
	at := map[int]string{} // line → the chosen address it speaks of, "" for several
	for _, p := range placesIn(lines) {
		if !has(chosen, p.address) {
			continue
		}
		if old, ok := at[p.line]; ok && old != p.address {
			at[p.line] = ""
			continue
		}
		at[p.line] = p.address
	}
	var out []string
	on := false
	for i, line := range lines {
		owner, named := at[i]
		switch {
		case named:
			on = owner == address
		case strings.TrimSpace(line) == "":
			on = false
		}
		if on {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// serviceNotice is what a sending service posts instead of a report, as JSON.
type serviceNotice struct {
	Kind   string `json:"notificationType"` // Bounce, Complaint, Delivery
	Event  string `json:"eventType"`        // the same, in the later form
	Bounce struct {
		Type       string             `json:"bounceType"`
		Recipients []serviceRecipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Recipients []serviceRecipient `json:"complainedRecipients"`
	} `json:"complaint"`
	Mail struct {
		Headers struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
	} `json:"mail"`
}

type serviceRecipient struct {
	Address    string `json:"emailAddress"`
	Status     string `json:"status"`
	Action     string `json:"action"`
	Diagnostic string `json:"diagnosticCode"`
}

// readNotice reads what a sending service reports as JSON in the mail's text; its Kind is empty if m is no such mail.
func readNotice(m *message.Message) serviceNotice {
	text := strings.TrimSpace(m.Text)
	if !strings.HasPrefix(text, "{") {
		return serviceNotice{}
	}
	var n serviceNotice
	if err := json.NewDecoder(strings.NewReader(strings.ReplaceAll(text, "\n", ""))).Decode(&n); err != nil {
		return serviceNotice{}
	}
	if n.Kind == "" {
		n.Kind = n.Event
	}
	return n
}

// noticeOfService reads the notices of failed delivery and of complaints. Who complains has got the mail: nothing failed.
func noticeOfService(m *message.Message) *Bounce {
	n := readNotice(m)
	recipients := n.Bounce.Recipients
	switch n.Kind {
	case "Bounce":
	case "Complaint":
		recipients = n.Complaint.Recipients
	default:
		return nil
	}
	b := &Bounce{Recipients: []BouncedRecipient{}, MessageID: strings.Trim(n.Mail.Headers.MessageID, "<>")}
	for _, r := range recipients {
		b.Recipients = append(b.Recipients, BouncedRecipient{
			Address: strings.ToLower(r.Address), Status: refined(r.Status, r.Diagnostic),
			Failed: n.Kind == "Bounce" && (n.Bounce.Type == "Permanent" || r.Action == "failed"),
		})
	}
	return b
}
