// Command countersign answers access requests that clients mail to a provider's support mailbox.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // for provider.time_zone on systems without a database of zones

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // also: what is named is not there
	exitUsage  = 2 // also a config or import file that is wrong
)

// usageError is an error that the caller mends by changing the command line or a file.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// streams are where a command reads and writes.
type streams struct {
	out, err io.Writer
}

type cli struct {
	Demo      demoCmd      `cmd:"" help:"Play a whole conversation over real SMTP and IMAP on loopback, then stay up to join in."`
	Serve     serveCmd     `cmd:"" help:"Run the daemon."`
	Init      initCmd      `cmd:"" help:"Write a config by asking for what cannot be guessed."`
	Check     checkCmd     `cmd:"" help:"Try every connection and setting, and say how to mend what fails."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the schema of the database up to date."`
	Parse     parseCmd     `cmd:"" help:"Say what a mail asks or decides. Offline; nothing is stored."`
	Policy    policyCmd    `cmd:"" help:"Show, explain, test and replay role models."`
	Client    clientCmd    `cmd:"" help:"Import, list and show clients."`
	Contact   contactCmd   `cmd:"" help:"Import, add, list and show contacts."`
	Staff     staffCmd     `cmd:"" help:"Add and list the provider's own people."`
	Request   requestCmd   `cmd:"" help:"List requests, and show the trail of a ticket."`
	Message   messageCmd   `cmd:"" help:"List inbound mails and what became of them."`
	Outgoing  outgoingCmd  `cmd:"" help:"List outgoing mails, and decide about those that are withheld."`
	Todo      todoCmd      `cmd:"" help:"List what staff have to look into, and finish it."`
	Portal    portalCmd    `cmd:"" help:"Let a portal of yours ask over HTTP."`
	Templates templatesCmd `cmd:"" help:"Look at the mails that are sent."`
	Audit     auditCmd     `cmd:"" help:"Check the audit trail."`
	Status    statusCmd    `cmd:"" help:"Show what became of every mail that was seen, what waits, and whether something needs a human."`
	Backup    backupCmd    `cmd:"" help:"Copy the SQLite database, also while the daemon runs."`
	Restore   restoreCmd   `cmd:"" help:"Make a backup the database."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr}))
}

// run is the whole program but for the process: it returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	exited := -1
	parser, err := kong.New(&cli{}, kong.Name("countersign"),
		kong.Description("Countersign reads access requests in a support mailbox, proves who sent them, asks the right people, "+
			"and invites the newcomers.\n\nExit codes: 0 done; 1 failed, or what is named is not there; 2 wrong usage, config or import file."),
		kong.Writers(s.out, s.err), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}))
	if err != nil {
		fmt.Fprintln(s.err, "countersign:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.err, "countersign: %v\nRun countersign --help to see what there is.\n", err)
		return exitUsage
	}
	err = k.Run()
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(s.err, usage.error)
		return exitUsage
	}
	fmt.Fprintln(s.err, "countersign:", err)
	return exitFailed
}
