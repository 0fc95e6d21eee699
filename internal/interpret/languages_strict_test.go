package interpret

import "testing"

// TestLanguageFilesAreStrict holds mistakes that a language file is refused for.
func TestLanguageFilesAreStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"good":          {"labels: {name: [naam]}\nanswer: {yes: [ja], if: [als]}\n", true},
		"unknown key":   {"lables: {name: [naam]}\n", false},
		"unknown field": {"labels: {nom: [naam]}\n", false},
		"unknown list":  {"answer: {maybe: [misschien]}\n", false},
		"unknown verb":  {"verbs: {delete: [weg]}\n", false},
		"capitals":      {"greetings: [Hallo]\n", false},
		"nested":        {"greetings: [hallo, no]\nanswer: {reject: [no, [x]]}\n", false},
	} {
		if _, err := parseLanguage([]byte(c.text)); (err == nil) != c.ok {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
