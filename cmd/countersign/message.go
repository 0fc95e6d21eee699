package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

type messageCmd struct {
	List    messageListCmd    `cmd:"" help:"List inbound mails, newest first."`
	Show    messageShowCmd    `cmd:"" help:"Show one inbound mail: what was learnt of it, and what became of it."`
	Release messageReleaseCmd `cmd:"" help:"Process a mail in quarantine as if its author had been proven."`
	Dismiss messageDismissCmd `cmd:"" help:"Be done with a mail in quarantine."`
	Ticket  messageTicketCmd  `cmd:"" help:"Make a mail in quarantine a ticket for people to look at."`
	Replay  messageReplayCmd  `cmd:"" help:"Process a mail in quarantine again as it is, after a fix."`
}

type messageListCmd struct {
	configFlag
	listFlag
	limitFlag
	Disposition string `placeholder:"D" help:"Only mails with this disposition: pending, applied, answered, left, duplicate, quarantined, dismissed or unfetchable."`
}

func (c *messageListCmd) Help() string {
	return `LEVEL is the roles of a proven author at their client, TOPIC what the mail seems to be
about, and MAY whether that level may ask about it. A topic is guessed from words: it
informs, and nothing is refused for it.

Examples:
  countersign message list --disposition quarantined
  countersign message list --disposition left --json`
}

func (c *messageListCmd) Run(ctx context.Context, s streams) error {
	if d := access.Disposition(c.Disposition); d != "" && !slices.Contains(access.Dispositions, d) {
		return usageError{fmt.Errorf("--disposition %s: there are %s", d, strings.Trim(fmt.Sprint(access.Dispositions), "[]"))}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Messages(ctx, access.Disposition(c.Disposition), c.Limit)
	if err != nil {
		return err
	}
	return list(s, c.JSON, all, []string{"ID", "RECEIVED", "FROM", "SUBJECT", "DISPOSITION", "LEVEL", "TOPIC", "MAY", "REASON"}, func(v store.MessageView) []string {
		return []string{fmt.Sprint(v.ID), v.ReceivedAt.Format(time.DateTime), string(v.From), string(v.Subject), string(v.Disposition),
			string(v.Level), string(v.Topic), maybe(v.May), string(v.Reason)}
	})
}

func maybe(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

// messageArg is the argument of every command about one mail.
type messageArg struct {
	ID int64 `arg:"" help:"Number of the mail, as message list shows it."`
}

type messageShowCmd struct {
	configFlag
	listFlag
	messageArg
	Raw bool `help:"Print the mail's source too, where it is kept: tokens are masked, and control characters shown as dots."`
}

func (c *messageShowCmd) Help() string {
	return `Of a mail that was left to people the bytes are not kept: --raw works for mail that was
acted on or is in quarantine. The EVIDENCE line says why the author counts as proven, or
not.`
}

func (c *messageShowCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	v, err := st.Message(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return noMessage(c.ID)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s, v)
	}
	showMessage(s.out, v)
	if !c.Raw {
		return nil
	}
	raw, err := st.RawMessage(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		return fmt.Errorf("the source of message %d is not kept, since it is %s", c.ID, v.Disposition)
	}
	_, err = fmt.Fprintf(s.out, "\n%s\n", printable(string(raw)))
	return err
}

func noMessage(id int64) error {
	return fmt.Errorf("there is no message %d; see: countersign message list", id)
}

func showMessage(w io.Writer, v *store.MessageView) {
	for _, line := range []struct{ key, value string }{
		{"id", fmt.Sprint(v.ID)}, {"mailbox", v.Mailbox}, {"received", v.ReceivedAt.Format(time.DateTime)}, {"from", string(v.From)},
		{"subject", string(v.Subject)}, {"class", string(v.Class)}, {"verdict", string(v.Verdict)}, {"evidence", string(v.Evidence)},
		{"client", orEmpty(v.Client)}, {"level", string(v.Level)}, {"topic", string(v.Topic)}, {"may", maybe(v.May)},
		{"disposition", string(v.Disposition)}, {"reason", string(v.Reason)}, {"ticket", orEmpty(v.Ticket)},
		{"handling", string(v.Handling)}, {"by", string(v.HandledBy)}, {"because", string(v.HandlingReason)},
	} {
		if line.value != "" {
			// What goes on for several lines is indented: no text of a mail may look like a line of ours.
			fmt.Fprintf(w, "%-12s %s\n", line.key, strings.ReplaceAll(printable(line.value), "\n", "\n"+strings.Repeat(" ", 13)))
		}
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// printable keeps a mail from steering the terminal that it is shown on.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return -1
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r):
			return '·'
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}
