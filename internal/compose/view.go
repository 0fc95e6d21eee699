package compose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// view is what templates may show. All that people supplied has gone through named or said.
type view struct {
	Provider  string
	Support   string
	ToName    string
	Client    string
	Requester string
	Person    string
	Reason    string
	Ticket    string // number; "" without a ticket
	Stage     string
	Escalated bool
	Until     string   // "" for none
	Since     string   // "" for none
	Minutes   int      // from now to Until
	Asked     []string // names to choose from
	Lines     []line
	Digest    *digest // nil in all mails but one kind
	Other     other   // of a mail to the team

	// Of the mail itself, for its HTML.
	Language  string // tag
	Subject   string
	Preheader string

	// Secrets; empty while the subject and the words are rendered.
	Ref  string
	Link string
	Code string
}

// line is one request in a view.
type line struct {
	Number  int
	Action  string
	Name    string
	Email   string // U-labels
	ASCII   string // the same in A-labels, where that differs: look-alike letters show
	Roles   []string
	Reason  string
	Status  string
	Missing []string
	Options []string
	Rule    string
	Text    string
	MayAsk  []string
	WaitFor string
	Asked   []string
	Lacking int // how many approvals WaitFor still takes
	Ticket  string
	Outside bool
	Like    string // the domain that the address's could be taken for
	Domain  string // of the address, where Like is said
	Answer  string
	By      string
	ByYou   bool   // By is whom the mail is to
	Said    string // the answer that came too late
	For     string // whom a delegate stands in for
	Until   string // how long
	Client  string
	D       particulars
}

func (c *Composer) view(m *access.Mail, lang *language, now time.Time) *view {
	d := m.Data
	v := &view{
		Provider: clean(c.cfg.Provider, maxName), Support: c.cfg.Support.Display(), ToName: named(m.ToName),
		Client: named(d.Client), Requester: named(d.Requester), Person: named(d.Person),
		Reason: c.ruled(lang.say(d.Reason)), Stage: string(d.Stage), Escalated: d.Escalated, Code: d.Code.Reveal(),
	}
	v.Language = lang.id
	if m.Ticket != nil {
		v.Ticket = m.Ticket.Number
	}
	if m.Ref != nil {
		v.Ref = m.Ref.String()
	}
	v.Asked = namedAll(d.Asked)
	if m.Kind == access.MailSignIn {
		v.Link = c.cfg.PortalURL
	}
	switch t := d.Token; m.Kind {
	case access.MailInvitation:
		v.Link = c.page("register", t)
	case access.MailNotice, access.MailReceipt:
		if m.Ref != nil {
			v.Link = c.page("stop", m.Ref.Token)
		}
	case access.MailAnswer, access.MailDelegation:
		v.Link = c.page("stop", t)
	}
	if !d.Until.IsZero() {
		v.Until = lang.when(d.Until.In(c.zone()))
		v.Minutes = int(d.Until.Sub(now).Round(time.Minute).Minutes())
	}
	if !d.Since.IsZero() {
		v.Since = lang.when(d.Since.In(c.zone()))
	}
	if d.Other != nil {
		v.Other = c.viewOther(d.Other, lang)
	}
	for _, r := range d.Lines {
		v.Lines = append(v.Lines, c.viewLine(r, v, lang))
	}
	v.Digest = viewDigest(d.Digest, lang, c.zone())
	return v
}

// page is the address of a page behind a token; empty without one.
func (c *Composer) page(name string, t token.Token) string {
	if t.IsZero() {
		return ""
	}
	return c.cfg.WebURL.JoinPath(name, t.Reveal()).String()
}

func (c *Composer) viewLine(l access.Line, v *view, lang *language) line {
	s := line{
		Number: l.Number, Action: string(l.Action), Name: named(l.Name), Email: shown(l.Email),
		Roles: namedAll(lang.sayAll(l.Roles)), Reason: said(l.Reason, maxText), Status: string(l.Status),
		Options: namedAll(lang.sayAll(l.Options)), Rule: said(l.Rule, maxName), Text: c.ruled(lang.say(l.Text)),
		MayAsk: namedAll(l.MayAsk), WaitFor: string(l.WaitFor), Asked: namedAll(l.Asked), Lacking: l.Lacking, Ticket: said(l.Ticket, maxName), Outside: l.Outside,
		Answer: string(l.Answer), By: named(l.By), Said: string(l.Said), Client: v.Client,
	}
	if s.For = named(l.For); !l.Until.IsZero() {
		s.Until = lang.when(l.Until.In(c.zone()))
	}
	s.D = c.viewDetails(l.Details, lang)
	s.ByYou = s.By != "" && s.By == v.ToName
	for _, f := range l.Missing {
		s.Missing = append(s.Missing, string(f))
	}
	if a, err := mailaddr.Parse(l.Email); err == nil && a.String() != a.Display() {
		s.ASCII = a.String()
	}
	if s.Like = clean(l.Like, mailaddr.MaxDomainLength); s.Like != "" {
		s.Domain = domainOf(cmp.Or(l.Details.NewEmail, l.Email))
	}
	return s
}

// other is a mail that is no access request.
type other struct {
	Address      string
	Proven       bool
	Levels       []string
	Topic        string
	May          string // yes, no, or "" where it is not known
	Capabilities []string
	Subject      string
	Words        string
}

func (c *Composer) viewOther(o *access.Other, lang *language) other {
	v := other{Address: shown(o.Address), Proven: o.Proven, Levels: namedAll(lang.sayAll(o.Levels)), Topic: o.Topic,
		Capabilities: o.Capabilities, Subject: said(o.Subject, maxName), Words: said(o.Words, maxText)}
	if o.May != nil {
		v.May = map[bool]string{true: "yes", false: "no"}[*o.May]
	}
	return v
}

// shown is an address as it is; what is none is a name at best.
func shown(s string) string {
	if a, err := mailaddr.Parse(s); err == nil {
		return clean(a.Display(), 2*mailaddr.MaxLength)
	}
	return named(s)
}

// domainOf is the domain of an address, for people.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(shown(address), "@")
	if a, err := mailaddr.Parse(address); err == nil && a.String() != a.Display() {
		domain += " (" + a.Domain + ")"
	}
	return domain
}

// withoutSecrets is the view for what is stored and shown in the clear.
func (v *view) withoutSecrets() *view {
	w := *v
	w.Ref, w.Link, w.Code = "", "", ""
	return &w
}

// forOthers is what others than the recipient may read: no secrets, and whoever answered has their name.
func (v *view) forOthers() *view {
	w := v.withoutSecrets()
	w.Lines = slices.Clone(w.Lines)
	for i := range w.Lines {
		w.Lines[i].ByYou = false
	}
	return w
}

func (c *Composer) zone() *time.Location {
	if c.cfg.RoundZone == nil {
		return time.UTC
	}
	return c.cfg.RoundZone
}
