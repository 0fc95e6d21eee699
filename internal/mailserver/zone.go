package mailserver

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
)

// Zone is a DNS of TXT records in memory. The zero value is empty; it may change while in use.
type Zone struct {
	mu      sync.RWMutex
	txt     map[string][]string
	failing map[string]bool
}

// SetTXT replaces the records of a name; without any the name is gone.
func (z *Zone) SetTXT(name string, txt ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.txt == nil {
		z.txt = make(map[string][]string)
	}
	if len(txt) == 0 {
		delete(z.txt, canonicalName(name))
		return
	}
	z.txt[canonicalName(name)] = slices.Clone(txt)
}

// Publish adds a domain's DKIM key and, unless policy is empty, a DMARC record: none, quarantine or reject.
func (z *Zone) Publish(d *Domain, policy string) {
	name, txt := d.Record()
	z.SetTXT(name, txt)
	if policy != "" {
		z.SetTXT("_dmarc."+d.Name, "v=DMARC1; p="+policy)
	}
}

// SetFailing makes look-ups of a name fail for the time being, as when its servers do not answer.
func (z *Zone) SetFailing(name string, failing bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.failing == nil {
		z.failing = make(map[string]bool)
	}
	z.failing[canonicalName(name)] = failing
}

// LookupTXT answers like net.Resolver: a *net.DNSError with IsNotFound for a missing name, with IsTemporary for one that
// was set failing.
func (z *Zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: name, IsTimeout: true, IsTemporary: true}
	}
	z.mu.RLock()
	defer z.mu.RUnlock()
	key := canonicalName(name)
	if z.failing[key] {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	txt, ok := z.txt[key]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return slices.Clone(txt), nil
}

func canonicalName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
