package compose

import (
	"strings"
	"time"
)

// When writes a time as mails in the language do, in the provider's zone.
func (c *Composer) When(language string, t time.Time) string {
	return c.known(language).when(t.In(c.zone()))
}

// Say is what a page shows in the language: a word of the pages, a title of a role, or a sentence of a role model; what
// has no translation stays.
func (c *Composer) Say(language, s string) string {
	l := c.known(language)
	if text, ok := l.forms.Pages[s]; ok {
		return text
	}
	return l.say(s)
}

// SayReason is the same of a reason that is put together of several sentences: why a mail waits, what proves its author.
func (c *Composer) SayReason(language, s string) string { return c.known(language).sayReason(s) }

func (c *Composer) known(tag string) *language {
	if l, ok := c.languages[strings.ToLower(tag)]; ok {
		return l
	}
	return c.languages[fallback]
}
