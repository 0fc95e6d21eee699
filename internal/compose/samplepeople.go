package compose

import (
	"bytes"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// SampleTime is when the samples are written.
var SampleTime = time.Date(2026, time.November, 22, 14, 5, 30, 0, time.UTC)

// Samples are made-up orders for every kind of mail and everything a mail can say, by name. They prove templates and show
// what mails look like. Each call makes them anew.
func Samples() map[string]*access.Mail {
	all := map[string]*access.Mail{}
	for name, order := range samples {
		all[name] = order()
	}
	return all
}

func sampleAddress(s string) mailaddr.Address {
	a, err := mailaddr.Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

func mint(seed byte) token.Token {
	tok, err := token.Mint(bytes.NewReader(bytes.Repeat([]byte{seed, 0x5a, 0xc3, seed ^ 0x77}, 4)))
	if err != nil {
		panic(err)
	}
	return tok
}

func sampleRef() *token.Ref {
	return &token.Ref{Kind: token.Approval, Token: mint(0x1d)}
}

func sampleCode() token.Code {
	c, ok := token.ParseCode("402731")
	if !ok {
		panic("402731 is no code")
	}
	return c
}

func sampleTicket() *access.Ticket { return &access.Ticket{ID: 42, Number: "REQ-2026-00042"} }

// jane, raj and tom are the people of the samples; each call gives a fresh copy.
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
func order(kind access.MailKind, lines ...access.Line) *access.Mail {
	return &access.Mail{Kind: kind, To: sampleAddress("maria.lindqvist@acme.example"), ToName: "Maria Lindqvist",
		Ticket: sampleTicket(), InReplyTo: "4711.abc@acme.example",
		Data: access.MailData{Client: "Acme Colo", Requester: "Maria Lindqvist", Lines: lines}}
}

// asked is a mail to Sarah, who approves; her token is in it.
func asked(kind access.MailKind, stage string, lines ...access.Line) *access.Mail {
	m := replied(kind, lines...)
	m.Ref, m.InReplyTo = sampleRef(), ""
	m.Data.Requester, m.Data.Stage = "Maria Lindqvist", policy.Stage(stage)
	return m
}

// replied is a mail to Sarah after she answered.
func replied(kind access.MailKind, lines ...access.Line) *access.Mail {
	return &access.Mail{Kind: kind, To: sampleAddress("sarah.chen@acme.example"), ToName: "Sarah Chen", Ticket: sampleTicket(),
		InReplyTo: "0815.xyz@acme.example", Data: access.MailData{Client: "Acme Colo", Lines: lines}}
}

// newcomer is a mail to Jane.
func newcomer(kind access.MailKind) *access.Mail {
	return &access.Mail{Kind: kind, To: sampleAddress("jane.doe@acme.example"), ToName: "Jane Doe", Ticket: sampleTicket(),
		Data: access.MailData{Client: "Acme Colo", Requester: "Maria Lindqvist"}}
}

// crowd are names of many scripts and lengths.
var crowd = []string{"Jane Doe", "Zoë Müller-Łukasz", "Nguyễn Thị Minh Khai", "نرگس محمدی", "שרה כהן", "山田 太郎", "Жанна Агузарова",
	"Ólafur Ragnar Grímsson", "Χρήστος Παπαδόπουλος", "김민준", "Dr. Anna-Sophia O’Neil-Fitzgerald Jr.", "ธนพร ศรีสุข"}

// stopCode is a mail to Sarah, with the code of the page on which she takes something back.
func stopCode(stage policy.Stage) *access.Mail {
	m := replied(access.MailCode)
	m.InReplyTo, m.Data.Code, m.Data.Until = "", sampleCode(), SampleTime.Add(10*time.Minute)
	m.Data.Reason, m.Data.Stage = "stop", stage
	return m
}
