package main

import (
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
)

type serveCmd struct {
	configFlag
	Shadow bool `help:"Only show what would be done: change nothing on the mail server, and send nothing."`
}

func (c *serveCmd) Help() string {
	return `Reads the configured mailboxes over IMAP, decides, answers over SMTP, and serves the
registration pages. SIGTERM and SIGINT stop it softly: what is in work is finished,
the rest waits for the next start. Several daemons may share one PostgreSQL.

The garbage collector keeps the memory small, and works harder above 48 MiB, so that
a large mail passes through in little; set GOGC and GOMEMLIMIT to choose otherwise.
The limit is no hard one.`
}

// memoryLimit is where the garbage collector starts to work harder; what lives is far below it, but for large mails: at a
// limit that all mails together come near, the collector takes most of the time. What keeps the memory small while many
// mails are worked on is garbagePercent: how much garbage there may be beside what lives. SQLite has memory of its own in the
// process, which the collector does not see.
const memoryLimit = 48 << 20

var garbagePercent = map[config.Driver]int{config.Postgres: 70, config.SQLite: 30}

// garbageAtStart holds until all is ready that mails are read by: while the lists of words are made more lives than ever after, and
// the highest memory of a daemon would be that of its first second.
const garbageAtStart = 30

func (c *serveCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	opts := daemon.Options{Shadow: c.Shadow, Supervisor: supervisor()}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageAtStart)
		opts.OnPrepared = func() { debug.SetGCPercent(garbagePercent[cfg.Database.Driver]) }
	}
	d, err := daemon.New(ctx, cfg, newLogger(cfg.Log, s.err), opts)
	if err != nil {
		return err
	}
	return d.Run(ctx)
}

// supervisor is who set the variables of sd_notify(3).
func supervisor() daemon.Supervisor {
	s := daemon.Supervisor{Socket: os.Getenv("NOTIFY_SOCKET")}
	pid := os.Getenv("WATCHDOG_PID")
	if us, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64); err == nil && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		s.Watchdog = time.Duration(us) * time.Microsecond
	}
	return s
}
