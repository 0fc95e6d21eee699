package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/store"
)

type staffCmd struct {
	Add  staffAddCmd  `cmd:"" help:"Add or update a staff member."`
	List staffListCmd `cmd:"" help:"List staff."`
}

type staffAddCmd struct {
	configFlag
	Name     string   `required:"" help:"Full name."`
	Email    string   `required:"" placeholder:"ADDRESS" help:"Address."`
	Team     []string `placeholder:"TEAM" enum:"support,security,billing" help:"Team whose approvals this person gives: support, security or billing; may be given several times."`
	Language string   `placeholder:"TAG" help:"Language of the mails to this person, such as de; without it what is on file, or templates.language."`
	Admin    bool     `help:"May release mail from quarantine and have it processed again, as team security may. Only a team gives a say over requests."`
}

func (c *staffAddCmd) Run(ctx context.Context, s streams) error {
	address, err := mailaddr.Parse(c.Email)
	if err != nil {
		return usageError{fmt.Errorf("--email %s: %w", c.Email, err)}
	}
	if len(c.Team) == 0 && !c.Admin {
		return usageError{fmt.Errorf("name at least one --team, or --admin")}
	}
	if err := c.checkLanguage(c.Language); err != nil {
		return err
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	m := &access.Staff{Name: c.Name, Address: address, Admin: c.Admin, Language: c.Language}
	for _, t := range c.Team {
		m.Teams = append(m.Teams, access.Team(t))
	}
	t := tally{out: s.out}
	err = st.EditRoster(ctx, false, func(r *store.Roster) error {
		old, err := r.Staff(ctx, address)
		if err == nil {
			m.Language = cmp.Or(c.Language, old.Language)
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		change, err := r.PutStaff(ctx, m)
		if err == nil {
			t.add(change, "staff", m.Name)
		}
		return err
	})
	return t.end(err)
}

// byFlag is the flag of every order that stands in the audit trail with whoever gave it.
type byFlag struct {
	By string `required:"" placeholder:"ADDRESS" help:"Your address, as a member of staff. It stands in the audit trail."`
}

// member is the member of staff with that address.
func (f byFlag) member(ctx context.Context, st *store.Store) (*access.Staff, error) {
	address, err := mailaddr.Parse(f.By)
	if err != nil {
		return nil, usageError{fmt.Errorf("--by %s: %w", f.By, err)}
	}
	all, err := st.Staff(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Address.Key() == address.Key() {
			return m, nil
		}
	}
	return nil, fmt.Errorf("--by %s: there is no such member of staff; see: countersign staff list", address)
}

type staffListCmd struct {
	configFlag
	listFlag
}

type staffView struct {
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Teams    []string `json:"teams"`
	Admin    bool     `json:"admin"`
	Language string   `json:"language"`
}

func (c *staffListCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Staff(ctx)
	if err != nil {
		return err
	}
	views := []staffView{}
	for _, m := range all {
		v := staffView{Name: m.Name, Email: m.Address.String(), Teams: []string{}, Admin: m.Admin, Language: m.Language}
		for _, t := range m.Teams {
			v.Teams = append(v.Teams, string(t))
		}
		views = append(views, v)
	}
	return list(s, c.JSON, views, []string{"NAME", "EMAIL", "TEAMS"}, func(v staffView) []string {
		teams := strings.Join(v.Teams, " ")
		if v.Admin {
			teams += " (admin)"
		}
		return []string{v.Name, v.Email, teams}
	})
}
