package main

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/daemon"
)

type statusCmd struct {
	configFlag
	listFlag
}

func (c *statusCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	e, err := st.Equation(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s, e)
	}
	fmt.Fprintln(s.out, equationText(e))
	todos, err := st.Todos(ctx, 100)
	for _, t := range todos {
		fmt.Fprintf(s.out, "to do: %s %s, %d times since %s\n", t.Kind, t.About, t.Count, t.CreatedAt.Format("2006-01-02 15:04 MST"))
	}
	return err
}

// equationText is the equation in words: every mail that was seen has become one of these.
func equationText(e access.Equation) string {
	text := fmt.Sprintf("%d seen =", e.Seen)
	for i, d := range access.Dispositions {
		if i > 0 {
			text += " +"
		}
		text += fmt.Sprintf(" %d %s", e.Counts[d], d)
	}
	return text
}

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute every hash chain; exit code 1 when something was changed."`
}

type auditVerifyCmd struct{ configFlag }

func (c *auditVerifyCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	wrong, err := st.VerifyChains(ctx)
	if err != nil {
		return err
	}
	for _, w := range wrong {
		fmt.Fprintln(s.out, w)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the audit trail is broken in %d places", len(wrong))
	}
	fmt.Fprintln(s.out, "the audit trail is whole")
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(s streams) error {
	fmt.Fprintln(s.out, "countersign", daemon.Version())
	return nil
}
