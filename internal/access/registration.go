package access

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/token"
)

// What the pages may have to say.
var (
	ErrNoInvitation      = errors.New("access: no such invitation")
	ErrInvitationUsed    = errors.New("access: the invitation has been used")
	ErrInvitationExpired = errors.New("access: the invitation has expired")
	ErrTooManyCodes      = errors.New("access: too many codes were asked for")
	ErrNoCode            = errors.New("access: no code is waiting in this browser session")
	ErrNotAccepted       = errors.New("access: the badge policy is not accepted")
	ErrWrongCode         = errors.New("access: the code is wrong")
	ErrNoApproval        = errors.New("access: no such token of an approver")
	ErrNothingToStop     = errors.New("access: there is nothing left to stop")
)

// InvitationView is what the registration page shows of an invitation.
type InvitationView struct {
	Client    string
	Name      string
	Address   string
	Language  string // of the invited contact; "" where it is not known
	Requester string
	Roles     []string // titles
	ExpiresAt time.Time
	State     InvitationState
	Policy    *BadgePolicy // to be accepted with the registration; nil for none
}

// BadgePolicy is what badge holders accept when they register (CL-15).
type BadgePolicy struct{ URL, Version string }

// Acceptance is a badge holder's word on a version of the policy.
type Acceptance struct {
	ContactID int64
	Policy    BadgePolicy
	At        time.Time
}

// policyOf is the policy that the contact has to accept: that of badges, for whoever is to have one.
func (d *decider) policyOf(c *Contact) *BadgePolicy {
	if c != nil && (c.Badge == BadgeOrdered || c.Badge == BadgeActive) {
		return d.env.BadgePolicy
	}
	return nil
}

// CheckInvitation reports why an invitation cannot be redeemed now, nil if it can.
func CheckInvitation(i *Invitation, now time.Time) error {
	switch {
	case i == nil || i.State == InvitationRevoked || i.State == InvitationBounced:
		return ErrNoInvitation
	case i.State == InvitationAccepted:
		return ErrInvitationUsed
	case i.State == InvitationExpired || !now.Before(i.ExpiresAt):
		return ErrInvitationExpired
	}
	return nil
}

// ViewInvitation is what the page shows; it changes nothing.
func ViewInvitation(s *Situation, env *Env) InvitationView {
	d := newDecider(s, nil, env)
	v := InvitationView{Client: s.Client.Name, Address: s.Invitation.Address.Display(), ExpiresAt: s.Invitation.ExpiresAt,
		State: s.Invitation.State}
	if c := d.contactByID(s.Invitation.ContactID); c != nil {
		v.Name, v.Language, v.Roles, v.Policy = c.Name, c.Language, d.titles(c.Roles), d.policyOf(c)
	}
	if r := d.requestByID(s.Invitation.RequestID); r != nil {
		if q := d.requester(r); q != nil {
			v.Requester = q.Name
		}
	}
	return v
}

// codesPerLink bounds the codes of one link for good: with five tries each, whoever holds the link and not the mailbox
// guesses right once in ten thousand.
const codesPerLink = 20

