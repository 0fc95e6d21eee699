// Package store keeps everything in one database, PostgreSQL or SQLite, behind one Store.
//
// It is the only importer of sqlx, lib/pq and the SQLite driver. It decides nothing: an event's Situation is loaded, a
// function of the core decides, and its Outcome is stored, all in one transaction that holds the client's row.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/countersign/countersign/migrations"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("store: not found")

// ErrFenced says that a claim was lost: the lease ran out and somebody else has the row, or has finished it.
var ErrFenced error = fenced{}

type fenced struct{}

func (fenced) Error() string { return "store: the claim is no longer ours" }

// Fenced tells those who do not know this package.
func (fenced) Fenced() bool { return true }

// Config says where the database is.
type Config struct {
	Driver string // sqlite or postgres
	DSN    string // postgres only
	Path   string // sqlite only
	Key    []byte // 32 bytes that seal outgoing mail
	Now    func() time.Time
	Rand   io.Reader // salts, nonces

	// LeaseClock is what claims and leases go by. nil means the clock of PostgreSQL, which all daemons share however far
	// theirs are apart, and Now on SQLite, which one daemon has to itself.
	LeaseClock func() time.Time

	// MaxClaims is how often a mail is claimed without a finish before it is quarantined: a mail that kills the process
	// cannot do so for ever. 0 means 3.
	MaxClaims int

	// Silence is how long PostgreSQL may say nothing within an exchange before the connection is taken for dead. 0 means two
	// minutes.
	Silence time.Duration
}

// Store is the one database. Its methods are safe for concurrent use.
type Store struct {
	db   *pool // writes; one connection on SQLite, where more would only wait for one another
	read *pool
	// counters has one connection to PostgreSQL, for what is counted outside of the transactions that count.
	counters  *pool
	pg        bool
	cfg       Config
	seal      *sealer
	wakes     wakes
	scratches scratches
	mode      Mode
	together  together

	patience patience // with PostgreSQL
	lock     *os.File // the daemon's, on SQLite
	listener *pq.Listener
	done     sync.WaitGroup
}

