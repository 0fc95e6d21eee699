// Package matrix shows a role model to people: who may ask what for whom, and who approves it, as text, Markdown or HTML.
package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/policy"
)

// Sheet is a role model in words.
type Sheet struct {
	Title    string
	Roles    Table
	Actions  []Section
	Refusals Table // what is refused with words of its own
	Notes    []string
}

// Section is what one action needs.
type Section struct {
	Title string
	Table Table
}

// Table has as many cells in each row as in the head.
type Table struct {
	Head []string
	Rows [][]string
}

// New puts a model into words.
func New(m *policy.Model) *Sheet {
	s := &Sheet{Title: fmt.Sprintf("%s (%s, version %s)", m.Title, m.ID, m.Version), Roles: roles(m)}
	for _, a := range policy.Actions() {
		if t := allowed(m, a); len(t.Rows) > 0 {
			s.Actions = append(s.Actions, Section{Title: actionWords[a], Table: t})
		}
	}
	s.Refusals = refused(m)
	s.Notes = []string{
		"An approver in brackets is not asked, since whoever asks is one. With four-eyes on for the client, and when people " +
			"raise their own role, another one is asked all the same. Nobody approves what is about themselves.",
		"A contact's own grants add capabilities (+) and take them away (-). Who is not granted users:request any more cannot " +
			"ask for users, whatever the role.",
		"Whatever makes, moves or takes away the right to approve a stage of the client, or changes such a person's address, " +
			"is told to all others who have it, and waits for the hold, in which each of them can stop it.",
		fmt.Sprintf("What no line allows is refused (%s): %s", m.Otherwise.ID, plain(m.Otherwise.Text)),
	}
	if m.Reject == policy.RejectOutvoted {
		s.Notes = append(s.Notes, "A No ends a request only when too few people are left for the Yes that are missing.")
	}
	if slices.ContainsFunc(m.Roles, func(r policy.Role) bool { return r.Badge == policy.BadgeRequired }) {
		s.Notes = append(s.Notes, "Where a badge is required, "+strings.Join(policy.BadgeCapabilities(), " and ")+
			" count only while it is active.")
	}
	return s
}

var actionWords = map[policy.Action]string{
	policy.ActionAddUser:          "Add a user (add_user)",
	policy.ActionChangeRole:       "Change somebody's role (change_role)",
	policy.ActionChangeDetails:    "Change somebody's details (change_details)",
	policy.ActionRemoveUser:       "Remove a user (remove_user)",
	policy.ActionScheduleVisit:    "Schedule a visit (schedule_visit)",
	policy.ActionResendInvitation: "Have an invitation sent again (resend_invitation)",
}

func roles(m *policy.Model) Table {
	t := Table{Head: []string{"Role (id)", "Holders", "Approves stage", "Badge", "May"}}
	for _, r := range m.Roles {
		var stages []string
		for _, s := range r.Approves {
			stages = append(stages, string(s))
		}
		may := strings.Join(r.Capabilities, ", ")
		if len(r.WithPhysicalAccess) > 0 {
			may = strings.TrimPrefix(may+"; ", "; ") + "with physical access " + strings.Join(r.WithPhysicalAccess, ", ")
		}
		t.Rows = append(t.Rows, []string{r.Title + " (" + r.ID + ")", holders(m, r.Holders), orDash(strings.Join(stages, ", ")), string(r.Badge), orDash(may)})
	}
	return t
}

func holders(m *policy.Model, h policy.Holders) string {
	switch {
	case h.Max == 0 && h.Min == 0:
		return "any number"
	case h.Max == 0:
		return fmt.Sprintf("%d or more", h.Min)
	}
	text := fmt.Sprintf("%d to %d", h.Min, h.Max)
	if h.Min == h.Max {
		text = fmt.Sprintf("exactly %d", h.Min)
	}
	if h.Then != "" {
		text += "; who is replaced becomes " + title(m, h.Then)
	}
	return text
}

// allowed is one row for each rule that allows the action, or two where only some of those who ask are authorities.
func allowed(m *policy.Model, a policy.Action) Table {
	t := Table{Head: []string{"For", "Asked by", "If", "Approved by", "Rule"}}
	for _, r := range m.Rules {
		if r.Action != a || r.Refuse {
			continue
		}
		for _, by := range splitBy(m, r) {
			t.Rows = append(t.Rows, []string{people(m, r.For, "anybody"), people(m, by, "everybody"), orDash(condition(m, r, by)),
				approvers(m, r, by), r.ID})
		}
	}
	return t
}

