package storetest

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

// world is the client and the staff that enrol puts into the database.
type world struct {
	client          *access.Client
	maria, sam      *access.Contact // Main Contact, Secondary Contact
	sue, sid, sybil *access.Staff   // support, support, security
}

func newWorld() world {
	contact := func(name, addr string, roles ...string) *access.Contact {
		return &access.Contact{Name: name, Address: address(addr), Kind: access.Person, Language: "en", Badge: access.BadgeNone, Roles: roles}
	}
	staff := func(name string, team access.Team) *access.Staff {
		return &access.Staff{Name: name, Address: address(strings.ToLower(name) + "@provider.example"), Teams: []access.Team{team}, Language: "en"}
	}
	return world{
		client: &access.Client{Name: "Example Ltd", RoleModel: "contact-levels", Domains: []string{"client.example"}, Require: access.RequirePass},
		maria:  contact("Maria Main", "maria@client.example", "main_contact"),
		sam:    contact("Sam Second", "sam@client.example", "secondary_contact"),
		sue:    staff("Sue", access.TeamSupport),
		sid:    staff("Sid", access.TeamSupport),
		sybil:  staff("Sybil", access.TeamSecurity),
	}
}

// put enters the world through the roster, and returns what each entry was.
func (w *world) put(ctx context.Context, r *store.Roster) (changes []store.Change, err error) {
	note := func(c store.Change, e error) {
		changes = append(changes, c)
		if err == nil {
			err = e
		}
	}
	note(r.PutClient(ctx, w.client))
	for _, c := range []*access.Contact{w.maria, w.sam} {
		c.ClientID = w.client.ID
		note(r.PutContact(ctx, c))
	}
	for _, m := range []*access.Staff{w.sue, w.sid, w.sybil} {
		note(r.PutStaff(ctx, m))
	}
	return changes, err
}

