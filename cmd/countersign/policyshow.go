package main

import (
	"context"
	"io"

	"github.com/countersign/countersign/internal/policy/matrix"
)

type policyShowCmd struct {
	modelFlag
	Format string `enum:"text,markdown,html" default:"text" help:"text (at most 100 columns), markdown or html (one page that needs nothing else)."`
}

func (c *policyShowCmd) Help() string {
	return `Reads the role model strictly, as the daemon does, and puts it into words: its roles
with their holders, badges and capabilities; for each action who may ask it for whom,
under which condition, who approves it in which order, and the id of the rule; and what
is refused with words of its own.

Examples:
  countersign policy show --role-model contact-levels
  countersign policy show --role-model house.yaml --format html > house.html`
}

func (c *policyShowCmd) Run(_ context.Context, s streams) error {
	m, err := loadModel(c.RoleModel)
	if err != nil {
		return err
	}
	sheet := matrix.New(m)
	switch c.Format {
	case "markdown":
		_, err = io.WriteString(s.out, sheet.Markdown(1))
	case "html":
		err = sheet.HTML(s.out)
	default:
		_, err = io.WriteString(s.out, sheet.Text())
	}
	return err
}
