package interpret

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// Explain says in English what r holds of m: each value with the words and the line it came from, each missing one and why,
// each decision, command and topic.
func Explain(r Reading, m *message.Message, model string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From:    %s\nSubject: %s\n", r.From, r.Subject)
	if model != "" {
		fmt.Fprintf(&b, "Model:   %s\n", model)
	}
	fmt.Fprintf(&b, "Class:   %s (%s)\n", r.Class, classMeaning[r.Class])
	for _, e := range r.Evidence {
		if e.Field == "class" {
			fmt.Fprintf(&b, "  because of its header: %s\n", e.Words)
		}
	}
	if r.Bounce != nil {
		explainBounce(&b, r)
	}
	for i, q := range r.Requests {
		explainRequest(&b, r, i, q)
	}
	explainDecisions(&b, r)
	explainWhole(&b, r, "commands", "\nCommand:")
	explainCommands(&b, r)
	explainWhole(&b, r, "topic", "\nTopic:")
	if r.Class == ClassOther && r.Topic == nil && len(r.Commands) == 0 {
		b.WriteString("\nTopic: none; no words of one topic outweigh those of all others\n")
	}
	explainWarnings(&b, r)
	for _, w := range m.Warnings {
		fmt.Fprintf(&b, "\nRead leniently: %s\n", w)
	}
	return b.String()
}

func explainDecisions(b *strings.Builder, r Reading) {
	if len(r.Decisions) == 0 {
		return
	}
	b.WriteString("\nDecisions:\n")
	for _, key := range sortedKeys(r.Decisions) {
		who := "number " + key
		if key == Everything {
			who = "everything asked"
		}
		why := ""
		if r.Decisions[key] == Unclear {
			why = " (neither clearly yes nor clearly no: it is asked again)"
		}
		fmt.Fprintf(b, "  %s: %s%s\n", who, r.Decisions[key], why)
	}
	if r.OwnWords == "" {
		b.WriteString("  the author wrote no words of their own\n")
		return
	}
	b.WriteString("  read from the author's own words alone:\n")
	for _, line := range strings.Split(cut(r.OwnWords, maxShown), "\n") {
		b.WriteString(strings.TrimRight("    | "+line, " ") + "\n")
	}
}

// explainCommands writes what a command is about, and what the mail says of itself.
func explainCommands(b *strings.Builder, r Reading) {
	say := func(what string, v *string) {
		if v != nil {
			fmt.Fprintf(b, "    %s: %s\n", what, *v)
		}
	}
	sayFlag := func(what string, v *bool) {
		if v != nil {
			fmt.Fprintf(b, "    %s: %s\n", what, yesNo(*v))
		}
	}
	for _, c := range r.Changes {
		who := "somebody"
		if c.Self {
			who = "the author"
		}
		fmt.Fprintf(b, "  changed of %s:\n", who)
		say("who has the name", c.Name)
		say("who has the address", c.Email)
		say("new name", c.NewName)
		say("new address", c.NewEmail)
		say("language", c.Language)
		sayFlag("physical access", c.PhysicalAccess)
		sayFlag("Lead Technical Contact", c.Lead)
	}
	if h := r.HandOver; h != nil {
		fmt.Fprintf(b, "  handed over: %s\n", cmp.Or(strings.Join(h.Roles, ", "), "the author's role"))
		say("to", h.Name)
		say("address", h.Email)
	}
	if d := r.Delegate; d != nil {
		if d.End {
			b.WriteString("  the author's delegation ends\n")
		} else {
			b.WriteString("  somebody decides for the author:\n")
		}
		say("who", d.Name)
		say("address", d.Email)
		say("until", d.Until)
	}
	if len(r.Takes) > 0 {
		fmt.Fprintf(b, "\nThe author takes: %s\n", strings.Join(r.Takes, ", "))
	}
	if len(r.Adds) > 0 {
		fmt.Fprintf(b, "\nThe approval adds: %s\n", strings.Join(r.Adds, ", "))
	}
	if r.ForClient != "" {
		fmt.Fprintf(b, "\nFor the client: %s\n", r.ForClient)
	}
}

