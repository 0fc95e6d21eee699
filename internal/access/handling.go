package access

import (
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/senderauth"
)

// Handle is what staff do with a mail in quarantine.
type Handle string

// The ways to handle a mail in quarantine.
const (
	HandleRelease Handle = "release" // process it as if its author had been proven
	HandleReplay  Handle = "replay"  // process it again as it is, after a fix
	HandleTicket  Handle = "ticket"  // file a ticket for people to look at
	HandleDismiss Handle = "dismiss" // nothing is to be done
)

// Handling is what a member of staff ordered for a mail in quarantine, and why.
type Handling struct {
	Handle  Handle           // "" for none
	By      mailaddr.Address // of the member of staff
	Reason  string
	Contact int64 // of a ticket: whose it is; 0 for the author's
}

// ErrMayNot says that a member of staff may not handle a mail so.
var ErrMayNot = errors.New("only an administrator or a member of the security team may do this")

// MayHandle says who may do what: to release or to process again is to vouch for a mail, which is for administrators and the
// security team; every member of staff may dismiss a mail or make it a ticket.
func (s Staff) MayHandle(h Handle) error {
	if (h == HandleRelease || h == HandleReplay) && !s.Admin && !s.In(TeamSecurity) {
		return fmt.Errorf("%s: %w", s.Name, ErrMayNot)
	}
	return nil
}

func (in *Incoming) released() bool { return in.Handling.Handle == HandleRelease }

// vouch treats a released mail as if its author had been proven. Whoever released it has vouched for what it asks, and so
// cannot answer a stage of it as well.
func (d *decider) vouch() {
	d.in.Proof = senderauth.Evidence{Verdict: senderauth.Pass, Reason: "released by staff"}
	d.s.Vouched = append(d.s.Vouched, d.in.Handling.By)
}

// releasedAnswer keeps a released mail from deciding anything. A decision needs its author's proof, and nobody can
// prove it for them.
func (d *decider) releasedAnswer() bool {
	if !d.in.released() || d.s.Token == nil {
		return false
	}
	d.end(Quarantined, "a released mail decides nothing: ask its author to answer again, from the address on file")
	return true
}

// ordered files the ticket that staff ordered for a mail in quarantine.
func (d *decider) ordered() {
	c := d.author()
	if d.in.Handling.Contact != 0 {
		c = d.contactByID(d.in.Handling.Contact)
	}
	if c == nil || d.model == nil {
		d.end(Quarantined, "the author is no contact: say with --contact whose ticket it shall be")
		return
	}
	d.out.Standing = d.standing()
	d.out.Standing.Client, d.out.Standing.Level = d.s.Client, d.levels(c)
	d.fileTicket(c, "made a ticket by staff")
}

// vouchedBy reports whether the person with the address released a mail of the ticket.
func (d *decider) vouchedBy(a mailaddr.Address) bool {
	for _, v := range d.s.Vouched {
		if v.Key() == a.Key() {
			return true
		}
	}
	return false
}
