package interpret

import "strings"

// encliticRule tells how a language joins a pronoun to the verb in front of it: "eliminen" and "la" are written "elimínenla".
type encliticRule struct {
	After   []string `yaml:"after"`   // ends of verbs
	Instead string   `yaml:"instead"` // of that end
	Add     []string `yaml:"add"`     // pronouns, as they are joined
	Stress  bool     `yaml:"stress"`  // the syllable before the last of the verb gets an accent
}

// joined are the forms of a verb with the pronouns joined to it; none if its end is another.
func (r *encliticRule) joined(verb string) []string {
	for _, end := range r.After {
		core, ok := strings.CutSuffix(verb, end)
		if !ok || core == "" {
			continue
		}
		form := verb
		if r.Instead != "" {
			form = core + r.Instead
		}
		if r.Stress {
			form = stressed(form)
		}
		out := make([]string, len(r.Add))
		for i, pronoun := range r.Add {
			out[i] = form + pronoun
		}
		return out
	}
	return nil
}

var acutes = map[byte]string{'a': "á", 'e': "é", 'i': "í", 'o': "ó", 'u': "ú"}

// stressed puts an accent on the syllable in front of the last one, where a pronoun follows that moves it: "cambien" is "cámbien". Verbs of one
// syllable stay as they are, and those with an accent.
func stressed(verb string) string {
	if !isASCII(verb) {
		return verb
	}
	nuclei := []int{}
	for i := 0; i < len(verb); i++ {
		if !strings.ContainsRune("aeiou", rune(verb[i])) {
			continue
		}
		at := i
		weak := verb[i] == 'i' || verb[i] == 'u'
		if weak && i+1 < len(verb) && strings.ContainsRune("aeo", rune(verb[i+1])) {
			i++ // "bien" is one syllable
			at = i
		} else if !weak && i+1 < len(verb) && (verb[i+1] == 'i' || verb[i+1] == 'u') {
			i++
		}
		nuclei = append(nuclei, at)
	}
	if len(nuclei) < 2 {
		return verb
	}
	at := nuclei[len(nuclei)-2]
	return verb[:at] + acutes[verb[at]] + verb[at+1:]
}

// joinPronouns adds the forms of the verbs that a pronoun is joined to. Where a gap follows the verb, the pronoun fills it.
func (l *lexicon) joinPronouns() {
	var pronouns []string
	known := map[string]bool{}
	expand := func(list []string) []string {
		have := map[string]bool{}
		for _, p := range list {
			have[p] = true
		}
		for _, p := range list {
			verb, rest, more := strings.Cut(p, " ")
			if rest = strings.TrimPrefix(rest, "* "); more {
				rest = " " + rest
			}
			for i := range l.Enclitics {
				for _, form := range l.Enclitics[i].joined(verb) {
					if !have[form+rest] {
						have[form+rest] = true
						list = append(list, form+rest)
					}
					if !known[form] {
						known[form] = true
						pronouns = append(pronouns, form)
					}
				}
			}
		}
		return list
	}
	if len(l.Enclitics) == 0 {
		return
	}
	for _, of := range []string{"add", "remove", "change", "resend"} {
		l.Verbs[of] = expand(l.Verbs[of])
	}
	for _, of := range []string{"takes_away", "gives_access"} {
		if list := l.Cues[of]; len(list) > 0 {
			l.Cues[of] = expand(list)
		}
	}
	for _, p := range l.Pronoun {
		known[p] = false
	}
	for _, p := range pronouns {
		if known[p] {
			l.Pronoun = append(l.Pronoun, p)
		}
	}
	for _, p := range l.Cues["object"] {
		known[p] = false
	}
	for _, p := range pronouns {
		if known[p] {
			l.Cues["object"] = append(l.Cues["object"], p)
		}
	}
}
