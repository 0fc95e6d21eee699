package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// queryer is what both a transaction and the read pool can do.
type queryer interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

var (
	_ queryer = (*sqlx.DB)(nil)
	_ queryer = (*sqlx.Tx)(nil)
)

type clientRow struct {
	ID        int64  `db:"id"`
	Name      string `db:"name"`
	RoleModel string `db:"role_model"`
	Require   string `db:"require"`
	FourEyes  bool   `db:"four_eyes"`
}

const clientColumns = `id, name, role_model, require, four_eyes`

func loadClient(ctx context.Context, q queryer, where string, arg any) (*access.Client, error) {
	var r clientRow
	err := q.GetContext(ctx, &r, `SELECT `+clientColumns+` FROM clients WHERE `+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("loading a client: %w", err)
	}
	c := &access.Client{ID: r.ID, Name: r.Name, RoleModel: r.RoleModel, Require: access.Require(r.Require), FourEyes: r.FourEyes}
	if err := q.SelectContext(ctx, &c.Domains, `SELECT domain FROM client_domains WHERE client_id = $1 ORDER BY domain`, c.ID); err != nil {
		return nil, fmt.Errorf("loading the domains of client %d: %w", c.ID, err)
	}
	return c, nil
}

// Clients lists all clients by name.
func (s *Store) Clients(ctx context.Context) ([]*access.Client, error) {
	var names []string
	if err := s.read.SelectContext(ctx, &names, `SELECT name FROM clients ORDER BY name`); err != nil {
		return nil, fmt.Errorf("listing clients: %w", err)
	}
	var all []*access.Client
	for _, n := range names {
		c, err := s.ClientByName(ctx, n)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// ClientByName finds a client; ErrNotFound if there is none.
func (s *Store) ClientByName(ctx context.Context, name string) (*access.Client, error) {
	return loadClient(ctx, s.read, `name = $1`, name)
}

type contactRow struct {
	ID        int64     `db:"id"`
	ClientID  int64     `db:"client_id"`
	Name      string    `db:"name"`
	Address   string    `db:"address"`
	Kind      string    `db:"kind"`
	State     string    `db:"state"`
	Language  string    `db:"language"`
	Badge     string    `db:"badge"`
	CreatedAt time.Time `db:"created_at"`

	PhysicalAccess bool `db:"physical_access"`
	Lead           bool `db:"lead"`
	Portal         bool `db:"portal"`
}

const contactColumns = `id, client_id, name, address, kind, state, language, badge, created_at, physical_access, lead, portal`

func loadContacts(ctx context.Context, q queryer, where string, arg any) ([]*access.Contact, error) {
	var rows []contactRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+contactColumns+` FROM contacts WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading contacts: %w", err)
	}
	var roles []struct {
		Contact int64  `db:"contact_id"`
		Role    string `db:"role"`
	}
	if err := q.SelectContext(ctx, &roles, `SELECT contact_id, role FROM contact_roles
		WHERE contact_id IN (SELECT id FROM contacts WHERE `+where+`) ORDER BY role`, arg); err != nil {
		return nil, fmt.Errorf("loading contact roles: %w", err)
	}
	var grants []struct {
		Contact    int64  `db:"contact_id"`
		Capability string `db:"capability"`
	}
	if err := q.SelectContext(ctx, &grants, `SELECT contact_id, capability FROM contact_grants
		WHERE contact_id IN (SELECT id FROM contacts WHERE `+where+`) ORDER BY capability`, arg); err != nil {
		return nil, fmt.Errorf("loading contact grants: %w", err)
	}
	var all []*access.Contact
	byID := map[int64]*access.Contact{}
	for _, r := range rows {
		a, err := mailaddr.Parse(r.Address)
		if err != nil {
			return nil, fmt.Errorf("loading contact %d: %w", r.ID, err)
		}
		c := &access.Contact{ID: r.ID, ClientID: r.ClientID, Name: r.Name, Address: a, Kind: access.ContactKind(r.Kind),
			State: access.ContactState(r.State), Language: r.Language, Badge: access.BadgeState(r.Badge), CreatedAt: r.CreatedAt.UTC(),
			PhysicalAccess: r.PhysicalAccess, Lead: r.Lead, Portal: r.Portal}
		all, byID[c.ID] = append(all, c), c
	}
	for _, r := range roles {
		byID[r.Contact].Roles = append(byID[r.Contact].Roles, r.Role)
	}
	for _, g := range grants {
		byID[g.Contact].Grants = append(byID[g.Contact].Grants, g.Capability)
	}
	for _, c := range all {
		slices.Sort(c.Grants) // databases order signs differently
	}
	return all, nil
}

// Contacts lists a client's contacts, removed ones included, in the order they came.
func (s *Store) Contacts(ctx context.Context, clientID int64) ([]*access.Contact, error) {
	return loadContacts(ctx, s.read, `client_id = $1`, clientID)
}

// ContactsByAddress lists the contacts, of any client, that have the address.
func (s *Store) ContactsByAddress(ctx context.Context, a mailaddr.Address) ([]*access.Contact, error) {
	return loadContacts(ctx, s.read, `address_key = $1`, a.Key())
}

func (x *tx) saveContact(ctx context.Context, c *access.Contact) error {
	args := []any{c.ClientID, c.Name, c.Address.String(), c.Address.Key(), c.Kind, c.State, c.Language, c.Badge, c.PhysicalAccess, c.Lead,
		c.Portal, x.now}
	var err error
	if c.Lead { // the mark moves
		_, err = x.ExecContext(ctx, `UPDATE contacts SET lead = FALSE WHERE client_id = $1 AND id <> $2 AND lead`, c.ClientID, c.ID)
	}
	switch {
	case err != nil:
	case c.ID == 0:
		err = x.insert(ctx, &c.ID, `INSERT INTO contacts (client_id, name, address, address_key, kind, state, language, badge,
			physical_access, lead, portal, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id`, args...)
	default:
		err = x.one(ctx, `UPDATE contacts SET client_id = $1, name = $2, address = $3, address_key = $4, kind = $5, state = $6, language = $7,
			badge = $8, physical_access = $9, lead = $10, portal = $11, updated_at = $12 WHERE id = $13`, append(args, c.ID)...)
	}
	replace := func(table, column string, values []string) {
		if err == nil {
			_, err = x.ExecContext(ctx, `DELETE FROM `+table+` WHERE contact_id = $1`, c.ID)
		}
		for _, v := range values {
			if err == nil {
				_, err = x.ExecContext(ctx, `INSERT INTO `+table+` (contact_id, `+column+`) VALUES ($1, $2)`, c.ID, v)
			}
		}
	}
	replace("contact_roles", "role", c.Roles)
	replace("contact_grants", "capability", c.Grants)
	if err != nil {
		return fmt.Errorf("saving a contact of client %d: %w", c.ClientID, err)
	}
	return nil
}

type staffRow struct {
	ID       int64  `db:"id"`
	Name     string `db:"name"`
	Address  string `db:"address"`
	Teams    string `db:"teams"`
	Admin    bool   `db:"admin"`
	Language string `db:"language"`
}

func loadStaff(ctx context.Context, q queryer) ([]*access.Staff, error) {
	var rows []staffRow
	if err := q.SelectContext(ctx, &rows, `SELECT id, name, address, teams, admin, language FROM staff ORDER BY id`); err != nil {
		return nil, fmt.Errorf("loading staff: %w", err)
	}
	var all []*access.Staff
	for _, r := range rows {
		a, err := mailaddr.Parse(r.Address)
		if err != nil {
			return nil, fmt.Errorf("loading staff member %d: %w", r.ID, err)
		}
		m := &access.Staff{ID: r.ID, Name: r.Name, Address: a, Admin: r.Admin, Language: r.Language}
		for _, t := range strings.Fields(r.Teams) {
			m.Teams = append(m.Teams, access.Team(t))
		}
		all = append(all, m)
	}
	return all, nil
}

// Staff lists the provider's people.
func (s *Store) Staff(ctx context.Context) ([]*access.Staff, error) { return loadStaff(ctx, s.read) }

// Change says what an import or an add did, or would do, to one row.
type Change string

// The changes.
const (
	Added     Change = "added"
	Updated   Change = "updated"
	Unchanged Change = "unchanged"
	Restored  Change = "restored" // a contact who had been removed
)

// ErrDryRun rolls a transaction back on purpose.
var errDryRun = errors.New("store: dry run")

// Roster is a transaction on clients, contacts and staff by the operator's hand. Nothing of it is by mail.
type Roster struct {
	x *tx
	// events are written at the end: the lock on the system's chain must come after those on clients, as it does where
	// mails are decided, or the two could wait for each other.
	events []*access.Event
}

// EditRoster runs fn in one transaction; with dryRun everything is rolled back at the end, so that the changes it
// reported are what would have been done.
func (s *Store) EditRoster(ctx context.Context, dryRun bool, fn func(*Roster) error) error {
	err := s.inTx(ctx, func(x *tx) error {
		r := &Roster{x: x}
		if err := fn(r); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		if len(r.events) > 0 {
			if err := x.rerouteAll(ctx); err != nil {
				return err
			}
		}
		for _, e := range r.events {
			if err := x.appendEvent(ctx, nil, e); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// PutClient adds a client, or brings the one of that name up to date. The id is filled in.
func (r *Roster) PutClient(ctx context.Context, c *access.Client) (Change, error) {
	old, err := loadClient(ctx, r.x, `name = $1`, c.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		err = r.x.insert(ctx, &c.ID, `INSERT INTO clients (name, role_model, require, four_eyes, created_at) VALUES ($1, $2, $3, $4, $5)
			RETURNING id`, c.Name, c.RoleModel, c.Require, c.FourEyes, r.x.now)
		if err == nil {
			err = r.putDomains(ctx, c)
		}
		r.clientEvent("client_added", c)
		return Added, wrapSave(err, "client", c.Name)
	case err != nil:
		return "", err
	}
	c.ID = old.ID
	slices.Sort(c.Domains)
	if old.RoleModel == c.RoleModel && old.Require == c.Require && old.FourEyes == c.FourEyes && slices.Equal(old.Domains, c.Domains) {
		return Unchanged, nil
	}
	_, err = r.x.ExecContext(ctx, `UPDATE clients SET role_model = $2, require = $3, four_eyes = $4 WHERE id = $1`,
		c.ID, c.RoleModel, c.Require, c.FourEyes)
	if err == nil {
		err = r.putDomains(ctx, c)
	}
	r.clientEvent("client_updated", c)
	return Updated, wrapSave(err, "client", c.Name)
}

func (r *Roster) clientEvent(kind string, c *access.Client) {
	r.event(kind, map[string]any{"client": c.ID, "role_model": c.RoleModel, "require": c.Require,
		"four_eyes": c.FourEyes, "domains": c.Domains})
}

func (r *Roster) putDomains(ctx context.Context, c *access.Client) error {
	if _, err := r.x.ExecContext(ctx, `DELETE FROM client_domains WHERE client_id = $1`, c.ID); err != nil {
		return err
	}
	for _, d := range c.Domains {
		if _, err := r.x.ExecContext(ctx, `INSERT INTO client_domains (client_id, domain) VALUES ($1, $2)`, c.ID, d); err != nil {
			return err
		}
	}
	return nil
}

// Client finds a client by name; ErrNotFound if there is none.
func (r *Roster) Client(ctx context.Context, name string) (*access.Client, error) {
	return loadClient(ctx, r.x, `name = $1`, name)
}

// PutContact adds a contact, or brings the one with that address up to date. A new one is active; the state of one that
// is there stays as it is, except that a removed one becomes active again.
func (r *Roster) PutContact(ctx context.Context, c *access.Contact) (Change, error) {
	slices.Sort(c.Roles)
	slices.Sort(c.Grants)
	if err := r.x.lockClient(ctx, c.ClientID); err != nil {
		return "", err
	}
	all, err := loadContacts(ctx, r.x, `client_id = $1`, c.ClientID)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(o *access.Contact) bool { return o.Address.Key() == c.Address.Key() })
	if at < 0 {
		c.State = access.ContactActive
		if c.Badge == "" {
			c.Badge = access.BadgeNone
		}
		if err := r.x.saveContact(ctx, c); err != nil {
			return "", err
		}
		r.event("contact_added", map[string]any{"contact": c.ID, "client": c.ClientID, "roles": c.Roles})
		return Added, nil
	}
	old := all[at]
	c.ID, c.State = old.ID, old.State
	change, kind := Updated, "contact_updated"
	if c.State == access.ContactRemoved {
		c.State, change, kind = access.ContactActive, Restored, "contact_restored"
	}
	if c.Badge == "" {
		c.Badge = old.Badge
	}
	if old.Name == c.Name && old.Kind == c.Kind && old.State == c.State && old.Language == c.Language && old.Badge == c.Badge &&
		old.PhysicalAccess == c.PhysicalAccess && old.Lead == c.Lead && old.Portal == c.Portal &&
		slices.Equal(old.Roles, c.Roles) && slices.Equal(old.Grants, c.Grants) {
		return Unchanged, nil
	}
	if err := r.x.saveContact(ctx, c); err != nil {
		return "", err
	}
	r.event(kind, map[string]any{"contact": c.ID, "client": c.ClientID, "roles": c.Roles})
	return change, nil
}

// Contact finds a client's contact by address; ErrNotFound if there is none.
func (r *Roster) Contact(ctx context.Context, client int64, a mailaddr.Address) (*access.Contact, error) {
	all, err := loadContacts(ctx, r.x, `client_id = $1`, client)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Address.Key() == a.Key() {
			return c, nil
		}
	}
	return nil, ErrNotFound
}

// SetContact stores a contact as it is, state and all.
func (r *Roster) SetContact(ctx context.Context, c *access.Contact) error {
	slices.Sort(c.Roles)
	slices.Sort(c.Grants)
	if err := r.x.lockClient(ctx, c.ClientID); err != nil {
		return err
	}
	if err := r.x.saveContact(ctx, c); err != nil {
		return err
	}
	r.event("contact_updated", map[string]any{"contact": c.ID, "client": c.ClientID, "roles": c.Roles, "state": c.State, "badge": c.Badge,
		"physical_access": c.PhysicalAccess, "lead": c.Lead, "portal": c.Portal, "grants": c.Grants})
	return nil
}

// Staff finds a member of staff by address; ErrNotFound if there is none.
func (r *Roster) Staff(ctx context.Context, a mailaddr.Address) (*access.Staff, error) {
	all, err := loadStaff(ctx, r.x)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Address.Key() == a.Key() {
			return m, nil
		}
	}
	return nil, ErrNotFound
}

// PutStaff adds a staff member, or brings the one with that address up to date.
func (r *Roster) PutStaff(ctx context.Context, m *access.Staff) (Change, error) {
	var teams []string
	for _, t := range m.Teams {
		teams = append(teams, string(t))
	}
	slices.Sort(teams)
	list := strings.Join(slices.Compact(teams), " ")
	var old staffRow
	err := r.x.GetContext(ctx, &old, `SELECT id, name, address, teams, admin, language FROM staff WHERE address_key = $1`, m.Address.Key())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = r.x.insert(ctx, &m.ID, `INSERT INTO staff (name, address, address_key, teams, admin, language, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, m.Name, m.Address.String(), m.Address.Key(), list, m.Admin, m.Language, r.x.now)
		r.event("staff_added", map[string]any{"staff": m.ID, "teams": list, "admin": m.Admin})
		return Added, wrapSave(err, "staff member", m.Name)
	case err != nil:
		return "", wrapSave(err, "staff member", m.Name)
	}
	m.ID = old.ID
	if old.Name == m.Name && old.Teams == list && old.Admin == m.Admin && old.Language == m.Language {
		return Unchanged, nil
	}
	_, err = r.x.ExecContext(ctx, `UPDATE staff SET name = $2, teams = $3, admin = $4, language = $5 WHERE id = $1`,
		m.ID, m.Name, list, m.Admin, m.Language)
	r.event("staff_updated", map[string]any{"staff": m.ID, "teams": list, "admin": m.Admin})
	return Updated, wrapSave(err, "staff member", m.Name)
}

func (r *Roster) event(kind string, payload map[string]any) {
	r.events = append(r.events, &access.Event{Kind: kind, Payload: payload})
}

func wrapSave(err error, what, name string) error {
	if err != nil {
		return fmt.Errorf("saving %s %s: %w", what, name, err)
	}
	return nil
}
