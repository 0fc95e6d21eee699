package compose_test

import (
	"bytes"
	"net/url"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/templates"
)

const id = "k5v2mq7xw3tzay4r"

var now = time.Date(2026, time.November, 22, 14, 5, 30, 0, time.UTC)

func address(t testing.TB, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func config(t testing.TB) compose.Config {
	t.Helper()
	web, err := url.Parse("https://access.provider.example")
	if err != nil {
		t.Fatal(err)
	}
	return compose.Config{
		Provider: "Example Colo", From: address(t, "support@provider.example"), FromName: "Example Colo Support",
		Support: address(t, "support@provider.example"), Subaddressing: true,
		MailFrom: address(t, "bounces@provider.example"), WebURL: web, MessageIDDomain: "provider.example",
	}
}

func composer(t testing.TB, cfg compose.Config) *compose.Composer {
	t.Helper()
	c, err := compose.New(cfg, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mint(t testing.TB, seed byte) token.Token {
	t.Helper()
	tok, err := token.Mint(bytes.NewReader(bytes.Repeat([]byte{seed, 0x5a, 0xc3, seed ^ 0x77}, 4)))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func ref(t testing.TB) *token.Ref {
	t.Helper()
	return &token.Ref{Kind: token.Approval, Token: mint(t, 0x1d)}
}

func code(t testing.TB) token.Code {
	t.Helper()
	c, ok := token.ParseCode("402731")
	if !ok {
		t.Fatal("402731 is no code")
	}
	return c
}

func ticket() *access.Ticket { return &access.Ticket{ID: 42, Number: "REQ-2026-00042"} }

// jane, raj and tom are the people of the golden files; each call gives a fresh copy.
func jane() access.Line {
	return access.Line{Number: 1, Action: "add_user", Name: "Jane Doe", Email: "jane.doe@acme.example",
		Roles: []string{"Secondary Contact"}, Reason: "Takes over the Frankfurt cage project"}
}

func raj() access.Line {
	return access.Line{Number: 2, Action: "add_user", Name: "Raj Patel", Email: "raj@acme.example",
		Roles: []string{"Technician"}, Reason: "Night shift"}
}

func tom() access.Line {
	return access.Line{Number: 3, Action: "change_role", Name: "Tomáš Dvořák", Email: "tomas@acme.example",
		Roles: []string{"Main Contact"}, Reason: "Maria goes on leave"}
}

// with changes a line.
func with(l access.Line, change func(*access.Line)) access.Line {
	change(&l)
	return l
}

func status(l access.Line, s access.Status) access.Line {
	l.Status = s
	return l
}

// first is a line that stands alone.
func first(l access.Line) access.Line {
	l.Number = 1
	return l
}

func waiting(l access.Line, stage string) access.Line {
	l.Status = access.StatusWaiting
	l.WaitFor = policy.Stage(stage)
	if l.WaitFor == policy.StageClient {
		l.Asked = []string{"Sarah Chen", "Omar Haddad"}
	}
	return l
}

func details(l access.Line, missing ...interpret.Field) access.Line {
	l.Status, l.Missing = access.StatusDetails, missing
	for _, f := range missing {
		switch f {
		case interpret.FieldName:
			l.Name = ""
		case interpret.FieldEmail:
			l.Email = ""
		case interpret.FieldReason:
			l.Reason = ""
		case interpret.FieldRoles:
			l.Roles, l.Options = nil, []string{"Main Contact", "Secondary Contact", "Technician"}
		}
	}
	return l
}

// order is a mail to Maria, who asked.
func order(t testing.TB, kind access.MailKind, lines ...access.Line) *access.Mail {
	t.Helper()
	return &access.Mail{Kind: kind, To: address(t, "maria.lindqvist@acme.example"), ToName: "Maria Lindqvist",
		Ticket: ticket(), InReplyTo: "4711.abc@acme.example",
		Data: access.MailData{Client: "Acme Colo", Requester: "Maria Lindqvist", Lines: lines}}
}

// asked is a mail to Sarah, who approves; her token is in it.
func asked(t testing.TB, kind access.MailKind, stage string, lines ...access.Line) *access.Mail {
	t.Helper()
	m := replied(t, kind, lines...)
	m.Ref, m.InReplyTo = ref(t), ""
	m.Data.Requester, m.Data.Stage = "Maria Lindqvist", policy.Stage(stage)
	return m
}

// replied is a mail to Sarah after she answered.
func replied(t testing.TB, kind access.MailKind, lines ...access.Line) *access.Mail {
	t.Helper()
	return &access.Mail{Kind: kind, To: address(t, "sarah.chen@acme.example"), ToName: "Sarah Chen", Ticket: ticket(),
		InReplyTo: "0815.xyz@acme.example", Data: access.MailData{Client: "Acme Colo", Lines: lines}}
}

// newcomer is a mail to Jane.
func newcomer(t testing.TB, kind access.MailKind) *access.Mail {
	t.Helper()
	return &access.Mail{Kind: kind, To: address(t, "jane.doe@acme.example"), ToName: "Jane Doe", Ticket: ticket(),
		Data: access.MailData{Client: "Acme Colo", Requester: "Maria Lindqvist"}}
}
