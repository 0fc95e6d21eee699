package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/store"
)

type statusCmd struct {
	configFlag
	listFlag
}

func (c *statusCmd) Help() string {
	return `Shows what became of every mail that was seen, what waits and since when, who reads each
mailbox, the last canary, requests by state, and what people have to look into.

Exit code 0 when nothing needs a human, 1 when something does; the last lines say what.`
}

// When something has waited so long, a human should look.
const (
	lateWork  = 5 * time.Minute // mails to process, timers
	lateReach = time.Hour       // what needs the mail servers: mails to send and to move
)

func (c *statusCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	st, err := daemon.OpenStore(ctx, cfg, daemon.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	status, err := st.Status(ctx, daemon.Filed(cfg, st.Mode()))
	if err != nil {
		return err
	}
	needs := needsHuman(status, cfg)
	if c.JSON {
		err = printJSON(s, struct {
			*store.Status
			Needs []string `json:"needs_human"`
		}{status, needs})
	} else {
		printStatus(s, status, needs)
	}
	if err == nil && len(needs) > 0 {
		err = fmt.Errorf("%d things need a human", len(needs))
	}
	return err
}

// needsHuman says what does not go on by itself.
func needsHuman(st *store.Status, cfg *config.Config) []string {
	needs := []string{}
	add := func(format string, args ...any) { needs = append(needs, fmt.Sprintf(format, args...)) }
	if !st.Holds {
		add("the equation does not hold: mails that were seen are missing from the database, or some are there twice")
	}
	for _, m := range cfg.Mailboxes {
		if !slices.ContainsFunc(st.Mailboxes, func(have store.MailboxStatus) bool { return have.Name == m.Name && have.Leased }) {
			add("no daemon reads the mailbox %s: does countersign serve run?", m.Name)
		}
	}
	for _, m := range st.Mailboxes {
		if m.Canary != nil && m.Canary.LateSince != nil {
			add("canaries of the mailbox %s have not come back since %s: look at %s mail", m.Name, stampText(*m.Canary.LateSince), m.Canary.Where())
		}
	}
	for _, q := range []struct {
		queue store.Queue
		late  time.Duration
		what  string
	}{
		{st.Inbound, lateWork, "the oldest mail to process"}, {st.Timers, lateWork, "the oldest timer that is due"},
		{st.Outgoing, lateReach, "the oldest mail to send"}, {st.Filing, lateReach, "the oldest mail to move on the server"},
	} {
		if age := q.queue.Age(st.At); age > q.late {
			add("%s has waited for %s: the log says why", q.what, age.Round(time.Second))
		}
	}
	if st.Withheld > 0 && st.Mode != store.Shadow {
		add("%d mails are withheld: countersign outgoing list --state withheld", st.Withheld)
	}
	if n := st.Equation.Counts[access.Quarantined]; n > 0 {
		add("%d mails are in quarantine: countersign message list --disposition quarantined", n)
	}
	if st.TodoCount > 0 {
		add("%d to-dos are open: countersign todo list", st.TodoCount)
	}
	return needs
}

func stampText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

func printStatus(s streams, st *store.Status, needs []string) {
	fmt.Fprintln(s.out, equationText(st.Equation))
	if st.Mode == store.Shadow {
		fmt.Fprintf(s.out, "shadow: %d mails would have been sent\n", st.Withheld)
	}
	for _, m := range st.Mailboxes {
		fmt.Fprintf(s.out, "mailbox %s: %d seen, read by %s%s\n", m.Name, m.Seen, map[bool]string{true: "a daemon", false: "nobody"}[m.Leased], canaryText(m.Canary, st.At))
	}
	for _, q := range []struct {
		what  string
		queue store.Queue
	}{{"to process", st.Inbound}, {"to move on the server", st.Filing}, {"to send", st.Outgoing}, {"timers overdue", st.Timers}} {
		text := fmt.Sprintf("%s: %d", q.what, q.queue.Waiting)
		if q.queue.Waiting > 0 {
			text += fmt.Sprintf(" (%d claimed, %d tried before, the oldest since %s)", q.queue.Claimed, q.queue.Retrying, q.queue.Age(st.At).Round(time.Second))
		}
		fmt.Fprintln(s.out, text)
	}
	var requests []string
	for _, state := range slices.Sorted(maps.Keys(st.Requests)) {
		requests = append(requests, fmt.Sprintf("%d %s", st.Requests[state], state))
	}
	if len(requests) > 0 {
		fmt.Fprintln(s.out, "requests: "+strings.Join(requests, ", "))
	}
	for _, t := range st.Todos {
		fmt.Fprintf(s.out, "to do: %s %s, %d times since %s\n", t.Kind, strings.Map(visible, t.About), t.Count, stampText(t.CreatedAt))
	}
	for _, n := range needs {
		fmt.Fprintln(s.out, "needs a human:", n)
	}
}

func canaryText(c *store.Canary, now time.Time) string {
	switch {
	case c == nil:
		return ""
	case c.LateSince != nil:
		return fmt.Sprintf("; canaries do not come back since %s, %d did before", stampText(*c.LateSince), c.Returned)
	case c.ReturnedAt != nil:
		return fmt.Sprintf("; the last canary came back %s ago after %s, %d in all", now.Sub(*c.ReturnedAt).Round(time.Second),
			c.ReturnedAt.Sub(c.SentAt).Round(time.Millisecond), c.Returned)
	}
	return fmt.Sprintf("; a canary is out since %s, %d came back before", now.Sub(c.SentAt).Round(time.Second), c.Returned)
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

type versionCmd struct{}

func (versionCmd) Run(s streams) error {
	fmt.Fprintln(s.out, "countersign", daemon.Version())
	return nil
}
