package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
)

// Site is a place that people visit.
type Site struct {
	Name     string           `yaml:"name"` // as mails call it; unique
	TimeZone Zone             `yaml:"time_zone"`
	Closes   Clock            `yaml:"closes"` // visits without an end end then
	Desk     mailaddr.Address `yaml:"desk"`   // is told of every visit; zero for none
}

// Clock is a time of day, after midnight.
type Clock time.Duration

func parseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, errors.New("this is no time of day; write one such as 18:00, in quotes")
	}
	return Clock(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), nil
}

// BadgePolicy is what badge holders accept when they register.
type BadgePolicy struct {
	URL     string `yaml:"url"`
	Version string `yaml:"version"`
}

func defaultSite() Site { return Site{Closes: Clock(18 * time.Hour)} }

func (c *checker) sites() {
	seen := map[string]bool{}
	for i, s := range c.cfg.Sites {
		key := fmt.Sprintf("sites[%d]", i)
		c.text(key+".name", s.Name, "the name of the site as people write it, such as Frankfurt")
		if name := strings.ToLower(s.Name); seen[name] && name != "" {
			c.doc.Problem(key+".name", "this name stands here twice; each site has one of its own")
		} else {
			seen[name] = true
		}
	}
	if p := c.cfg.BadgePolicy; p != nil {
		c.address("badge_policy.url", p.URL, "where the policy can be read")
		c.text("badge_policy.version", p.Version, "the version that is in force, such as 2026-03")
	}
	if p := c.cfg.Provider.PortalURL; p != "" {
		c.address("provider.portal_url", p, "where registered people sign in")
	}
}

// address is a web address for people to follow.
func (c *checker) address(key, value, what string) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		c.doc.Problem(key, "this is no web address; write one such as https://www.provider.example/page, %s", what)
	}
}
