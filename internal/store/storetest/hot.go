package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

// Hot does all that a daemon does for each mail, so that its statements can be looked at, and returns the store.
func Hot(t *testing.T, db *Database) *store.Store {
	t.Helper()
	f := newFixture(t, db)
	testConversation(t, f)
	ctx := t.Context()
	f.settings.AnswersPerAddress, f.settings.AnswersPerClient = 10, 10
	// A request, a report about one of our mails, and mails that name what they are about in other ways.
	ask := f.send(t, asks(sam, "more", "Otto Other", "otto@client.example"), access.Applied)
	for _, change := range []func(*access.Lookup){
		func(l *access.Lookup) { l.Tickets = []string{ask.Ticket.Number} },
		func(l *access.Lookup) { l.MessageIDs = []token.Digest{token.DigestOf("a"), token.DigestOf("b")} },
		func(l *access.Lookup) {
			l.Bounce, l.BouncedID, l.ReturnPaths = true, token.DigestOf("a"), []string{"support+b.x@provider.example"}
		},
		func(l *access.Lookup) {
			l.OwnID, l.Client, l.Author = token.DigestOf("c"), f.world.client.Name, f.world.sue.Address
		},
	} {
		in := f.arrive(t, "one more")[0]
		u := f.undecided(in, asks(maria, in.Mailbox, "Otto Other", "otto@client.example"))
		u.Lookup.AnswersPerAddress, u.Lookup.AnswersPerClient = 10, 10
		change(u.Lookup)
		if _, err := f.FindThread(ctx, u.Lookup); err != nil {
			t.Fatal(err)
		}
		if _, err := f.DecideMails(ctx, []*access.Undecided{u}); err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range []person{maria, sybil, sue} {
		answer := answers(by, approvalFor(t, f.post.take(access.MailApproval), by), interpret.Approve)
		answer.id += " to the second"
		f.send(t, answer, access.Applied)
	}
	f.start(t)
	f.clock.advance(30 * 24 * time.Hour)
	f.fireAll(t)
	f.drain(t)
	return f.Store
}

// start does what a daemon does before it looks at the first mail.
func (f *fixture) start(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if err := f.Use(ctx, store.Live); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is a digest to come
		if err := f.PlanDigest(ctx, access.DigestClock{Hour: 7, Zone: time.UTC}); err != nil {
			t.Fatal(err)
		}
	}
}

// drain sends and files what waits.
func (f *fixture) drain(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for i := 0; ; i++ {
		claimed, err := f.ClaimOutbound(ctx, time.Minute, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		for j := range claimed {
			r := []access.Sent{{Accepted: true}, {Retry: f.clock.Now()}, {Failed: true, Error: "no"}}[(i+j)%3]
			f.finishOut(t, claimed[j], r)
		}
	}
	rows, err := f.ToFile(ctx, "support", 10)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	for _, err := range []error{f.Filed(ctx, ids), f.RenewInbound(ctx, []access.Inbound{{ID: 1}}, time.Minute),
		f.ReleaseInbound(ctx, &access.Inbound{ID: 1})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NextTimer(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NextOutbound(ctx); err != nil {
		t.Fatal(err)
	}
}
