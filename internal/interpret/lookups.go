package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// lookups are what is looked up word by word, of all languages together.
type lookups struct {
	fieldOf wordMap[string] // key of a label → field; "" where two languages differ
	noise   wordTable       // keys of label_noise
	// labelWords are the words of labels, labelStarts those that they begin with.
	labelWords, labelStarts wordTable
	labelPairs              pairSet // of labelStarts

	Months, Weekdays             wordMap[int] // also by their keys
	Until                        []string
	noValues                     wordTable
	givenNames, particleSurnames wordTable
	RoleWords                    map[string][]string
	RoleValues                   map[string]string // keys of role_values → title; "" where two languages differ
	Picks, Counts                map[string]int

	bounceOpenings, recipientBefore, notRecipient []string // of machineWords
}

func newLookups(each []lexicon) lookups {
	l := lookups{RoleWords: map[string][]string{}, RoleValues: map[string]string{}, Picks: map[string]int{}, Counts: map[string]int{}}
	for i := range each {
		o := &each[i]
		l.addLabels(o)
		l.Until = append(l.Until, o.Until...)
		for _, v := range o.NoValue {
			l.noValues.add(v)
		}
		for _, w := range o.GivenNames {
			l.givenNames.add(w)
		}
		for _, w := range o.ParticleSurnames {
			l.particleSurnames.add(w)
		}
		for short, full := range o.RoleWords {
			l.RoleWords[short] = append(l.RoleWords[short], full...)
		}
		for value, title := range o.RoleValues {
			if old, ok := l.RoleValues[key(value)]; ok && old != title {
				title = ""
			}
			l.RoleValues[key(value)] = title
		}
		for word, n := range o.Picks {
			l.Picks[word] = n
		}
		for word, n := range o.Counts {
			l.Counts[word] = n
		}
		l.bounceOpenings = append(l.bounceOpenings, o.Machine.BounceOpenings...)
		l.recipientBefore = append(l.recipientBefore, o.Machine.RecipientBefore...)
		l.notRecipient = append(l.notRecipient, o.Machine.NotRecipient...)
	}
	for _, spell := range []func(string) string{func(name string) string { return name }, key} {
		for i := range each {
			for name, n := range each[i].Months {
				l.Months.set(spell(name), n)
			}
			for name, n := range each[i].Weekdays {
				l.Weekdays.set(spell(name), n)
			}
		}
	}
	l.Until = slices.Clip(l.Until)
	for _, t := range []*wordTable{&l.fieldOf.wordTable, &l.noise, &l.noValues, &l.givenNames, &l.particleSurnames, &l.labelWords, &l.labelStarts, &l.Months.wordTable, &l.Weekdays.wordTable} {
		t.pack()
	}
	return l
}

// addLabels takes up the labels of a language and the words that may stand in them.
func (l *lookups) addLabels(o *lexicon) {
	for field, labels := range o.Labels {
		for _, label := range allSpellings(labels) {
			if old, ok := l.fieldOf.get(key(label)); ok && old != field {
				l.fieldOf.set(key(label), "")
			} else {
				l.fieldOf.set(key(label), field)
			}
			l.addLabelWords(key(label))
		}
	}
	for _, w := range allSpellings(o.LabelNoise) {
		l.noise.add(key(w))
		l.addLabelWords(key(w))
	}
}

func (l *lookups) addLabelWords(label string) {
	first, _, _ := strings.Cut(strings.ReplaceAll(label, ",", " "), " ")
	first = strings.Trim(first, ".:")
	l.labelStarts.add(first)
	l.labelPairs.add(first)
	for w := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		l.labelWords.add(strings.Trim(w, ".:"))
	}
}

// field is what a label is for, as key writes it; "" if that is not known.
func (l *lookups) field(label string) string {
	f, _ := l.fieldOf.get(label)
	return f
}

// month is the number of a month, 0 for what is none.
func (l *lookups) month(name string) int {
	n, _ := l.Months.get(name)
	return n
}
