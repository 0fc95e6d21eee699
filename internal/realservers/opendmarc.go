package realservers

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// OpenDMARCServer is a running OpenDMARC, as a milter.
type OpenDMARCServer struct{ Port int }

// OpenDMARC starts a milter that judges SPF and DMARC, also for clients on loopback, and writes what it finds under the
// authserv-id authservID. It trusts what is written under the same name about DKIM, so OpenDKIM must stand before it. It
// rejects nothing. It needs root, to give its resolver another configuration.
func OpenDMARC(t testing.TB, authservID string, dns *DNSServer) *OpenDMARCServer {
	t.Helper()
	path := find(t, "opendmarc", "opendmarc", "/usr/sbin/opendmarc")
	root := lookUp(t, "root")
	dir := newDir(t, root)
	s := &OpenDMARCServer{Port: freePorts(t, 1)[0]}
	if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	// The program changes its root directory to dir, where its resolver then looks.
	write(t, filepath.Join(dir, "etc", "resolv.conf"), "nameserver "+dns.IP+"\noptions timeout:2 attempts:3\n")
	write(t, filepath.Join(dir, "ignore"), "192.0.2.1\n")
	write(t, filepath.Join(dir, "opendmarc.conf"), strings.NewReplacer(
		"@DIR@", dir, "@PORT@", fmt.Sprint(s.Port), "@ID@", authservID,
	).Replace(`AuthservID @ID@
TrustedAuthservIDs @ID@
ChangeRootDirectory @DIR@
IgnoreHosts @DIR@/ignore
RejectFailures false
SPFIgnoreResults true
SPFSelfValidate true
Socket inet:@PORT@@127.0.0.1
Syslog false
`))
	p := launch(t, root, syscall.SIGKILL, dir, path, "-f", "-c", filepath.Join(dir, "opendmarc.conf")).replace(t, nil)
	p.await(t, p.output, func() error {
		conn, err := net.DialTimeout("tcp", loopback(s.Port), time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	return s
}
