// Package golden tests a role model with cases that a security officer can read and write: a question and its answer.
package golden

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/policy"
)

// File is the golden cases of one role model.
type File struct {
	RoleModel string // id of the model
	Cases     []Case
	// Elsewhere are the rows that no rule of a model decides, with what does.
	Elsewhere map[string]string
}

// Case is one question and what is expected of the answer. What is not given is not looked at.
type Case struct {
	Line int
	Row  []string // ids of the sentences that the case shows
	Name string

	Ask

	// Of a request; Answer is "" where Action is.
	Answer       string // yes or no
	Rule         string
	ApprovedBy   []string // stages in their order; nil is not looked at
	MayAsk       []string
	OwnAuthority *bool // whoever asks is an authority, so that stage client is left out
	MovesPower   *bool
	Checklist    string // none, staff or security

	// Of the bounds of the roles, where Others is given: how many others hold each role.
	Others       map[string]int
	Full, Vacant []string

	// Of the sender's capabilities.
	Can, Cannot []string
	Topics      map[string]bool // whether the sender may ask about it
}

// Ask is who asks what about whom.
type Ask struct {
	As      []string // roles of whoever asks
	Grants  []string
	Badge   bool // it is active
	Action  string
	Self    bool     // about themselves
	Subject []string // roles of the subject person; for add_user those that they shall have
	Becomes []string // roles that they shall have
	Details []string

	PhysicalAccess bool // whoever asks has it
	Admitted       bool // the subject person has it or is escorted
	Unlisted       bool // the subject person is not on the client's list
	Lead           bool // the subject person is the lead contact
}

// Question is the question to the model. The error names a word that the model does not know, and those that it does.
func (a Ask) Question(m *policy.Model) (policy.Question, error) {
	q := policy.Question{Action: policy.Action(a.Action), ActorRoles: a.As, Grants: a.Grants, Self: a.Self, SubjectRoles: a.Subject,
		Roles: a.Becomes, PhysicalAccess: a.PhysicalAccess, Admitted: a.Admitted, Unlisted: a.Unlisted, Lead: a.Lead}
	if err := a.checkRoles(m); err != nil {
		return q, err
	}
	if !slices.Contains(policy.Actions(), q.Action) {
		return q, fmt.Errorf("unknown action %q; there are %s", a.Action, strings.Trim(fmt.Sprint(policy.Actions()), "[]"))
	}
	for _, d := range a.Details {
		if !slices.Contains(policy.Details(), policy.Detail(d)) {
			return q, fmt.Errorf("unknown detail %q; there are %s", d, strings.Trim(fmt.Sprint(policy.Details()), "[]"))
		}
		q.Details = append(q.Details, policy.Detail(d))
	}
	if q.Action == policy.ActionAddUser {
		q.Roles, q.SubjectRoles = slices.Concat(a.Becomes, a.Subject), nil
	}
	if q.Self && len(q.SubjectRoles) == 0 {
		q.SubjectRoles = q.ActorRoles
	}
	return q, nil
}

func (a Ask) checkRoles(m *policy.Model) error {
	for _, id := range slices.Concat(a.As, a.Subject, a.Becomes) {
		if _, ok := m.Role(id); !ok {
			var ids []string
			for _, r := range m.Roles {
				ids = append(ids, r.ID)
			}
			return fmt.Errorf("unknown role %q; %s has %s", id, m.ID, strings.Join(ids, ", "))
		}
	}
	for _, g := range a.Grants {
		if err := policy.CheckGrant(g); err != nil {
			return err
		}
	}
	return nil
}

// holder is whoever asks, as capabilities see them.
func (a Ask) holder() policy.Holder {
	return policy.Holder{Roles: a.As, Grants: a.Grants, Badge: a.Badge, PhysicalAccess: a.PhysicalAccess}
}

// Mismatch is one thing that a model says otherwise than a case expects.
type Mismatch struct {
	Case      Case
	What      string // the key of the file
	Want, Got string
}

// Test plays all cases on a model.
func (f *File) Test(m *policy.Model) []Mismatch {
	var all []Mismatch
	for _, c := range f.Cases {
		all = append(all, c.test(m)...)
	}
	return all
}

func (c Case) test(m *policy.Model) []Mismatch {
	t := tester{c: c}
	if c.Action == "" {
		if err := c.checkRoles(m); err != nil {
			return []Mismatch{{c, "as", "roles of the model", err.Error()}}
		}
	} else {
		q, err := c.Question(m)
		if err != nil {
			return []Mismatch{{c, "action", "words of the model", err.Error()}}
		}
		t.answer(m.Decide(q))
		if c.Others != nil {
			full, vacant := m.Bounds(q, c.Others)
			t.compare("full", list(c.Full), list(full))
			t.compare("vacant", list(c.Vacant), list(vacant))
		}
	}
	t.capabilities(m.CapabilitiesOf(c.holder()))
	return t.found
}

type tester struct {
	c     Case
	found []Mismatch
}

func (t *tester) compare(what, want, got string) {
	if want != got {
		t.found = append(t.found, Mismatch{t.c, what, want, got})
	}
}

func (t *tester) answer(a policy.Answer) {
	t.compare("answer", t.c.Answer, yesNo(a.Allowed))
	if t.c.Rule != "" {
		t.compare("rule", t.c.Rule, a.Rule)
	}
	if t.c.ApprovedBy != nil {
		var stages []string
		for _, s := range a.Stages {
			stages = append(stages, string(s))
		}
		t.compare("approved_by", list(t.c.ApprovedBy), list(stages))
	}
	if t.c.MayAsk != nil {
		t.compare("may_ask", list(t.c.MayAsk), list(a.MayAsk))
	}
	if t.c.OwnAuthority != nil {
		t.compare("own_authority", yesNo(*t.c.OwnAuthority), yesNo(a.ClientSkipped))
	}
	if t.c.MovesPower != nil {
		t.compare("moves_power", yesNo(*t.c.MovesPower), yesNo(a.MovesPower))
	}
	if t.c.Checklist != "" {
		t.compare("checklist", t.c.Checklist, orNone(string(a.Checklist)))
	}
}

func (t *tester) capabilities(held []string) {
	for _, c := range t.c.Can {
		if !slices.Contains(held, c) {
			t.compare("can", c, "has only "+list(held))
		}
	}
	for _, c := range t.c.Cannot {
		if slices.Contains(held, c) {
			t.compare("cannot", c, "has it")
		}
	}
	for _, topic := range policy.Topics() {
		if want, given := t.c.Topics[topic]; given {
			may, _ := policy.MayAskAbout(topic, held)
			t.compare("topics: "+topic, yesNo(want), yesNo(may))
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func list(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

//go:embed cases/*.yaml
var shipped embed.FS

// Shipped are the cases that come with a built-in model.
func Shipped(model string) (*File, error) {
	name := path.Join("cases", model+".yaml")
	data, err := shipped.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("finding the golden cases of %s: only the built-in models have some; name a file", model)
	}
	return Load(name, data)
}
