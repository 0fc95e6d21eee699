package interpret

import (
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/replytext"
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

// TestNobodyElseIsDecidedOn takes every answer of every language with the name or number of one of two people, in the places where people put
// them, and never decides on the other one.
func TestNobodyElseIsDecidedOn(t *testing.T) {
	t.Parallel()
	load()
	lines := []AskedLine{{Number: 1, Name: "Jane Doe", Email: "jane.doe@acme.example"}, {Number: 2, Name: "Raj Patel", Email: "raj.patel@acme.example"}}
	places := []string{
		"A: W", "A W", "A\nW", "A\n\nW", "A, W", "A - W", "A – W", "A (W)", "A. W", "A:\nW", "A:\n- W", "W: A", "W A", "W\nA", "W\n\nA", "W, A", "W - A",
		"W:\nA", "W. A", "(W) A", "\"W\" A", "A \"W\"", "A = W", "W = A", "A; W", "W; A", "A / W", "W / A", "* W: A", "- W\nA", "A -> W", "A! W!", "A\tW",
	}
	whom := []string{"Jane", "Jane Doe", "Doe", "1", "1.", "#1", "no. 1", "jane.doe@acme.example", "Jane Doe <jane.doe@acme.example>", "1. Jane Doe", "(1)", "1)"}
	for _, lang := range parsedLanguages(t) {
		t.Run(lang.tag, func(t *testing.T) {
			t.Parallel()
			a := lang.words.Answer
			said := slices.Concat([]string{"APPROVE", "Approved", "REJECT", "ok"}, a.Approve, a.Yes, a.Reject)
			for i, y := range said {
				for k, place := range places {
					if i >= 4 && (i+k)%8 != 0 {
						continue // the words that stand everywhere in each place, the others in some
					}
					for n, w := range whom {
						if i >= 4 && (i+k/8+n)%6 != 0 {
							continue
						}
						own := strings.NewReplacer("A", y, "W", w).Replace(place)
						d := decide(replytext.Parts{Own: own}, lines, bookOf(nil), nil)
						if of(d, "2") != Unclear {
							t.Errorf("%q decides on who is not named: %v", own, d)
						}
					}
				}
			}
		})
	}
}
