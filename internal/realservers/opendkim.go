package realservers

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// OpenDKIMServer is a running OpenDKIM that verifies, as a milter.
type OpenDKIMServer struct{ Port int }

// OpenDKIM starts a verifier that writes Authentication-Results fields with the authserv-id authservID and removes those
// of others that claim it. It asks dns for keys.
func OpenDKIM(t testing.TB, authservID string, dns *DNSServer) *OpenDKIMServer {
	t.Helper()
	path := find(t, "opendkim", "opendkim", "/usr/sbin/opendkim")
	owner := unprivileged(t, "opendkim", "nobody")
	dir := newDir(t, owner)
	s := &OpenDKIMServer{Port: freePorts(t, 1)[0]}
	// Mail of internal hosts would be taken as our own, to be signed: loopback must not be one.
	write(t, filepath.Join(dir, "internal"), "192.0.2.1\n")
	write(t, filepath.Join(dir, "opendkim.conf"), strings.NewReplacer(
		"@DIR@", dir, "@PORT@", fmt.Sprint(s.Port), "@ID@", authservID, "@DNS@", dns.IP,
	).Replace(`Background no
AutoRestart no
Syslog yes
Mode v
Socket inet:@PORT@@127.0.0.1
PidFile @DIR@/opendkim.pid
AuthservID @ID@
AlwaysAddARHeader yes
RemoveARFrom @ID@
InternalHosts file:@DIR@/internal
Nameservers @DNS@
DNSTimeout 5
On-Default accept
`))
	give(t, dir, owner)
	// It has nothing to lose, and would take five seconds to end in order.
	p := launch(t, owner, syscall.SIGKILL, dir, path, "-f", "-x", filepath.Join(dir, "opendkim.conf")).replace(t, nil)
	p.await(t, p.output, func() error {
		// A milter says nothing before it is asked.
		conn, err := net.DialTimeout("tcp", loopback(s.Port), time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	return s
}
