package main

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/internal/store"
)

type migrateCmd struct {
	configFlag
	Status bool `help:"Only say which version the schema has; change nothing."`
}

func (c *migrateCmd) Help() string {
	return `Brings the database's schema up to date. The daemon does that at its start, too: this
command is for doing it at a time of your own, with a backup made before. There is no way
back: an older program refuses a newer schema.

With --status the exit code is 0 when the schema is up to date, and 1 when it is not.`
}

func (c *migrateCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	db := store.Config{Driver: string(cfg.Database.Driver), DSN: string(cfg.Database.DSN), Path: cfg.Database.Path}
	have, newest, err := store.Schema(ctx, db)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the schema has version %d, the newest is %d\n", have, newest)
	switch {
	case have > newest:
		return fmt.Errorf("the schema is newer than this program: use a newer countersign")
	case have == newest:
		return nil
	case c.Status:
		return fmt.Errorf("the schema is not up to date; run: countersign migrate")
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "migrated to version %d\n", newest)
	return st.Close()
}
