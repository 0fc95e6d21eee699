package roster

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/countersign/countersign/internal/csvcell"
)

// WriteContacts writes contacts in a form that ParseContacts reads.
func WriteContacts(w io.Writer, all []Contact, format Format) error {
	if format == YAML {
		return writeYAML(w, all)
	}
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return fmt.Errorf("writing contacts: %w", err)
	}
	for _, c := range all {
		value := c.cells()
		row := make([]string, len(columns))
		for i, column := range columns {
			row[i] = csvcell.Guard(value[column])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing contacts: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing contacts: %w", err)
	}
	return nil
}

// cells are the values of a contact by column.
func (c Contact) cells() map[string]string {
	return map[string]string{
		"name": c.Name, "email": c.Email.String(), "roles": strings.Join(c.Roles, "; "), "client": c.Client, "kind": string(c.Kind),
		"language": c.Language, "badge": string(c.Badge), "physical_access": said(c.PhysicalAccess), "lead": said(c.Lead),
		"portal": said(c.Portal), "grants": strings.Join(c.Grants, "; "),
	}
}

func said(v *bool) string {
	switch {
	case v == nil:
		return ""
	case *v:
		return "yes"
	}
	return "no"
}

func writeYAML(w io.Writer, all []Contact) error {
	type item struct {
		Client   string   `yaml:"client,omitempty"`
		Name     string   `yaml:"name"`
		Email    string   `yaml:"email"`
		Roles    []string `yaml:"roles,flow"`
		Kind     string   `yaml:"kind,omitempty"`
		Language string   `yaml:"language,omitempty"`
		Badge    string   `yaml:"badge,omitempty"`

		PhysicalAccess *bool    `yaml:"physical_access,omitempty"`
		Lead           *bool    `yaml:"lead,omitempty"`
		Portal         *bool    `yaml:"portal,omitempty"`
		Grants         []string `yaml:"grants,flow,omitempty"`
	}
	content := struct {
		Contacts []item `yaml:"contacts"`
	}{}
	for _, c := range all {
		content.Contacts = append(content.Contacts, item{c.Client, c.Name, c.Email.String(), c.Roles, string(c.Kind), c.Language,
			string(c.Badge), c.PhysicalAccess, c.Lead, c.Portal, c.Grants})
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(content); err != nil {
		return fmt.Errorf("writing contacts: %w", err)
	}
	return enc.Close()
}
