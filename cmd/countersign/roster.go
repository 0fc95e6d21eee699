package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/roster"
	"github.com/countersign/countersign/internal/store"
)

type clientCmd struct {
	Import clientImportCmd `cmd:"" help:"Add or update clients, their contacts and staff from a YAML file. May be run again: it changes only what differs."`
	List   clientListCmd   `cmd:"" help:"List clients."`
	Show   clientShowCmd   `cmd:"" help:"Show one client with its contacts."`
}

// dryRunFlag is the flag of every import.
type dryRunFlag struct {
	DryRun bool `help:"Say what would be done and change nothing."`
}

type clientImportCmd struct {
	configFlag
	dryRunFlag
	File string `arg:"" type:"existingfile" help:"YAML file with clients and, if you like, staff."`
}

func (c *clientImportCmd) Run(ctx context.Context, s streams) error {
	data, err := readFile(c.File)
	if err != nil {
		return usageError{err}
	}
	models, err := c.models()
	if err != nil {
		return err
	}
	languages, err := c.languages()
	if err != nil {
		return err
	}
	file, err := roster.ParseClients(c.File, data, models.RoleIDs, policy.CheckGrant, languages)
	if err != nil {
		return usageError{err}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	warn(s, file.Warnings)
	t := tally{out: s.out, dry: c.DryRun}
	err = st.EditRoster(ctx, c.DryRun, func(r *store.Roster) error { return importFile(ctx, r, models, file, &t) })
	return t.end(err)
}

// importFile puts a whole file into the store, within one transaction.
func importFile(ctx context.Context, r *store.Roster, models *policy.Models, file *roster.File, t *tally) error {
	for i := range file.Clients {
		c := &file.Clients[i]
		client := &access.Client{Name: c.Name, RoleModel: c.RoleModel, Domains: c.Domains, FourEyes: c.FourEyes,
			Require: access.Require(c.Require)}
		change, err := r.PutClient(ctx, client)
		if err != nil {
			return err
		}
		t.add(change, "client", c.Name)
		for j := range c.Contacts {
			if err := putContact(ctx, r, models, client, &c.Contacts[j], t); err != nil {
				return err
			}
		}
	}
	for _, m := range file.Staff {
		member := &access.Staff{Name: m.Name, Address: m.Email}
		for _, team := range m.Teams {
			member.Teams = append(member.Teams, access.Team(team))
		}
		old, err := r.Staff(ctx, m.Email)
		switch {
		case err == nil:
			member.Admin, member.Language = old.Admin, old.Language
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		change, err := r.PutStaff(ctx, member)
		if err != nil {
			return err
		}
		t.add(change, "staff", m.Name)
	}
	return nil
}

// putContact puts one contact of a file, or of the command line, into the store. What it does not name stays as it is, but
// nothing stays of a contact who was removed, and physical access decides on the portal too, as in contact edit.
func putContact(ctx context.Context, r *store.Roster, models *policy.Models, client *access.Client, c *roster.Contact, t *tally) error {
	n := &access.Contact{ClientID: client.ID, Name: c.Name, Address: c.Email, Roles: c.Roles, Kind: access.ContactKind(c.Kind),
		Language: c.Language, Badge: access.BadgeState(c.Badge), Grants: c.Grants}
	old, err := r.Contact(ctx, client.ID, c.Email)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && old.State == access.ContactRemoved:
		n.PhysicalAccess = c.PhysicalAccess != nil && *c.PhysicalAccess
		n.Portal = letsIn(models, client.RoleModel, n)
	case err != nil:
		return err
	default:
		n.PhysicalAccess, n.Lead, n.Portal = old.PhysicalAccess, old.Lead, old.Portal
		n.Language = cmp.Or(c.Language, old.Language)
		if c.Grants == nil {
			n.Grants = old.Grants
		}
		if c.PhysicalAccess != nil && *c.PhysicalAccess != old.PhysicalAccess {
			n.PhysicalAccess = *c.PhysicalAccess
			n.Portal = letsIn(models, client.RoleModel, n)
		}
	}
	for _, f := range []struct {
		set *bool
		to  *bool
	}{{&n.PhysicalAccess, c.PhysicalAccess}, {&n.Lead, c.Lead}, {&n.Portal, c.Portal}} {
		if f.to != nil {
			*f.set = *f.to
		}
	}
	change, err := r.PutContact(ctx, n)
	if err != nil {
		return err
	}
	t.add(change, "contact", c.Name+" <"+c.Email.String()+">")
	return nil
}

// letsIn reports whether the client's role model gives the contact a place in the portal.
func letsIn(models *policy.Models, model string, c *access.Contact) bool {
	m := models.Model(model)
	return m == nil || m.LetsIn(c.Roles, c.PhysicalAccess)
}

// tally prints and counts what an import does.
type tally struct {
	out    io.Writer
	dry    bool
	counts map[store.Change]int
}

func (t *tally) add(c store.Change, kind, name string) {
	if t.counts == nil {
		t.counts = map[store.Change]int{}
	}
	t.counts[c]++
	if c != store.Unchanged {
		fmt.Fprintf(t.out, "%-9s %-7s %s\n", c, kind, name)
	}
}

func (t *tally) end(err error) error {
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	note := ""
	if t.dry {
		note = " (dry run: nothing was changed)"
	}
	if n := t.counts[store.Restored]; n > 0 {
		note = fmt.Sprintf("; %d restored, who had been removed%s", n, note)
	}
	fmt.Fprintf(t.out, "%d added, %d updated, %d unchanged%s\n", t.counts[store.Added], t.counts[store.Updated], t.counts[store.Unchanged], note)
	return nil
}

func warn(s streams, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintln(s.err, "warning:", w)
	}
}

