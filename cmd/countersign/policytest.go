package main

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/internal/policy/golden"
)

type policyTestCmd struct {
	RoleModel string `placeholder:"M" help:"Role model: the id of a built-in one, or a file. Default: the built-in one that FILE is for."`
	File      string `arg:"" optional:"" help:"Golden cases. Default: those that come with the built-in model."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

func (c *policyTestCmd) Help() string {
	return `Plays golden cases on a role model: questions and the answers that a security officer
expects. Exit code 1 when an answer differs; each difference names the file, the line,
the row and the case, and what was expected. docs/role-models.md describes the file.

  role_model: contact-levels
  cases:
    - row: CL-06
      name: A Secondary Contact adds a Technician, and a Main Contact approves it
      as: secondary_contact
      action: add_user
      subject: technician
      answer: yes
      rule: CL-06
      approved_by: [client, security, staff]

Examples:
  countersign policy test --role-model contact-levels
  countersign policy test --role-model house.yaml house-cases.yaml`
}

type mismatchView struct {
	Line int      `json:"line"`
	Row  []string `json:"row"`
	Name string   `json:"name"`
	What string   `json:"what"`
	Want string   `json:"want"`
	Got  string   `json:"got"`
}

func (c *policyTestCmd) Run(_ context.Context, s streams) error {
	name, f, err := c.cases()
	if err != nil {
		return usageError{err}
	}
	model := c.RoleModel
	if model == "" {
		model = f.RoleModel
	}
	m, err := loadModel(model)
	if err != nil {
		return err
	}
	if m.ID != f.RoleModel {
		return usageError{fmt.Errorf("%s:1: role_model: the cases are for %q, and the model is %q", name, f.RoleModel, m.ID)}
	}
	views, wrong := []mismatchView{}, map[int]bool{}
	for _, x := range f.Test(m) {
		views = append(views, mismatchView{x.Case.Line, x.Case.Row, x.Case.Name, x.What, x.Want, x.Got})
		wrong[x.Case.Line] = true
	}
	if c.JSON {
		err = printJSON(s, views)
	} else {
		line := 0
		for _, v := range views {
			if v.Line != line {
				fmt.Fprintf(s.out, "%s:%d: %s %s\n", name, v.Line, v.Row, v.Name)
				line = v.Line
			}
			fmt.Fprintf(s.out, "    %-13s want %s\n    %-13s got  %s\n", v.What, v.Want, "", v.Got)
		}
		fmt.Fprintf(s.out, "%s: %d cases, %d wrong\n", m.ID, len(f.Cases), len(wrong))
	}
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("the role model %s answers %d of %d cases otherwise", m.ID, len(wrong), len(f.Cases))
	}
	return err
}

func (c *policyTestCmd) cases() (name string, f *golden.File, err error) {
	if c.File == "" {
		if c.RoleModel == "" {
			return "", nil, fmt.Errorf("name a FILE, or the --role-model whose own cases shall be played")
		}
		f, err = golden.Shipped(c.RoleModel)
		return c.RoleModel, f, err
	}
	data, err := readFile(c.File)
	if err != nil {
		return c.File, nil, err
	}
	f, err = golden.Load(c.File, data)
	return c.File, f, err
}
