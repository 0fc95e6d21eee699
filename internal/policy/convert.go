package policy

import (
	"cmp"
	"slices"
	"strings"
)

// model turns the file into a Model and gathers what is wrong with it.
func (l *loader) model(f modelFile) *Model {
	m := &Model{ID: f.RoleModel.ID.value, Title: f.RoleModel.Title.value, Version: f.RoleModel.Version.value}
	l.need(1, "role_model.id", f.RoleModel.ID)
	l.need(1, "role_model.title", f.RoleModel.Title)
	l.need(1, "role_model.version", f.RoleModel.Version)
	m.Reject = RejectEnds
	if w := f.RoleModel.Reject; w.value != "" {
		m.Reject = oneOf(l, "reject", rejects, w)
	}
	l.need(1, "otherwise.id", f.Otherwise.ID)
	l.need(1, "otherwise.text", f.Otherwise.Text)
	m.Otherwise = Otherwise{f.Otherwise.ID.value, f.Otherwise.Text.value}
	if len(f.Roles) == 0 {
		l.addf(1, "roles names no role")
	}
	for _, r := range f.Roles {
		l.addRole(m, r)
	}
	slices.SortStableFunc(m.Roles, func(a, b Role) int { return cmp.Compare(b.Rank, a.Rank) })
	for _, r := range f.Roles {
		l.checkThen(m, r)
	}
	for _, r := range f.Rules {
		l.addRule(m, r)
	}
	l.checkCases(m)
	l.checkSpoken(m)
	l.checkSatisfiable(m)
	l.checkGrantable(m)
	return m
}

// need reports a missing word; line is where its parent stands.
func (l *loader) need(line int, key string, w word) {
	if w.value == "" && !w.bad {
		l.addf(max(line, w.line), "%s is missing", key)
	}
}

func (l *loader) addRole(m *Model, f roleFile) {
	line := f.ID.line
	l.need(f.Title.line, "the role's id", f.ID)
	l.need(line, "the role's title", f.Title)
	if f.ID.value == "" {
		return
	}
	if _, twice := l.source[f.ID.value]; twice {
		l.addf(line, "role %q is there twice", f.ID.value)
		return
	}
	r := Role{
		ID: f.ID.value, Title: f.Title.value, Aliases: f.Aliases.values(), Rank: f.Rank,
		Capabilities: f.Capabilities.values(), WithPhysicalAccess: f.WithAccess.values(),
		Holders: Holders{f.Holders.Min, f.Holders.Max, f.Holders.Then.value}, Badge: BadgeNone,
	}
	if f.Badge.value != "" {
		r.Badge = oneOf(l, "badge", badges, f.Badge)
	}
	if f.Portal.value != "" {
		r.Portal = oneOf(l, "portal", []Portal{PortalWithAccess}, f.Portal)
	}
	if r.Holders.Min < 0 || r.Holders.Max < 0 || r.Holders.Max > 0 && r.Holders.Max < r.Holders.Min {
		l.addf(line, "role %q: holders from %d to %d cannot be", r.ID, r.Holders.Min, r.Holders.Max)
	}
	l.checkCapabilities(f.Capabilities)
	l.checkCapabilities(f.WithAccess)
	for _, w := range f.Approves {
		s := oneOf(l, "stage", stageOrder, w)
		if slices.Contains(stageOrder, s) && !s.ClientSide() {
			l.addf(w.line, "stage %q is decided by the provider's own people, not by a role", s)
		}
		r.Approves = append(r.Approves, s)
	}
	r.Approves = sortStages(r.Approves)
	l.checkNames(m, f)
	l.source[r.ID] = line
	m.Roles = append(m.Roles, r)
}

func (l *loader) checkCapabilities(ws words) {
	for _, w := range ws {
		if len(expand(w.value)) == 0 && !w.bad {
			l.addf(w.line, "unknown capability %q", w.value)
		}
	}
}

// checkThen reports a role for replaced holders that is none, or that nobody could come to.
func (l *loader) checkThen(m *Model, f roleFile) {
	w := f.Holders.Then
	if w.value == "" {
		return
	}
	l.roleIDs(m, words{w})
	switch {
	case w.value == Any:
		l.addf(w.line, "role %q: a replaced holder gets one role", f.ID.value)
	case w.value == f.ID.value:
		l.addf(w.line, "role %q: a replaced holder cannot keep it", f.ID.value)
	case f.Holders.Max == 0:
		l.addf(w.line, "role %q: nobody is replaced where there is no max", f.ID.value)
	}
}

// checkNames reports a word of f that another role has too: a mail that uses it could mean either.
func (l *loader) checkNames(m *Model, f roleFile) {
	for _, w := range append(words{f.ID, f.Title}, f.Aliases...) {
		for _, other := range m.Roles {
			names := append([]string{other.ID, other.Title}, other.Aliases...)
			if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, w.value) }) {
				l.addf(w.line, "%q means role %q and role %q", w.value, other.ID, f.ID.value)
			}
		}
	}
}

// addRule adds one Rule for each action.
func (l *loader) addRule(m *Model, f ruleFile) {
	line := f.ID.line
	if len(f.Action) > 0 {
		line = max(line, f.Action[0].line)
	}
	l.need(line, "the rule's id", f.ID)
	l.need(line, "the rule's text", f.Text)
	for _, list := range []struct {
		key string
		words
	}{{"action", f.Action}, {"for", f.For}, {"by", f.By}} {
		if len(list.words) == 0 {
			l.addf(line, "the rule's %s is missing", list.key)
		}
	}
	r := Rule{
		ID: f.ID.value, For: l.roleIDs(m, f.For), By: l.roleIDs(m, f.By), Refuse: f.Refuse, Text: f.Text.value,
		When: When{Self: f.When.Self, Asked: f.When.Asked, Holds: f.When.Holds.values(), PhysicalAccess: f.When.Access,
			Admitted: f.When.Admit, Listed: f.When.Listed, Lead: f.When.Lead},
	}
	l.checkCapabilities(f.When.Holds)
	l.addStages(&r, f.Stages)
	if r.Refuse && len(r.Stages) > 0 {
		l.addf(f.Stages[0].line, "rule %s refuses and cannot have stages", r.ID)
	}
	if f.Check.value != "" {
		r.Checklist = oneOf(l, "checklist", checklists, f.Check)
		if !slices.Contains(r.Stages, StageStaff) {
			l.addf(f.Check.line, "rule %s has a checklist and no stage %q to go through it", r.ID, StageStaff)
		}
	}
	for _, w := range f.When.Details {
		r.When.Details = append(r.When.Details, oneOf(l, "detail", details, w))
	}
	for _, w := range f.Action {
		r.Action = oneOf(l, "action", actions, w)
		m.Rules = append(m.Rules, r)
		l.lines = append(l.lines, line)
	}
}

func (l *loader) roleIDs(m *Model, ws words) []string {
	for _, w := range ws {
		if _, known := m.Role(w.value); !known && w.value != Any && !w.bad {
			l.addf(w.line, "unknown role %q", w.value)
		}
	}
	return ws.values()
}

// oneOf is the word as one of the known values; another one is reported.
func oneOf[T ~string](l *loader, kind string, known []T, w word) T {
	if !slices.Contains(known, T(w.value)) && !w.bad {
		l.addf(w.line, "unknown %s %q", kind, w.value)
	}
	return T(w.value)
}
