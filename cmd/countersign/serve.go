package main

import (
	"context"

	"github.com/countersign/countersign/internal/daemon"
)

type serveCmd struct {
	configFlag
}

func (c *serveCmd) Help() string {
	return `Reads the configured mailboxes over IMAP, decides, answers over SMTP, and serves the
registration pages. SIGTERM and SIGINT stop it softly: what is in work is finished,
the rest waits for the next start. Several daemons may share one PostgreSQL.`
}

func (c *serveCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	d, err := daemon.New(ctx, cfg, newLogger(cfg.Log, s.err), daemon.Options{})
	if err != nil {
		return err
	}
	return d.Run(ctx)
}
