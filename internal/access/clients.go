package access

import (
	"slices"
	"strings"
)

// byStaff reports whether one of the provider's own people writes, who represents no client of the mail, and answers no
// question of ours.
func (d *decider) byStaff() bool {
	return d.s.AuthorStaff != nil && d.author() == nil && (len(d.s.AuthorContacts) == 0 || d.s.Client != nil)
}

// namesAnother reports whether the mail says that it is for another client than the one it was found to belong to.
func (d *decider) namesAnother() bool {
	return d.in.Reading.ForClient != "" && !strings.EqualFold(d.s.Client.Name, d.in.Reading.ForClient)
}

// staffMail files what staff ask on a client's behalf, "for client NAME: …" (R14). Everything else that staff write is none
// of our business.
func (d *decider) staffMail() {
	asks := len(d.in.Reading.Requests) > 0 || len(d.in.Reading.Changes) > 0
	if d.s.Client == nil || d.in.Reading.ForClient == "" || d.namesAnother() || !asks {
		d.end(Left, "from staff, and no answer to an approval mail")
		return
	}
	d.request()
}

// whichClient asks somebody who represents several clients for which one they write. It is never guessed.
func (d *decider) whichClient() {
	at := slices.IndexFunc(d.s.AuthorContacts, func(c *Contact) bool { return c.State == ContactActive })
	if at < 0 {
		d.end(Quarantined, "the author is on several clients' lists, and active for none")
		return
	}
	d.out.Client, d.out.Ticket = nil, nil
	d.out.Disposition, d.out.Reason = Answered, "the author represents several clients, and was asked for which one"
	c := d.s.AuthorContacts[at]
	names := slices.Clone(d.s.AuthorClients)
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	d.out.Mails = append(d.out.Mails, &Mail{Kind: MailClients, To: c.Address, ToName: c.Name, Language: c.Language,
		InReplyTo: d.in.MessageID, Data: MailData{Asked: names}})
}
