package interpret

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/message"
)

// finder finds the line of a mail that a value came from.
type finder struct {
	lines  []string
	folded []string
	roles  map[string][]string // role id → forms that the mail writes it in
}

func newFinder(text string, book *roleBook) *finder {
	f := &finder{lines: strings.Split(text, "\n"), roles: map[string][]string{}}
	for _, line := range f.lines {
		f.folded = append(f.folded, fold(line))
		toks := tokenize(line)
		for _, m := range book.mentions(toks) {
			if form := line[toks[m.from].start:toks[m.to-1].end]; !has(f.roles[m.id], form) {
				f.roles[m.id] = append(f.roles[m.id], form)
			}
		}
	}
	return f
}

// where finds the first line that holds one of needles, or a needle's beginning where it is wrapped.
func (f *finder) where(needles ...string) (string, int) {
	for _, n := range needles {
		for _, form := range []string{n, headWords(n, 4)} {
			if form = fold(form); form == "" {
				continue
			}
			for i, line := range f.folded {
				if strings.Contains(line, form) {
					return strings.TrimSpace(f.lines[i]), i + 1
				}
			}
		}
	}
	return "", 0
}

// evidence ties every value of r to the words of the mail it came from.
func (rd *reader) evidence(r Reading) []Evidence {
	var out []Evidence
	if len(r.Requests) == 0 && len(r.Decisions) == 0 {
		return nil
	}
	f := newFinder(rd.text, rd.book)
	for i, q := range r.Requests {
		add := func(field, value string, needles ...string) {
			words, line := f.where(needles...)
			out = append(out, Evidence{Request: i, Field: field, Value: value, Words: words, Line: line})
		}
		if q.Name != nil {
			add("name", *q.Name, append([]string{*q.Name}, strings.Fields(*q.Name)...)...)
		}
		if q.Email != nil {
			add("email", *q.Email, *q.Email)
		}
		for _, id := range q.Roles {
			add("roles", id, f.roles[id]...)
		}
		if q.Reason != nil {
			add("reason", *q.Reason, *q.Reason)
		}
		if q.Starts != nil {
			add("starts", *q.Starts, (*q.Starts)[:4])
		}
		if q.Ends != nil {
			add("ends", *q.Ends, (*q.Ends)[11:])
		}
	}
	for _, key := range sortedKeys(r.Decisions) {
		words, line := f.where(firstLine(r.OwnWords))
		out = append(out, Evidence{Request: -1, Field: "decisions." + key, Value: string(r.Decisions[key]), Words: words, Line: line})
	}
	return out
}

func sortedKeys(d map[string]Decision) []string {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

func headWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[:min(n, len(f))], " ")
}

// Explain says in English what r holds of m: each value with the words and the line it came from, each missing one, each
// decision.
func Explain(r Reading, m *message.Message, model string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From:    %s\nSubject: %s\n", r.From, r.Subject)
	if model != "" {
		fmt.Fprintf(&b, "Model:   %s\n", model)
	}
	fmt.Fprintf(&b, "Class:   %s (%s)\n", r.Class, classMeaning[r.Class])
	if r.Bounce != nil {
		for _, x := range r.Bounce.Recipients {
			state := "delayed or relayed"
			if x.Failed {
				state = "failed"
			}
			fmt.Fprintf(&b, "  %s: %s %s\n", x.Address, state, x.Status)
		}
	}
	for i, q := range r.Requests {
		fmt.Fprintf(&b, "\nRequest %d: %s\n", i+1, q.Action)
		for _, e := range r.Evidence {
			if e.Request == i {
				explainValue(&b, e)
			}
		}
		for _, x := range r.Missing {
			if x.Request == i {
				fmt.Fprintf(&b, "  %-8s missing: the mail does not clearly say it\n", x.Field)
			}
		}
	}
	if len(r.Decisions) > 0 {
		b.WriteString("\nDecisions:\n")
		for _, key := range sortedKeys(r.Decisions) {
			who := "line " + key
			if key == Everything {
				who = "everything asked"
			}
			fmt.Fprintf(&b, "  %s: %s\n", who, r.Decisions[key])
		}
		fmt.Fprintf(&b, "  read from: %q\n", r.OwnWords)
	}
	for _, c := range r.Commands {
		fmt.Fprintf(&b, "\nCommand: %s\n", c.Name)
	}
	for _, w := range m.Warnings {
		fmt.Fprintf(&b, "\nRead leniently: %s\n", w)
	}
	return b.String()
}

func explainValue(b *strings.Builder, e Evidence) {
	fmt.Fprintf(b, "  %-8s %s", e.Field, e.Value)
	switch {
	case e.Line > 0 && strings.TrimSpace(e.Words) != e.Value:
		fmt.Fprintf(b, "  (line %d: %q)", e.Line, e.Words)
	case e.Line > 0:
		fmt.Fprintf(b, "  (line %d)", e.Line)
	}
	b.WriteByte('\n')
}

var classMeaning = map[Class]string{
	ClassRequest: "asks for access actions", ClassReply: "answers one of our mails", ClassAuto: "written by a machine",
	ClassBounce: "a delivery status notification", ClassOther: "no access request",
}
