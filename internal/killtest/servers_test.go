package killtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"database/sql"
	"fmt"
	"net"
	"net/smtp"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/realservers"
)

const password = "secret"

// system is the mail system and the database around the daemon. They survive its kills.
type system interface {
	// deliver puts a mail of a proven or forged author into the support mailbox.
	deliver(to string, raw []byte, mailFrom string)
	// inbox is all mail of an address, oldest first.
	inbox(address string) [][]byte
	// queued is how many mails the mail system has accepted and not delivered yet.
	queued() int
	// folder counts the mails in a folder of the support mailbox.
	folder(name string) int
	// config is the sections database, imap and submission of the config, for a daemon that runs in dir.
	config(dir string) (database, imap, submission string)
	// port is that of the database; 0 where it is a file.
	port() int
	// hops is how many Received fields stand above the Authentication-Results.
	hops() int
	// open opens the database for reading, without the program's own code.
	open(t *testing.T, dir string) *sql.DB
	// disturb restarts one of the servers, another one each time, while the daemon runs.
	disturb(n int) string
	// cutPower takes the power from the disk of the database, whose user is dead. It reports whether there is such a disk.
	cutPower() bool
}

// embedded is the mail system in memory with SQLite.
type embedded struct {
	t    *testing.T
	mail *mailserver.Server
	key  *rsa.PrivateKey
	zone *mailserver.Zone
	disk *realservers.DiskDrive // of the database; nil where none can be mounted
	dir  string                 // of the database
}

// disk is a disk of the database's own, so that it can lose its power alone.
func disk(t *testing.T, megabytes int64) *realservers.DiskDrive {
	if !realservers.CanMount(t) {
		t.Log("nothing can be mounted here: the databases lie on the machine's own disk, whose power is not cut")
		return nil
	}
	return realservers.Disk(t, megabytes)
}

func newEmbedded(t *testing.T, l load.Load, addresses []string) *embedded {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	zone := &mailserver.Zone{}
	s := &embedded{t: t, key: key, zone: zone, disk: disk(t, 64), dir: t.TempDir()}
	if s.disk != nil {
		s.dir = s.disk.Dir
	}
	for _, a := range addresses {
		_, host, _ := strings.Cut(a, "@")
		zone.Publish(s.domain(host), "reject")
	}
	if s.mail, err = mailserver.Start(context.Background(), mailserver.Config{Hostname: load.MX, LookupTXT: zone.LookupTXT}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.mail.Close() })
	s.mail.AddUser(load.Support, password)
	for _, a := range addresses {
		s.mail.AddUser(a, password)
	}
	return s
}

func (s *embedded) domain(host string) *mailserver.Domain {
	return mailserver.DomainWithKey(host, "s1", s.key)
}

