package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// Backup copies the SQLite database of cfg, as it is at one instant, into a new file that only its owner can read. A daemon
// may go on working with the database meanwhile. The schema is left as it is.
func Backup(ctx context.Context, cfg Config, file string) (err error) {
	if _, err := os.Stat(cfg.Path); err != nil {
		return fmt.Errorf("finding the database: %w", err)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("finding %s: %w", file, err)
	}
	// VACUUM INTO takes an empty file: this one is nobody else's, and has its mode before it has its content.
	out, err := os.OpenFile(abs, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("making the backup: %w", err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			_ = os.Remove(abs) // half a backup is none
		}
	}()
	s := &Store{cfg: cfg}
	defer s.Close()
	if err := s.openSQLite(ctx); err != nil {
		return err
	}
	if _, err := s.read.DB.ExecContext(ctx, `VACUUM INTO ?`, abs); err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	if err := checkFile(ctx, abs); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return syncDir(filepath.Dir(abs))
}

// checkFile looks whether a file is a whole database of ours, and writes nothing.
func checkFile(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("finding the backup: %w", err)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("finding %s: %w", file, err)
	}
	db, err := sql.Open("sqlite", sqliteDSN(abs, "mode=ro&immutable=1"))
	if err != nil {
		return fmt.Errorf("opening %s: %w", file, err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("%s is no SQLite database: %w", file, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", file, verdict)
	}
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name IN ('goose_db_version', 'inbound_messages', 'events')`).Scan(&tables); err != nil {
		return fmt.Errorf("looking into %s: %w", file, err)
	}
	if tables != 3 {
		return fmt.Errorf("%s is a database, and not one of Countersign", file)
	}
	return nil
}

// Recovery is what a restored database tells.
type Recovery struct {
	Withheld int       // outgoing mails that waited, and may have been sent since
	Newest   time.Time // when the newest mail came that it knows; zero where it knows none
	Replaced string    // the file that the database before is in now; "" where there was none
}

// ErrDatabaseThere says that a restore would replace a database.
var ErrDatabaseThere = errors.New("store: there is a database already")

// Restore makes a backup the SQLite database of cfg, marked by MarkRestored. It is refused while a daemon runs, and where a
// database is there unless replace is set; that one is kept beside it, under another name.
func Restore(ctx context.Context, cfg Config, backup string, replace bool) (r *Recovery, err error) {
	if err := checkFile(ctx, backup); err != nil {
		return nil, err
	}
	lock, err := lockFile(cfg.Path + ".lock")
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	_, err = os.Stat(cfg.Path)
	there := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("looking for the database: %w", err)
	}
	if there && !replace {
		return nil, ErrDatabaseThere
	}
	// It gets its name when it is marked: a daemon that starts too early must not send what may have been sent.
	temp := cfg
	temp.Path = cfg.Path + ".restoring"
	if err := removeDatabase(temp.Path); err != nil { // of a restore that was interrupted
		return nil, err
	}
	defer func() { err = errors.Join(err, removeDatabase(temp.Path)) }()
	if err := copyFile(backup, temp.Path); err != nil {
		return nil, err
	}
	s, err := Open(ctx, temp)
	if err != nil {
		return nil, err
	}
	r, err = s.MarkRestored(ctx)
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	if there {
		r.Replaced = cfg.Path + ".replaced-" + cfg.Now().UTC().Format("20060102T150405Z")
	}
	return r, moveIn(temp.Path, cfg.Path, r.Replaced)
}

// sqliteFiles are the endings of the files that are one database. A log beside a database that it does not belong to
// would be played into it, and a database without its log has forgotten what was sent: it goes first, since with none
// nothing is sent.
var sqliteFiles = []string{"", "-wal", "-shm"}

// removeDatabase removes what there is of a database.
func removeDatabase(path string) error {
	for _, suffix := range sqliteFiles {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing what is left of a database: %w", err)
		}
	}
	return nil
}

// moveIn gives a database its name, after the one that has it got another.
func moveIn(from, to, old string) error {
	for _, suffix := range sqliteFiles {
		if old == "" {
			break
		}
		if err := os.Rename(to+suffix, old+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("setting the database aside: %w", err)
		}
	}
	if err := removeDatabase(to); err != nil { // the log of one that is gone
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("naming the database: %w", err)
	}
	return syncDir(filepath.Dir(to))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("reading the backup: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copying the backup: %w", err)
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copying the backup: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("writing the folder %s: %w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("writing the folder %s: %w", dir, err)
	}
	return nil
}

// numbersSkipped is how far a restore moves the counter of ticket numbers on: those that were given after the backup
// stand in people's mails, and must not come to name something else.
const numbersSkipped = 1000

// ErrLeased says that a daemon reads a mailbox of the database.
var ErrLeased = errors.New("store: a daemon works with the database")

// MarkRestored prepares a database that is older than what has happened since: mails that wait to be sent are withheld,
// since they may have been sent, numbers of tickets are skipped, claims and leases end, and a to-do says what people have
// to do. It proves that the secret key belongs to the database.
func (s *Store) MarkRestored(ctx context.Context) (*Recovery, error) {
	r := &Recovery{}
	err := s.inTx(ctx, func(x *tx) error {
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		var leased bool
		if err := x.GetContext(ctx, &leased, `SELECT EXISTS (SELECT 1 FROM mailboxes WHERE lease_until > $1)`, now); err != nil {
			return err
		}
		if leased && s.pg { // on SQLite the lock of the file says so, and a lease that the backup holds nothing
			return ErrLeased
		}
		var row outboundRow
		err = x.GetContext(ctx, &row, `SELECT id, mail_from, recipient, message_id_digest, sealed, attempts, run_at FROM outbound_messages ORDER BY id DESC LIMIT 1`)
		if err == nil {
			_, err = s.seal.open(row.Sealed, row.Digest)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("trying the secret key: %w", err)
		}
		var newest sql.NullTime
		err = x.GetContext(ctx, &newest, `SELECT stored_at FROM inbound_messages ORDER BY id DESC LIMIT 1`)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r.Newest = at(newest)
		return x.markRestored(ctx, r)
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the restored database: %w", err)
	}
	return r, nil
}

func (x *tx) markRestored(ctx context.Context, r *Recovery) error {
	res, err := x.ExecContext(ctx, `UPDATE outbound_messages SET state = 'withheld', lease_until = NULL WHERE state = 'queued'`)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	r.Withheld = int(n)
	if _, err := x.ExecContext(ctx, `DELETE FROM canaries`); err != nil {
		return err
	}
	if _, err := x.ExecContext(ctx, `UPDATE settings SET value = CAST(CAST(value AS INTEGER) + $1 AS TEXT) WHERE name LIKE 'ticket\_number\_%' ESCAPE '\'`,
		numbersSkipped); err != nil {
		return err
	}
	if err := x.freeClaims(ctx); err != nil {
		return err
	}
	since := "its beginning"
	if !r.Newest.IsZero() {
		since = r.Newest.Format("2006-01-02 15:04 MST")
	}
	about := fmt.Sprintf("The database was restored. The newest mail that it knows came at %s. Move what came later from Countersign/Processed and Countersign/Quarantine "+
		"back to the inbox, and decide about %d outgoing mails that are withheld: see docs/backup.md.", since, r.Withheld)
	if err := x.saveTodo(ctx, access.Todo{Kind: access.TodoRestored, About: about}, &access.Outcome{}); err != nil {
		return err
	}
	x.appendEvent(nil, &access.Event{Kind: "restored", Payload: map[string]any{"withheld": r.Withheld, "newest": r.Newest}})
	return nil
}
