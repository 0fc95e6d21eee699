package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/store"
)

type backupCmd struct {
	configFlag
	File string `arg:"" type:"path" help:"The file to make. It must not be there yet."`
}

func (c *backupCmd) Help() string {
	return `Copies the SQLite database as it is at one instant, also while the daemon runs, into a new
file that only you can read, and looks whether the copy is whole. The secret key is not in
it: keep a copy of secret_key_file apart from the backups. For PostgreSQL use pg_dump;
docs/backup.md has the recipe.`
}

func (c *backupCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if cfg.Database.Driver != config.SQLite {
		return usageError{errors.New("the database is PostgreSQL: make its backup with pg_dump; docs/backup.md has the recipe")}
	}
	if err := store.Backup(ctx, store.Config{Driver: string(cfg.Database.Driver), Path: cfg.Database.Path}, c.File); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("looking at the backup: %w", err)
	}
	fmt.Fprintf(s.out, "%s: %d bytes, whole. The secret key %s is not in it: keep a copy apart.\n", c.File, info.Size(), cfg.SecretKeyFile)
	return nil
}

type restoreCmd struct {
	configFlag
	File   string `arg:"" optional:"" type:"path" help:"A file that countersign backup has made."`
	Force  bool   `help:"Replace the database that is there; it is kept under another name."`
	Loaded bool   `help:"The database was loaded by other means, such as pg_restore: only do what must follow."`
}

func (c *restoreCmd) Help() string {
	return `Makes a backup the database. No daemon may run. The database then knows less than has
happened, so

  * mails that waited to be sent when the backup was made are withheld, since they may have
    been sent: look at them with outgoing list, and send or drop them;
  * 1000 numbers of tickets are skipped, since some of them were given already;
  * mails that were decided after the backup lie in Countersign/Processed and
    Countersign/Quarantine on the mail server: move them back to the inbox, and they are
    decided again; those that the backup knows are recognised as duplicates.

docs/backup.md says it step by step.`
}

func (c *restoreCmd) Run(ctx context.Context, s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.SecretKeyFile); err != nil {
		return fmt.Errorf("the secret key is missing (%w): put back the one that belongs to the backup first", err)
	}
	var restored *store.Recovery
	switch {
	case c.Loaded == (c.File != ""):
		return usageError{errors.New("name the file that countersign backup has made, or else say --loaded")}
	case c.Loaded:
		restored, err = markLoaded(ctx, cfg)
	case cfg.Database.Driver != config.SQLite:
		return usageError{errors.New("the database is PostgreSQL: load it with pg_restore, then: countersign restore --loaded; docs/backup.md has the recipe")}
	default:
		restored, err = c.restore(ctx, cfg)
	}
	if err != nil {
		return err
	}
	newest := "it knows of no mail"
	if !restored.Newest.IsZero() {
		newest = "the newest mail that it knows came at " + stampText(restored.Newest)
	}
	fmt.Fprintf(s.out, "restored: %s\n", newest)
	if restored.Replaced != "" {
		fmt.Fprintf(s.out, "the database before is now %s\n", restored.Replaced)
	}
	fmt.Fprintf(s.out, `%d outgoing mails are withheld, since they may have been sent. Now
  1. on the mail server, move what came later from the folders Countersign/Processed and
     Countersign/Quarantine back to the inbox
  2. countersign serve
  3. countersign outgoing list --state withheld; then outgoing send or outgoing drop
docs/backup.md says why.
`, restored.Withheld)
	return nil
}

func (c *restoreCmd) restore(ctx context.Context, cfg *config.Config) (*store.Recovery, error) {
	key, err := config.LoadOrCreateKey(cfg.SecretKeyFile, rand.Reader)
	if err != nil {
		return nil, err
	}
	restored, err := store.Restore(ctx, store.Config{Driver: string(cfg.Database.Driver), Path: cfg.Database.Path, Key: key, Now: time.Now, Rand: rand.Reader}, c.File, c.Force)
	if errors.Is(err, store.ErrDatabaseThere) {
		return nil, fmt.Errorf("%s is there already; with --force it is replaced, and kept under another name", cfg.Database.Path)
	}
	return restored, err
}

func markLoaded(ctx context.Context, cfg *config.Config) (*store.Recovery, error) {
	if cfg.Database.Driver == config.SQLite {
		return nil, usageError{errors.New("--loaded is for PostgreSQL; name the file that countersign backup has made")}
	}
	st, err := daemon.OpenStore(ctx, cfg, daemon.Options{})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	restored, err := st.MarkRestored(ctx)
	if errors.Is(err, store.ErrLeased) {
		return nil, errors.New("a daemon works with the database: stop it; if it was killed just now, wait half a minute")
	}
	return restored, err
}