// Open connects, brings the schema up to date and starts listening for wake-ups.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.MaxClaims == 0 {
		cfg.MaxClaims = 3
	}
	s := &Store{cfg: cfg, pg: cfg.Driver == "postgres", scratches: make(scratches, keptScratches)}
	var err error
	if s.seal, err = newSealer(cfg.Key, cfg.Rand); err != nil {
		return nil, err
	}
	if s.pg {
		err = s.openPostgres(ctx)
	} else {
		err = s.openSQLite(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	if err := migrate(ctx, s.db.DB.DB, cfg.Driver); err != nil {
		s.Close()
		return nil, err
	}
	s.patience.silence.Store(int64(cmp.Or(cfg.Silence, serverSilence)))
	if s.mode, err = s.readMode(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if s.pg {
		if err := s.listen(); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Store) openPostgres(ctx context.Context) error {
	cfg, err := pq.NewConfig(s.cfg.DSN)
	if err != nil {
		return fmt.Errorf("reading the DSN of PostgreSQL: %w", err)
	}
	// Bytes as they are: as text a mail is twice as large, and the driver holds that in memory too.
	cfg.BinaryParameters = true
	made, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return fmt.Errorf("reading the DSN of PostgreSQL: %w", err)
	}
	made.Dialer(&s.patience)
	db := sqlx.NewDb(sql.OpenDB(connector{made}), "postgres")
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // nothing was done with it
		// The DSN may hold a password, and the driver's error quotes none of it.
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s.db = newPool(db)
	s.read = s.db
	counters := sqlx.NewDb(sql.OpenDB(connector{made}), "postgres")
	counters.SetMaxOpenConns(1)
	counters.SetConnMaxIdleTime(5 * time.Minute)
	s.counters = newPool(counters)
	return nil
}

// What a connection to SQLite keeps of the file, in KiB. The system keeps it too, so that more saves no time that can be
// measured; it costs twice its size for each connection, since the allocator rounds up to powers of two.
const (
	writeCache = "&_pragma=cache_size(-256)"
	readCache  = "&_pragma=cache_size(-32)"
)

// openSQLite opens one file. The pragmas stand in the DSN so that every pooled connection has them; transactions start
// immediate, since a deferred one that turns into a writer fails at once, busy_timeout or not.
func (s *Store) openSQLite(ctx context.Context) error {
	abs, err := filepath.Abs(s.cfg.Path)
	if err != nil {
		return fmt.Errorf("finding the database %s: %w", s.cfg.Path, err)
	}
	// secure_delete: what a mail held before its tokens were masked must not stay in free space, where a copy of the file
	// has it.
	dsn := sqliteDSN(abs, "_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"+
		"&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1")
	writes, err := sqlx.ConnectContext(ctx, "sqlite", dsn+writeCache)
	if err != nil {
		return fmt.Errorf("opening the database %s: %w", abs, err)
	}
	writes.SetMaxOpenConns(1)
	writes.SetMaxIdleConns(1)
	s.db = newPool(writes)
	reads, err := sqlx.ConnectContext(ctx, "sqlite", dsn+readCache)
	if err != nil {
		return fmt.Errorf("opening the database %s: %w", abs, err)
	}
	reads.SetMaxOpenConns(3)
	reads.SetMaxIdleConns(3)
	s.read = newPool(reads)
	return nil
}

// sqliteDSN names a file. Its path is escaped: an unescaped '#' or '?' would silently open another one.
func sqliteDSN(path, settings string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings
}

func migrate(ctx context.Context, db *sql.DB, driver string) error {
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{}
	if driver == "postgres" {
		dialect = goose.DialectPostgres
		// Several daemons that start together take turns: looked at each second, for five minutes.
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return fmt.Errorf("preparing the migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	sub, err := fs.Sub(migrations.FS, driver)
	if err != nil {
		return fmt.Errorf("reading the migrations of %s: %w", driver, err)
	}
	p, err := goose.NewProvider(dialect, db, sub, opts...)
	if err != nil {
		return fmt.Errorf("reading the migrations of %s: %w", driver, err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("the database has schema version %d, this program knows up to %d: use a newer countersign", have, newest)
	}
	for tries := 1; ; tries++ {
		// A migration locks table after table; the transactions of daemons that are at work may lock them the other way round.
		_, err := p.Up(ctx)
		if err == nil {
			return nil
		}
		if tries == migrationTries || ctx.Err() != nil || !errors.As(markTransient(err), new(transient)) {
			return fmt.Errorf("migrating the schema: %w", err)
		}
	}
}

// migrationTries is how often a migration is begun that gets into a deadlock with daemons at work; the server looks for one
// each second.
const migrationTries = 10

// Close stops listening and closes the connections.
func (s *Store) Close() error {
	if s.listener != nil {
		s.listener.Close()
	}
	s.done.Wait()
	var errs []error
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.counters != nil {
		errs = append(errs, s.counters.Close())
	}
	if s.read != nil && s.read != s.db {
		errs = append(errs, s.read.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// inView runs fn in a transaction that sees one state of everything, changes nothing and keeps nobody waiting.
func (s *Store) inView(ctx context.Context, fn func(*tx) error) error {
	t, err := s.read.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.snapshot()})
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	x := &tx{Tx: t, s: s, pool: s.read, now: stamp(s.cfg.Now()), view: true}
	defer x.end(ctx)
	return fn(x)
}

// snapshot is the isolation at which a transaction sees one state; with SQLite every one does.
func (s *Store) snapshot() sql.IsolationLevel {
	if s.pg {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// end rolls back what was not committed, and prepares what the transaction found unprepared.
func (x *tx) end(ctx context.Context) {
	_ = x.Rollback() // after Commit it does nothing
	x.clear()
	for _, query := range x.unprepared {
		x.pool.prepare(ctx, query)
	}
}

// inTx runs fn in one transaction, and wakes the topics that it named once the transaction has committed.
func (s *Store) inTx(ctx context.Context, fn func(*tx) error) (err error) {
	defer func() { err = markTransient(err) }()
	t, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return transient{fmt.Errorf("beginning a transaction: %w", err)} // whatever it is, it was not asked anything yet
	}
	x := &tx{Tx: t, s: s, pool: s.db, now: stamp(s.cfg.Now()), created: map[int64]bool{}, lines: map[line]int64{}}
	defer x.end(ctx)
	if err := fn(x); err != nil {
		return err
	}
	if err := x.storeEvents(ctx); err != nil {
		return err
	}
	if err := x.notify(ctx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	for _, topic := range x.topics {
		s.wakes.poke(topic)
	}
	return nil
}

// tx is one transaction with a fixed now.
type tx struct {
	*sqlx.Tx
	s      *Store
	pool   *pool // whose connection it has
	now    time.Time
	view   bool // it changes nothing
	topics []Topic
	// created are the tickets that nobody else can see yet.
	created map[int64]bool
	events  []ticketEvent  // that happened in it
	lines   map[line]int64 // the last places that it has given to outgoing mails
	// unprepared are the texts that were run for the first time.
	unprepared []string
	scratch    []byte
}

func (x *tx) wake(t Topic) {
	for _, have := range x.topics {
		if have == t {
			return
		}
	}
	x.topics = append(x.topics, t)
}

// clean makes texts that come from mails and servers storable. PostgreSQL refuses NUL and what is not UTF-8, and a mail
// that cannot be stored would be tried for ever, with all others waiting behind it.
func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = cleanText(s)
		}
	}
	return args
}

func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
}

// one runs an UPDATE that must change exactly one row; it is ErrFenced if it changes none.
func (x *tx) one(ctx context.Context, query string, args ...any) error {
	return x.exactly(ctx, 1, query, args...)
}

// exactly is one for so many rows.
func (x *tx) exactly(ctx context.Context, rows int, query string, args ...any) error {
	res, err := x.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n != int64(rows) {
		return ErrFenced
	}
	return nil
}

// stamp is a time as both engines store it: UTC, whole microseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// nullTime is NULL for the zero time.
func nullTime(t time.Time) sql.NullTime {
	return sql.NullTime{Time: stamp(t), Valid: !t.IsZero()}
}

// at undoes nullTime.
func at(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

func nullID(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

// forUpdate ends a SELECT that locks its rows; on SQLite the transaction holds the only write lock anyway.
func (s *Store) forUpdate(how string) string {
	if s.pg {
		return " FOR UPDATE" + how
	}
	return ""
}

// forNoKeyUpdate locks rows that keep their ids, so that others may still point at them.
func (s *Store) forNoKeyUpdate() string {
	if s.pg {
		return " FOR NO KEY UPDATE"
	}
	return ""
}
