package realservers

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
)

// DovecotConfig changes the usual Dovecot. The zero value has "/" between folder levels and all capabilities.
type DovecotConfig struct {
	Prefix    string // of the personal namespace, like "INBOX."
	Separator string // between folder levels; "/" when empty
	// Capability replaces what the server tells of itself, like "IMAP4rev1 IDLE UIDPLUS" to hide MOVE.
	Capability string
}

// DovecotServer is a running Dovecot: IMAP with STARTTLS, IMAPS and LMTP on 127.0.0.1.
type DovecotServer struct {
	IMAPPort, IMAPSPort, LMTPPort int
	AuthPort                      int            // Dovecot's authentication protocol, for Postfix
	RootCAs                       *x509.CertPool // trusts its certificate

	t       testing.TB
	dir     string
	owner   account
	path    string
	process *process
}

const dovecotConfig = `
base_dir = @DIR@/run
state_dir = @DIR@/state
log_path = @DIR@/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = @USER@
default_internal_group = @GROUP@
default_login_user = @USER@
first_valid_uid = 1
ssl = yes
ssl_cert = <@DIR@/cert.pem
ssl_key = <@DIR@/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
mail_location = maildir:@DIR@/mail/%u
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
postmaster_address = postmaster@localhost
passdb {
  driver = passwd-file
  args = scheme=PLAIN @DIR@/users
}
userdb {
  driver = static
  args = uid=@UID@ gid=@GID@ home=@DIR@/home/%u
}
namespace inbox {
  inbox = yes
  prefix = @PREFIX@
  separator = @SEPARATOR@
}
service imap-login {
  chroot =
  inet_listener imap {
    port = @IMAP@
  }
  inet_listener imaps {
    port = @IMAPS@
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = @LMTP@
  }
}
service auth {
  inet_listener {
    port = @AUTH@
  }
}
auth_failure_delay = 0
service anvil {
  chroot =
  # After a wrong password the next log-ins from the same address, that of all tests, would wait for seconds.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`

// Dovecot starts a Dovecot without users.
func Dovecot(t testing.TB, cfg DovecotConfig) *DovecotServer {
	t.Helper()
	s := &DovecotServer{
		t:     t,
		path:  find(t, "dovecot", "dovecot-imapd dovecot-lmtpd", "/usr/sbin/dovecot"),
		owner: unprivileged(t, "nobody"),
	}
	s.dir = newDir(t, s.owner)
	s.RootCAs = writeCertificate(t, s.dir)
	ports := freePorts(t, 4)
	s.IMAPPort, s.IMAPSPort, s.LMTPPort, s.AuthPort = ports[0], ports[1], ports[2], ports[3]
	if cfg.Separator == "" {
		cfg.Separator = "/"
	}
	text := strings.NewReplacer(
		"@DIR@", s.dir, "@USER@", s.owner.name, "@GROUP@", s.owner.group,
		"@UID@", strconv.Itoa(s.owner.uid), "@GID@", strconv.Itoa(s.owner.gid),
		"@PREFIX@", cfg.Prefix, "@SEPARATOR@", cfg.Separator,
		"@IMAP@", strconv.Itoa(s.IMAPPort), "@IMAPS@", strconv.Itoa(s.IMAPSPort),
		"@LMTP@", strconv.Itoa(s.LMTPPort), "@AUTH@", strconv.Itoa(s.AuthPort),
	).Replace(dovecotConfig)
	if cfg.Capability != "" {
		text += "protocol imap {\n  imap_capability = " + cfg.Capability + "\n}\n"
	}
	write(t, s.config(), text)
	write(t, filepath.Join(s.dir, "users"), "")
	give(t, s.dir, s.owner)
	s.Start()
	return s
}

func (s *DovecotServer) config() string { return filepath.Join(s.dir, "dovecot.conf") }

// Start starts a stopped server again, on the same ports and with the same mail.
func (s *DovecotServer) Start() {
	s.t.Helper()
	s.process = launch(s.t, s.owner, syscall.SIGTERM, s.dir, s.path, "-F", "-c", s.config()).replace(s.t, s.process)
	s.process.await(s.t, s.logFile(), func() error { return greets(loopback(s.IMAPPort), "* OK") })
}

// Stop ends the server and keeps its mail.
func (s *DovecotServer) Stop() {
	s.process.stop()
}

