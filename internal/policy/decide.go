package policy

import (
	"maps"
	"slices"
	"strings"
)

// Question is a request reduced to roles.
type Question struct {
	Action       Action
	ActorRoles   []string // empty: the actor has no role
	Grants       []string // of the actor, as "+capability" or "-capability" (AC-07)
	Self         bool     // the subject person is the actor
	SubjectRoles []string // roles that the subject person holds now
	Roles        []string // roles asked for; empty: not known yet, or not asked by this action
	Details      []Detail // what change_details changes; empty: not known

	PhysicalAccess bool // the actor has physical access (AL-02)
	Admitted       bool // the subject person has physical access or is escorted; follows from PhysicalAccess when it is the actor
	Unlisted       bool // the subject person is known and no contact of the client
	Lead           bool // the subject person is the client's lead contact (AL-07)
}

// subjectKnown reports whether it is known whom the question is about.
func (q Question) subjectKnown() bool { return q.Self || q.Unlisted || len(q.SubjectRoles) > 0 }

// Answer is the model's word on a Question.
type Answer struct {
	Allowed bool
	Rule    string   // id of the rule behind it
	Reason  string   // one sentence for people; on a refusal it says who may ask
	MayAsk  []string // ids of the roles that may ask this for another person, highest rank first
	// Stages in their order. nil while the asked roles are not known. StageClient is left out when the actor is an
	// authority for it.
	Stages []Stage
	// Quorum is how many people each of the Stages takes.
	Quorum Quorum
	// ClientSkipped says that the rule names StageClient and the actor's own authority stands for one Yes of it. Where
	// that is all it takes, the stage is left out. Four-eyes brings that Yes back.
	ClientSkipped bool
	// MovesPower says that approving power is made, moved or taken away, or an approver's address changed (R4): all
	// other authorities are told, and the change is held.
	MovesPower bool
	// Checklist says whether staff decide with the out-of-band checklist, and which team does.
	Checklist Checklist
}

// Decide answers the question. It is total: what it does not know (an action, a role) no rule allows.
//
// Every role concerned must be allowed: those asked for and those that the subject person holds. With the roles not known
// yet, only what would be refused for every role is refused (R16).
func (m *Model) Decide(q Question) Answer {
	v := m.judge(q)
	a := Answer{Allowed: v.allowed, Rule: v.id, MayAsk: m.mayAsk(q)}
	a.Reason = m.words(v.text, q.ActorRoles, a.MayAsk)
	if !v.allowed {
		return a
	}
	a.MovesPower, a.Checklist = m.movesPower(q), v.checklist
	if q.Action.asksRoles() && len(q.Roles) == 0 {
		return a
	}
	a.Stages, a.Quorum = sortStages(v.stages), v.quorum.With(nil)
	maps.DeleteFunc(a.Quorum, func(s Stage, _ int) bool { return !slices.Contains(a.Stages, s) })
	if i := slices.Index(a.Stages, StageClient); i >= 0 && m.Approves(StageClient, q.ActorRoles, q.Grants...) && !m.raisesSelf(q) {
		a.ClientSkipped = true
		if n := a.Quorum.Of(StageClient); n == 1 {
			a.Stages = slices.Delete(a.Stages, i, i+1)
		} else {
			a.Quorum[StageClient] = n - 1
		}
	}
	return a
}

// verdict is one rule's word, or the word of several together.
type verdict struct {
	allowed   bool
	id, text  string
	stages    []Stage
	quorum    Quorum
	checklist Checklist
}

