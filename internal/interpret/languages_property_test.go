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

// TestNobodyElseIsDecidedOn takes every answer of every language with one or two of three people, by name or number, in the places where people put
// them, and never decides on another one.
func TestNobodyElseIsDecidedOn(t *testing.T) {
	t.Parallel()
	load()
	places := []string{
		"A: W", "A W", "A\nW", "A\n\nW", "A, W", "A - W", "A – W", "A (W)", "A. W", "A:\nW", "A:\n- W", "W: A", "W A", "W\nA", "W\n\nA", "W, A", "W - A",
		"W:\nA", "W. A", "(W) A", "\"W\" A", "A \"W\"", "A = W", "W = A", "A; W", "W; A", "A / W", "W / A", "* W: A", "- W\nA", "A -> W", "A! W!", "A\tW",
	}
	whom := []struct {
		said  string
		count int // of the first ones
	}{
		{"Jane", 1}, {"Jane Doe", 1}, {"Doe", 1}, {"1", 1}, {"1.", 1}, {"#1", 1}, {"no. 1", 1}, {"jane.doe@acme.example", 1}, {"Jane Doe <jane.doe@acme.example>", 1},
		{"1. Jane Doe", 1}, {"(1)", 1}, {"1)", 1}, {"1, 2", 2}, {"1 & 2", 2}, {"1+2", 2}, {"1/2", 2}, {"1 2", 2}, {"1-2", 2}, {"#1 #2", 2}, {"1\n2", 2}, {"Jane, Raj", 2},
		{"Jane Doe / Raj Patel", 2}, {"- Jane\n- Raj", 2}, {"1. Jane Doe\n2. Raj Patel", 2}, {"Jane and Raj", 2}, {"Jane Doe <jane.doe@acme.example>, Raj Patel", 2},
	}
	eachAnswer(t, func(t *testing.T, a *answerWords) {
		said := slices.Concat([]string{"APPROVE", "Approved", "REJECT", "ok"}, a.Approve, a.Yes, a.Reject)
		for i, y := range said {
			for k, place := range places {
				for n, w := range whom {
					if i >= 4 && (i+k*7+n)%37 != 0 {
						continue // the words that stand everywhere in each place, the others in some
					}
					own := strings.NewReplacer("A", y, "W", w.said).Replace(place)
					d := decide(replytext.Parts{Own: own}, threeAsked, bookOf(nil), nil)
					if of(d, "3") != Unclear || w.count == 1 && of(d, "2") != Unclear {
						t.Errorf("%q decides on who is not named: %v", own, d)
					}
				}
			}
		}
	})
}

// TestEachGetsTheirOwnAnswer takes a yes and a no of every language for one person each, in the orders in which people write them, and mixes up neither.
func TestEachGetsTheirOwnAnswer(t *testing.T) {
	t.Parallel()
	load()
	forms := []string{
		"1 A, 2 R", "1: A\n2: R", "A 1, R 2", "A Jane, R Raj", "Jane A, Raj R", "Jane: A\nRaj: R", "A: Jane\nR: Raj", "A\nJane\n\nR\nRaj", "Jane\nA\nRaj\nR",
		"A - Jane. R - Raj.", "1 - A / 2 - R", "A (1), R (2)", "R Raj. A Jane.", "R: 2\nA: 1", "2 R, 1 A", "A 1\nR 2", "R\n2\nA\n1", "1.A 2.R", "1A 2R", "1=A;2=R", "Jane=A, Raj=R",
	}
	eachAnswer(t, func(t *testing.T, a *answerWords) {
		refusals := slices.Concat([]string{"REJECT"}, a.Reject)
		for i, y := range slices.Concat([]string{"APPROVE", "Approved"}, a.Approve, a.Yes) {
			for k, form := range forms {
				own := strings.NewReplacer("A", y, "Raj", "Raj", "R", refusals[(i*7+k*3)%len(refusals)]).Replace(form)
				d := decide(replytext.Parts{Own: own}, threeAsked, bookOf(nil), nil)
				if of(d, "1") == Reject || of(d, "2") == Approve || of(d, "3") != Unclear {
					t.Errorf("%q mixes up whom it decides on: %v", own, d)
				}
			}
		}
	})
}

var threeAsked = []AskedLine{
	{Number: 1, Name: "Jane Doe", Email: "jane.doe@acme.example"}, {Number: 2, Name: "Raj Patel", Email: "raj.patel@acme.example"},
	{Number: 3, Name: "Wei-Lun Tsai", Email: "weilun@acme.example"},
}

func eachAnswer(t *testing.T, check func(t *testing.T, a *answerWords)) {
	for _, lang := range parsedLanguages(t) {
		t.Run(lang.tag, func(t *testing.T) {
			t.Parallel()
			check(t, &lang.words.Answer)
		})
	}
}
