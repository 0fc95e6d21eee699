package realservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
)

// PostgresServer is a running PostgreSQL cluster with the superuser postgres.
type PostgresServer struct {
	Port int

	t         testing.TB
	process   *process
	args      []string
	bin       string // directory of the cluster's programs
	dir       string
	owner     account
	databases atomic.Int32
}

// Postgres starts an empty cluster without durability, which is for tests that do not pull its plug.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	return postgres(t, nil, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB")
}

// DurablePostgres starts an empty cluster that keeps its promises, with the settings that the distribution has.
func DurablePostgres(t testing.TB) *PostgresServer {
	t.Helper()
	return postgres(t, nil, "-c", "shared_buffers=128MB")
}

// DurablePostgresOn is DurablePostgres with its data and its log on a disk of their own, which must have 150 MB.
func DurablePostgresOn(t testing.TB, disk *DiskDrive) *PostgresServer {
	t.Helper()
	return postgres(t, disk, "-c", "shared_buffers=32MB", "-c", "max_wal_size=48MB")
}

func postgres(t testing.TB, disk *DiskDrive, settings ...string) *PostgresServer {
	t.Helper()
	// The distribution keeps the programs out of the PATH, by version.
	server, err := filepath.EvalSymlinks(find(t, "postgres", "postgresql", "/usr/lib/postgresql/*/bin/postgres"))
	if err != nil {
		t.Fatal(err)
	}
	s := &PostgresServer{
		t:     t,
		Port:  freePorts(t, 1)[0],
		bin:   filepath.Dir(server),
		owner: unprivileged(t, "postgres", "nobody"), // the server refuses to run as root
	}
	s.dir = newDir(t, s.owner)
	data := filepath.Join(s.dir, "data")
	if disk != nil {
		give(t, disk.Dir, s.owner)
		data = filepath.Join(disk.Dir, "data")
	}
	options := []string{"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"}
	if disk == nil {
		options = append(options, "--no-sync") // no power is cut
	}
	s.runTool(t, "initdb", options...)
	s.args = append([]string{"-D", data, "-p", strconv.Itoa(s.Port), "-k", s.dir, "-h", "127.0.0.1", "-c", "max_connections=100",
		"-c", "timezone=UTC"}, settings...)
	s.Start()
	return s
}

// Start starts a stopped server again, on the same port, and lets it recover.
func (s *PostgresServer) Start() {
	s.t.Helper()
	s.process = launch(s.t, s.owner, syscall.SIGQUIT, s.dir, filepath.Join(s.bin, "postgres"), s.args...).replace(s.t, s.process)
	s.process.await(s.t, s.process.output, func() error {
		out, err := exec.Command(filepath.Join(s.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port)).CombinedOutput()
		if err != nil {
			return fmt.Errorf("pg_isready: %w %s", err, out)
		}
		return nil
	})
}

// Stop ends the server at once, as a crash does.
func (s *PostgresServer) Stop() { s.process.stop() }

// Restart ends the server at once, as a crash does, and lets it recover.
func (s *PostgresServer) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// NewDatabaseOn is NewDatabase with the tables on a disk of their own; the server's log stays where it is.
func (s *PostgresServer) NewDatabaseOn(t testing.TB, disk *DiskDrive, template string) string {
	t.Helper()
	give(t, disk.Dir, s.owner)
	dir := filepath.Join(disk.Dir, "tables")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	give(t, dir, s.owner)
	space := fmt.Sprintf("space%d", s.databases.Add(1))
	s.runTool(t, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", fmt.Sprintf("CREATE TABLESPACE %s LOCATION '%s'", space, dir), s.DSN("postgres"))
	return s.newDatabase(t, template, "-D", space)
}

// NewDatabase creates a database of its own for t, a copy of template, and returns its name. With the template ""
// it is empty. Nobody may be connected to the template meanwhile. Copying a migrated template takes a tenth of the time
// of migrating.
func (s *PostgresServer) NewDatabase(t testing.TB, template string) string {
	t.Helper()
	return s.newDatabase(t, template)
}

func (s *PostgresServer) newDatabase(t testing.TB, template string, options ...string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	if template == "" {
		template = "template1"
	}
	s.runTool(t, "createdb", append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "postgres", "-T", template, name}, options...)...)
	return name
}

// DropDatabase drops a database that nobody is connected to.
func (s *PostgresServer) DropDatabase(t testing.TB, name string) {
	t.Helper()
	s.runTool(t, "dropdb", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "postgres", name)
}

// DSN is the connection string of a database.
func (s *PostgresServer) DSN(database string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", loopback(s.Port), database)
}

// runTool runs one of the cluster's own programs to its end.
func (s *PostgresServer) runTool(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner.credential}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// Dump is what pg_dump writes of a database, data and all.
func (s *PostgresServer) Dump(t testing.TB, database string) []byte {
	t.Helper()
	file := filepath.Join(s.dir, database+".sql")
	s.runTool(t, "pg_dump", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "postgres", "--inserts", "-f", file, database)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Copy dumps a database and loads the dump into another one, which is empty, as an operator does.
func (s *PostgresServer) Copy(t testing.TB, from, to string) {
	t.Helper()
	file := filepath.Join(s.dir, from+".dump")
	where := []string{"-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "postgres"}
	s.runTool(t, "pg_dump", append(where, "--format", "custom", "--file", file, from)...)
	s.runTool(t, "pg_restore", append(where, "--exit-on-error", "--no-owner", "--dbname", to, file)...)
}
