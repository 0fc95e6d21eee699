package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/policy/golden"
)

type policyExplainCmd struct {
	modelFlag
	As             []string `required:"" sep:"," placeholder:"ROLE" help:"Role of whoever asks; several are separated by commas."`
	Action         string   `required:"" enum:"add_user,change_role,change_details,remove_user,schedule_visit,resend_invitation" help:"What is asked: add_user, change_role, change_details, remove_user, schedule_visit or resend_invitation."`
	Subject        []string `sep:"," placeholder:"ROLE" help:"Role of the person it is about; for add_user the role that the person shall have. Left out: not known."`
	Becomes        []string `sep:"," placeholder:"ROLE" help:"Role that the person shall have (change_role)."`
	Details        []string `sep:"," placeholder:"DETAIL" help:"What shall be changed (change_details): name, language, email, physical_access or lead_contact."`
	Self           bool     `help:"People ask for themselves."`
	Grant          []string `sep:"," placeholder:"±CAPABILITY" help:"Own grant of whoever asks, such as --grant=+users:request or --grant=-users:*."`
	Badge          bool     `help:"Whoever asks has an active badge."`
	PhysicalAccess bool     `help:"Whoever asks has physical access."`
	Admitted       bool     `help:"The person has physical access or is escorted."`
	Unlisted       bool     `help:"The person is not on the client's list."`
	Lead           bool     `help:"The person is the client's lead contact."`
	JSON           bool     `name:"json" help:"Print JSON."`
}

func (c *policyExplainCmd) Help() string {
	return `Answers one question to the role model, and shows the way to the answer: each rule for
the action and the person's role in the order in which they are looked at, why it does
not speak, and the one that does. Also who may ask it instead, who approves it, and what
whoever asks may do.

Examples:
  countersign policy explain --role-model contact-levels --as secondary_contact \
      --action add_user --subject technician
  countersign policy explain --role-model contact-levels --as technician \
      --action change_role --subject technician --becomes main_contact --self
  countersign policy explain --role-model authorisation-list --as technical_manager \
      --action schedule_visit --unlisted --physical-access

The exit code is 0 whether the answer is yes or no.`
}

func (c *policyExplainCmd) Run(_ context.Context, s streams) error {
	m, err := loadModel(c.RoleModel)
	if err != nil {
		return err
	}
	ask := golden.Ask{As: c.As, Grants: c.Grant, Badge: c.Badge, Action: c.Action, Self: c.Self, Subject: c.Subject, Becomes: c.Becomes,
		Details: c.Details, PhysicalAccess: c.PhysicalAccess, Admitted: c.Admitted, Unlisted: c.Unlisted, Lead: c.Lead}
	q, err := ask.Question(m)
	if err != nil {
		return usageError{err}
	}
	held := m.CapabilitiesOf(policy.Holder{Roles: c.As, Grants: c.Grant, Badge: c.Badge, PhysicalAccess: c.PhysicalAccess})
	e := m.Explain(q)
	if c.JSON {
		return printJSON(s, newExplainView(m, e, held))
	}
	_, err = io.WriteString(s.out, explainText(m, e, held))
	return err
}

type explainView struct {
	Allowed      bool         `json:"allowed"`
	Rule         string       `json:"rule"`
	Reason       string       `json:"reason"`
	MayAsk       []string     `json:"may_ask"`
	ApprovedBy   []stageView  `json:"approved_by"`
	OwnAuthority bool         `json:"own_authority"` // whoever asks stands for stage client
	MovesPower   bool         `json:"moves_power"`
	Checklist    *string      `json:"checklist"`
	Capabilities []string     `json:"capabilities"`
	Path         []pathedRule `json:"path"`
}

type stageView struct {
	Stage string   `json:"stage"`
	Roles []string `json:"roles"` // empty: the provider's own team
}

type pathedRule struct {
	Role    string  `json:"role"`
	Asked   bool    `json:"asked"` // the role is asked for, or else held
	Rule    string  `json:"rule"`
	Refuses bool    `json:"refuses"`
	Applies bool    `json:"applies"`
	Why     *string `json:"why"`
}

