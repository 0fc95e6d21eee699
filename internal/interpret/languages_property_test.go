package interpret

import (
	"slices"
	"strings"
	"testing"
)

// TestNothingSoftenedApproves takes every word of yes of every language together with that language's words of denial and
// condition, in the places where they can stand, and never reads an approval.
func TestNothingSoftenedApproves(t *testing.T) {
	t.Parallel()
	load()
	lines := []AskedLine{{Number: 1, Name: "Jane Doe", Email: "jane.doe@acme.example"}}
	entries, err := langFiles.ReadDir("lang")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := langFiles.ReadFile("lang/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		l, err := parseLanguage(data)
		if err != nil {
			t.Fatal(err)
		}
		a := l.Answer
		t.Run(strings.TrimSuffix(e.Name(), ".yaml"), func(t *testing.T) {
			t.Parallel()
			tongue := newTongue(e.Name(), l)
			idioms := map[string]bool{} // "nicht" and "nichts dagegen": two words of the lists that make a third one
			for _, p := range allSpellings(append(append([]string{}, a.Approve...), a.Yes...)) {
				idioms[strings.ReplaceAll(key(p), " ", "")] = true
			}
			yes := append(append([]string{"APPROVE", "ok"}, a.Approve...), a.Yes...)
			for i, y := range yes {
				for k, w := range slices.Concat(a.Not, a.If, a.Unsure) {
					w = strings.TrimSuffix(w, "*")
					forms := []string{w + " " + y, y + " " + w, y + ", " + w, y + ". " + w + ".", y + " Jane " + w}
					if i >= 2 { // APPROVE and ok stand everywhere, the others in front and in one further place each
						forms = []string{forms[0], forms[1+(i+k)%4]}
					}
					for _, text := range forms {
						said := strings.NewReplacer(",", "", ".", "", "Jane", "", " ", "").Replace(text)
						if idioms[key(said)] {
							continue
						}
						if st := tongue.read(text, lines); st.said && st.each[1] == Approve {
							t.Errorf("%q reads as an approval", text)
						}
					}
				}
			}
		})
	}
}
