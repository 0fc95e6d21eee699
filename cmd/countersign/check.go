package main

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/internal/daemon"
)

type checkCmd struct {
	configFlag
	listFlag
}

func (c *checkCmd) Help() string {
	return `Reads the config, then tries it: signs in to every mailbox, looks for MOVE, UIDPLUS and
IDLE, signs in to the submission server, looks at the database, the secret key, the role
models and the pages' port, and warns of clients and teams whose requests would get stuck.
It sends no mail and changes nothing. Each problem says how to mend it.

Exit code 0 when there is no problem (there may be warnings), 1 when there is one, 2 when
the config itself is wrong.`
}

func (c *checkCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	found := daemon.Check(ctx, cfg, daemon.Options{})
	problems := 0
	for _, f := range found {
		if f.Grade == daemon.Problem {
			problems++
		}
	}
	if c.JSON {
		err = printJSON(s, found)
	} else {
		for _, f := range found {
			fmt.Fprintf(s.out, "%-8s %s: %s\n", f.Grade, f.Part, f.Text)
			if f.Mend != "" {
				fmt.Fprintf(s.out, "         → %s\n", f.Mend)
			}
		}
	}
	if err == nil && problems > 0 {
		err = fmt.Errorf("%d problems", problems)
	}
	return err
}