// splitBy parts those who ask by what they need: authorities are not asked for their own requests, and a condition
// on capabilities may go without saying for some roles.
func splitBy(m *policy.Model, r policy.Rule) [][]string {
	var groups [][]string
	for _, id := range r.By {
		i := slices.IndexFunc(groups, func(g []string) bool {
			return approvers(m, r, g) == approvers(m, r, []string{id}) && condition(m, r, g) == condition(m, r, []string{id})
		})
		if i < 0 {
			groups = append(groups, []string{id})
		} else {
			groups[i] = append(groups[i], id)
		}
	}
	return groups
}

func refused(m *policy.Model) Table {
	t := Table{Head: []string{"Refused", "For", "Asked by", "If", "Answer", "Rule"}}
	for _, r := range m.Rules {
		if !r.Refuse {
			continue
		}
		row := []string{string(r.Action), people(m, r.For, "anybody"), people(m, r.By, "everybody"), orDash(condition(m, r, r.By)), plain(r.Text), r.ID}
		// The rules of one sentence differ in the action alone.
		if n := len(t.Rows); n > 0 && slices.Equal(t.Rows[n-1][1:], row[1:]) {
			t.Rows[n-1][0] += ", " + row[0]
			continue
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func approvers(m *policy.Model, r policy.Rule, by []string) string {
	var parts []string
	for _, s := range r.Stages {
		n := r.Quorum.Of(s)
		switch {
		case n > 1 && s == policy.StageClient && m.Approves(s, by[:1]):
			parts = append(parts, fmt.Sprintf("%d more of %s", n-1, people(m, m.Approvers(s), "")))
		case n > 1 && s.ClientSide():
			parts = append(parts, fmt.Sprintf("%d of %s", n, people(m, m.Approvers(s), "")))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d of the team for stage %s", n, s))
		case s == policy.StageClient && m.Approves(s, by[:1]):
			parts = append(parts, "("+people(m, m.Approvers(s), "")+")")
		case s.ClientSide():
			parts = append(parts, people(m, m.Approvers(s), ""))
		case s == policy.StageStaff && r.Checklist == policy.ChecklistSecurity:
			parts = append(parts, "security team with the out-of-band checklist")
		case s == policy.StageStaff && r.Checklist == policy.ChecklistStaff:
			parts = append(parts, "support team with the out-of-band checklist")
		case s == policy.StageStaff:
			parts = append(parts, "support team")
		default:
			parts = append(parts, string(s)+" team")
		}
	}
	if len(parts) == 0 {
		return "nobody needs to"
	}
	return strings.Join(parts, ", then ")
}

// condition is the rule's condition as the people in by meet it.
func condition(m *policy.Model, r policy.Rule, by []string) string {
	var parts []string
	say := func(b *bool, yes, no string) {
		if b != nil && *b {
			parts = append(parts, yes)
		} else if b != nil {
			parts = append(parts, no)
		}
	}
	w := r.When
	say(w.Self, "for themselves", "for somebody else")
	say(w.Asked, "the role is asked for", "the person holds the role and would lose it")
	if len(w.Details) > 0 {
		var details []string
		for _, d := range w.Details {
			details = append(details, strings.ReplaceAll(string(d), "_", " "))
		}
		parts = append(parts, map[bool]string{false: "only ", true: "it changes "}[r.Refuse]+strings.Join(details, ", "))
	}
	say(w.PhysicalAccess, "whoever asks has physical access", "whoever asks has no physical access")
	say(w.Admitted, "the visitor has physical access or is escorted", "the visitor has no physical access and no escort")
	say(w.Listed, "the person is on the list", "the person is not on the list")
	say(w.Lead, "about the lead contact", "not about the lead contact")
	for _, c := range w.Holds {
		held := m.Capabilities(by[:1])
		if !slices.Contains(held, c) && !strings.HasSuffix(c, policy.Any) {
			parts = append(parts, "granted "+c)
		}
	}
	return strings.Join(parts, "; ")
}

// people lists roles by their titles.
func people(m *policy.Model, ids []string, all string) string {
	if slices.Contains(ids, policy.Any) {
		return all
	}
	var titles []string
	for _, id := range ids {
		titles = append(titles, title(m, id))
	}
	return strings.Join(titles, " / ")
}

func title(m *policy.Model, id string) string {
	if r, ok := m.Role(id); ok {
		return r.Title
	}
	return id
}

// plain is a rule's text with its places in words.
func plain(text string) string {
	return strings.NewReplacer("{who}", "(who may ask)", "{level}", "(own role)").Replace(text)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