type clientListCmd struct {
	configFlag
	listFlag
}

type clientView struct {
	Name      string   `json:"name"`
	RoleModel string   `json:"role_model"`
	Domains   []string `json:"domains"`
	Require   string   `json:"require"`
	FourEyes  bool     `json:"four_eyes"`
	Approvers *int     `json:"approvers"` // people who may approve stage client; null where the role model is not there
	Warning   *string  `json:"warning"`
}

func newClientView(ctx context.Context, st *store.Store, models *policy.Models, a *access.Client) (clientView, error) {
	v := clientView{Name: a.Name, RoleModel: a.RoleModel, Domains: append([]string{}, a.Domains...), Require: string(a.Require), FourEyes: a.FourEyes}
	contacts, err := st.Contacts(ctx, a.ID)
	if err != nil {
		return v, err
	}
	warning := "its role model is not there: its mail goes to quarantine"
	if m := models.Model(a.RoleModel); m != nil {
		n := access.Authorities(m, contacts)
		v.Approvers, warning = &n, access.Shorthanded(a, n)
	}
	if warning != "" {
		v.Warning = &warning
	}
	return v, nil
}

func (c *clientListCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Clients(ctx)
	if err != nil {
		return err
	}
	models, err := c.models()
	if err != nil {
		return err
	}
	views := []clientView{}
	for _, a := range all {
		v, err := newClientView(ctx, st, models, a)
		if err != nil {
			return err
		}
		views = append(views, v)
	}
	if err := list(s, c.JSON, views, []string{"NAME", "ROLE MODEL", "REQUIRE", "FOUR-EYES", "APPROVERS", "DOMAINS"}, func(v clientView) []string {
		eyes, approvers := "no", "-"
		if v.FourEyes {
			eyes = "yes"
		}
		if v.Approvers != nil {
			approvers = strconv.Itoa(*v.Approvers)
		}
		return []string{v.Name, v.RoleModel, v.Require, eyes, approvers, strings.Join(v.Domains, " ")}
	}); err != nil || c.JSON {
		return err
	}
	for _, v := range views {
		if v.Warning != nil {
			fmt.Fprintf(s.out, "%s: %s\n", v.Name, *v.Warning)
		}
	}
	return nil
}

// clientByName finds the client that a --client names.
func clientByName(ctx context.Context, st *store.Store, name string) (*access.Client, error) {
	client, err := st.ClientByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("--client %s: there is no such client; see: countersign client list", name)
	}
	return client, err
}

type clientShowCmd struct {
	configFlag
	listFlag
	Name string `arg:"" help:"Name of the client."`
}

