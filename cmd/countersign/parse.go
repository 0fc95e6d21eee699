package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
)

type parseCmd struct {
	RoleModel string   `placeholder:"M" help:"Role model of the sender's client: the id of a built-in one, or a file. Without it the roles of all built-in models are read."`
	Domain    []string `placeholder:"D" help:"Domain of the client or of the provider: addresses that resemble it are pointed out. May be given several times."`
	JSON      bool     `name:"json" help:"Print JSON instead of an explanation."`
	File      string   `arg:"" help:"The mail, as RFC 5322 text; - for standard input."`
}

func (c *parseCmd) Run(_ context.Context, s streams) error {
	raw, err := readFile(c.File)
	if err != nil {
		return usageError{err}
	}
	models, err := readingModels(c.RoleModel)
	if err != nil {
		return err
	}
	read := interpret.Context{Domains: c.Domain, Evidence: true}
	if c.RoleModel != "" {
		read.Model = models[0].ID
	}
	for _, m := range models {
		for _, r := range m.Roles {
			read.Roles = append(read.Roles, interpret.Role{ID: r.ID, Title: r.Title, Aliases: r.Aliases})
		}
	}
	m, err := message.Parse(raw)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.File, err)
	}
	r := interpret.Read(m, read)
	if !c.JSON {
		_, err = io.WriteString(s.out, interpret.Explain(r, m, read.Model))
		return err
	}
	enc := json.NewEncoder(s.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

// readingModels is the one model that --role-model names, or all built-in ones.
func readingModels(name string) ([]*policy.Model, error) {
	if name != "" {
		m, err := loadModel(name)
		return []*policy.Model{m}, err
	}
	models, err := policy.NewModels()
	if err != nil {
		return nil, err
	}
	return models.All(), nil
}
