package interpret

import "strings"

// machine are the phrases of machine mail in all known languages, merged: mail systems write in the reader's language, the
// writer's, or both.
var machine = words.Machine

// machineWords are what machines write: out-of-office notices, receipts, bounces. White space counts as one blank; a phrase counts
// wherever it stands, save that those of *_starts must begin the subject, and one word alone must end there or be followed by a
// mark. No word of a human subject may be listed alone.
type machineWords struct {
	AutoSubjects    []string `yaml:"auto_subjects"`
	AutoStarts      []string `yaml:"auto_starts"`
	ReceiptStarts   []string `yaml:"receipt_starts"`
	CalendarStarts  []string `yaml:"calendar_starts"`
	Challenge       []string `yaml:"challenge"`
	BounceSubjects  []string `yaml:"bounce_subjects"`
	BounceStarts    []string `yaml:"bounce_starts"`
	BouncePhrases   []string `yaml:"bounce_phrases"`
	BounceOpenings  []string `yaml:"bounce_openings"`
	DelayPhrases    []string `yaml:"delay_phrases"`
	GaveUp          []string `yaml:"gave_up"`
	Returned        []string `yaml:"returned"`
	RecipientBefore []string `yaml:"recipient_before"`
	NotRecipient    []string `yaml:"not_recipient"`
}

// lists are all lists of w.
func (w *machineWords) lists() []*[]string {
	return []*[]string{&w.AutoSubjects, &w.AutoStarts, &w.ReceiptStarts, &w.CalendarStarts, &w.Challenge, &w.BounceSubjects, &w.BounceStarts,
		&w.BouncePhrases, &w.BounceOpenings, &w.DelayPhrases, &w.GaveUp, &w.Returned, &w.RecipientBefore, &w.NotRecipient}
}

func (w *machineWords) merge(o machineWords) {
	theirs := o.lists()
	for i, mine := range w.lists() {
		*mine = append(*mine, *theirs[i]...)
	}
}

// folded lowers s and makes all white space one blank.
func folded(s string) string {
	return strings.Join(strings.Fields(lower(s)), " ")
}

// holdsAny says whether s, which folded made, holds one of phrases.
func holdsAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// startsWithAny says whether s, which folded made, starts with one of phrases. Behind one word alone the subject ends or has a
// mark: "Absence: Bob", not "Absence of our main contact".
func startsWithAny(s string, phrases []string) bool {
	for _, p := range phrases {
		rest, ok := strings.CutPrefix(s, p)
		next := strings.TrimLeft(rest, " ")
		switch {
		case !ok:
		case rest == "", strings.HasSuffix(p, ":"), strings.ContainsAny(next[:1], ":-(|,!"), strings.HasPrefix(next, "–"), strings.HasPrefix(next, "："):
			return true
		case strings.Contains(p, " ") && !isWordRune([]rune(rest)[0]):
			return true
		}
	}
	return false
}
