package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/store"
)

// desk is a database with mails that were processed, without any server.
type desk struct {
	cfg    string // the flag
	store  *store.Store
	models *policy.Models
	uid    uint32
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	path := sqliteConfig(t)
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.OpenStore(t.Context(), cfg, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	models, err := policy.NewModels()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{cfg: "--config=" + path, store: st, models: models}
	must(t, "client", "import", d.cfg, file(t, "clients.yaml", clients))
	must(t, "staff", "add", d.cfg, "--name=Ada", "--email=ada@provider.example", "--admin")
	return d
}

// deliver stores and processes one mail; proven says whether its author is.
func (d *desk) deliver(t *testing.T, from, subject, text string, proven bool) {
	t.Helper()
	d.uid++
	raw := fmt.Sprintf("From: %s\r\nTo: support@provider.example\r\nSubject: %s\r\nMessage-ID: <%d@x>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\n%s\r\n",
		from, subject, d.uid, text)
	mail := access.RawMail{UIDValidity: 1, UID: d.uid, InternalDate: time.Now(), Size: int64(len(raw)), Raw: []byte(raw)}
	if err := d.store.StoreMails(t.Context(), "support", []access.RawMail{mail}, 1, d.uid); err != nil {
		t.Fatal(err)
	}
	d.process(t, proven)
}

// process does what the daemon does with mails that wait.
func (d *desk) process(t *testing.T, proven bool) {
	t.Helper()
	claimed, err := d.store.ClaimInbound(t.Context(), time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := policy.Builtin("contact-levels")
	read := interpret.Context{Model: m.ID}
	for _, r := range m.Roles {
		read.Roles = append(read.Roles, interpret.Role{ID: r.ID, Title: r.Title, Aliases: r.Aliases})
	}
	for i := range claimed {
		msg, err := message.Parse(claimed[i].Raw)
		if err != nil {
			t.Fatal(err)
		}
		in := &access.Incoming{InboundID: claimed[i].ID, Team: access.TeamSupport, Author: msg.Author.Address, MessageID: msg.MessageID, Subject: msg.Subject,
			Reading: interpret.Read(msg, read), Handling: claimed[i].Handling, Proof: senderauth.Evidence{Verdict: senderauth.Weak, Reason: "no signature"}}
		if proven {
			in.Proof = senderauth.Evidence{Verdict: senderauth.Pass, Method: senderauth.MethodDKIM, Reason: "signed"}
		}
		env := &access.Env{Now: time.Now().UTC(), Rand: rand.Reader, Settings: access.DefaultSettings, Model: d.models.Model}
		lookup := &access.Lookup{Author: msg.Author.Address, InboundID: claimed[i].ID, ContactID: claimed[i].Handling.Contact}
		facts := access.Facts{Author: msg.Author.Address.String(), Subject: msg.Subject, Class: string(in.Reading.Class), Verdict: string(in.Proof.Verdict)}
		if _, err := d.store.DecideMail(t.Context(), &claimed[i], lookup, facts, func(s *access.Situation) (*access.Outcome, error) {
			return access.DecideMail(s, in, env)
		}, func(m *access.Mail) (*access.Rendered, error) {
			return &access.Rendered{MessageID: rand.Text() + "@provider.example", MailFrom: mailaddr.Address{Local: "support", Domain: "provider.example"},
				Raw: []byte("mail"), Subject: string(m.Kind)}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMessageCommands(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver(t, "Maria <maria@acme.example>", "\x1b[31mAccess", "Please add Jane Doe, jane@acme.example, as Technician. She joins the night shift.", false)
	d.deliver(t, "Tom <tom@acme.example>", "New feed", "We would like to order a new cross connect. Please send us a quote.", true)
	d.deliver(t, "Eve <eve@stranger.example>", "Hi", "Please add Eve Stone, eve@stranger.example, as Main Contact. She is the boss.", true)

	var listed []store.MessageView
	if err := json.Unmarshal([]byte(must(t, "message", "list", d.cfg, "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	if len(listed) != 3 || listed[1].Level != "technician" || listed[1].Topic != "service_order" || listed[1].May == nil || *listed[1].May {
		t.Errorf("listed: %+v", listed)
	}
	if out := must(t, "message", "show", d.cfg, "2"); !strings.Contains(out, "level        technician\ntopic        service_order\nmay          no\n") {
		t.Errorf("message show:\n%s", out)
	}
	if out := must(t, "message", "show", d.cfg, "1", "--raw"); !strings.Contains(out, "night shift") || strings.Contains(out, "\x1b") {
		t.Errorf("message show --raw:\n%q", out)
	}
	order := func(verb, id, by string, more ...string) (int, string) {
		code, out, errs := call(t, append([]string{"message", verb, d.cfg, id, "--by=" + by, "--reason=called them"}, more...)...)
		return code, out + errs
	}
	for _, c := range []struct {
		name         string
		verb, id, by string
		more         []string
		code         int
		want         string
	}{
		{"support releases", "release", "1", "paul@provider.example", nil, exitFailed, "team"},
		{"a contact releases", "release", "1", "maria@acme.example", nil, exitFailed, "no such member of staff"},
		{"no address", "release", "1", "paul", nil, exitUsage, "--by paul"},
		{"not in quarantine", "release", "2", "ada@provider.example", nil, exitFailed, "not in quarantine"},
		{"unknown", "dismiss", "99", "ada@provider.example", nil, exitFailed, "there is no message 99"},
		{"released", "release", "1", "ada@provider.example", nil, exitDone, "waits to be processed"},
		{"unknown contact", "ticket", "3", "paul@provider.example", []string{"--contact=nobody@acme.example"}, exitFailed, "no such contact"},
		{"unknown client", "ticket", "3", "paul@provider.example", []string{"--contact=tom@acme.example", "--client=Globex"}, exitFailed, "no such client"},
		{"ticket", "ticket", "3", "paul@provider.example", []string{"--contact=tom@acme.example"}, exitDone, "waits to be processed"},
	} {
		if code, out := order(c.verb, c.id, c.by, c.more...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", c.name, code, c.code, c.want, out)
		}
	}
	d.process(t, false)
	if out := must(t, "message", "show", d.cfg, "1"); !strings.Contains(out, "disposition  applied") || !strings.Contains(out, "handling     release\nby           ada@provider.example\nbecause      called them") {
		t.Errorf("the released mail:\n%s", out)
	}
	if out := must(t, "message", "show", d.cfg, "3"); !strings.Contains(out, "made a ticket by staff") || !strings.Contains(out, "ticket       REQ-") {
		t.Errorf("the mail that became a ticket:\n%s", out)
	}
	if code, _, errs := call(t, "message", "show", d.cfg, "2", "--raw"); code != exitFailed || !strings.Contains(errs, "not kept") {
		t.Errorf("the source of a mail that is left: exit code %d\n%s", code, errs)
	}
	if out := must(t, "audit", "verify", d.cfg); !strings.Contains(out, "whole") {
		t.Error(out)
	}
}

// stricter is contact-levels with another name for Technicians, whom Secondary Contacts may not ask for.
func stricter(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../internal/policy/models/contact-levels.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	i, j := strings.Index(text, "  - id: CL-06"), strings.Index(text, "  # R12: everyone")
	return file(t, "stricter.yaml", strings.ReplaceAll(text[:i]+text[j:], "stages: [client, security, staff]", "stages: [client, staff]"))
}

func TestPolicyReplay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must(t, "contact", "add", d.cfg, "--client=Acme", "--name=Sofia Berg", "--email=sofia@acme.example", "--role=secondary_contact")
	d.deliver(t, "Sofia <sofia@acme.example>", "Access", "Please add Jane Doe, jane@acme.example, as Technician. She joins the night shift.", true)
	d.deliver(t, "Maria <maria@acme.example>", "Access", "Please add Otto Lang, otto@acme.example, as Technician. He joins the night shift.", true)
	d.deliver(t, "Maria <maria@acme.example>", "Access", "Please add Lena Vogt, lena@acme.example, as Secondary Contact. She runs the cage.", true)
	out := must(t, "policy", "replay", d.cfg, "--model", stricter(t))
	for _, want := range []string{
		"Sofia Berg (secondary_contact)", "add_user technician Jane Doe", "yes: client, security, staff  no", "CL-06 → CL-22",
		"add_user technician Otto Lang", "yes: security, staff", "3 requests of 1 clients, 2 would be decided differently",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "Lena Vogt") {
		t.Errorf("what is decided alike is listed:\n%s", out)
	}
	if out := must(t, "policy", "replay", d.cfg, "--model", stricter(t), "--all", "--client", "Acme", "--json"); strings.Count(out, `"changed": false`) != 1 ||
		strings.Count(out, `"changed": true`) != 2 {
		t.Errorf("as JSON:\n%s", out)
	}
	if out := must(t, "policy", "replay", d.cfg, "--model", "contact-levels"); !strings.Contains(out, "3 requests of 1 clients, 0 would") {
		t.Errorf("the same model:\n%s", out)
	}
	for _, bad := range [][]string{{"--model", "account-contacts"}, {"--model", "absent.yaml"}} {
		if code, _, errs := call(t, append([]string{"policy", "replay", d.cfg}, bad...)...); code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", bad, code, errs)
		}
	}
}