// maxShown bounds the own words that are shown.
const maxShown = 2000

// explainWhole writes what is said of the whole mail in field.
func explainWhole(b *strings.Builder, r Reading, field, title string) {
	for _, e := range r.Evidence {
		if e.Request < 0 && e.Field == field {
			fmt.Fprintf(b, "%s %s\n", title, e.Value)
			if s := source(e); s != "" {
				fmt.Fprintf(b, "    %s\n", s)
			}
		}
	}
}

// likenesses say in what one domain resembles another.
var likenesses = map[mailaddr.Likeness]string{
	mailaddr.LikeLetters: "some of its letters only look like those of the other",
	mailaddr.LikeOneOff:  "one letter is more, missing, other or swapped",
	mailaddr.LikeEnding:  "the same name with another ending",
	mailaddr.LikeJoined:  "the same words, joined otherwise",
}

func explainWarnings(b *strings.Builder, r Reading) {
	for _, w := range r.Warnings {
		_, domain, _ := strings.Cut(w.Address, "@")
		fmt.Fprintf(b, "\nWarning: the domain %s of %s looks like %s, but is another: %s\n", domain, w.Address, w.Like, likenesses[w.How])
	}
}

func explainBounce(b *strings.Builder, r Reading) {
	for _, x := range r.Bounce.Recipients {
		state := "delayed or relayed"
		if x.Failed {
			state = "failed"
		}
		status := x.Status
		if status == "" {
			status = "without a status code"
		}
		fmt.Fprintf(b, "  %s: %s, %s", x.Address, state, status)
		for _, e := range r.Evidence {
			if e.Field == "bounce.recipients" && e.Value == x.Address {
				b.WriteString("\n    " + source(e))
				break
			}
		}
		b.WriteByte('\n')
	}
	if len(r.Bounce.Recipients) == 0 {
		b.WriteString("  recipient missing: the report names none clearly\n")
	}
	if r.Bounce.MessageID == "" {
		b.WriteString("  message id missing: the report returns no header with one\n")
		return
	}
	fmt.Fprintf(b, "  about the mail <%s>\n", r.Bounce.MessageID)
}

// inOrder are the values of a request in the order in which they are explained.
var inOrder = []string{"name", "email", "roles", "reason", "starts", "ends"}

func explainRequest(b *strings.Builder, r Reading, i int, q Request) {
	fmt.Fprintf(b, "\nRequest %d: %s (%s)\n", i+1, q.Action, actionMeaning[q.Action])
	for _, field := range inOrder {
		explainField(b, r, i, field)
	}
	for _, e := range r.Evidence {
		if e.Request == i && !has(inOrder, e.Field) && !strings.HasPrefix(e.Field, "choice.") {
			explainValue(b, e)
		}
	}
	var silent []string
	for _, x := range []struct {
		name string
		said bool
	}{
		{"physical access", q.PhysicalAccess != nil}, {"badge", q.Badge != nil}, {"company", q.Company != nil}, {"escort", q.Escort != nil},
		{"site", q.Site != nil}, {"grants", len(q.Grants) > 0}, {"end", q.Ends != nil || q.Action != ScheduleVisit},
	} {
		if !x.said {
			silent = append(silent, x.name)
		}
	}
	if len(silent) > 0 {
		fmt.Fprintf(b, "  not said, or not clearly: %s\n", strings.Join(silent, ", "))
	}
}

