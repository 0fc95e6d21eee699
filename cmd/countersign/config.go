package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
)

// configFlag is the flag of every command that needs the config.
type configFlag struct {
	Config string `required:"" short:"c" type:"path" placeholder:"FILE" env:"COUNTERSIGN_CONFIG" help:"Configuration file; see config.example.yaml."`
}

func (c configFlag) load() (*config.Config, error) {
	cfg, err := config.Load(c.Config, os.LookupEnv)
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// openStore opens the configured database for one command.
func (c configFlag) openStore(ctx context.Context) (*store.Store, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return daemon.OpenStore(ctx, cfg, daemon.Options{})
}

func newLogger(cfg config.Log, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// languages are those that mails can be written in, by the templates of this config.
func (c configFlag) languages() ([]string, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return daemon.Languages(cfg)
}

// checkLanguage refuses a --language that there are no mails in; empty is none named.
func (c configFlag) checkLanguage(tag string) error {
	known, err := c.languages()
	if err != nil {
		return err
	}
	if tag != "" && !slices.Contains(known, tag) {
		return usageError{fmt.Errorf("--language %s: there are mails in %s", tag, strings.Join(known, ", "))}
	}
	return nil
}

// models are the role models that the clients of this config can have.
func (c configFlag) models() (*policy.Models, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return policy.NewModels(cfg.Models...)
}
