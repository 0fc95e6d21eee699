package access

import (
	"fmt"
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// OtherMail is what becomes of a mail that asks for no access.
type OtherMail string

// The ways with other mail. Whichever it is, the mail is counted and read once.
const (
	OtherUntouched OtherMail = "untouched" // it stays where it is, without a flag
	OtherMove      OtherMail = "move"      // to a mailbox of its own
	OtherTicket    OtherMail = "ticket"    // it is filed, and the mailbox's team is asked to look at it
)

// Standing is what staff see of the author of a mail that is left to them: who they are at which client, what the mail
// seems to be about, and whether their level may ask that. It informs and refuses nothing.
type Standing struct {
	Client *Client  // nil where the author is not proven, is no contact, or is one of several clients
	Level  []string // ids of the contact's roles, highest first
	Topic  string   // as policy.Topics names them; "" for none
	May    *bool    // nil where client or topic is not known
}

// standing says who wrote a mail. Only a proven author has a level.
func (d *decider) standing() *Standing {
	s := &Standing{}
	if t := d.in.Reading.Topic; t != nil {
		s.Topic = *t
	}
	c := d.author()
	if c == nil || d.model == nil || d.in.Proof.Verdict != senderauth.Pass {
		return s
	}
	s.Client, s.Level = d.s.Client, d.levels(c)
	if may, known := policy.MayAskAbout(s.Topic, c.Capabilities(d.model)); known && c.State == ContactActive {
		s.May = &may
	}
	return s
}

// levels are the contact's roles, highest first.
func (d *decider) levels(c *Contact) []string {
	var ids []string
	for _, r := range d.model.Roles {
		if slices.Contains(c.Roles, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// other leaves a mail that is no access request to people, where the mailbox says they look for it. A plain ticket is
// filed only for a contact who is proven: anything else would let strangers write to staff through us.
func (d *decider) other(reason string) {
	s := d.standing()
	if d.in.Other == OtherTicket && d.in.Reading.Class == interpret.ClassOther && s.Client != nil {
		if d.s.DuplicateOf != 0 {
			d.end(Duplicate, fmt.Sprintf("same author, Message-ID, date and text as inbound message %d", d.s.DuplicateOf))
			return
		}
		d.out.Standing = s
		d.fileTicket(d.author(), "filed as a ticket: "+reason)
		return
	}
	d.end(Left, reason)
	d.out.Standing, d.out.Move = s, d.in.Other == OtherMove
}

// fileTicket files a ticket without a request and asks the mailbox's team to look at it (R21).
func (d *decider) fileTicket(c *Contact, reason string) {
	t := &Ticket{ClientID: d.s.Client.ID, RequesterID: c.ID, Team: d.in.Team, Subject: d.in.Subject, MessageID: d.in.MessageID,
		CreatedAt: d.env.Now}
	d.out.Ticket, d.out.Disposition, d.out.Reason = t, Applied, reason
	s := d.out.Standing
	proven := d.in.Proof.Verdict == senderauth.Pass && d.in.Author.Key() == c.Address.Key()
	held := c.Capabilities(d.model)
	d.event("ticket_filed", nil, map[string]any{"contact": c.ID, "proven": proven, "level": s.Level, "topic": s.Topic, "may": s.May,
		"capabilities": held})
	team := d.filled(d.in.Team)
	asked := 0
	for _, m := range d.s.Staff {
		if !m.In(team) {
			continue
		}
		asked++
		data := MailData{Client: d.s.Client.Name, Requester: c.Name, Other: &Other{Address: c.Address.String(), Proven: proven,
			Levels: d.titles(s.Level), Topic: s.Topic, May: s.May, Capabilities: held, Subject: d.in.Subject, Words: d.in.Reading.OwnWords}}
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailTeam, To: m.Address, ToName: m.Name, Language: m.Language, Ticket: t, Data: data})
	}
	if asked == 0 {
		d.out.Alarms = append(d.out.Alarms, fmt.Sprintf("a ticket was filed and nobody is in team %s: add a staff member", team))
	}
}

// filled is the team, or support where nobody is in it (R21).
func (d *decider) filled(t Team) Team {
	if slices.ContainsFunc(d.s.Staff, func(m *Staff) bool { return m.In(t) }) {
		return t
	}
	return TeamSupport
}

// Other is a mail that is no access request, as a mail to the team shows it.
type Other struct {
	Address      string // of the contact
	Proven       bool   // the contact wrote it
	Levels       []string
	Topic        string
	May          *bool
	Capabilities []string
	Subject      string
	Words        string // the author's own
}