// explainField writes the values of one field, or that it is missing and why.
func explainField(b *strings.Builder, r Reading, i int, field string) {
	choice := ""
	for _, e := range r.Evidence {
		switch {
		case e.Request != i:
		case e.Field == field:
			explainValue(b, e)
		case e.Field == "choice."+field:
			choice = e.Value
		}
	}
	for _, x := range r.Missing {
		if x.Request != i || string(x.Field) != field {
			continue
		}
		why := whyMissing[x.Field]
		switch {
		case strings.Contains(choice, ", "):
			why = "the mail does not say clearly which of these it is: " + choice
		case choice != "":
			why = "the mail names " + choice + ", but not clearly for this person"
		}
		fmt.Fprintf(b, "  %-16s (missing)\n  %-16s   %s; it is asked for\n", field, "", why)
	}
}

func explainValue(b *strings.Builder, e Evidence) {
	fmt.Fprintf(b, "  %-16s %s\n", strings.ReplaceAll(e.Field, "_", " "), e.Value)
	if s := source(e); s != "" {
		fmt.Fprintf(b, "  %-16s   %s\n", "", s)
	}
}

// whyMissing says why a required field stayed empty.
var whyMissing = map[Field]string{
	FieldName:   "no full name is clearly this person's",
	FieldEmail:  "no complete address is clearly this person's",
	FieldRoles:  "no words of the mail are clearly the name of one role of the model",
	FieldReason: "no words of the mail say why",
	FieldStarts: "no day with a time of day is given, or there is a choice of two",
}

var labelBefore = regexp.MustCompile(`^[\s>*•·|#–-]*(?:\d{1,2}[.)]\s*)?([^:=@]{1,60}?)\s*[:=]>?\s*$`)

// source says where a value comes from and what makes it the value: a label, the words that name it, the line that is nothing
// else; or the words of a header field.
func source(e Evidence) string {
	words := strings.TrimSpace(e.Words)
	if e.Line == 0 {
		switch {
		case words != "" && words != e.Value:
			return "from " + strconv.Quote(words)
		case e.Field == "email":
			return "from the header: the address of that person in To or Cc"
		}
		return ""
	}
	where := "line " + number(e.Line)
	if strings.HasPrefix(words, ">") {
		where = "quoted " + where
	}
	from, to := within(words, e.Value)
	if from < 0 {
		return where + ": " + strconv.Quote(around(words, 0, 0))
	}
	before, after := words[:from], strings.Trim(words[to:], " .,;>")
	switch g := labelBefore.FindStringSubmatch(before); {
	case strings.Trim(before, " <*•·-") == "" && after == "":
		return where + " is just that"
	case g != nil && after == "":
		return where + ", behind the label " + strconv.Quote(strings.TrimSpace(g[1]))
	}
	return where + ": " + strconv.Quote(around(words, from, to))
}

// within finds a value in the line of its words, whatever the case; -1 if it is not there as it is.
func within(words, value string) (from, to int) {
	sought := lowerInPlace(value)
	i := strings.Index(lowerInPlace(words), sought)
	if i < 0 {
		return -1, -1
	}
	return i, i + len(sought)
}

// maxAround is how many bytes of a long line are shown on each side of a value.
const maxAround = 60

// around is the part of a line about words[from:to], cut at blanks.
func around(words string, from, to int) string {
	if from == 0 && to == 0 {
		to = maxAround
	}
	start, end := max(0, from-maxAround), min(len(words), to+maxAround)
	head, tail := "", ""
	if i := strings.IndexByte(words[start:max(start, from)], ' '); start > 0 && i >= 0 {
		start, head = start+i+1, "… "
	}
	if i := strings.LastIndexByte(words[min(to, end):end], ' '); end < len(words) && i >= 0 {
		end, tail = to+i, " …"
	}
	return head + strings.ToValidUTF8(words[start:end], "") + tail
}

var actionMeaning = map[Action]string{
	AddUser: "a new person", ChangeRole: "another role", RemoveUser: "removal", ScheduleVisit: "a visit", ResendInvitation: "a new invitation",
}

var classMeaning = map[Class]string{
	ClassRequest: "asks for access actions", ClassReply: "answers one of our mails", ClassAuto: "written by a machine",
	ClassBounce: "a delivery status notification", ClassOther: "no access request",
}