func (f *fixture) enrol(t testing.TB) {
	t.Helper()
	f.world = newWorld()
	if err := f.EditRoster(t.Context(), false, func(r *store.Roster) error {
		_, err := f.world.put(t.Context(), r)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// enrolled is the fixture after enrol.
func (f *fixture) enrolled(t testing.TB) *fixture {
	t.Helper()
	f.enrol(t)
	return f
}

// env is what decisions are made with, at the clock's time.
func (f *fixture) env() *access.Env {
	return &access.Env{Now: f.clock.Now(), Rand: rand.Reader, Settings: f.settings, Model: func(id string) *policy.Model {
		if f.model != nil {
			return f.model
		}
		m, err := policy.Builtin(id)
		if err != nil {
			return nil
		}
		return m
	}}
}

// fullOutcome is an outcome with one of everything that a mail can bring about.
func (f *fixture) fullOutcome() *access.Outcome {
	now := f.clock.Now()
	tick := &access.Ticket{ClientID: f.world.client.ID, RequesterID: f.world.sam.ID, Team: access.TeamSupport, Subject: "New person",
		MessageID: "1@client.example", CreatedAt: now}
	nina := &access.Contact{ClientID: f.world.client.ID, Name: "Nina New", Address: address("nina@client.example"), Kind: access.Person,
		State: access.ContactInvited, Badge: access.BadgeOrdered, Roles: []string{"technician"}, CreatedAt: now}
	req := &access.Request{Position: 1, ClientID: f.world.client.ID, RequesterID: f.world.sam.ID, Action: policy.ActionAddUser, Name: nina.Name,
		Email: nina.Address, Roles: nina.Roles, Reason: "project", State: access.Invited, Stages: []policy.Stage{policy.StageClient, policy.StageStaff},
		Stage: policy.StageStaff, Round: 2, Rule: "CL-06", RuleText: "may", MovesPower: true, HeldUntil: now.Add(time.Hour), CreatedAt: now,
		UpdatedAt: now, Ticket: tick, Contact: nina}
	ap := &access.Approval{Stage: policy.StageStaff, ApproverKind: access.ByStaff, ApproverID: f.world.sue.ID, Name: f.world.sue.Name,
		Address: f.world.sue.Address, Token: mint().Digest(), Text: token.DigestOf("text"), State: access.ApprovalOpen, CreatedAt: now, Ticket: tick,
		Lines: []access.ApprovalLine{{Number: 1, Round: 2, Request: req}}}
	inv := &access.Invitation{ClientID: f.world.client.ID, Address: nina.Address, Token: mint().Digest(), State: access.InvitationQueued,
		ExpiresAt: now.Add(time.Hour), CreatedAt: now, Request: req, Contact: nina}
	return &access.Outcome{Disposition: access.Applied, Reason: "filed", Client: f.world.client, Ticket: tick,
		Requests: []*access.Request{req}, Contacts: []*access.Contact{nina}, Approvals: []*access.Approval{ap},
		Invitations: []*access.Invitation{inv}, Timers: []*access.Timer{{Kind: access.TimerExpiry, Request: req, Round: 2, DueAt: now.Add(time.Hour)}},
		Events: []*access.Event{{Kind: "request_filed", Request: req, Payload: map[string]any{"name": nina.Name}}},
		Mails:  []*access.Mail{{Kind: access.MailInvitation, To: nina.Address, ToName: nina.Name, Ticket: tick, Invitation: inv}}}
}

func mint() token.Token {
	t, err := token.Mint(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return t
}

// person is somebody who writes mails.
type person struct {
	name    string
	address string
}

var (
	maria = person{"Maria Main", "maria@client.example"}
	sam   = person{"Sam Second", "sam@client.example"}
	sue   = person{"Sue", "sue@provider.example"}
	sid   = person{"Sid", "sid@provider.example"}
	sybil = person{"Sybil", "sybil@provider.example"}
)

// letter is one mail as it was understood.
type letter struct {
	from    person
	id      string // Message-ID
	reading interpret.Reading
	ref     *token.Ref // of the approval mail that it answers
	ticket  string     // number that its subject names
}

func (l *letter) lookup(inbound int64) *access.Lookup {
	k := &access.Lookup{Author: address(l.from.address), InboundID: inbound, Duplicate: token.DigestOf(l.from.address + l.id)}
	if l.ref != nil {
		k.Tokens = []token.Digest{l.ref.Token.Digest()}
	}
	if l.ticket != "" {
		k.Tickets = []string{l.ticket}
	}
	return k
}

// decide hands a claimed mail to the core and stores what follows.
func (f *fixture) decide(ctx context.Context, s *store.Store, in access.Inbound, l *letter) (*access.Outcome, error) {
	outs, err := s.DecideMails(ctx, []*access.Undecided{f.undecided(in, l)})
	if err != nil {
		return nil, err
	}
	return outs[0], nil
}

// undecided is a claimed mail as the core decides on it.
func (f *fixture) undecided(in access.Inbound, l *letter) *access.Undecided {
	incoming := &access.Incoming{InboundID: in.ID, Team: access.TeamSupport, Author: address(l.from.address), Name: l.from.name, MessageID: l.id,
		Subject: "mail by " + l.from.name, Reading: l.reading, Proof: senderauth.Evidence{Verdict: senderauth.Pass, Method: senderauth.MethodDKIM}}
	facts := access.Facts{Author: l.from.address, Subject: incoming.Subject, MessageID: l.id, Class: string(l.reading.Class), Verdict: "pass"}
	return &access.Undecided{In: &in, Lookup: l.lookup(in.ID), Facts: facts, Render: f.post.render,
		Seek: func(sit *access.Situation) *access.Sought { return access.Seek(sit, incoming) },
		Decide: func(sit *access.Situation) (*access.Outcome, error) {
			return access.DecideMail(sit, incoming, f.env())
		}}
}

// send lets a mail arrive and be decided.
func (f *fixture) send(t *testing.T, l *letter, want access.Disposition) *access.Outcome {
	t.Helper()
	in := f.arrive(t, "by "+l.from.name)[0]
	o, err := f.decide(t.Context(), f.Store, in, l)
	if err != nil {
		t.Fatal(err)
	}
	if o.Disposition != want {
		t.Fatalf("the mail by %s is %s (%s), want %s", l.from.name, o.Disposition, o.Reason, want)
	}
	return o
}

// asks is a mail that asks for a new technician.
func asks(from person, id, name, addr string) *letter {
	reason := "project"
	return &letter{from: from, id: id, reading: interpret.Reading{Class: interpret.ClassRequest, Requests: []interpret.Request{
		{Action: interpret.AddUser, Name: &name, Email: &addr, Roles: []string{"technician"}, Reason: &reason}}}}
}

// answers is a mail that answers an approval mail with one word for all lines.
func answers(from person, m *access.Mail, d interpret.Decision) *letter {
	// Its subject has the ticket's number, so that it is no duplicate of an answer about another one.
	return &letter{from: from, id: "answer-" + from.name + string(m.Data.Stage) + m.Ticket.Number, ref: m.Ref, reading: interpret.Reading{Class: interpret.ClassReply,
		Decisions: map[string]interpret.Decision{interpret.Everything: d}}}
}

// approvalFor is the approval mail to a person among those sent since the last look.
func approvalFor(t *testing.T, mails []*access.Mail, p person) *access.Mail {
	t.Helper()
	for _, m := range mails {
		if m.To.String() == p.address {
			return m
		}
	}
	t.Fatalf("no approval mail to %s among %d", p.name, len(mails))
	return nil
}

// tables lists every table of the schema but the migrations' own.
var tables = []string{"clients", "client_domains", "contacts", "contact_roles", "contact_grants", "visits", "policy_acceptances", "staff", "mailboxes", "tickets", "inbound_messages", "requests",
	"approvals", "approval_lines", "decisions", "delegations", "invitations", "challenges", "outbound_messages", "timers", "events", "event_payloads", "settings", "submissions"}

// dump is all that the database holds.
func (f *fixture) dump(t testing.TB) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for _, table := range tables {
		query := `SELECT * FROM ` + table
		if table == "settings" && f.db.Config.Driver == "postgres" {
			query += ` WHERE name NOT LIKE 'ticket_number_%'` // which moves on whatever fails
		}
		all[table] = f.db.Query(t, query+` ORDER BY 1, 2`)
	}
	return all
}
