package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/roster"
	"github.com/countersign/countersign/internal/store"
)

type contactCmd struct {
	Import contactImportCmd `cmd:"" help:"Add or update contacts from a CSV or YAML file. May be run again: it changes only what differs."`
	Export contactExportCmd `cmd:"" help:"Write contacts as a file that contact import reads."`
	Add    contactAddCmd    `cmd:"" help:"Add or update one contact."`
	Edit   contactEditCmd   `cmd:"" help:"Set what staff record of a contact: badge, physical access, the lead contact, portal, grants, state."`
	List   contactListCmd   `cmd:"" help:"List contacts."`
	Show   contactShowCmd   `cmd:"" help:"Show the contacts with an address."`
}

type contactListCmd struct {
	configFlag
	listFlag
	Client string `placeholder:"NAME" help:"Only this client's."`
}

// contactView is a contact as it is listed (R35); lead and grants come after what is fixed.
type contactView struct {
	Client         string          `json:"client"`
	Name           string          `json:"name"`
	Email          string          `json:"email"`
	Roles          []string        `json:"roles"`
	State          string          `json:"state"`
	Kind           string          `json:"kind"`
	PhysicalAccess bool            `json:"physical_access"`
	Badge          access.Nullable `json:"badge"`
	Portal         bool            `json:"portal"`
	Capabilities   []string        `json:"capabilities"`
	Lead           bool            `json:"lead"`
	Grants         []string        `json:"grants"`
}

func newContactView(models *policy.Models, client *access.Client, c *access.Contact) contactView {
	v := contactView{Client: client.Name, Name: c.Name, Email: c.Address.String(), Roles: append([]string{}, c.Roles...),
		State: string(c.State), Kind: string(c.Kind), PhysicalAccess: c.PhysicalAccess, Badge: access.Nullable(c.Badge),
		Portal: c.Portal, Capabilities: []string{}, Lead: c.Lead, Grants: append([]string{}, c.Grants...)}
	if m := models.Model(client.RoleModel); m != nil {
		v.Capabilities = append(v.Capabilities, c.Capabilities(m)...)
	}
	return v
}

