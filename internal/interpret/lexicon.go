package interpret

import (
	"embed"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed lang/*.yaml
var langFiles embed.FS

// words are the words of all known languages, merged: a mail often mixes two.
var words = loadLexicon()

// lexicon is what lang/*.yaml hold. Every list is in lower case.
type lexicon struct {
	Labels      map[string][]string `yaml:"labels"`
	LabelNoise  []string            `yaml:"label_noise"`
	Titles      []string            `yaml:"titles"`
	Particles   []string            `yaml:"particles"`
	NotNames    []string            `yaml:"not_names"`
	Verbs       map[string][]string `yaml:"verbs"`
	Ask         []string            `yaml:"ask"`
	Pronouns    []string            `yaml:"pronouns"`
	NoReason    []string            `yaml:"no_reason"`
	Because     []string            `yaml:"because"`
	Both        []string            `yaml:"both"`
	RoleBefore  []string            `yaml:"role_before"`
	RoleAfter   []string            `yaml:"role_after"`
	RoleFiller  []string            `yaml:"role_filler"`
	RoleInstead []string            `yaml:"role_instead"`
	RoleOr      []string            `yaml:"role_or"`
	NoValue     []string            `yaml:"no_value"`
	Refer       []string            `yaml:"refer"`
	Self        []string            `yaml:"self"`
	Restrict    []string            `yaml:"restrict"`
	Greetings   []string            `yaml:"greetings"`
	NotAWish    []string            `yaml:"not_a_wish"`
	NewPerson   []string            `yaml:"new_person"`
	Gets        []string            `yaml:"gets"`
	Not         []string            `yaml:"not"`
	Holds       []string            `yaml:"holds"`
	Pronoun     []string            `yaml:"pronoun"`
	Invitation  []string            `yaml:"invitation"`
	InCopy      []string            `yaml:"in_copy"`
	Doubt       []string            `yaml:"doubt"`
	Question    []string            `yaml:"question"`
	InsteadOf   []string            `yaml:"instead_of"`
	AtPresent   []string            `yaml:"at_present"`
	Decide      map[string][]string `yaml:"decide"`
	Commands    map[string][]string `yaml:"commands"`
	AutoSubj    []string            `yaml:"auto_subjects"`
	BounceSubj  []string            `yaml:"bounce_subjects"`
	BounceWords []string            `yaml:"bounce_phrases"`
	Months      map[string]int      `yaml:"months"`

	fieldOf map[string]string                // label → field
	phrases map[string]map[string][][]string // list of decide → first word → phrases
	known   map[string]map[string]bool       // sets of the long lists
}

func loadLexicon() lexicon {
	var all lexicon
	entries, err := langFiles.ReadDir("lang")
	if err != nil {
		panic("listing embedded language files: " + err.Error())
	}
	for _, e := range entries {
		data, err := langFiles.ReadFile("lang/" + e.Name())
		if err != nil {
			panic("reading embedded " + e.Name() + ": " + err.Error())
		}
		var one lexicon
		if err := yaml.Unmarshal(data, &one); err != nil {
			panic("reading embedded " + e.Name() + ": " + err.Error())
		}
		all.merge(one)
	}
	all.index()
	return all
}

// index prepares the look-ups that are made for every word.
func (l *lexicon) index() {
	l.fieldOf = map[string]string{}
	for field, labels := range l.Labels {
		for _, label := range labels {
			l.fieldOf[label] = field
		}
	}
	l.phrases = map[string]map[string][][]string{}
	for key, list := range l.Decide {
		first := map[string][][]string{}
		for _, p := range list {
			if f := strings.Fields(p); len(f) > 0 {
				first[f[0]] = append(first[f[0]], f)
			}
		}
		l.phrases[key] = first
	}
	l.known = map[string]map[string]bool{}
	for key, list := range map[string][]string{"not_names": l.NotNames, "titles": l.Titles, "particles": l.Particles, "role_after": l.RoleAfter} {
		set := map[string]bool{}
		for _, w := range list {
			set[w] = true
		}
		l.known[key] = set
	}
}

func (l *lexicon) notName(w string) bool  { return l.known["not_names"][w] }
func (l *lexicon) title(w string) bool    { return l.known["titles"][w] }
func (l *lexicon) particle(w string) bool { return l.known["particles"][w] }

func (l *lexicon) merge(o lexicon) {
	l.Labels = mergeMap(l.Labels, o.Labels)
	l.Verbs = mergeMap(l.Verbs, o.Verbs)
	l.Decide = mergeMap(l.Decide, o.Decide)
	l.Commands = mergeMap(l.Commands, o.Commands)
	if l.Months == nil {
		l.Months = map[string]int{}
	}
	for name, number := range o.Months {
		l.Months[name] = number
	}
	mine := []*[]string{&l.LabelNoise, &l.Titles, &l.Particles, &l.NotNames, &l.Ask, &l.Pronouns, &l.NoReason, &l.Because, &l.Both,
		&l.RoleBefore, &l.RoleAfter, &l.RoleFiller, &l.RoleInstead, &l.RoleOr, &l.NoValue, &l.Refer, &l.Self, &l.Restrict,
		&l.Greetings, &l.NotAWish, &l.NewPerson, &l.Gets, &l.Not, &l.Holds, &l.Pronoun, &l.Invitation, &l.InCopy, &l.Doubt, &l.Question, &l.InsteadOf, &l.AtPresent, &l.AutoSubj, &l.BounceSubj, &l.BounceWords}
	theirs := [][]string{o.LabelNoise, o.Titles, o.Particles, o.NotNames, o.Ask, o.Pronouns, o.NoReason, o.Because, o.Both,
		o.RoleBefore, o.RoleAfter, o.RoleFiller, o.RoleInstead, o.RoleOr, o.NoValue, o.Refer, o.Self, o.Restrict,
		o.Greetings, o.NotAWish, o.NewPerson, o.Gets, o.Not, o.Holds, o.Pronoun, o.Invitation, o.InCopy, o.Doubt, o.Question, o.InsteadOf, o.AtPresent, o.AutoSubj, o.BounceSubj, o.BounceWords}
	for i := range mine {
		*mine[i] = append(*mine[i], theirs[i]...)
	}
}

func mergeMap(into, from map[string][]string) map[string][]string {
	if into == nil {
		into = map[string][]string{}
	}
	for key, list := range from {
		into[key] = append(into[key], list...)
	}
	return into
}

// has says whether list holds word.
func has(list []string, word string) bool { return slices.Contains(list, word) }

// flat lowers s and keeps only words and single blanks, so that phrases can be compared: " w1 w2 w3 ".
func flat(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, t := range tokenize(s) {
		if t.kind == wordToken {
			b.WriteString(strings.ReplaceAll(t.lower, "’", "'"))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// mentions says whether any of phrases stands in s, which flat made.
func mentions(s string, phrases []string) bool {
	for _, p := range phrases {
		if phraseAt(s, p) >= 0 {
			return true
		}
	}
	return false
}

// phraseAt finds a phrase in s, which flat made, between blanks; -1 if it is not there.
func phraseAt(s, phrase string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], phrase)
		if i < 0 {
			return -1
		}
		i += from
		if end := i + len(phrase); i > 0 && s[i-1] == ' ' && end < len(s) && s[end] == ' ' {
			return i
		}
		from = i + 1
	}
}