// judge asks the rules about every role concerned.
func (m *Model) judge(q Question) verdict {
	held := q.SubjectRoles
	if q.Action == ActionAddUser {
		held = nil
	}
	switch {
	case q.Unlisted && !q.Action.asksRoles():
		return m.judgeOne(q, Any, false)
	case q.Action.asksRoles() && len(q.Roles) > 0:
		if v := m.judgeAll(q, q.Roles, q.Roles); v.checklist != ChecklistNone {
			return v // who takes a role over loses none, or staff see to it (R23)
		}
		// A Technician who becomes Secondary Contact takes the stages of a Secondary Contact.
		return m.judgeAll(q, slices.Concat(q.Roles, held), q.Roles)
	case len(held) > 0:
		if v := m.judgeAll(q, held, held); !v.allowed || !q.Action.asksRoles() {
			return v
		}
	case !q.Action.asksRoles():
		if v := m.judgeOne(q, Any, false); v.allowed {
			return v
		}
	}
	return m.judgeUnknown(q)
}

// judgeAll refuses if one of the roles is refused. Id and text are those of the highest role that decides the case; the
// stages are those of the roles in staged, and what the client has to say about losing the others.
func (m *Model) judgeAll(q Question, roles, staged []string) verdict {
	var all verdict
	for i, role := range m.byRank(roles) {
		v := m.judgeOne(q, role, slices.Contains(q.Roles, role))
		if !v.allowed {
			return v
		}
		if i == 0 {
			all = verdict{allowed: true, id: v.id, text: v.text}
		}
		for _, s := range v.stages {
			if s.ClientSide() || slices.Contains(staged, role) {
				all.stages = append(all.stages, s)
			}
		}
		all.quorum, all.checklist = all.quorum.With(v.quorum), stricter(all.checklist, v.checklist)
	}
	return all
}

// judgeUnknown allows what is allowed for one role at least; it then takes what any role would take, since a person
// without a role is nobody's to approve alone. What staff would have to find out about the actor does not count: a mail
// that names no role does not ask for that.
func (m *Model) judgeUnknown(q Question) verdict {
	var refusal, all verdict
	alike := true
	for _, r := range m.Roles {
		v := m.judgeOne(q, r.ID, q.Action.asksRoles())
		switch {
		case v.allowed && v.checklist != ChecklistSecurity:
			if !all.allowed {
				all = verdict{allowed: true, id: v.id, text: v.text}
			}
			all.stages, all.quorum = append(all.stages, v.stages...), all.quorum.With(v.quorum)
		case v.allowed:
		case refusal.id == "":
			refusal = v
		case v.id != refusal.id:
			alike = false
		}
	}
	if all.allowed {
		return all
	}
	if alike && refusal.id != "" {
		return refusal
	}
	if r := m.refusal(q, Any, q.Action.asksRoles()); r != nil {
		return verdict{id: r.ID, text: r.Text}
	}
	return verdict{id: m.Otherwise.ID, text: m.Otherwise.Text}
}

// judgeOne is the word on one role of the subject person, or on Any for a person without one; asked says whether the
// role is asked for.
func (m *Model) judgeOne(q Question, role string, asked bool) verdict {
	if r := m.find(q, role, q.ActorRoles, asked, false); r != nil {
		return verdict{allowed: true, id: r.ID, text: r.Text, stages: r.Stages, quorum: r.Quorum, checklist: r.Checklist}
	}
	if r := m.refusal(q, role, asked); r != nil {
		return verdict{id: r.ID, text: r.Text}
	}
	return verdict{id: m.Otherwise.ID, text: m.Otherwise.Text}
}

// refusal is the rule that refuses the case; it speaks to the actor's highest role.
func (m *Model) refusal(q Question, role string, asked bool) *Rule {
	actor := m.byRank(q.ActorRoles)
	for i := range actor {
		if r := m.find(q, role, actor[i:i+1], asked, true); r != nil {
			return r
		}
	}
	return m.find(q, role, nil, asked, true)
}

// find is the first rule for the case; one that names the role goes before one for Any.
func (m *Model) find(q Question, role string, actor []string, asked, refuse bool) *Rule {
	if _, known := m.Role(role); !known && role != Any {
		return nil
	}
	for _, subject := range []string{role, Any} {
		for i := range m.Rules {
			r := &m.Rules[i]
			if r.Refuse == refuse && r.Action == q.Action && slices.Contains(r.For, subject) && m.by(r, actor) && m.holds(r, q, asked) {
				return r
			}
		}
	}
	return nil
}

