package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/store"
)

type outgoingCmd struct {
	List outgoingListCmd `cmd:"" help:"List outgoing mails, newest first."`
	Send outgoingSendCmd `cmd:"" help:"Send mails that are withheld, after a restore."`
	Drop outgoingDropCmd `cmd:"" help:"Never send mails that are withheld."`
}

type outgoingListCmd struct {
	configFlag
	listFlag
	limitFlag
	State string `placeholder:"S" help:"Only mails in this state: queued, withheld, sent, failed or dropped."`
}

func (c *outgoingListCmd) Help() string {
	return `A withheld mail is sent only when somebody says so. There are such mails after a restore,
where they may have been sent before, and in the database of a shadow (serve --shadow),
which sends nothing: there they are what would have been sent.`
}

func (c *outgoingListCmd) Run(ctx context.Context, s streams) error {
	if c.State != "" && !slices.Contains(store.OutgoingStates, c.State) {
		return usageError{fmt.Errorf("--state %s: there are %s", c.State, strings.Join(store.OutgoingStates, ", "))}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.OutgoingMails(ctx, c.State, c.Limit)
	if err != nil {
		return err
	}
	return list(s, c.JSON, all, []string{"ID", "CREATED", "KIND", "TO", "TICKET", "STATE", "SUBJECT", "ERROR"}, func(v store.OutgoingView) []string {
		ticket := ""
		if v.Ticket != nil {
			ticket = *v.Ticket
		}
		return []string{fmt.Sprint(v.ID), v.CreatedAt.Format(time.DateTime), v.Kind, v.Recipient, ticket, v.State, v.Subject, string(v.Error)}
	})
}

// withheldFlags name withheld mails, and who decides about them.
type withheldFlags struct {
	configFlag
	IDs []int64 `arg:"" optional:"" name:"id" help:"Numbers of the mails, as outgoing list shows them."`
	All bool    `help:"All mails that are withheld."`
	byFlag
}

func (c *withheldFlags) settle(ctx context.Context, s streams, send bool, done string) error {
	if c.All == (len(c.IDs) > 0) {
		return usageError{errors.New("name the mails by their numbers, or all of them by --all")}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	member, err := c.member(ctx, st)
	if err != nil {
		return err
	}
	n, err := st.SettleWithheld(ctx, c.IDs, send, member.Address)
	if errors.Is(err, store.ErrShadow) {
		return errors.New("this is the database of a shadow, which sends nothing")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d mails %s\n", n, done)
	if !c.All && n != len(c.IDs) {
		return fmt.Errorf("%d of the mails named are not withheld", len(c.IDs)-n)
	}
	return nil
}

type outgoingSendCmd struct{ withheldFlags }

func (c *outgoingSendCmd) Run(ctx context.Context, s streams) error {
	return c.settle(ctx, s, true, "are queued")
}

type outgoingDropCmd struct{ withheldFlags }

func (c *outgoingDropCmd) Run(ctx context.Context, s streams) error {
	return c.settle(ctx, s, false, "will not be sent")
}