func (c *clientShowCmd) Run(ctx context.Context, s streams) error {
	return (&contactListCmd{configFlag: c.configFlag, listFlag: c.listFlag, Client: c.Name}).Run(ctx, s)
}

type contactImportCmd struct {
	configFlag
	dryRunFlag
	Client string `placeholder:"NAME" help:"Client of the contacts that name none; needed when the file has no client column."`
	File   string `arg:"" type:"existingfile" help:"File ending in .csv, .tsv, .yaml or .yml."`
}

func (c *contactImportCmd) Run(ctx context.Context, s streams) error {
	format, err := roster.FormatOf(c.File)
	if err != nil {
		return usageError{err}
	}
	data, err := readFile(c.File)
	if err != nil {
		return usageError{err}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	models, err := c.models()
	if err != nil {
		return err
	}
	languages, err := c.languages()
	if err != nil {
		return err
	}
	t := tally{out: s.out, dry: c.DryRun}
	err = st.EditRoster(ctx, c.DryRun, func(r *store.Roster) error {
		known := map[string]*access.Client{}
		var lookup error
		file, err := roster.ParseContacts(c.File, data, format, roster.Target{Client: c.Client, Roles: models.RoleIDs,
			Grants: policy.CheckGrant, Languages: languages,
			Find: func(name string) (roster.KnownClient, bool) {
				k, err := r.Client(ctx, name)
				if err != nil {
					if !errors.Is(err, store.ErrNotFound) {
						lookup = err
					}
					return roster.KnownClient{}, false
				}
				known[name] = k
				return roster.KnownClient{RoleModel: k.RoleModel, Domains: k.Domains}, true
			}})
		if lookup != nil {
			return lookup
		}
		if err != nil {
			return usageError{err}
		}
		warn(s, file.Warnings)
		for i := range file.Contacts {
			if err := putContact(ctx, r, models, known[file.Contacts[i].Client], &file.Contacts[i], &t); err != nil {
				return err
			}
		}
		return nil
	})
	return t.end(err)
}

type contactAddCmd struct {
	configFlag
	Client   string   `required:"" placeholder:"NAME" help:"Client that the contact represents."`
	Name     string   `required:"" help:"Full name."`
	Email    string   `required:"" placeholder:"ADDRESS" help:"Address."`
	Role     []string `required:"" placeholder:"ID" help:"Role of the client's role model, such as technician; may be given several times."`
	Kind     string   `enum:"person,shared" default:"person" help:"person, or shared for an address that several people read; it may ask but never approves."`
	Language string   `placeholder:"TAG" help:"Language of the mails to the contact, such as de; without it templates.language."`
}

func (c *contactAddCmd) Run(ctx context.Context, s streams) error {
	address, err := mailaddr.Parse(c.Email)
	if err != nil {
		return usageError{fmt.Errorf("--email %s: %w", c.Email, err)}
	}
	if err := c.checkLanguage(c.Language); err != nil {
		return err
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	client, err := clientByName(ctx, st, c.Client)
	if err != nil {
		return err
	}
	models, err := c.models()
	if err != nil {
		return err
	}
	known, ok := models.RoleIDs(client.RoleModel)
	if !ok {
		return fmt.Errorf("the client's role model %q is not there; name its file under role_models in the config", client.RoleModel)
	}
	for _, r := range c.Role {
		if !slices.Contains(known, r) {
			return usageError{fmt.Errorf("--role %s: the role model %s has the roles %s", r, client.RoleModel, strings.Join(known, ", "))}
		}
	}
	if len(client.Domains) > 0 && !slices.ContainsFunc(client.Domains, address.InDomain) {
		warn(s, []string{fmt.Sprintf("--email %s is not in the client's domains (%s)", address, strings.Join(client.Domains, ", "))})
	}
	t := tally{out: s.out}
	err = st.EditRoster(ctx, false, func(r *store.Roster) error {
		return putContact(ctx, r, models, client, &roster.Contact{Name: c.Name, Email: address, Roles: c.Role, Kind: roster.Kind(c.Kind), Language: c.Language}, &t)
	})
	return t.end(err)
}