// newCode makes a code for a page, bound to the browser session.
func (d *decider) newCode(session token.Digest) (*Challenge, token.Code, error) {
	recent := 0
	for _, c := range d.s.Challenges {
		if d.env.Now.Sub(c.CreatedAt) < time.Hour {
			recent++
		}
	}
	if recent >= d.env.Settings.CodesPerHour || len(d.s.Challenges) >= codesPerLink {
		return nil, token.Code{}, ErrTooManyCodes
	}
	code, err := token.MintCode(d.env.Rand)
	if err != nil {
		return nil, code, fmt.Errorf("minting a code: %w", err)
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(d.env.Rand, salt); err != nil {
		return nil, code, fmt.Errorf("minting a salt: %w", err)
	}
	c := &Challenge{Session: session, Salt: hex.EncodeToString(salt), CreatedAt: d.env.Now, ExpiresAt: d.env.Now.Add(d.env.Settings.CodeExpiry)}
	c.Code = code.Digest(c.Salt)
	d.out.Challenges = append(d.out.Challenges, c)
	return c, code, nil
}

// tryCode counts a try of a code that was typed in the browser session. With ErrWrongCode the try is to be stored.
func (d *decider) tryCode(session token.Digest, code token.Code) (*Challenge, error) {
	at := slices.IndexFunc(d.s.Challenges, func(c *Challenge) bool {
		return c.Session == session && c.UsedAt.IsZero() && d.env.Now.Before(c.ExpiresAt) && c.Tries < d.env.Settings.CodeTries
	})
	if at < 0 {
		return nil, ErrNoCode
	}
	c := d.s.Challenges[at]
	d.out.Challenges = append(d.out.Challenges, c)
	c.Tries++
	if !c.Code.MatchesCode(code, c.Salt) {
		return c, ErrWrongCode
	}
	return c, nil
}

// renewEvery is how often at most an expired page sends a new link.
const renewEvery = time.Hour

// DecideCode mails a six-digit code to the invited address and binds it to the browser session. Pressing the button
// registers nobody, so link scanners and forwarded mails change nothing.
func DecideCode(s *Situation, session token.Digest, env *Env) (*Outcome, error) {
	if err := CheckInvitation(s.Invitation, env.Now); err != nil {
		return nil, err
	}
	d := newDecider(s, nil, env)
	if c := d.contactByID(s.Invitation.ContactID); d.model == nil || c == nil || !d.invitable(c) {
		return nil, ErrNoInvitation // suspended meanwhile: no code would be of use
	}
	c, code, err := d.newCode(session)
	if err != nil {
		return nil, err
	}
	i := s.Invitation
	c.InvitationID = i.ID
	m := &Mail{Kind: MailCode, To: i.Address, NotAfter: c.ExpiresAt, Ticket: s.Ticket,
		Data: MailData{Client: s.Client.Name, Code: code, Until: c.ExpiresAt}}
	if q := d.contactByID(i.ContactID); q != nil {
		m.ToName, m.Language = q.Name, q.Language
	}
	d.out.Mails = append(d.out.Mails, m)
	d.event("code_sent", d.requestByID(i.RequestID), nil)
	return d.out, nil
}

// DecideRegistration checks the typed code. A right one makes the contact active, ends the invitation and tells the
// requester. With ErrWrongCode the Outcome is to be stored too: it counts the try.
func DecideRegistration(s *Situation, session token.Digest, code token.Code, accepted string, env *Env) (*Outcome, error) {
	if err := CheckInvitation(s.Invitation, env.Now); err != nil {
		return nil, err
	}
	d := newDecider(s, nil, env)
	// Before the code is looked at: a forgotten tick costs no try.
	if p := d.policyOf(d.contactByID(s.Invitation.ContactID)); p != nil && p.Version != accepted {
		return nil, ErrNotAccepted
	}
	c, err := d.tryCode(session, code)
	if errors.Is(err, ErrWrongCode) {
		d.event("wrong_code", d.requestByID(s.Invitation.RequestID), map[string]any{"tries": c.Tries})
		return d.out, err
	}
	if err != nil {
		return nil, err
	}
	i := s.Invitation
	contact, r := d.contactByID(i.ContactID), d.requestByID(i.RequestID)
	if contact == nil || !d.invitable(contact) || r == nil || r.State != Invited {
		return nil, ErrNoInvitation
	}
	c.UsedAt = env.Now
	i.State, i.AcceptedAt = InvitationAccepted, env.Now
	d.touchInvitation(i)
	if p := d.policyOf(contact); p != nil {
		d.out.Acceptances = append(d.out.Acceptances, &Acceptance{ContactID: contact.ID, Policy: *p, At: env.Now})
		d.event("policy_accepted", r, map[string]any{"contact": contact.ID, "policy": p.URL, "version": p.Version})
	}
	contact.State, contact.Portal = ContactActive, true
	d.touchContact(contact)
	d.event("registered", r, map[string]any{"contact": contact.ID})
	d.finish(r, contact)
	d.touch(r)
	d.done()
	return d.out, d.err
}

// DecideNewLink renews an invitation that has expired. The new link goes to the invited address only (CL-21, R30).
func DecideNewLink(s *Situation, env *Env) (*Outcome, error) {
	d := newDecider(s, nil, env)
	i := s.Invitation
	if err := CheckInvitation(i, env.Now); !errors.Is(err, ErrInvitationExpired) {
		return nil, ErrNoInvitation
	}
	c := d.contactByID(i.ContactID)
	if c != nil && slices.ContainsFunc(s.Invitations, func(o *Invitation) bool {
		return o.State.Live() && o.ContactID == c.ID && env.Now.Before(o.ExpiresAt) && env.Now.Sub(o.CreatedAt) < renewEvery
	}) {
		return d.out, nil // a new link is on its way; the old page must not be a way to flood a mailbox
	}
	if c == nil || d.model == nil || !d.invitable(c) || !d.renew(c) {
		return nil, ErrNoInvitation
	}
	return d.out, d.err
}
