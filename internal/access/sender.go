package access

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// RequireChallenge holds mail that is not proven until its author sends back a code (design section 5).
const RequireChallenge Require = "challenge"

// SenderState is where a mail stands that waits for the proof of its author.
type SenderState string

// The states of a SenderChallenge.
const (
	SenderWaiting SenderState = "waiting" // behind an open one: no code was mailed for it yet
	SenderOpen    SenderState = "open"    // a code was mailed
	SenderPassed  SenderState = "passed"  // it came back; the mail is worked on as a proven one
	SenderFailed  SenderState = "failed"  // too many wrong codes
	SenderExpired SenderState = "expired"
)

// SenderChallenge is one mail whose author is not proven, and the code that was mailed to the address on file for it. The
// code is good for this mail alone, once.
type SenderChallenge struct {
	ID        int64
	ClientID  int64
	ContactID int64
	InboundID int64
	Address   mailaddr.Address // on file
	State     SenderState
	Token     token.Digest // of the reference in our mail; empty while waiting
	Salt      string
	Code      token.Digest
	Tries     int
	ExpiresAt time.Time
	CreatedAt time.Time
	EndedAt   time.Time
}

// Waits reports whether the mail is still held.
func (c *SenderChallenge) Waits() bool { return c.State == SenderWaiting || c.State == SenderOpen }

const (
	senderTries  = 10 // wrong codes for one mail
	senderPerDay = 5  // mails of one address that are held in a day
	day          = 24 * time.Hour
)

// proofEnough reports whether the author may be believed without more, for anything but a decision.
func (d *decider) proofEnough() bool { return d.in.Proof.Verdict == senderauth.Pass }

// asksSomething reports whether anything could follow from the mail if its author were proven.
func (d *decider) asksSomething() bool {
	r := d.in.Reading
	return d.s.Token != nil || len(r.Requests) > 0 || len(r.Changes) > 0 || r.HandOver != nil || len(r.Commands) > 0 || len(r.Decisions) > 0
}

// unproven handles a mail by a known author who is not proven: it is quarantined, or held for a code where the client
// wants that.
func (d *decider) unproven(why string) {
	author := d.author()
	if d.s.Client == nil || d.s.Client.Require != RequireChallenge || author == nil || author.State != ContactActive {
		d.end(Quarantined, why)
		return
	}
	if !d.asksSomething() {
		d.end(Left, "no open question is answered")
		return
	}
	var today, waiting int
	for _, c := range d.s.SenderChallenges {
		if c.ContactID != author.ID {
			continue
		}
		if d.env.Now.Sub(c.CreatedAt) < day {
			today++
			if c.State == SenderFailed {
				d.end(Quarantined, why+" Too many wrong codes came for this address today.")
				return
			}
		}
		if c.State == SenderOpen && d.env.Now.Sub(c.CreatedAt) < day {
			waiting++
		}
	}
	if today >= senderPerDay {
		// It may be the contact's own, crowded out by forged ones: people have to look, since no code can tell.
		d.end(Quarantined, why+" Too many mails of this address are held today.")
		d.out.Todos = append(d.out.Todos, Todo{TodoStorm, author.Address.String()})
		return
	}
	c := &SenderChallenge{ClientID: d.s.Client.ID, ContactID: author.ID, InboundID: d.in.InboundID, Address: author.Address,
		State: SenderWaiting, ExpiresAt: d.env.Now.Add(d.env.Settings.RequestExpiry), CreatedAt: d.env.Now}
	d.out.SenderChallenges = append(d.out.SenderChallenges, c)
	d.out.Timers = append(d.out.Timers, &Timer{Kind: TimerSenderExpiry, Challenge: c, DueAt: c.ExpiresAt})
	d.out.Disposition, d.out.Reason, d.out.Ticket = Applied, "awaiting_sender: "+why+" It waits behind another one for a code.", nil
	if waiting == 0 {
		d.sendChallenge(c, author)
		d.out.Reason = "awaiting_sender: " + why + " A code was mailed to the address on file."
	}
	d.event("sender_challenged", nil, map[string]any{"contact": author.ID, "state": c.State})
}

// sendChallenge mails a first code to the address on file.
func (d *decider) sendChallenge(c *SenderChallenge, to *Contact) {
	d.mailCode(c, to, "")
	d.remindSenderAgain(c, d.env.Now, 0)
}

// remindSenderAgain sets the timer of the next reminder, which is one from the given number on, if there is one before the
// challenge expires (R11).
func (d *decider) remindSenderAgain(c *SenderChallenge, sent time.Time, from int) {
	for i, wait := range d.env.Settings.Reminders {
		if due := sent.Add(wait); i >= from && due.After(d.env.Now) && due.Before(c.ExpiresAt) {
			d.out.Timers = append(d.out.Timers, &Timer{Kind: TimerSenderReminder, Challenge: c, Round: i, DueAt: due})
			return
		}
	}
}

