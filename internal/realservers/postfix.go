package realservers

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// PostfixConfig says what stands around a Postfix. Dovecot and OpenDKIM are required.
type PostfixConfig struct {
	Hostname string          // its name, and so in Received fields
	Dovecot  *DovecotServer  // knows the passwords and gets all mail, whatever its domain, by LMTP
	OpenDKIM *OpenDKIMServer // verifies what comes in on the MX port
	// OpenDMARC judges what comes in on the MX port, after OpenDKIM; nil for no judgement.
	OpenDMARC *OpenDMARCServer
}

// PostfixServer is a running Postfix.
type PostfixServer struct {
	MXPort         int            // takes mail from the world, as from 198.51.100.7, for any recipient of Dovecot
	SubmissionPort int            // takes mail after STARTTLS and AUTH (RFC 6409)
	RootCAs        *x509.CertPool // trusts its certificate

	t       testing.TB
	dir     string
	owner   account
	daemons string // directory of its programs
	name    string
	process *process
}

const postfixMain = `compatibility_level = 3.6
queue_directory = @DIR@/queue
data_directory = @DIR@/data
command_directory = @COMMANDS@
daemon_directory = @DAEMONS@
maillog_file = @DIR@/maillog
maillog_file_prefixes = @DIR@
mail_owner = postfix
setgid_group = postdrop
myhostname = @HOSTNAME@
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = ipv4
disable_dns_lookups = yes
smtpd_peername_lookup = no
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:@LMTP@
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_cert_file = @DIR@/cert.pem
smtpd_tls_key_file = @DIR@/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:@AUTH@
smtpd_milters = @MILTERS@
milter_default_action = tempfail
message_size_limit = 52428800
mailbox_size_limit = 0
virtual_mailbox_limit = 0
`

const postfixMaster = `@MX@ inet n - n - - smtpd
  -o smtpd_upstream_proxy_protocol=haproxy
@SUBMISSION@ inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_milters=
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// Postfix starts a Postfix that delivers to Dovecot. It needs root.
func Postfix(t testing.TB, cfg PostfixConfig) *PostfixServer {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("Postfix needs root: run these tests as root")
	}
	path := find(t, "postfix", "postfix", "/usr/sbin/postfix")
	daemons := filepath.Dir(find(t, "/usr/lib/postfix/sbin/master", "postfix"))
	root, mailOwner := lookUp(t, "root"), lookUp(t, "postfix")
	s := &PostfixServer{t: t, dir: newDir(t, root), owner: root, daemons: daemons, name: cfg.Hostname}
	s.RootCAs = writeCertificate(t, s.dir)
	ports := freePorts(t, 2)
	s.MXPort, s.SubmissionPort = proxy(t, ports[0]), ports[1]
	for _, sub := range []string{"queue", "data"} {
		if err := os.Mkdir(filepath.Join(s.dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	give(t, filepath.Join(s.dir, "data"), mailOwner)
	milters := "inet:" + loopback(cfg.OpenDKIM.Port)
	if cfg.OpenDMARC != nil {
		milters += " inet:" + loopback(cfg.OpenDMARC.Port)
	}
	r := strings.NewReplacer(
		"@DIR@", s.dir, "@COMMANDS@", filepath.Dir(path), "@DAEMONS@", daemons, "@HOSTNAME@", cfg.Hostname,
		"@MX@", loopback(ports[0]), "@SUBMISSION@", loopback(s.SubmissionPort),
		"@LMTP@", loopback(cfg.Dovecot.LMTPPort), "@AUTH@", loopback(cfg.Dovecot.AuthPort), "@MILTERS@", milters,
	)
	write(t, filepath.Join(s.dir, "main.cf"), r.Replace(postfixMain))
	write(t, filepath.Join(s.dir, "master.cf"), r.Replace(postfixMaster))
	check := exec.Command(path, "-c", s.dir, "check") // makes the queue's directories
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("postfix check: %v\n%s", err, out)
	}
	s.start()
	return s
}

func (s *PostfixServer) start() {
	s.t.Helper()
	// "postfix start-fg" would start a master that leaves our process group, and outlives us.
	s.process = launch(s.t, s.owner, syscall.SIGTERM, s.dir, filepath.Join(s.daemons, "master"), "-c", s.dir, "-d").replace(s.t, s.process)
	for _, port := range []int{s.MXPort, s.SubmissionPort} {
		s.process.await(s.t, filepath.Join(s.dir, "maillog"), func() error { return greets(loopback(port), "220 "+s.name) })
	}
}

// Restart stops the server, with all connections, and starts it again with the same queue.
func (s *PostfixServer) Restart() {
	s.t.Helper()
	s.process.stop()
	s.start()
}

// Queued is how many mails it has accepted and not delivered yet.
func (s *PostfixServer) Queued() int {
	s.t.Helper()
	n := 0
	for _, queue := range []string{"maildrop", "incoming", "active", "deferred"} {
		err := filepath.WalkDir(filepath.Join(s.dir, "queue", queue), func(_ string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // delivered meanwhile
				return nil
			}
			if err == nil && !d.IsDir() {
				n++
			}
			return err
		})
		if err != nil {
			s.t.Fatalf("counting what Postfix has queued: %v", err)
		}
	}
	return n
}

// Log is the end of the server's log, for the message of a failed test.
func (s *PostfixServer) Log() string {
	return fmt.Sprintf("maillog:\n%s", tail(filepath.Join(s.dir, "maillog")))
}
