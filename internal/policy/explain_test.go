package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// steps is an explanation in short: for each case the rules looked at, and why each does not apply.
func steps(e Explanation) []string {
	var s []string
	for _, c := range e.Cases {
		for _, r := range c.Rules {
			why := r.Why
			if r.Applies {
				why = "applies"
			}
			s = append(s, c.Role+": "+r.Rule.ID+" "+why)
		}
	}
	return s
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, model string
		q           Question
		want        []string
	}{
		{"allowed", "contact-levels", adds("secondary_contact", "technician"), []string{
			"technician: CL-03 it speaks to main_contact", "technician: CL-06 applies"}},
		{"refused", "contact-levels", adds("secondary_contact", "main_contact"), []string{
			"main_contact: CL-02 it speaks to main_contact", "main_contact: CL-08 applies"}},
		{"otherwise", "contact-levels", adds("secondary_contact", "secondary_contact"), []string{
			"secondary_contact: CL-03 it speaks to main_contact", "secondary_contact: CL-11 it speaks to technician"}},
		{"condition", "contact-levels", edits("technician", "technician", DetailEmail).self(), []string{
			"technician: CL-22 it speaks of the details [name language]", "technician: CL-13 it speaks to main_contact", "technician: CL-11 applies"}},
		{"grant", "contact-levels", adds("main_contact", "technician").grants("-users:request"), []string{
			"technician: CL-03 it wants the capability users:request", "technician: CL-06 it speaks to secondary_contact",
			"technician: CL-11 it speaks to technician"}},
		{"held-and-asked", "contact-levels", changes("main_contact", "technician", "secondary_contact"), []string{
			"secondary_contact: CL-03 applies", "technician: CL-03 applies"}},
		{"access", authorisationList, visits(techCont, techCont).self(), []string{
			"technical_contact: AL-03 it wants physical_access: true", "technical_contact: AL-05 it speaks to technical_authorised_official",
			"technical_contact: AL-04 it speaks to technical_manager", "technical_contact: AL-05 it speaks to technical_authorised_official",
			"technical_contact: AL-03 applies"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, steps(builtin(t, c.model).Explain(c.q))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainAgrees: the path ends at the rule that Decide names, and everything before it has a reason.
func TestExplainAgrees(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		e := m.Explain(q)
		if diff := cmp.Diff(m.Decide(q), e.Answer); diff != "" {
			t.Fatalf("another answer:\n%s", diff)
		}
		named := e.Answer.Rule == m.Otherwise.ID
		for _, c := range e.Cases {
			for i, r := range c.Rules {
				if r.Applies != (r.Why == "") || r.Applies && i != len(c.Rules)-1 {
					t.Fatalf("%+v: %+v", q, c)
				}
				named = named || r.Applies && r.Rule.ID == e.Answer.Rule
			}
		}
		if !named {
			t.Fatalf("rule %s is not on the path of %+v: %q", e.Answer.Rule, q, steps(e))
		}
	})
}