// remindSender mails a fresh code for a mail that still waits. After an outage the reminders that were missed become one.
func (d *decider) remindSender(t *Timer) {
	for _, c := range d.s.SenderChallenges {
		to := d.contactByID(c.ContactID)
		if c.ID != t.ChallengeID || c.State != SenderOpen || !d.env.Now.Before(c.ExpiresAt) || to == nil || to.State != ContactActive {
			continue
		}
		d.out.SenderChallenges = append(d.out.SenderChallenges, c)
		d.mailCode(c, to, "again")
		d.event("sender_reminded", nil, map[string]any{"contact": c.ContactID})
		if t.Round < len(d.env.Settings.Reminders) {
			d.remindSenderAgain(c, t.DueAt.Add(-d.env.Settings.Reminders[t.Round]), t.Round+1)
		}
	}
}

// mailCode mails a code to the address on file; one that was mailed before is good no longer. Nothing of the mail that it is
// for is in it.
func (d *decider) mailCode(c *SenderChallenge, to *Contact, reason string) {
	tok := d.mint()
	code, err := token.MintCode(d.env.Rand)
	salt := make([]byte, 16)
	if err == nil {
		_, err = io.ReadFull(d.env.Rand, salt)
	}
	if err != nil {
		if d.err == nil {
			d.err = fmt.Errorf("minting a code: %w", err)
		}
		return
	}
	c.State, c.Token, c.Salt = SenderOpen, tok.Digest(), hex.EncodeToString(salt)
	c.Code = code.Digest(c.Salt)
	d.out.Mails = append(d.out.Mails, &Mail{Kind: MailChallenge, To: to.Address, ToName: to.Name, Language: to.Language,
		Ref: &token.Ref{Kind: token.Sender, Token: tok}, NotAfter: c.ExpiresAt,
		Data: MailData{Client: d.s.Client.Name, Code: code, Until: c.ExpiresAt, Since: c.CreatedAt, Reason: reason}})
}

// challenged finds the open challenge that a mail answers: it carries the challenge's reference and comes, by its author,
// from the address that was written to.
func (d *decider) challenged() (*SenderChallenge, token.Code, bool) {
	code, ok := typedCode(d.in.Reading.OwnWords)
	if !ok || d.in.Proof.Verdict == senderauth.Fail {
		return nil, code, false
	}
	for _, c := range d.s.SenderChallenges {
		if c.State != SenderOpen || c.Address.Key() != d.in.Author.Key() || !d.env.Now.Before(c.ExpiresAt) {
			continue
		}
		if slices.ContainsFunc(d.in.Refs, func(r token.Ref) bool { return r.Kind == token.Sender && c.Token.Matches(r.Token) }) {
			return c, code, true
		}
	}
	return nil, code, false
}

// typedCode reads the code from the first line of the own words. The line may have words around it, but no other digits.
func typedCode(own string) (token.Code, bool) {
	line, _, _ := strings.Cut(strings.TrimSpace(own), "\n")
	return token.ParseCode(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || '0' <= r && r <= '9' {
			return r
		}
		return ' '
	}, line))
}

// answerChallenge: the right code lets one mail go on as if its author had been proven. The next one that waits behind it
// gets a code of its own, so that nobody vouches for a mail that they do not know of.
func (d *decider) answerChallenge(c *SenderChallenge, code token.Code) {
	d.out.Ticket = nil
	d.out.SenderChallenges = append(d.out.SenderChallenges, c)
	if !c.Code.MatchesCode(code, c.Salt) {
		c.Tries++
		d.out.Disposition, d.out.Reason = Answered, "a wrong code for a mail that waits for its author"
		d.event("sender_wrong_code", nil, map[string]any{"contact": c.ContactID, "tries": c.Tries})
		if c.Tries >= senderTries {
			d.failSender(c)
		}
		return
	}
	c.State, c.EndedAt = SenderPassed, d.env.Now
	d.out.Disposition, d.out.Reason = Applied, "the author confirmed a mail"
	d.event("sender_confirmed", nil, map[string]any{"contact": c.ContactID, "confirmed": c.InboundID})
	for _, next := range d.s.SenderChallenges {
		if to := d.contactByID(next.ContactID); next.State == SenderWaiting && next.ContactID == c.ContactID && to != nil &&
			to.State == ContactActive && d.env.Now.Before(next.ExpiresAt) {
			d.sendChallenge(next, to)
			d.out.SenderChallenges = append(d.out.SenderChallenges, next)
			return
		}
	}
}

// failSender ends a challenge, and all that wait behind it, after too many wrong codes. The mails go to quarantine.
func (d *decider) failSender(c *SenderChallenge) {
	for _, o := range d.s.SenderChallenges {
		if o != c && (o.ContactID != c.ContactID || !o.Waits()) {
			continue
		}
		o.State, o.EndedAt = SenderFailed, d.env.Now
		if o != c {
			d.out.SenderChallenges = append(d.out.SenderChallenges, o)
		}
	}
	d.event("sender_failed", nil, map[string]any{"contact": c.ContactID})
	d.out.Alarms = append(d.out.Alarms, "too many wrong codes for a mail that waits for its author: look at the quarantine")
}

// expireSender ends a challenge that nobody answered; its mail goes to quarantine.
func (d *decider) expireSender(t *Timer) {
	for _, c := range d.s.SenderChallenges {
		if c.ID == t.ChallengeID && c.Waits() && !d.env.Now.Before(c.ExpiresAt) {
			c.State, c.EndedAt = SenderExpired, d.env.Now
			d.out.SenderChallenges = append(d.out.SenderChallenges, c)
			d.event("sender_expired", nil, map[string]any{"contact": c.ContactID})
		}
	}
}
