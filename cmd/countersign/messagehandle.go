package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/store"
)

// handleFlags are the flags of every order for a mail in quarantine.
type handleFlags struct {
	configFlag
	messageArg
	byFlag
	Reason string `required:"" placeholder:"TEXT" help:"Why. It stands in the audit trail."`
}

type messageReleaseCmd struct{ handleFlags }

func (c *messageReleaseCmd) Help() string {
	return `For administrators and members of team security, after they have made sure who wrote it,
say by a call to the number on file. The mail is then processed as if its author had been
proven, with these limits:

  * It decides nothing. An approval or a STOP needs its author's own proof: whoever wrote
    it is asked to answer again from the address on file.
  * What it asks is approved by an authority of the client, even where its author is one.
  * Whoever releases it has vouched for it, and answers no stage of what it asks.
  * An unknown author stays unknown: add the contact first.

A running daemon takes it up at once, another one at its next start. On the mail server
the mail stays where it is.`
}

func (c *messageReleaseCmd) Run(ctx context.Context, s streams) error {
	return c.handle(ctx, s, access.HandleRelease, 0)
}

type messageDismissCmd struct{ handleFlags }

func (c *messageDismissCmd) Help() string {
	return `Nothing follows from the mail, and its author hears nothing. For every member of staff.`
}

func (c *messageDismissCmd) Run(ctx context.Context, s streams) error {
	return c.handle(ctx, s, access.HandleDismiss, 0)
}

type messageReplayCmd struct{ handleFlags }

func (c *messageReplayCmd) Help() string {
	return `The mail is processed again as it is: after a bug was mended, a contact added, or the
mail server's settings corrected. Nothing is taken for proven that was not. For
administrators and members of team security.

Tokens are masked in what is stored, so an approver's answer that is replayed decides
nothing: the approver gets a fresh mail to answer.`
}

func (c *messageReplayCmd) Run(ctx context.Context, s streams) error {
	return c.handle(ctx, s, access.HandleReplay, 0)
}

type messageTicketCmd struct {
	handleFlags
	Contact string `placeholder:"ADDRESS" help:"Contact whose ticket it shall be. Default: the author, who must be one."`
	Client  string `placeholder:"NAME" help:"Client of the contact, where the address represents several."`
}

func (c *messageTicketCmd) Help() string {
	return `Files a ticket without any request, and asks the team of the mailbox by mail to look at
it, with the contact's level, topic and capabilities. The mail to the team says that the
sender is not proven. For every member of staff.`
}

func (c *messageTicketCmd) Run(ctx context.Context, s streams) error {
	if c.Contact == "" {
		return c.handle(ctx, s, access.HandleTicket, 0)
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := findContact(ctx, st, c.Contact, c.Client)
	if err != nil {
		return err
	}
	return c.handle(ctx, s, access.HandleTicket, id)
}

func findContact(ctx context.Context, st *store.Store, email, client string) (int64, error) {
	address, err := mailaddr.Parse(email)
	if err != nil {
		return 0, usageError{fmt.Errorf("--contact %s: %w", email, err)}
	}
	found, err := st.ContactsByAddress(ctx, address)
	if err != nil {
		return 0, err
	}
	if client != "" {
		c, err := clientByName(ctx, st, client)
		if err != nil {
			return 0, err
		}
		found = slices.DeleteFunc(found, func(p *access.Contact) bool { return p.ClientID != c.ID })
	}
	found = slices.DeleteFunc(found, func(p *access.Contact) bool { return p.State == access.ContactRemoved })
	switch len(found) {
	case 0:
		return 0, fmt.Errorf("--contact %s: there is no such contact; see: countersign contact list", email)
	case 1:
		return found[0].ID, nil
	}
	return 0, usageError{fmt.Errorf("--contact %s represents several clients; say which with --client", email)}
}

// handle records the order, if the member of staff may give it.
func (c *handleFlags) handle(ctx context.Context, s streams, h access.Handle, contact int64) error {
	if strings.TrimSpace(c.Reason) == "" {
		return usageError{errors.New("--reason is empty; say why, for the audit trail")}
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
	if err := member.MayHandle(h); err != nil {
		return fmt.Errorf("--by %w", err)
	}
	err = st.HandleMessage(ctx, c.ID, access.Handling{Handle: h, By: member.Address, Reason: strings.TrimSpace(c.Reason), Contact: contact})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return noMessage(c.ID)
	case errors.Is(err, store.ErrNoBytes):
		return fmt.Errorf("message %d is too large to be processed, and only its beginning is kept: look at it on the mail server, then dismiss it", c.ID)
	case err != nil:
		return err
	}
	if h == access.HandleDismiss {
		fmt.Fprintf(s.out, "message %d is dismissed\n", c.ID)
		return nil
	}
	fmt.Fprintf(s.out, "message %d waits to be processed (%s); see: countersign message show %d\n", c.ID, h, c.ID)
	return nil
}
