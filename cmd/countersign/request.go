package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// limitFlag bounds a listing of what grows.
type limitFlag struct {
	Limit int `default:"100" help:"At most this many, the newest."`
}

type requestCmd struct {
	List requestListCmd `cmd:"" help:"List requests, newest first."`
	Show requestShowCmd `cmd:"" help:"Show the trail of one ticket."`
}

type requestListCmd struct {
	configFlag
	listFlag
	limitFlag
}

func (c *requestListCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Requests(ctx, c.Limit)
	if err != nil {
		return err
	}
	return list(s, c.JSON, all, []string{"TICKET", "CLIENT", "ACTION", "NAME", "EMAIL", "ROLES", "STATE", "STAGE"}, func(v access.RequestView) []string {
		return []string{fmt.Sprintf("%s/%d", v.Ticket, v.Position), v.Client, string(v.Action), string(v.Name), string(v.Email),
			strings.Join(v.Roles, " "), string(v.State), string(v.Stage)}
	})
}

type requestShowCmd struct {
	configFlag
	listFlag
	Ticket string `arg:"" help:"Number of the ticket, such as REQ-2026-00042."`
}

func (c *requestShowCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	trail, err := st.Trail(ctx, strings.ToUpper(c.Ticket))
	if err != nil {
		return err
	}
	if len(trail) == 0 {
		return fmt.Errorf("there is no ticket %s; see: countersign request list", c.Ticket)
	}
	return list(s, c.JSON, trail, []string{"#", "AT", "EVENT", "DETAILS"}, func(v store.EventView) []string {
		return []string{fmt.Sprint(v.Sequence), v.At.Format(time.DateTime), v.Kind, string(v.Payload)}
	})
}