// AddUser adds a user whose name is an address; mail to address+detail reaches it as well.
func (s *DovecotServer) AddUser(address, password string) {
	s.t.Helper()
	f, err := os.OpenFile(filepath.Join(s.dir, "users"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%s:{PLAIN}%s::::::\n", strings.ToLower(address), password); err != nil {
		s.t.Fatal(err)
	}
}

// Deliver hands a message to the server by LMTP (RFC 2033).
func (s *DovecotServer) Deliver(rcpt string, raw []byte) {
	s.t.Helper()
	conn, err := net.Dial("tcp", loopback(s.LMTPPort))
	if err != nil {
		s.t.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	if err := deliver(c, rcpt, raw); err != nil {
		s.t.Fatalf("delivering to %s: %v\n%s", rcpt, err, s.Log())
	}
}

func deliver(c *smtp.Client, rcpt string, raw []byte) error {
	if err := c.Mail("sender@client.test", nil); err != nil {
		return err
	}
	if err := c.Rcpt(rcpt, nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	_, err = w.CloseWithLMTPResponse()
	return err
}

// Messages returns the raw messages of a user's folder, "INBOX" or a name with "." between levels, as they lie on disk.
func (s *DovecotServer) Messages(address, folder string) [][]byte {
	s.t.Helper()
	dir := s.maildir(address)
	if folder != "INBOX" {
		dir = filepath.Join(dir, "."+folder)
	}
	var messages [][]byte
	for _, part := range []string{"new", "cur"} {
		files, err := os.ReadDir(filepath.Join(dir, part))
		if err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(filepath.Join(dir, part, f.Name()))
			if os.IsNotExist(err) {
				continue // moved away at this moment
			}
			if err != nil {
				s.t.Fatal(err)
			}
			messages = append(messages, bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))
		}
	}
	return messages
}

// Fill makes n mails the only ones of a user, as if they had been delivered while nobody read; no folder of the user stays.
func (s *DovecotServer) Fill(address string, n int, mail func(i int) []byte) {
	s.t.Helper()
	dir := s.maildir(address)
	if err := os.RemoveAll(dir); err != nil {
		s.t.Fatal(err)
	}
	for _, part := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
	for i := range n {
		name := filepath.Join(dir, "new", fmt.Sprintf("%d.M%dP1.host", 1700000000+i, i))
		if err := os.WriteFile(name, mail(i), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	give(s.t, filepath.Dir(dir), s.owner)
}

// CreateFolder makes an empty folder of a user, "." between its levels.
func (s *DovecotServer) CreateFolder(address, folder string) {
	s.t.Helper()
	dir := filepath.Join(s.maildir(address), "."+folder)
	for _, part := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
	give(s.t, dir, s.owner)
}

// Count tells how many mails lie in a user's folder, "INBOX" or a name with "." between levels.
func (s *DovecotServer) Count(address, folder string) int {
	s.t.Helper()
	dir := s.maildir(address)
	if folder != "INBOX" {
		dir = filepath.Join(dir, "."+folder)
	}
	n := 0
	for _, part := range []string{"new", "cur"} {
		files, err := os.ReadDir(filepath.Join(dir, part))
		if err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
		n += len(files)
	}
	return n
}

// Files lists a user's folders and the files of all mails in them, whose names hold UIDs' order and flags.
func (s *DovecotServer) Files(address string) []string {
	s.t.Helper()
	var names []string
	dir := s.maildir(address)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, dir)
		if err == nil && (e.IsDir() || strings.Contains(name, "/new/") || strings.Contains(name, "/cur/")) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

func (s *DovecotServer) maildir(address string) string {
	return filepath.Join(s.dir, "mail", strings.ToLower(address))
}

// ResetUIDValidity makes the server forget all UIDs of a user, as a restore from a backup does. It restarts the server.
func (s *DovecotServer) ResetUIDValidity(address string) {
	s.t.Helper()
	s.Stop()
	err := filepath.WalkDir(s.maildir(address), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name := e.Name()
		// dovecot-uidvalidity stays: it makes the next UIDVALIDITY a larger one.
		if name == "dovecot-uidlist" || strings.HasPrefix(name, "dovecot.index") || strings.HasPrefix(name, "dovecot.list.index") {
			return os.Remove(path)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Start()
}

// Log is the end of the server's log.
func (s *DovecotServer) Log() string { return tail(s.logFile()) }

func (s *DovecotServer) logFile() string { return filepath.Join(s.dir, "log") }

// Freeze makes a folder refuse new messages, "." between its levels, until Thaw.
func (s *DovecotServer) Freeze(address, folder string) { s.chmodFolder(address, folder, 0o500) }

// Thaw undoes Freeze.
func (s *DovecotServer) Thaw(address, folder string) { s.chmodFolder(address, folder, 0o700) }

func (s *DovecotServer) chmodFolder(address, folder string, mode os.FileMode) {
	s.t.Helper()
	for _, part := range []string{"", "new", "cur", "tmp"} {
		if err := os.Chmod(filepath.Join(s.maildir(address), "."+folder, part), mode); err != nil {
			s.t.Fatal(err)
		}
	}
}
