package daemon

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/web"
	"github.com/countersign/countersign/templates"
)

// Texts makes the composer of a config, and says where the files of the pages are. Templates of the provider's own are
// proven with samples, so that a slip in them is found now and not by the first mail.
func Texts(cfg *config.Config) (*compose.Composer, fs.FS, error) {
	base, err := url.Parse(cfg.Provider.WebURL)
	if err != nil {
		return nil, nil, fmt.Errorf("reading provider.web_url: %w", err)
	}
	sign, err := signer(cfg.DKIM)
	if err != nil {
		return nil, nil, err
	}
	support := cfg.Provider.SupportAddress
	cc := compose.Config{Provider: cfg.Provider.Name, From: support, FromName: cfg.Submission.FromName, Support: support,
		MailFrom: cfg.Submission.MailFrom, WebURL: base, PortalURL: cfg.Provider.PortalURL, MessageIDDomain: support.Domain, Sign: sign,
		RoundZone: cfg.Provider.TimeZone.Location, Language: cfg.Templates.Language}
	for _, m := range cfg.Mailboxes {
		if m.Address.Key() == support.Key() {
			cc.Subaddressing = m.Subaddressing
		}
		if m.Address.Key() == cfg.Submission.MailFrom.Key() {
			cc.VERP = m.Subaddressing
		}
	}
	files, err := textFiles(cfg)
	if err != nil {
		return nil, nil, err
	}
	c, err := compose.New(cc, files)
	if err == nil && cfg.Templates.Dir != "" {
		err = c.Prove()
	}
	if err != nil && cfg.Templates.Dir != "" {
		err = fmt.Errorf("in the folder %s: %w", cfg.Templates.Dir, err)
	}
	return c, files, err
}

// words are how the pages in a language write times and titles: as the mails do.
func (d *Daemon) words(language string) web.Words {
	return web.Words{When: func(t time.Time) string { return d.compose.When(language, t) },
		Say:    func(s string) string { return d.compose.Say(language, s) },
		Reason: func(s string) string { return d.compose.SayReason(language, s) }}
}

// textFiles are the built-in templates under those of the provider's own.
func textFiles(cfg *config.Config) (fs.FS, error) {
	if cfg.Templates.Dir == "" {
		return templates.FS, nil
	}
	files, err := templates.Overlay(os.DirFS(cfg.Templates.Dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Templates.Dir, err)
	}
	return files, nil
}

// Languages are those that the mails of a config can be written in.
func Languages(cfg *config.Config) ([]string, error) {
	files, err := textFiles(cfg)
	if err != nil {
		return nil, err
	}
	return compose.Languages(files)
}
