package web

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/access"
)

// maxWords is how many characters of a mail the conversation shows.
const maxWords = 2000

var functions = template.FuncMap{"words": words, "tone": tone, "brief": brief}

// words writes an identifier such as awaiting_approval for people.
func words(id string) string { return strings.ReplaceAll(id, "_", " ") }

// tone is the style class of a state: good, wait, bad or calm.
func tone(state string) string {
	switch state {
	case string(access.Applied), string(access.Answered), string(access.Approved), string(access.Completed), "sent", "accepted":
		return "good"
	case string(access.Pending), string(access.NeedsDetails), string(access.AwaitingApproval), string(access.Invited), "queued":
		return "wait"
	case string(access.Quarantined), string(access.Unfetchable), string(access.Refused), string(access.Rejected), "bounced", "failed":
		return "bad"
	}
	return "calm"
}

// brief cuts a text that is too long to show.
func brief(text string) string {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= maxWords {
		return text
	}
	return string([]rune(text)[:maxWords]) + " […]"
}

// mask hides all but the first letter of an address's local part.
func mask(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "•••"
	}
	_, size := utf8.DecodeRuneInString(address[:at])
	if size == at {
		size = 0 // a local part of one letter is hidden whole
	}
	return address[:size] + "•••" + address[at:]
}