func newExplainView(m *policy.Model, e policy.Explanation, held []string) explainView {
	v := explainView{Allowed: e.Answer.Allowed, Rule: e.Answer.Rule, Reason: e.Answer.Reason, MayAsk: append([]string{}, e.Answer.MayAsk...),
		ApprovedBy: []stageView{}, OwnAuthority: e.Answer.ClientSkipped, MovesPower: e.Answer.MovesPower,
		Capabilities: append([]string{}, held...), Path: []pathedRule{}}
	if e.Answer.Checklist != policy.ChecklistNone {
		v.Checklist = new(string(e.Answer.Checklist))
	}
	for _, stage := range e.Answer.Stages {
		v.ApprovedBy = append(v.ApprovedBy, stageView{string(stage), append([]string{}, m.Approvers(stage)...)})
	}
	for _, c := range e.Cases {
		for _, r := range c.Rules {
			p := pathedRule{Role: c.Role, Asked: c.Asked, Rule: r.Rule.ID, Refuses: r.Rule.Refuse, Applies: r.Applies}
			if !r.Applies {
				p.Why = new(r.Why)
			}
			v.Path = append(v.Path, p)
		}
	}
	return v
}

func explainText(m *policy.Model, e policy.Explanation, held []string) string {
	var b strings.Builder
	word := "NO"
	if e.Answer.Allowed {
		word = "YES"
	}
	fmt.Fprintf(&b, "%s, by %s: %s\n\n", word, e.Answer.Rule, e.Answer.Reason)
	if e.Answer.Allowed {
		approvedBy(&b, m, e.Answer)
	}
	fmt.Fprintf(&b, "who may ask it   %s\n", orNobody(titles(m, e.Answer.MayAsk)))
	fmt.Fprintf(&b, "who asks may     %s\n", orNobody(strings.Join(held, ", ")))
	b.WriteString("\nThe way to the answer\n")
	for _, c := range e.Cases {
		fmt.Fprintf(&b, "  %s\n", caseTitle(m, c))
		for _, r := range c.Rules {
			kind := "allows"
			if r.Rule.Refuse {
				kind = "refuses"
			}
			does := "does not speak: " + r.Why
			if r.Applies {
				does = kind + ": " + r.Rule.Text
			}
			fmt.Fprintf(&b, "    %-6s %s\n", r.Rule.ID, does)
		}
		if n := len(c.Rules); n == 0 || !c.Rules[n-1].Applies {
			fmt.Fprintf(&b, "    %-6s refuses, since nothing above allows it\n", m.Otherwise.ID)
		}
	}
	return b.String()
}

func approvedBy(b *strings.Builder, m *policy.Model, a policy.Answer) {
	head := "approved by"
	line := func(text string) {
		fmt.Fprintf(b, "%-17s%s\n", head, text)
		head = ""
	}
	if a.Stages == nil {
		line("not known before the roles are, or nobody needs to")
	}
	for _, s := range a.Stages {
		who := "the provider's security team"
		if s == policy.StageStaff {
			who = "the provider's support team"
		}
		if s.ClientSide() {
			who = "a " + titles(m, m.Approvers(s)) + " of the client, other than the person it is about"
		}
		line(fmt.Sprintf("stage %s: %s", s, who))
	}
	if a.ClientSkipped {
		line("stage client is left out: whoever asks is an authority for it (not with four-eyes)")
	}
	if a.Checklist != policy.ChecklistNone {
		line("stage staff goes through the out-of-band checklist, by the team: " + map[policy.Checklist]string{policy.ChecklistStaff: "support",
			policy.ChecklistSecurity: "security"}[a.Checklist])
	}
	if a.MovesPower {
		line("approving power moves: all other authorities are told, and it waits for the hold")
	}
}

func caseTitle(m *policy.Model, c policy.Case) string {
	if c.Role == policy.Any {
		return "a person without a role, or of any"
	}
	if c.Asked {
		return titles(m, []string{c.Role}) + ", the role that is asked for"
	}
	return titles(m, []string{c.Role}) + ", the role that the person holds"
}

func titles(m *policy.Model, ids []string) string {
	var all []string
	for _, id := range ids {
		if r, ok := m.Role(id); ok {
			all = append(all, r.Title)
		}
	}
	return strings.Join(all, " or ")
}

func orNobody(s string) string {
	if s == "" {
		return "nobody / nothing"
	}
	return s
}
