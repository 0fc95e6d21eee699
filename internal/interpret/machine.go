package interpret

import (
	"embed"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed machine.yaml dates.yaml fields.yaml commands.yaml topics.yaml
var dataFiles embed.FS

// machine are the phrases of machine mail in all known languages, merged: mail systems write in the reader's language, the
// writer's, or both.
var machine = loadMachine()

// machineWords is what machine.yaml holds of one language. Every list is in lower case.
type machineWords struct {
	AutoSubjects    []string `yaml:"auto_subjects"`
	AutoStarts      []string `yaml:"auto_starts"`
	ReceiptStarts   []string `yaml:"receipt_starts"`
	CalendarStarts  []string `yaml:"calendar_starts"`
	Challenge       []string `yaml:"challenge"`
	BounceSubjects  []string `yaml:"bounce_subjects"`
	BouncePhrases   []string `yaml:"bounce_phrases"`
	BounceOpenings  []string `yaml:"bounce_openings"`
	DelayPhrases    []string `yaml:"delay_phrases"`
	GaveUp          []string `yaml:"gave_up"`
	Returned        []string `yaml:"returned"`
	RecipientBefore []string `yaml:"recipient_before"`
	NotRecipient    []string `yaml:"not_recipient"`
}

func loadMachine() machineWords {
	var languages map[string]machineWords
	readData("machine.yaml", &languages)
	var all machineWords
	for _, l := range languages {
		for _, x := range []struct{ into, from *[]string }{
			{&all.AutoSubjects, &l.AutoSubjects}, {&all.AutoStarts, &l.AutoStarts}, {&all.ReceiptStarts, &l.ReceiptStarts},
			{&all.CalendarStarts, &l.CalendarStarts}, {&all.Challenge, &l.Challenge}, {&all.BounceSubjects, &l.BounceSubjects},
			{&all.BouncePhrases, &l.BouncePhrases}, {&all.BounceOpenings, &l.BounceOpenings}, {&all.DelayPhrases, &l.DelayPhrases},
			{&all.GaveUp, &l.GaveUp}, {&all.Returned, &l.Returned}, {&all.RecipientBefore, &l.RecipientBefore},
			{&all.NotRecipient, &l.NotRecipient},
		} {
			*x.into = append(*x.into, *x.from...)
		}
	}
	return all
}

// readData reads an embedded file of data into v.
func readData(name string, v any) {
	data, err := dataFiles.ReadFile(name)
	if err != nil {
		panic("reading embedded " + name + ": " + err.Error())
	}
	if err := yaml.Unmarshal(data, v); err != nil {
		panic("reading embedded " + name + ": " + err.Error())
	}
}

// folded lowers s and makes all white space one blank.
func folded(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(s), "’", "'")), " ")
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
