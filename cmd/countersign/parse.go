package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
)

type parseCmd struct {
	RoleModel string `placeholder:"ID" help:"Role model of the sender's client. Without it the roles of all models are read."`
	JSON      bool   `name:"json" help:"Print JSON instead of an explanation."`
	File      string `arg:"" help:"The mail, as RFC 5322 text; - for standard input."`
}

func (c *parseCmd) Run(_ context.Context, s streams) error {
	raw, err := readFile(c.File)
	if err != nil {
		return usageError{err}
	}
	read := interpret.Context{Model: c.RoleModel}
	ids := policy.BuiltinIDs()
	if c.RoleModel != "" {
		ids = []string{c.RoleModel}
	}
	for _, id := range ids {
		m, err := policy.Builtin(id)
		if err != nil {
			return usageError{fmt.Errorf("--role-model %s: there are %s", id, strings.Join(policy.BuiltinIDs(), ", "))}
		}
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
		_, err = io.WriteString(s.out, interpret.Explain(r, m, c.RoleModel))
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
