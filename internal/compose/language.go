package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// languageFile stands in the folder of each language beside the templates.
const languageFile = "language.yaml"

// language is how mail in one language is written.
type language struct {
	id      string // the folder: en, de, pt-br
	forms   forms
	layout  string // forms.Time, with what stands for names
	phrases phrases
	texts   texts
}

// forms are the forms of dates and lists of a language, as its language.yaml gives them.
type forms struct {
	Name     string            `yaml:"name"`     // of the language, in itself
	Time     string            `yaml:"time"`     // a layout of package time, with the words Monday and January
	Weekdays []string          `yaml:"weekdays"` // from Sunday
	Months   []string          `yaml:"months"`
	Zones    map[string]string `yaml:"zones"` // abbreviations of time zones that are others here
	And      string            `yaml:"and"`
	Or       string            `yaml:"or"`
	Phrases  map[string]string `yaml:"phrases"` // English sentences of rules and reasons, and titles of roles
	Pages    map[string]string `yaml:"pages"`   // English words of the conversation page: headings, states, actions
}

func parseLanguage(templates fs.FS, dir string) (*language, error) {
	file := dir + "/" + languageFile
	data, err := fs.ReadFile(templates, file)
	if err != nil {
		return nil, fmt.Errorf("reading the mail templates: a language needs %s: %w", languageFile, err)
	}
	l := &language{id: strings.TrimPrefix(dir, mailDir+"/")}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&l.forms); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	f := l.forms
	switch {
	case f.Name == "" || f.Time == "" || f.And == "" || f.Or == "":
		return nil, fmt.Errorf("reading %s: give name, time, and, or", file)
	case len(f.Weekdays) != 7 || len(f.Months) != 12:
		return nil, fmt.Errorf("reading %s: give 7 weekdays, from Sunday, and 12 months", file)
	}
	l.layout = layoutOf.Replace(f.Time)
	if l.phrases, err = newPhrases(f.Phrases); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return l, nil
}

// when writes a time with its day of the week and its zone.
func (l *language) when(t time.Time) string {
	zone, _ := t.Zone()
	if own, ok := l.forms.Zones[zone]; ok {
		zone = own
	}
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone
	}
	var b strings.Builder
	for _, c := range t.Format(l.layout) {
		switch c {
		case weekdayHere:
			b.WriteString(l.forms.Weekdays[t.Weekday()])
		case monthHere:
			b.WriteString(l.forms.Months[t.Month()-1])
		case zoneHere:
			b.WriteString(zone)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// What stands for names in a layout: whatever they are, they must not be taken for a part of it.
const (
	weekdayHere = '\x01'
	monthHere   = '\x02'
	zoneHere    = '\x03'
)

var layoutOf = strings.NewReplacer("Monday", string(weekdayHere), "January", string(monthHere), "MST", string(zoneHere))

// allOf is "A, B and C"; oneOf is "A, B or C".
func (l *language) allOf(list []string) string { return enumerate(list, l.forms.And) }
func (l *language) oneOf(list []string) string { return enumerate(list, l.forms.Or) }

func enumerate(list []string, last string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + last + " " + list[len(list)-1]
}

// phrases translate the sentences that do not stand in templates: those of role models and those of package access.
type phrases struct {
	exact    map[string]string
	patterns []pattern
}

// pattern is a phrase with places: "As {level} you cannot ask us for this."
type pattern struct {
	re     *regexp.Regexp
	places []string
	text   string
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

func newPhrases(all map[string]string) (phrases, error) {
	p := phrases{exact: map[string]string{}}
	var keys []string
	for english, text := range all {
		wanted, given := place.FindAllString(english, -1), place.FindAllString(text, -1)
		slices.Sort(wanted)
		slices.Sort(given)
		if !slices.Equal(wanted, given) {
			return p, fmt.Errorf("the phrase %q and its translation have different places in braces", english)
		}
		if len(wanted) == 0 {
			p.exact[english] = text
			continue
		}
		keys = append(keys, english)
	}
	// The phrase with more words of its own is the better fit.
	slices.SortFunc(keys, func(a, b string) int {
		if d := len(place.ReplaceAllString(b, "")) - len(place.ReplaceAllString(a, "")); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, english := range keys {
		literal := place.Split(english, -1)
		for i := range literal {
			literal[i] = regexp.QuoteMeta(literal[i])
		}
		re, err := regexp.Compile(`^` + strings.Join(literal, `(.+?)`) + `$`)
		if err != nil {
			return p, fmt.Errorf("the phrase %q: %w", english, err)
		}
		p.patterns = append(p.patterns, pattern{re, place.FindAllString(english, -1), all[english]})
	}
	return p, nil
}

// say translates a sentence, or a title; what has no translation stays.
func (l *language) say(s string) string {
	if text, ok := l.phrases.exact[s]; ok {
		return text
	}
	for _, p := range l.phrases.patterns {
		g := p.re.FindStringSubmatch(s)
		if g == nil {
			continue
		}
		var values []string
		for i, name := range p.places {
			values = append(values, name, l.sayList(g[i+1]))
		}
		return strings.NewReplacer(values...).Replace(p.text)
	}
	return s
}

// sayReason translates why a mail was quarantined, or what speaks for its author: "sender not proven: By our MX: DMARC failed." is
// said part by part.
func (l *language) sayReason(s string) string {
	if text := l.say(s); text != s {
		return text
	}
	if first, rest, found := strings.Cut(s, ": "); found {
		return l.sayReason(first) + ": " + l.sayReason(rest)
	}
	if first, rest, found := strings.Cut(s, ". "); found {
		return l.say(first+".") + " " + l.sayReason(rest)
	}
	return s
}

func (l *language) sayAll(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, l.say(s))
	}
	return out
}

var listWords = regexp.MustCompile(`, | or | and `)

// sayList translates "A, B or C" where all of it is known.
func (l *language) sayList(s string) string {
	if text, ok := l.phrases.exact[s]; ok {
		return text
	}
	parts := listWords.Split(s, -1)
	for i, part := range parts {
		text, ok := l.phrases.exact[part]
		if !ok {
			return s
		}
		parts[i] = text
	}
	if strings.Contains(s, " and ") {
		return l.allOf(parts)
	}
	return l.oneOf(parts)
}
