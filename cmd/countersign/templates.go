package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/gallery"
	"github.com/countersign/countersign/internal/mailaddr"
)

type templatesCmd struct {
	Render templatesRenderCmd `cmd:"" help:"Write a folder of pages that shows every mail in every language."`
}

type templatesRenderCmd struct {
	Dir    string `arg:"" type:"path" help:"The folder to write to; it is made if it is not there."`
	Config string `short:"c" type:"path" placeholder:"FILE" env:"COUNTERSIGN_CONFIG" help:"Configuration file: your name, your templates. Without it: the built-in templates of an example provider."`
}

func (c *templatesRenderCmd) Help() string {
	return `Renders each kind of mail with sample data and writes DIR/index.html, which shows all of
them in all languages, and each mail's HTML and text as files of their own. Sends nothing.
Templates of your own (templates.dir in the config) are checked; errors name file and line.`
}

func (c *templatesRenderCmd) Run(s streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	texts, _, err := daemon.Texts(cfg)
	if err != nil {
		return usageError{err}
	}
	files, err := gallery.Files(texts, compose.SampleTime)
	if err != nil {
		return usageError{err}
	}
	for name, data := range files {
		path := filepath.Join(c.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder: %w", err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fmt.Errorf("writing the gallery: %w", err)
		}
	}
	fmt.Fprintf(s.out, "%d mails in %d languages: %s\n", len(compose.Samples()), len(texts.Languages()), filepath.Join(c.Dir, "index.html"))
	return nil
}

func (c *templatesRenderCmd) load() (*config.Config, error) {
	if c.Config != "" {
		return configFlag{Config: c.Config}.load()
	}
	support, err := mailaddr.Parse("support@provider.example")
	if err != nil {
		return nil, err
	}
	cfg := &config.Config{Provider: config.Provider{Name: "Example Colo", SupportAddress: support, WebURL: "https://access.provider.example"}}
	cfg.Submission.FromName, cfg.Submission.MailFrom = cfg.Provider.Name, support
	return cfg, nil
}
