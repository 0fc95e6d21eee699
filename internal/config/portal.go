package config

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Portal is a web site of the provider's that passes requests of signed-in contacts on over HTTP.
type Portal struct {
	Name        string   `yaml:"name"`         // unique
	TokenDigest string   `yaml:"token_digest"` // hex SHA-256 of its token, which stands nowhere
	Team        Team     `yaml:"team"`
	Clients     []string `yaml:"clients"`    // names of those that it may speak for; empty for all
	PerMinute   int      `yaml:"per_minute"` // requests that are taken in a minute
}

func defaultPortal() Portal { return Portal{Team: TeamSupport, PerMinute: 60} }

func (c *checker) portals() {
	names, digests := map[string]bool{}, map[string]bool{}
	for i := range c.cfg.Portals {
		p := &c.cfg.Portals[i]
		key := fmt.Sprintf("portals[%d]", i)
		c.text(key+".name", p.Name, "a name for logs and tickets, such as customer-portal")
		if names[p.Name] && p.Name != "" {
			c.doc.Problem(key+".name", "this name stands here twice; each portal has one of its own")
		}
		names[p.Name] = true
		const want = "what countersign portal token prints"
		if c.required(key+".token_digest", p.TokenDigest == "", want); p.TokenDigest == "" {
			continue
		}
		p.TokenDigest = strings.ToLower(p.TokenDigest)
		if b, err := hex.DecodeString(p.TokenDigest); err != nil || len(b) != 32 {
			c.doc.Problem(key+".token_digest", "this is no digest of 64 hexadecimal digits; write %s", want)
		} else if digests[p.TokenDigest] {
			c.doc.Problem(key+".token_digest", "this digest stands here twice; each portal has a token of its own")
		}
		digests[p.TokenDigest] = true
		between(c, key+".per_minute", p.PerMinute, 1, 100_000)
	}
	if len(c.cfg.Portals) > 0 && strings.HasPrefix(c.cfg.Provider.WebURL, "http:") {
		c.warn("portals", "their tokens can be read on their way over http; use https in provider.web_url")
	}
}
