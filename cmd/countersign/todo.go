package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/store"
)

type todoCmd struct {
	List todoListCmd `cmd:"" help:"List what is open, oldest first."`
	Done todoDoneCmd `cmd:"" help:"Note that you have looked into one."`
}

type todoListCmd struct {
	configFlag
	listFlag
	limitFlag
}

func (c *todoListCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Todos(ctx, c.Limit)
	if err != nil {
		return err
	}
	return list(s, c.JSON, all, []string{"ID", "KIND", "ABOUT", "TIMES", "SINCE"}, func(t store.TodoView) []string {
		return []string{fmt.Sprint(t.ID), string(t.Kind), t.About, fmt.Sprint(t.Count), t.CreatedAt.Format("2006-01-02 15:04 MST")}
	})
}

type todoDoneCmd struct {
	configFlag
	ID int64 `arg:"" help:"Number of the to-do, as todo list shows it."`
	byFlag
}

func (c *todoDoneCmd) Help() string {
	return `What happens about the same after that opens a new one.`
}

func (c *todoDoneCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	member, err := c.member(ctx, st)
	if err != nil {
		return err
	}
	err = st.FinishTodo(ctx, c.ID, member.Address)
	if errors.Is(err, store.ErrNoTodo) {
		return fmt.Errorf("no to-do %d is open; see: countersign todo list", c.ID)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "to-do %d is done\n", c.ID)
	return nil
}
