package interpret

import "testing"

// TestLanguageFilesAreStrict holds mistakes that a language file is refused for.
func TestLanguageFilesAreStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"good":            {"labels: {name: [naam]}\nanswer: {yes: [ja], if: [als]}\n", true},
		"unknown key":     {"lables: {name: [naam]}\n", false},
		"unknown field":   {"labels: {nom: [naam]}\n", false},
		"unknown list":    {"answer: {maybe: [misschien]}\n", false},
		"unknown verb":    {"verbs: {delete: [weg]}\n", false},
		"unknown cue":     {"cues: {givers2: [als]}\n", false},
		"unknown command": {"commands: {explode: [los]}\n", false},
		"unknown topic":   {"topics: {weather: {clear: [regen]}}\n", false},
		"unknown weight":  {"topics: {billing: {murky: [rekening]}}\n", false},
		"unknown detail":  {"details: {labels: {shoe_size: [maat]}}\n", false},
		"unknown machine": {"machine: {moods: [blij]}\n", false},
		"unknown change":  {"changes: {shoe_size: [maat]}\n", false},
		"capital change":  {"changes: {to: [Naar]}\n", false},
		"capital command": {"commands: {stop: [\"1Stop\"]}\n", false},
		"capital machine": {"machine: {auto_starts: [Afwezig]}\n", false},
		"capital topic":   {"topics: {billing: {clear: [Rekening]}}\n", false},
		"every part": {"please: [graag]\ncommands: {stop: [\"1stop\"]}\nweekdays: {maandag: 1}\nuntil: [tot]\ncues: {givers: [als]}\n" +
			"topics: {billing: {clear: [rekening]}}\ndetails: {labels: {badge: [pas]}, prose: {badge: {yes: [met pas]}}}\nmachine: {auto_starts: [afwezig]}\n", true},
		"capitals": {"greetings: [Hallo]\n", false},
		"nested":   {"greetings: [hallo, no]\nanswer: {reject: [no, [x]]}\n", false},
	} {
		if _, err := parseLanguage([]byte(c.text)); (err == nil) != c.ok {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestListsHaveABit tells when there are more lists than a listSet has bits.
func TestListsHaveABit(t *testing.T) {
	t.Parallel()
	if n, room := len(sources), 64*len(listSet{}); n > room {
		t.Errorf("%d lists in sets for %d: make listSet larger", n, room)
	}
}
