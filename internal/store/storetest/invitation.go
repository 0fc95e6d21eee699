package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
)

var invitationTests = map[string]func(*testing.T, *fixture){
	"one live invitation": testOneLive,
	"invitation renewed":  testRenewed,
	"invitation sent":     testInvitationSent,
	"invitation unknown":  testInvitationUnknown,
	"invitation view":     testInvitationView,
	"invitation lapses":   testInvitationLapses,
}

// invited stores a full outcome, which holds a queued invitation to Nina.
func (f *fixture) invited(t *testing.T) *access.Outcome {
	t.Helper()
	f.enrol(t)
	o := f.fullOutcome()
	f.finish(t, f.arrive(t, "invites")[0], o)
	return o
}

// another is a new invitation to the same address.
func another(i *access.Invitation) *access.Invitation {
	n := *i
	n.ID, n.State, n.Token = 0, access.InvitationQueued, mint().Digest()
	return &n
}

func (f *fixture) invitationStates(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, r := range f.db.Query(t, `SELECT state FROM invitations ORDER BY id`) {
		all = append(all, r[0])
	}
	return all
}

func testOneLive(t *testing.T, f *fixture) {
	o := f.invited(t)
	in := f.arrive(t, "invites again")[0]
	before := f.dump(t)
	if _, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{},
		outcome(&access.Outcome{Disposition: access.Applied, Invitations: []*access.Invitation{another(o.Invitations[0])}}), f.post.render); err == nil {
		t.Error("two live invitations to one address were stored")
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("the refused invitation left something:\n%s", diff)
	}
}

// R30: a new link is a new token, and the old one dies at that moment, in whatever order they stand in the outcome.
func testRenewed(t *testing.T, f *fixture) {
	o := f.invited(t)
	old := *o.Invitations[0]
	old.State = access.InvitationRevoked
	fresh := another(&old)
	f.finish(t, f.arrive(t, "renews")[0], &access.Outcome{Disposition: access.Applied, Invitations: []*access.Invitation{fresh, &old}})
	if got := f.invitationStates(t); !slices.Equal(got, []string{"revoked", "queued"}) {
		t.Errorf("the invitations are %v", got)
	}
	f.claimOut(t) // the old link is not sent
}

func testInvitationSent(t *testing.T, f *fixture) {
	o := f.invited(t)
	out := f.claimOut(t, "Nina New")[0]
	f.finishOut(t, out, access.Sent{Retry: f.clock.Now()})
	if got := f.invitationStates(t); !slices.Equal(got, []string{"queued"}) {
		t.Errorf("after a try in vain the invitations are %v", got)
	}
	f.finishOut(t, f.claimOut(t, "Nina New")[0], accepted)
	if got := f.invitationStates(t); !slices.Equal(got, []string{"sent"}) {
		t.Errorf("after sending the invitations are %v", got)
	}
	// Revoked while its mail is on the way, it stays so.
	old := *o.Invitations[0]
	old.State = access.InvitationRevoked
	fresh := another(&old)
	f.finish(t, f.arrive(t, "renews")[0], &access.Outcome{Disposition: access.Applied, Invitations: []*access.Invitation{&old, fresh},
		Mails: []*access.Mail{{Kind: access.MailInvitation, To: fresh.Address, ToName: "again", Invitation: fresh}}})
	out = f.claimOut(t, "again")[0]
	fresh.State = access.InvitationRevoked
	f.finish(t, f.arrive(t, "revokes")[0], &access.Outcome{Disposition: access.Applied, Invitations: []*access.Invitation{fresh}})
	f.finishOut(t, out, accepted)
	if got := f.invitationStates(t); !slices.Equal(got, []string{"revoked", "revoked"}) {
		t.Errorf("the invitations are %v", got)
	}
}

func testInvitationUnknown(t *testing.T, f *fixture) {
	f.invited(t)
	err := f.ViewInvitation(t.Context(), mint().Digest(), func(*access.Situation) { t.Error("something was shown") })
	if !errors.Is(err, access.ErrNoInvitation) {
		t.Errorf("an unknown link: %v", err)
	}
	err = f.DecideInvitation(t.Context(), mint().Digest(), func(*access.Situation) (*access.Outcome, error) {
		return nil, errors.New("decided")
	}, f.post.render)
	if !errors.Is(err, access.ErrNoInvitation) {
		t.Errorf("deciding on an unknown link: %v", err)
	}
}

// Whoever looks at the page waits for nobody who is deciding about it, and sees what was so before.
func testInvitationView(t *testing.T, f *fixture) {
	o := f.invited(t)
	i := o.Invitations[0]
	viewed := errors.New("viewed")
	err := f.DecideInvitation(t.Context(), i.Token, func(*access.Situation) (*access.Outcome, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		var got *access.Invitation
		if err := f.ViewInvitation(ctx, i.Token, func(s *access.Situation) { got = s.Invitation }); err != nil {
			return nil, fmt.Errorf("looking meanwhile: %w", err)
		}
		if got.State != i.State {
			return nil, fmt.Errorf("the invitation is %s, want %s", got.State, i.State)
		}
		return nil, viewed
	}, f.post.render)
	if !errors.Is(err, viewed) {
		t.Error(err)
	}
}

// The invitation's timer ends it; its page then gives a new link, to the invited address.
func testInvitationLapses(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(maria, "ask", "Nina New", "nina@client.example"), access.Applied)
	f.approve(t, sybil)
	f.approve(t, sid)
	f.clock.advance(access.DefaultSettings.UndoWindow)
	f.fireAll(t)
	link := f.post.take(access.MailInvitation)[0].Data.Token
	f.finishOut(t, f.lastMail(t, access.MailInvitation), accepted)
	f.clock.advance(access.DefaultSettings.InvitationExpiry + time.Minute)
	f.fireAll(t)
	f.checkState(t, access.Lapsed, "")
	if err := f.DecideInvitation(t.Context(), link.Digest(), func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideNewLink(s, f.env())
	}, f.post.render); err != nil {
		t.Fatal(err)
	}
	f.checkState(t, access.Invited, "")
	if got := f.invitationStates(t); !slices.Equal(got, []string{"expired", "queued"}) {
		t.Errorf("the invitations are %v", got)
	}
	f.register(t, f.post.take(access.MailInvitation)[0].Data.Token)
	f.checkState(t, access.Completed, "")
}

// lastMail claims all mail and returns the newest of a kind; its text begins with the kind as subject.
func (f *fixture) lastMail(t *testing.T, kind access.MailKind) access.Outgoing {
	t.Helper()
	var last access.Outgoing
	for {
		claimed, err := f.ClaimOutbound(t.Context(), time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		for _, o := range claimed {
			if f.count(t, `SELECT count(*) FROM outbound_messages WHERE id = $1 AND kind = $2`, o.ID, string(kind)) == 1 {
				last = o
			} else {
				f.finishOut(t, o, accepted)
			}
		}
	}
	if last.ID == 0 {
		t.Fatalf("no mail of kind %s is queued", kind)
	}
	return last
}