// deliver sends through the MX, which judges the signature. What the load says of it goes away.
func (s *embedded) deliver(to string, raw []byte, mailFrom string) {
	s.t.Helper()
	forged := bytes.Contains(raw, []byte("dmarc=fail"))
	if i := bytes.Index(raw, []byte("Authentication-Results:")); i >= 0 {
		raw = append(bytes.Clone(raw[:i]), raw[bytes.Index(raw, []byte("Received:")):]...)
	}
	if i := bytes.Index(raw, []byte("DKIM-Signature:")); i >= 0 {
		raw = append(bytes.Clone(raw[:i]), raw[bytes.Index(raw, []byte("\r\nFrom: "))+2:]...)
	}
	if !forged {
		_, host, _ := strings.Cut(mailFrom, "@")
		var err error
		if raw, err = s.domain(host).Sign(raw); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := smtp.SendMail(s.mail.SMTPAddr(), nil, mailFrom, []string{to}, raw); err != nil {
		s.t.Fatal(err)
	}
}

func (s *embedded) inbox(address string) [][]byte {
	s.t.Helper()
	all, err := s.mail.Messages(address, "INBOX")
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *embedded) folder(name string) int {
	n, err := s.mail.CountMessages(load.Support, name)
	if err != nil {
		return 0 // the folder is made with the first mail
	}
	return n
}

func (s *embedded) config(string) (database, imap, submission string) {
	return fmt.Sprintf("{driver: sqlite, path: %q}", s.path()), at(s.mail.IMAPAddr(), "off"), at(s.mail.SubmissionAddr(), "off")
}

func (s *embedded) path() string { return filepath.Join(s.dir, "countersign.db") }

func (s *embedded) hops() int { return 0 }
func (s *embedded) port() int { return 0 }

func at(address, tls string) string {
	_, port, _ := net.SplitHostPort(address)
	return fmt.Sprintf("host: 127.0.0.1, port: %s, tls: %q, username: %s, password: %s", port, tls, load.Support, password)
}

func (s *embedded) open(t *testing.T, _ string) *sql.DB {
	return openDatabase(t, "sqlite", "file:"+s.path()+"?_pragma=busy_timeout(10000)&mode=ro")
}

func (s *embedded) disturb(n int) string {
	stop, start, name := s.mail.StopIMAP, s.mail.StartIMAP, "IMAP"
	if n%2 == 1 {
		stop, start, name = s.mail.StopSMTP, s.mail.StartSMTP, "SMTP"
	}
	if err := stop(); err != nil {
		s.t.Fatal(err)
	}
	// Somebody's outgoing connection may have got the port meanwhile.
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for try := 0; ; try++ {
		err := start(context.Background())
		if err == nil {
			return name
		}
		if try == 600 {
			s.t.Fatal(err)
		}
		<-tick.C
	}
}

// queued is none: a mail is delivered before it is accepted.
func (s *embedded) queued() int { return 0 }

func (s *embedded) cutPower() bool {
	if s.disk != nil {
		s.disk.CutPower()
	}
	return s.disk != nil
}

// real is Dovecot, Postfix and a durable PostgreSQL.
type real struct {
	t       *testing.T
	dovecot *realservers.DovecotServer
	postfix *realservers.PostfixServer
	disk    *realservers.DiskDrive // of the database; nil where none can be mounted
	pg      *realservers.PostgresServer
	db      string
}

func newReal(t *testing.T, addresses []string) *real {
	s := &real{t: t, dovecot: realservers.Dovecot(t, realservers.DovecotConfig{}), disk: disk(t, 400)}
	s.pg = realservers.DurablePostgresOn(t, s.disk)
	s.dovecot.AddUser(load.Support, password)
	for _, a := range addresses {
		s.dovecot.AddUser(a, password)
	}
	s.postfix = realservers.Postfix(t, realservers.PostfixConfig{Hostname: load.MX, Dovecot: s.dovecot,
		OpenDKIM: realservers.OpenDKIM(t, load.MX, realservers.DNS(t, nil))})
	s.db = s.pg.DSN(s.pg.NewDatabase(t, ""))
	return s
}

// deliver goes around the MX: the mail carries the results that it would have.
func (s *real) deliver(to string, raw []byte, mailFrom string) {
	if !bytes.Contains(raw, []byte("Authentication-Results:")) {
		_, host, _ := strings.Cut(mailFrom, "@")
		raw = append([]byte(load.Results(host)), raw...)
	}
	s.dovecot.Deliver(to, raw)
}

func (s *real) inbox(address string) [][]byte { return s.dovecot.Messages(address, "INBOX") }

func (s *real) queued() int { return s.postfix.Queued() }

func (s *real) folder(name string) int {
	return s.dovecot.Count(load.Support, strings.ReplaceAll(name, "/", "."))
}

func (s *real) config(string) (database, imap, submission string) {
	return fmt.Sprintf("{driver: postgres, dsn: %q}", s.db), at(fmt.Sprintf("127.0.0.1:%d", s.dovecot.IMAPPort), "off"),
		strings.Replace(at(fmt.Sprintf("127.0.0.1:%d", s.postfix.SubmissionPort), "starttls"), "host: 127.0.0.1", "host: localhost, ca_file: "+s.postfix.CAFile(), 1)
}

func (s *real) port() int { return s.pg.Port }

// hops: LMTP adds one.
func (s *real) hops() int { return 1 }

func (s *real) open(t *testing.T, _ string) *sql.DB { return openDatabase(t, "postgres", s.db) }

func (s *real) disturb(n int) string {
	switch n % 3 {
	case 0:
		s.dovecot.Stop()
		s.dovecot.Start()
		return "Dovecot"
	case 1:
		s.postfix.Restart()
		return "Postfix"
	default:
		s.pg.Restart()
		return "PostgreSQL"
	}
}

func (s *real) cutPower() bool {
	if s.disk == nil {
		return false
	}
	s.pg.Stop()
	s.disk.CutPower()
	s.pg.Start()
	return true
}

func openDatabase(t *testing.T, driver, dsn string) *sql.DB {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
