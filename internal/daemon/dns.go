package daemon

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

const (
	dnsTimeout   = 3 * time.Second // of one question
	dnsKeep      = 5 * time.Minute // an answer; keys change rarely, and their old ones stay published for days
	dnsKeepEmpty = time.Minute     // that there is none
	dnsEntries   = 10_000
)

// dns is the system's DNS, or a given server's, with a time limit for each question and a memory for TXT records, which
// are what most questions are about.
type dns struct {
	*net.Resolver
	now func() time.Time

	mu    sync.Mutex
	known map[string]dnsAnswer
}

type dnsAnswer struct {
	txt   []string
	err   error
	until time.Time
}

func newDNS(server string, now func() time.Time) *dns {
	r := &net.Resolver{}
	if server != "" {
		r.PreferGo = true
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, server)
		}
	}
	return &dns{Resolver: r, now: now, known: map[string]dnsAnswer{}}
}

// LookupTXT asks once for each name until its answer is old. What the DNS could not say is asked again the next time.
func (d *dns) LookupTXT(ctx context.Context, name string) ([]string, error) {
	d.mu.Lock()
	a, ok := d.known[name]
	d.mu.Unlock()
	if ok && d.now().Before(a.until) {
		return a.txt, a.err
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	txt, err := d.Resolver.LookupTXT(ctx, strings.TrimSuffix(name, ".")+".") // a full name: no search domains
	keep := dnsKeep
	var missing *net.DNSError
	switch {
	case errors.As(err, &missing) && missing.IsNotFound:
		keep = dnsKeepEmpty
	case err != nil:
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= dnsEntries {
		clear(d.known) // a flood of made-up domains costs a question more for each real one
	}
	d.known[name] = dnsAnswer{txt, err, d.now().Add(keep)}
	return txt, err
}

// LookupMX is for SPF.
func (d *dns) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	return d.Resolver.LookupMX(ctx, name)
}

// LookupIPAddr is for SPF.
func (d *dns) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	return d.Resolver.LookupIPAddr(ctx, host)
}

// LookupAddr is for SPF.
func (d *dns) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	return d.Resolver.LookupAddr(ctx, addr)
}
