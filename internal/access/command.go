package access

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

const youSuspended = "Your own access is suspended, so please ask your provider's support team first."

// asksCommand reports whether the mail has the command.
func (d *decider) asksCommand(name string) bool {
	return slices.ContainsFunc(d.in.Reading.Commands, func(c interpret.Command) bool { return c.Name == name })
}

// commanded reports whether a mail that is no access request has a command by somebody on file, who is proven or can be
// asked for a code. From anybody else it is none of our business.
func (d *decider) commanded() bool {
	known := len(d.s.AuthorContacts) > 0 || d.s.AuthorStaff != nil || d.authorInvited()
	believed := d.in.Proof.Verdict == senderauth.Pass ||
		d.in.Proof.Verdict == senderauth.Weak && d.s.Client != nil && d.s.Client.Require == RequireChallenge
	return len(d.in.Reading.Commands) > 0 && known && believed
}

// fromNewAddress reports whether the mail answers, from the address that somebody shall have, the question that went there
// (R27).
func (d *decider) fromNewAddress() bool {
	t := d.s.Token
	return t != nil && t.Stage == StageNewAddress && t.Address.Key() == d.in.Author.Key()
}

// command carries out what a contact asks beyond the actions. It reports false where the mail asks no such thing, or where
// it asks for something that is filed as a request.
func (d *decider) command() bool {
	author := d.author()
	switch {
	case author.State == ContactSuspended && (d.asksCommand("cancel") || d.asksCommand("status")):
		d.out.Disposition, d.out.Reason = Answered, "the author is suspended"
		d.answer(author, nil, []Line{{Number: 1, Name: author.Name, Status: StatusRefused, Rule: "R15", Text: youSuspended}})
	case d.asksCommand("cancel"):
		d.cancelAsked(author)
	case d.asksCommand("status"):
		d.tellStatus(author)
		return len(d.in.Reading.Requests) == 0 // what else the mail asks is filed
	case d.asksCommand("sign_in_help") && len(d.in.Reading.Requests) == 0:
		return d.signInHelp(author)
	case d.asksCommand("change_details") && len(d.wishes(author)) == 0 && d.s.Ticket == nil:
		// They want a change, and do not say to what.
		d.out.Disposition, d.out.Reason = Answered, "a change without its new value"
		d.answer(author, nil, []Line{{Number: 1, Action: policy.ActionChangeDetails, Name: author.Name, Status: StatusUnsaid}})
	default:
		return false
	}
	return true
}

// mayCancel: everyone cancels their own requests, an authority any of the client's (R12).
func (d *decider) mayCancel(c *Contact, r *Request) bool {
	return c.State == ContactActive && (r.RequesterID == c.ID || d.authority(c))
}

// cancellable reports whether there is something left to stop: an open request that has given nothing away yet, or
// nothing but a link that nobody has used.
func (d *decider) cancellable(r *Request) bool {
	if c := d.subject(r); r.State == Invited {
		return r.Action == policy.ActionAddUser && c != nil && c.State == ContactInvited
	}
	return r.State == NeedsDetails || r.State == AwaitingApproval || r.State == Approved
}

// withdraw takes an invitation back: the link dies, and whoever was invited is on the client's list no more.
func (d *decider) withdraw(r *Request) {
	c := d.subject(r)
	if c.Badge == BadgeOrdered {
		d.revokeBadge(r, c)
	}
	d.revokeInvitations(c, r)
	c.State, c.Roles = ContactRemoved, nil
	d.touchContact(c)
}

// concerned are the requests that a command is about: those of the ticket that the mail belongs to, else the author's own.
func (d *decider) concerned(author *Contact, fits func(*Request) bool) []*Request {
	var found []*Request
	if d.s.Ticket != nil {
		for _, r := range d.s.Requests {
			if fits(r) && d.mayCancel(author, r) {
				found = append(found, r)
			}
		}
		return found
	}
	d.need(d.s.Sought == nil)
	for _, r := range d.s.Open {
		if fits(r) && r.RequesterID == author.ID {
			found = append(found, r)
		}
	}
	return found
}

