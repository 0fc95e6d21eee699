package roster

import (
	"fmt"
	"path"
	"strings"
)

// Format is how a file of contacts is written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	YAML Format = "yaml"
)

// FormatOf tells the format of a file by the end of its name.
func FormatOf(name string) (Format, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".txt":
		return CSV, nil
	case ".yaml", ".yml":
		return YAML, nil
	}
	return "", fmt.Errorf("%s: the name of a file of contacts ends in .csv or .yaml", name)
}

// ParseContacts reads a file of contacts of clients that exist already. YAML has a list called contacts. CSV begins with
// a line that names its columns: name, email and roles, and if wanted client, kind, language, badge, physical_access, lead,
// portal and grants. The error, if
// any, is of type yamldoc.Problems.
func ParseContacts(name string, data []byte, format Format, target Target) (*ContactFile, error) {
	if format == YAML {
		return parseContactsYAML(name, data, target)
	}
	return parseContactsCSV(name, data, target)
}

// contactOf finds the client of c and checks c against it.
func (k *checker) contactOf(p place, c *Contact, target Target) {
	c.Client = strings.TrimSpace(c.Client)
	switch {
	case c.Client == "" && target.Client == "":
		p.problem("client", "missing; name the client of the contact, or one for the whole file with --client")
	case c.Client == "":
		c.Client = target.Client
	case target.Client != "" && !strings.EqualFold(c.Client, target.Client):
		p.problem("client", "the contact is for %s, but --client says %s; remove one of them", c.Client, target.Client)
	}
	client, ok := KnownClient{}, false
	if c.Client != "" {
		if client, ok = target.Find(c.Client); !ok {
			p.problem("client", "there is no client %q; add it first, or mend its name", c.Client)
		}
	}
	k.contact(p, c, client)
}