func (m *Model) by(r *Rule, actor []string) bool {
	return slices.ContainsFunc(r.By, func(by string) bool { return by == Any || slices.Contains(actor, by) })
}

// holds reports whether the rule's condition is met. What is not known yet speaks for the actor: it does not break the
// condition of a rule that allows, but that of a refusal.
func (m *Model) holds(r *Rule, q Question, asked bool) bool {
	w, known := r.When, q.subjectKnown()
	is := func(want *bool, got bool) bool { return want == nil || *want == got }
	of := func(want *bool, got bool) bool { return want == nil || known && *want == got || !known && !r.Refuse }
	return is(w.Self, q.Self) && is(w.Asked, asked) && is(w.PhysicalAccess, q.PhysicalAccess) &&
		of(w.Admitted, q.Admitted || q.Self && q.PhysicalAccess) && of(w.Listed, !q.Unlisted) && of(w.Lead, q.Lead) &&
		w.changes(q.Details, r.Refuse) && m.allow(q.ActorRoles, q.Grants, w.Holds)
}

// changes reports whether the condition fits what is changed.
func (w When) changes(changed []Detail, refuse bool) bool {
	listed := func(d Detail) bool { return slices.Contains(w.Details, d) }
	if refuse {
		return len(w.Details) == 0 || slices.ContainsFunc(changed, listed)
	}
	return len(w.Details) == 0 || !slices.ContainsFunc(changed, func(d Detail) bool { return !listed(d) })
}

// allow reports whether the actor's roles and grants allow all the capabilities.
func (m *Model) allow(roles, grants, wanted []string) bool {
	if len(wanted) == 0 {
		return true
	}
	held := m.Capabilities(roles, grants...)
	for _, pattern := range wanted {
		for _, c := range expand(pattern) {
			if !slices.Contains(held, c) {
				return false
			}
		}
	}
	return true
}

func stricter(a, b Checklist) Checklist {
	if slices.Index(checklists, a) < slices.Index(checklists, b) {
		return b
	}
	return a
}

// byRank sorts roles highest first, the unknown ones before all, without doubles.
func (m *Model) byRank(roles []string) []string {
	sorted := slices.Clone(roles)
	place := func(id string) int { return slices.IndexFunc(m.Roles, func(r Role) bool { return r.ID == id }) }
	slices.SortStableFunc(sorted, func(a, b string) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(sorted)
}

func (m *Model) mayAsk(q Question) []string {
	var ids []string
	for _, r := range m.Roles {
		other := q
		other.Self, other.ActorRoles, other.Grants = false, []string{r.ID}, nil
		other.Admitted = q.Admitted || q.Self // who may ask for a visit may also see to it that the visitor is let in
		if v := m.judge(other); v.allowed && v.checklist != ChecklistSecurity {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// raisesSelf reports whether the actor asks for a higher role than they hold: that always needs another person.
func (m *Model) raisesSelf(q Question) bool {
	return q.Self && q.Action == ActionChangeRole && m.topRank(q.Roles) > m.topRank(q.SubjectRoles)
}

func (m *Model) topRank(roles []string) int {
	top := 0
	for _, id := range roles {
		r, _ := m.Role(id)
		top = max(top, r.Rank)
	}
	return top
}

func (m *Model) movesPower(q Question) bool {
	switch q.Action {
	case ActionAddUser, ActionChangeRole, ActionRemoveUser:
		return m.approvesAny(q.Roles, Stage.ClientSide) || m.approvesAny(q.SubjectRoles, Stage.ClientSide)
	case ActionChangeDetails:
		address := len(q.Details) == 0 || slices.Contains(q.Details, DetailEmail)
		return address && m.approvesAny(q.SubjectRoles, Stage.ClientSide)
	}
	return false
}
