package compose

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// Preview is a mail as people see it.
type Preview struct{ Subject, Text, HTML string }

// Preview renders the texts of a mail without making a message of it.
func (c *Composer) Preview(m *access.Mail, now time.Time) (Preview, error) {
	r, err := c.render(m, func(l *language) *view { return c.view(m, l, now) })
	if err != nil {
		return Preview{}, fmt.Errorf("rendering mail %q: %w", m.Kind, err)
	}
	if m.Ticket != nil {
		r.subject = "[" + m.Ticket.Number + "] " + r.subject
	}
	return Preview{r.subject, r.text, r.html}, nil
}

// Languages are the tags of the languages that there are texts in, sorted.
func (c *Composer) Languages() []string { return slices.Sorted(maps.Keys(c.languages)) }

// LanguageName is what a language calls itself.
func (c *Composer) LanguageName(tag string) string {
	if l, ok := c.languages[tag]; ok {
		return l.forms.Name
	}
	return tag
}

// Lacking names the kinds that a language has no texts of; they are written in English.
func (c *Composer) Lacking(tag string) []string {
	var kinds []string
	for _, kind := range access.MailKinds {
		if l, ok := c.languages[tag]; ok && !l.texts.has(kind) {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

// Prove renders the samples in every language and checks that each mail carries what it is for: templates may have been
// replaced. All problems are one error, and each names its template.
func (c *Composer) Prove() error {
	var errs []error
	seen := map[string]bool{}
	for _, tag := range c.Languages() {
		samples := Samples()
		for _, name := range slices.Sorted(maps.Keys(samples)) {
			m := samples[name]
			if !c.languages[tag].texts.has(m.Kind) {
				continue
			}
			m.Language = tag
			p, err := c.Preview(m, SampleTime)
			if err == nil {
				err = carries(m, p)
			}
			if err == nil || seen[err.Error()] {
				continue
			}
			seen[err.Error()] = true
			errs = append(errs, fmt.Errorf("mail/%s/%s: %w", tag, m.Kind, err))
		}
	}
	return errors.Join(errs...)
}

// carries reports what a rendered mail lacks.
func carries(m *access.Mail, p Preview) error {
	switch {
	case p.Subject == "", strings.HasSuffix(p.Subject, "] "):
		return errors.New("the subject is empty")
	case m.Ref != nil && !onlyRef(p.Text, m.Ref), m.Ref != nil && !onlyRef(p.HTML, m.Ref):
		return errors.New(`the line "Ref: {{.Ref}}" is missing: no answer could be recognised`)
	case !m.Data.Token.IsZero() && !(strings.Contains(p.Text, m.Data.Token.Reveal()) && strings.Contains(p.HTML, m.Data.Token.Reveal())):
		return errors.New("{{.Link}} is missing")
	case !m.Data.Code.IsZero() && !(strings.Contains(p.Text, m.Data.Code.Reveal()) && strings.Contains(p.HTML, m.Data.Code.Reveal())):
		return errors.New("{{.Code}} is missing")
	}
	for _, l := range m.Data.Lines {
		if m.Kind == access.MailApproval && (!strings.Contains(p.Text, l.Email) || !strings.Contains(p.HTML, l.Email)) {
			return errors.New("an approver must see the address of everybody they are asked about")
		}
	}
	return nil
}

func onlyRef(s string, r *token.Ref) bool {
	found := token.FindRefs(s)
	return len(found) == 1 && found[0].String() == r.String()
}