// meant are those of the requests that the mail names, where it names any: by what it reads like, or by a name or an address
// among its words.
func (d *decider) meant(all []*Request) []*Request {
	named := func(fits func(*Request) bool) []*Request {
		return slices.DeleteFunc(slices.Clone(all), func(r *Request) bool { return !fits(r) })
	}
	asked := slices.DeleteFunc(slices.Clone(d.in.Reading.Requests), func(q interpret.Request) bool { return q.Name == nil && q.Email == nil })
	if len(asked) > 0 {
		return named(func(r *Request) bool {
			return slices.ContainsFunc(asked, func(q interpret.Request) bool { return identifies(q, r) })
		})
	}
	words := foldName(d.in.Reading.OwnWords)
	if found := named(func(r *Request) bool {
		return hasWords(words, foldName(r.Name)) || hasWords(words, strings.ToLower(r.Email.String()))
	}); len(found) > 0 {
		return found
	}
	return all
}

// hasWords reports whether the text has some words, and not merely as a part of longer ones.
func hasWords(text, words string) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for rest := text; words != ""; {
		before, after, found := strings.Cut(rest, words)
		if !found {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if !letter(last) && !letter(next) {
			return true
		}
		rest = after
	}
	return false
}

// cancelAsked ends the requests that the author means. Where it is not clear which ones, it asks.
func (d *decider) cancelAsked(author *Contact) {
	found := d.meant(d.concerned(author, func(r *Request) bool { return d.cancellable(r) || d.visitAhead(r) }))
	tickets := map[int64]bool{}
	for _, r := range found {
		tickets[r.TicketID] = true
	}
	d.out.Disposition, d.out.Reason = Answered, "cancel: nothing, or not clear what"
	if len(found) == 0 || len(tickets) > 1 {
		d.mail(MailStatus, author, MailData{Reason: "cancel", Lines: d.statusLines(found)})
		return
	}
	d.out.Disposition, d.out.Reason = Applied, "cancelled"
	var lines []Line
	for _, r := range found {
		if d.visitAhead(r) {
			d.callOff(r)
		} else {
			d.closeOff(r, author)
		}
		l := d.line(r, StatusCancelled)
		l.By = author.Name
		lines = append(lines, l)
	}
	d.closeApprovals(nil, found)
	d.answer(author, d.ticketOf(found[0]), lines)
}

// closeOff cancels one request by somebody's word. Its requester hears of it, unless it was they.
func (d *decider) closeOff(r *Request, by *Contact) {
	if r.State == Invited {
		d.withdraw(r)
	}
	r.State, r.Stage = Cancelled, ""
	d.touch(r)
	d.out.Ended = append(d.out.Ended, r)
	d.event("cancelled", r, map[string]any{"by": by.Name, "contact": by.ID})
	if r.RequesterID != by.ID {
		l := d.line(r, StatusCancelled)
		l.By = by.Name
		d.outcome(r, l)
	}
}

// tellStatus lists where the author's requests stand, or those of the ticket that they ask about.
func (d *decider) tellStatus(author *Contact) {
	found := d.concerned(author, func(r *Request) bool { return d.s.Ticket != nil || r.State.Open() })
	d.out.Disposition, d.out.Reason = Answered, "status told"
	d.mail(MailStatus, author, MailData{Lines: d.statusLines(found)})
}

func (d *decider) statusLines(all []*Request) []Line {
	var lines []Line
	for _, r := range all {
		l := d.line(r, d.status(r))
		if t := d.ticketOf(r); t != nil {
			l.Ticket = t.Number
		}
		lines = append(lines, l)
	}
	return lines
}

// signInHelp sends the link to sign in to somebody who is registered, and a new invitation to somebody who is not (R18,
// CL-21). Without a portal of the provider's it is a matter for people.
func (d *decider) signInHelp(c *Contact) bool {
	switch {
	case c.State != ContactActive:
		return false
	case d.invitable(c):
		if !d.renew(c) {
			return false
		}
		d.out.Disposition, d.out.Reason = Applied, "invitation renewed"
	case c.Portal && d.env.Settings.Portal:
		d.out.Disposition, d.out.Reason = Answered, "sign-in link sent"
		d.event("sign_in_help", nil, map[string]any{"contact": c.ID})
		d.mail(MailSignIn, c, MailData{})
	default:
		return false
	}
	return true
}
