package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
)

type policyReplayCmd struct {
	configFlag
	listFlag
	Model  string `required:"" placeholder:"NEW" help:"The new role model: a file, or the id of a built-in one."`
	Client string `placeholder:"NAME" help:"Only this client, whatever its role model. Default: all clients whose role model has the id of NEW."`
	All    bool   `help:"List all requests, not only those that would be decided differently."`
}

func (c *policyReplayCmd) Help() string {
	return `Takes all requests in the store, decides each by the client's present role model and by
the new one, and lists those that differ: what becomes allowed or refused, who would be
asked to approve, and by which rule. The mail that opened a ticket is read again with the
new model's titles and aliases, where it is kept. Nothing is changed and nothing is sent.

The roles of requesters and of the people asked about are those that they hold today, so
a request that was decided long ago may be shown otherwise than it went.

Examples:
  countersign policy replay --config config.yaml --model contact-levels-2.yaml
  countersign policy replay --config config.yaml --model house.yaml --client Acme --json`
}

// replayView is one request in both models.
type replayView struct {
	Ticket    string        `json:"ticket"`
	Position  int           `json:"position"`
	Client    string        `json:"client"`
	Requester string        `json:"requester"`
	Roles     []string      `json:"requester_roles"`
	Action    policy.Action `json:"action"`
	Name      string        `json:"name"`
	Asked     []string      `json:"roles"`
	Changed   bool          `json:"changed"`
	Then      answerView    `json:"then"`
	Now       answerView    `json:"now"`
}

type answerView struct {
	Allowed bool     `json:"allowed"`
	Rule    string   `json:"rule"`
	Stages  []string `json:"stages"`
	Reason  string   `json:"reason"`
}

func (a answerView) String() string {
	if !a.Allowed {
		return "no"
	}
	if len(a.Stages) == 0 {
		return "yes"
	}
	return "yes: " + strings.Join(a.Stages, ", ")
}

func (c *policyReplayCmd) Run(ctx context.Context, s streams) error {
	now, err := loadModel(c.Model)
	if err != nil {
		return err
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
	clients, err := c.clients(ctx, st, now)
	if err != nil {
		return err
	}
	total, views := 0, []replayView{}
	for _, client := range clients {
		then := models.Model(client.RoleModel)
		if then == nil {
			return fmt.Errorf("client %s has the role model %q, which is not there; name its file under role_models in the config", client.Name, client.RoleModel)
		}
		sit, err := st.History(ctx, client)
		if err != nil {
			return err
		}
		reader := &rereader{ctx: ctx, store: st, then: then, now: now, read: map[int64][2][]interpret.Request{}}
		replayed := access.Replay(sit, then, now, reader.roles)
		if reader.err != nil {
			return reader.err
		}
		total += len(replayed)
		for _, r := range replayed {
			if c.All || r.Changed() {
				views = append(views, newReplayView(client, r))
			}
		}
	}
	if c.JSON {
		return printJSON(s, views)
	}
	err = list(s, false, views, []string{"TICKET", "CLIENT", "WHO", "ASKED", "THEN", "NOW", "RULE"}, func(v replayView) []string {
		asked := strings.TrimSpace(fmt.Sprintf("%s %s %s", v.Action, strings.Join(v.Asked, "+"), v.Name))
		return []string{fmt.Sprintf("%s/%d", v.Ticket, v.Position), v.Client, v.Requester + " (" + strings.Join(v.Roles, "+") + ")", asked,
			v.Then.String(), v.Now.String(), v.Then.Rule + " → " + v.Now.Rule}
	})
	changed := len(slices.DeleteFunc(slices.Clone(views), func(v replayView) bool { return !v.Changed }))
	fmt.Fprintf(s.out, "%d requests of %d clients, %d would be decided differently\n", total, len(clients), changed)
	return err
}

func (c *policyReplayCmd) clients(ctx context.Context, st *store.Store, now *policy.Model) ([]*access.Client, error) {
	if c.Client != "" {
		client, err := clientByName(ctx, st, c.Client)
		return []*access.Client{client}, err
	}
	all, err := st.Clients(ctx)
	if err != nil {
		return nil, err
	}
	clients := slices.DeleteFunc(all, func(c *access.Client) bool { return c.RoleModel != now.ID })
	if len(clients) == 0 {
		return nil, usageError{fmt.Errorf("no client has the role model %q; name one with --client, or give the new model the id of the one it replaces", now.ID)}
	}
	return clients, nil
}

func newReplayView(client *access.Client, r access.Replayed) replayView {
	return replayView{Ticket: r.Request.Ticket.Number, Position: r.Request.Position, Client: client.Name, Requester: r.Requester.Name,
		Roles: append([]string{}, r.Requester.Roles...), Action: r.Request.Action, Name: r.Request.Name, Asked: append([]string{}, r.Request.Roles...),
		Changed: r.Changed(), Then: newAnswerView(r.Then), Now: newAnswerView(r.Now)}
}

func newAnswerView(a policy.Answer) answerView {
	v := answerView{Allowed: a.Allowed, Rule: a.Rule, Stages: []string{}, Reason: a.Reason}
	for _, s := range a.Stages {
		text := string(s)
		if n := a.Quorum.Of(s); n > 1 {
			text = fmt.Sprintf("%s: %d", s, n)
		}
		v.Stages = append(v.Stages, text)
	}
	return v
}

// rereader reads the mail that opened a ticket with the words of both models.
type rereader struct {
	ctx       context.Context //nolint:containedctx // it lives as long as one command
	store     *store.Store
	then, now *policy.Model
	read      map[int64][2][]interpret.Request // by ticket
	err       error
}

// roles are those that a request asks for in the words of the new model. Where its mail is not kept, or roles came
// by a later mail, they are the ids of the present model.
func (x *rereader) roles(r *access.Request) []string {
	pair, ok := x.read[r.TicketID]
	if !ok && x.err == nil {
		pair = x.reread(r.TicketID)
		x.read[r.TicketID] = pair
	}
	for i, q := range pair[0] {
		same := i < len(pair[1]) && string(q.Action) == string(r.Action) && q.Name != nil && *q.Name == r.Name
		if same && slices.Equal(slices.Sorted(slices.Values(q.Roles)), r.Roles) {
			return slices.Sorted(slices.Values(pair[1][i].Roles))
		}
	}
	return r.Roles
}

func (x *rereader) reread(ticket int64) (pair [2][]interpret.Request) {
	raw, err := x.store.OpeningMail(x.ctx, ticket)
	if err != nil {
		x.err = err
		return pair
	}
	m, err := message.Parse(raw)
	if err != nil {
		return pair // it is not kept
	}
	for i, model := range []*policy.Model{x.then, x.now} {
		read := interpret.Context{Model: model.ID}
		for _, role := range model.Roles {
			read.Roles = append(read.Roles, interpret.Role{ID: role.ID, Title: role.Title, Aliases: role.Aliases})
		}
		pair[i] = interpret.Read(m, read).Requests
	}
	return pair
}
