package main

import (
	"context"
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
	Name  string   `required:"" help:"Full name."`
	Email string   `required:"" placeholder:"ADDRESS" help:"Address."`
	Team  []string `placeholder:"TEAM" enum:"support,security,billing" help:"Team whose approvals this person gives: support, security or billing; may be given several times."`
	Admin bool     `help:"May release mail from quarantine and have it processed again, as team security may. Only a team gives a say over requests."`
}

func (c *staffAddCmd) Run(ctx context.Context, s streams) error {
	address, err := mailaddr.Parse(c.Email)
	if err != nil {
		return usageError{fmt.Errorf("--email %s: %w", c.Email, err)}
	}
	if len(c.Team) == 0 && !c.Admin {
		return usageError{fmt.Errorf("name at least one --team, or --admin")}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	m := &access.Staff{Name: c.Name, Address: address, Admin: c.Admin}
	for _, t := range c.Team {
		m.Teams = append(m.Teams, access.Team(t))
	}
	t := tally{out: s.out}
	err = st.EditRoster(ctx, false, func(r *store.Roster) error {
		change, err := r.PutStaff(ctx, m)
		if err == nil {
			t.add(change, "staff", m.Name)
		}
		return err
	})
	return t.end(err)
}

type staffListCmd struct {
	configFlag
	listFlag
}

type staffView struct {
	Name  string   `json:"name"`
	Email string   `json:"email"`
	Teams []string `json:"teams"`
	Admin bool     `json:"admin"`
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
		v := staffView{Name: m.Name, Email: m.Address.String(), Teams: []string{}, Admin: m.Admin}
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
