package realservers

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
)

// outside is where clients of a proxied port seem to come from: SPF lets everything on loopback pass.
const outside = "198.51.100.7"

// proxy listens on a loopback port and passes each connection on to another one, with the proxy protocol's word that it
// comes from outside.
func proxy(t testing.TB, to int) (port int) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed
			}
			wg.Go(func() { carry(conn, to) })
		}
	})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// carry copies both ways until either side ends. What goes wrong shows at the client.
func carry(client net.Conn, to int) {
	defer client.Close()
	server, err := net.Dial("tcp4", loopback(to))
	if err != nil {
		return
	}
	defer server.Close()
	if _, err := fmt.Fprintf(server, "PROXY TCP4 %s 127.0.0.1 40000 25\r\n", outside); err != nil {
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	_, _ = io.Copy(client, server)
	_ = client.Close()
	wg.Wait()
}