func (c *contactListCmd) Run(ctx context.Context, s streams) error {
	models, err := c.models()
	if err != nil {
		return err
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	views := []contactView{}
	err = eachContact(ctx, st, c.Client, func(k *access.Client, a *access.Contact) { views = append(views, newContactView(models, k, a)) })
	if err != nil {
		return err
	}
	return listContacts(s, c.JSON, views)
}

// eachContact calls fn for each contact of the client of that name, or of all clients.
func eachContact(ctx context.Context, st *store.Store, client string, fn func(*access.Client, *access.Contact)) error {
	clients, err := st.Clients(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, k := range clients {
		if client != "" && k.Name != client {
			continue
		}
		found = true
		contacts, err := st.Contacts(ctx, k.ID)
		if err != nil {
			return err
		}
		for _, a := range contacts {
			fn(k, a)
		}
	}
	if client != "" && !found {
		return fmt.Errorf("there is no client %q; see: countersign client list", client)
	}
	return nil
}

func listContacts(s streams, asJSON bool, views []contactView) error {
	return list(s, asJSON, views, []string{"CLIENT", "NAME", "EMAIL", "ROLES", "STATE", "BADGE", "ACCESS", "PORTAL"}, func(v contactView) []string {
		return []string{v.Client, v.Name, v.Email, strings.Join(v.Roles, " "), v.State, string(v.Badge), yesNo(v.PhysicalAccess), yesNo(v.Portal)}
	})
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

type contactShowCmd struct {
	configFlag
	listFlag
	Email string `arg:"" help:"Address of the contact."`
}

func (c *contactShowCmd) Run(ctx context.Context, s streams) error {
	address, err := mailaddr.Parse(c.Email)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", c.Email, err)}
	}
	models, err := c.models()
	if err != nil {
		return err
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	views := []contactView{}
	err = eachContact(ctx, st, "", func(k *access.Client, a *access.Contact) {
		if a.Address.Key() == address.Key() {
			views = append(views, newContactView(models, k, a))
		}
	})
	if err != nil {
		return err
	}
	if len(views) == 0 {
		return fmt.Errorf("there is no contact with the address %s", address)
	}
	return listContacts(s, c.JSON, views)
}

type contactEditCmd struct {
	configFlag
	Email          string   `arg:"" help:"Address of the contact."`
	Client         string   `placeholder:"NAME" help:"Client of the contact; needed where several have the address."`
	Name           string   `help:"Full name."`
	Language       string   `placeholder:"TAG" help:"Language of the mails to the contact, such as de."`
	State          string   `enum:"active,suspended," default:"" help:"active, or suspended: known, but may ask nothing."`
	Badge          string   `enum:"none,ordered,active,revoked," default:"" help:"Where the badge stands; active once it has been handed over."`
	PhysicalAccess string   `enum:"yes,no," default:"" help:"May the contact enter and make appointments (yes, no)? It decides on the portal too, where the role asks for it."`
	Lead           string   `enum:"yes,no," default:"" help:"Is this the lead contact named in the contract (yes, no)? A client has one at most: the mark moves."`
	Portal         string   `enum:"yes,no," default:"" help:"Has the contact a place in the portal (yes, no)?"`
	Grant          []string `placeholder:"+CAP" help:"Give (+service:order) or take away (-ticket:*) a capability; may be given several times."`
	ClearGrants    bool     `help:"Take all grants back first."`
}

func (c *contactEditCmd) Run(ctx context.Context, s streams) error {
	address, err := mailaddr.Parse(c.Email)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", c.Email, err)}
	}
	if err := c.checkLanguage(c.Language); err != nil {
		return err
	}
	if c.Name+c.Language+c.State+c.Badge+c.PhysicalAccess+c.Lead+c.Portal == "" && len(c.Grant) == 0 && !c.ClearGrants {
		return usageError{errors.New("say what shall be changed, such as --badge active; see: countersign contact edit --help")}
	}
	for _, g := range c.Grant {
		if err := policy.CheckGrant(g); err != nil {
			return usageError{fmt.Errorf("--grant: %w", err)}
		}
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
	var of []*access.Client
	err = eachContact(ctx, st, c.Client, func(k *access.Client, a *access.Contact) {
		if a.Address.Key() == address.Key() {
			of = append(of, k)
		}
	})
	switch {
	case err != nil:
		return err
	case len(of) == 0:
		return fmt.Errorf("there is no contact with the address %s", address)
	case len(of) > 1:
		return usageError{fmt.Errorf("several clients have a contact with the address %s; name one with --client", address)}
	}
	err = st.EditRoster(ctx, false, func(r *store.Roster) error {
		contact, err := r.Contact(ctx, of[0].ID, address)
		if err != nil {
			return err
		}
		if contact.State == access.ContactRemoved {
			return usageError{errors.New("the contact was removed; add it again with: countersign contact add")}
		}
		c.change(models, of[0], contact)
		return r.SetContact(ctx, contact)
	})
	if err == nil {
		fmt.Fprintf(s.out, "%-9s %-7s %s\n", store.Updated, "contact", address)
	}
	return err
}

// change applies the flags that were given.
func (c *contactEditCmd) change(models *policy.Models, client *access.Client, contact *access.Contact) {
	set := func(to *bool, flag string) {
		if flag != "" {
			*to = flag == "yes"
		}
	}
	if c.Name != "" {
		contact.Name = c.Name
	}
	if c.Language != "" {
		contact.Language = c.Language
	}
	if c.State != "" {
		contact.State = access.ContactState(c.State)
	}
	if c.Badge != "" {
		contact.Badge = access.BadgeState(c.Badge)
	}
	if c.PhysicalAccess != "" {
		set(&contact.PhysicalAccess, c.PhysicalAccess)
		contact.Portal = letsIn(models, client.RoleModel, contact)
	}
	set(&contact.Lead, c.Lead)
	set(&contact.Portal, c.Portal)
	if c.ClearGrants {
		contact.Grants = nil
	}
	for _, g := range c.Grant {
		contact.Grants = access.WithGrant(contact.Grants, g)
	}
}

type contactExportCmd struct {
	configFlag
	Client string `placeholder:"NAME" help:"Only this client's."`
	Format string `enum:"csv,yaml" default:"csv" help:"csv or yaml."`
}

func (c *contactExportCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	var all []roster.Contact
	err = eachContact(ctx, st, c.Client, func(k *access.Client, a *access.Contact) {
		if a.State != access.ContactActive {
			return // whom a file names is active when it is imported
		}
		all = append(all, roster.Contact{Client: k.Name, Name: a.Name, Email: a.Address, Roles: a.Roles, Kind: roster.Kind(a.Kind),
			Language: a.Language, Badge: exported(a.Badge), PhysicalAccess: &a.PhysicalAccess, Lead: &a.Lead, Portal: &a.Portal, Grants: a.Grants})
	})
	if err != nil {
		return err
	}
	return roster.WriteContacts(s.out, all, roster.Format(c.Format))
}

// exported is the badge as a file may give it; a state between none and active is not said.
func exported(b access.BadgeState) roster.Badge {
	switch b {
	case access.BadgeNone, access.BadgeActive:
		return roster.Badge(b)
	}
	return ""
}
