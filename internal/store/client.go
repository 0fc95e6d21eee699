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
	DriverName() string
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

	Domains []string `db:"-"`
}

const clientColumns = `id, name, role_model, require, four_eyes`

func loadClient(ctx context.Context, q queryer, where string, arg any) (*access.Client, error) {
	rows, err := clientRows(ctx, q, where, arg)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	return rows[0].client(), nil
}

func clientRows(ctx context.Context, q queryer, where string, arg any) ([]clientRow, error) {
	var rows []clientRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+clientColumns+` FROM clients WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading clients: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids, place := idsOf(rows, func(r *clientRow) int64 { return r.ID })
	var domains []struct {
		Client int64  `db:"client_id"`
		Domain string `db:"domain"`
	}
	if err := q.SelectContext(ctx, &domains, `SELECT client_id, domain FROM client_domains WHERE `+among(q, "client_id", 1)+` ORDER BY domain`,
		listOf(q, ids)); err != nil {
		return nil, fmt.Errorf("loading the domains of clients: %w", err)
	}
	for _, d := range domains {
		r := &rows[place[d.Client]]
		r.Domains = append(r.Domains, d.Domain)
	}
	return rows, nil
}

func (r *clientRow) client() *access.Client {
	return &access.Client{ID: r.ID, Name: r.Name, RoleModel: r.RoleModel, Require: access.Require(r.Require), FourEyes: r.FourEyes,
		Domains: slices.Clone(r.Domains)}
}

// idsOf are the ids of rows, and where in the rows each of them is.
func idsOf[R any](rows []R, id func(*R) int64) (ids []int64, place map[int64]int) {
	place = make(map[int64]int, len(rows))
	for i := range rows {
		n := id(&rows[i])
		ids, place[n] = append(ids, n), i
	}
	return ids, place
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
	Key       string    `db:"address_key"`
	Kind      string    `db:"kind"`
	State     string    `db:"state"`
	Language  string    `db:"language"`
	Badge     string    `db:"badge"`
	CreatedAt time.Time `db:"created_at"`

	PhysicalAccess bool `db:"physical_access"`
	Lead           bool `db:"lead"`
	Portal         bool `db:"portal"`

	Roles  []string `db:"-"`
	Grants []string `db:"-"`
}

const contactColumns = `id, client_id, name, address, address_key, kind, state, language, badge, created_at, physical_access, lead, portal`

func loadContacts(ctx context.Context, q queryer, where string, arg any) ([]*access.Contact, error) {
	rows, err := contactRows(ctx, q, where, arg)
	if err != nil {
		return nil, err
	}
	return build(rows, (*contactRow).contact)
}

// contactRows loads contacts with their roles and grants, by id.
func contactRows(ctx context.Context, q queryer, where string, arg any) ([]contactRow, error) {
	var rows []contactRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+contactColumns+` FROM contacts WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading contacts: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids, place := idsOf(rows, func(r *contactRow) int64 { return r.ID })
	var words []struct {
		Contact int64  `db:"contact_id"`
		Role    bool   `db:"is_role"`
		Word    string `db:"word"`
	}
	if err := q.SelectContext(ctx, &words, `SELECT contact_id, TRUE AS is_role, role AS word FROM contact_roles WHERE `+among(q, "contact_id", 1)+`
		UNION ALL SELECT contact_id, FALSE, capability FROM contact_grants WHERE `+among(q, "contact_id", 1)+` ORDER BY word`, listOf(q, ids)); err != nil {
		return nil, fmt.Errorf("loading the roles and grants of contacts: %w", err)
	}
	for _, w := range words {
		r := &rows[place[w.Contact]]
		if w.Role {
			r.Roles = append(r.Roles, w.Word)
		} else {
			r.Grants = append(r.Grants, w.Word)
		}
	}
	for _, r := range rows {
		slices.Sort(r.Grants) // databases order signs differently
	}
	return rows, nil
}

func (r *contactRow) contact() (*access.Contact, error) {
	a, err := mailaddr.Parse(r.Address)
	if err != nil {
		return nil, fmt.Errorf("loading contact %d: %w", r.ID, err)
	}
	return &access.Contact{ID: r.ID, ClientID: r.ClientID, Name: r.Name, Address: a, Kind: access.ContactKind(r.Kind),
		State: access.ContactState(r.State), Language: r.Language, Badge: access.BadgeState(r.Badge), CreatedAt: r.CreatedAt.UTC(),
		PhysicalAccess: r.PhysicalAccess, Lead: r.Lead, Portal: r.Portal, Roles: slices.Clone(r.Roles), Grants: slices.Clone(r.Grants)}, nil
}

// build makes values of rows: new ones each time, since whoever decides changes them.
func build[R, T any](rows []R, one func(*R) (*T, error)) ([]*T, error) {
	var all []*T
	for i := range rows {
		v, err := one(&rows[i])
		if err != nil {
			return nil, err
		}
		all = append(all, v)
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
type Roster struct{ x *tx }

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
		if len(x.events) > 0 { // something has changed
			return x.rerouteAll(ctx)
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
	r.x.appendEvent(nil, &access.Event{Kind: kind, Payload: payload})
}

func wrapSave(err error, what, name string) error {
	if err != nil {
		return fmt.Errorf("saving %s %s: %w", what, name, err)
	}
	return nil
}
