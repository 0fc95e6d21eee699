package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/store"
)

// A daemon is cut off from the database while it holds mails, before it decides on them or in the middle. Another one takes
// them over when the leases end. The first one comes back and goes on where it was: nothing that it writes is taken.
func (c *cluster) testPartition(t *testing.T) {
	silent := func(p *faultproxy.Proxy) { p.BlackHoleAfter(0) }
	for what, how := range map[string]struct {
		cut      func(*faultproxy.Proxy)
		deciding bool
	}{
		"silent before":        {silent, false},
		"silent in the middle": {silent, true},
		"cut in the middle":    {(*faultproxy.Proxy).CutAll, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			c.playPartition(t, how.cut, how.deciding)
		})
	}
}

func (c *cluster) playPartition(t *testing.T, cut func(*faultproxy.Proxy), deciding bool) {
	p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64
	cfg := c.config(c.NewDatabase(t, c.template))
	cfg.LeaseClock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	far := cfg
	far.DSN = strings.Replace(cfg.DSN, ":"+strconv.Itoa(c.Port)+"/", ":"+strconv.Itoa(p.Port())+"/", 1)
	far.DSN += "&application_name=holder"
	far.Silence = 300 * time.Millisecond
	holder, other := open(t, far), open(t, cfg)
	t.Cleanup(func() {
		holder.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	people := arriveFromThree(t, other)
	mails := claimThree(t, holder, people, "holder")
	stopped := decidingWith(mails, func() {
		if deciding {
			cut(p)
		}
	})
	if !deciding {
		cut(p)
	}
	var passes interface{ Temporary() bool }
	if _, err := holder.DecideMails(ctx, stopped); !errors.As(err, &passes) || !passes.Temporary() {
		t.Fatalf("while it is cut off: %v, want an error that passes", err)
	}
	// What PostgreSQL does itself after a while with a transaction of which it hears nothing more.
	raw := rawPostgres(t, cfg.DSN)
	queryText(t, raw, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder' AND datname = current_database()`)
	if claimed, err := other.ClaimInbound(ctx, time.Minute, 9); err != nil || len(claimed) != 0 {
		t.Fatalf("before the leases end %d mails were claimed, %v", len(claimed), err)
	}
	ahead.Store(int64(2 * time.Minute))
	for range people { // what was claimed before is claimed alone
		again := claimThree(t, other, people, "other")
		if outs, err := other.DecideMails(ctx, again); err != nil || slices.Contains(outs, nil) {
			t.Fatalf("the other one decided %v, %v", outs, err)
		}
	}
	const state = `SELECT id, disposition, reason, attempts, lease_until IS NULL FROM inbound_messages ORDER BY id`
	before := queryText(t, raw, state)
	if want := [][]string{{"1", "left", "other", "2", "true"}, {"2", "left", "other", "2", "true"}, {"3", "left", "other", "2", "true"}}; !cmp.Equal(want, before) {
		t.Errorf("the mails are %v, want %v", before, want)
	}
	healed(t, holder)
	claimed := make([]access.Inbound, len(mails))
	for i, m := range mails {
		claimed[i] = *m.In
		for _, several := range [][]*access.Undecided{mails[i:], mails[i : i+1]} {
			if _, err := holder.DecideMails(ctx, several); !errors.Is(err, store.ErrFenced) {
				t.Errorf("back again it decided on mail %d: %v", m.In.ID, err)
			}
		}
		if err := holder.QuarantineInbound(ctx, m.In, access.Facts{}, "late"); !errors.Is(err, store.ErrFenced) {
			t.Errorf("back again it put mail %d into quarantine: %v", m.In.ID, err)
		}
		if err := holder.ReleaseInbound(ctx, m.In); err != nil {
			t.Error(err)
		}
	}
	if err := holder.RenewInbound(ctx, claimed, time.Minute); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, queryText(t, raw, state)); diff != "" {
		t.Errorf("one without claims changed the mails (-before +after):\n%s", diff)
	}
	if n := queryText(t, raw, `SELECT count(*) FROM events WHERE kind = 'decided_by_holder'`)[0][0]; n != "0" {
		t.Errorf("%s decisions of the one that was cut off", n)
	}
	if n := queryText(t, raw, `SELECT count(*) FROM events WHERE kind = 'decided_by_other'`)[0][0]; n != "3" {
		t.Errorf("%s decisions of the other one, want one on each mail", n)
	}
}

// A daemon that is cut off in the middle of a claim holds up those of others no longer than the server waits for its next statement.
func (c *cluster) testCutOffClaiming(t *testing.T) {
	p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if err != nil {
		t.Fatal(err)
	}
	cfg := c.config(c.NewDatabase(t, c.template))
	far := cfg
	far.DSN = strings.Replace(cfg.DSN, ":"+strconv.Itoa(c.Port)+"/", ":"+strconv.Itoa(p.Port())+"/", 1)
	far.Silence = 300 * time.Millisecond
	far.LeaseClock = func() time.Time { // it is asked when the turn has come
		p.Hold()
		return time.Now()
	}
	holder, other := open(t, far), open(t, cfg)
	t.Cleanup(func() {
		holder.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	arriveFromThree(t, other)
	var passes interface{ Temporary() bool }
	if _, err := holder.ClaimInbound(t.Context(), time.Minute, 9); !errors.As(err, &passes) || !passes.Temporary() {
		t.Fatalf("while it is cut off: %v, want an error that passes", err)
	}
	raw := rawPostgres(t, cfg.DSN)
	if n := queryText(t, raw, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)[0][0]; n != "1" {
		t.Fatalf("%s turns are held, want that of the one that is cut off", n)
	}
	begun := time.Now()
	claimed, err := other.ClaimInbound(t.Context(), time.Minute, 9)
	if took := time.Since(begun); err != nil || len(claimed) != 3 || took > 20*time.Second {
		t.Errorf("%d mails were claimed after %v, %v; want all 3 after ten seconds", len(claimed), took, err)
	}
}

// healed waits until the store has connections that work.
func healed(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		if _, err := s.Equation(ctx); err == nil {
			return
		} else if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

// arriveFromThree stores a mail by a contact of each of three clients, in lanes of their own.
func arriveFromThree(t *testing.T, s *store.Store) (people []mailaddr.Address) {
	t.Helper()
	if err := s.EditRoster(t.Context(), false, func(r *store.Roster) error {
		for i := range 3 {
			client := &access.Client{Name: fmt.Sprint("Client ", i)}
			if _, err := r.PutClient(t.Context(), client); err != nil {
				return err
			}
			people = append(people, mailaddr.Address{Local: fmt.Sprint("known", i), Domain: "client.example"})
			if _, err := r.PutContact(t.Context(), &access.Contact{ClientID: client.ID, Name: client.Name, Kind: access.Person, Address: people[i]}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var mails []access.RawMail
	for i, who := range people {
		mails = append(mails, access.RawMail{UIDValidity: 1, UID: uint32(i + 1), Size: 1, Raw: []byte(who.String()), Lookup: &access.Lookup{Author: who}})
	}
	if err := s.StoreMails(t.Context(), "support", mails, 1, 3); err != nil {
		t.Fatal(err)
	}
	return people
}

func claimThree(t *testing.T, s *store.Store, people []mailaddr.Address, by string) (mails []*access.Undecided) {
	t.Helper()
	claimed, err := s.ClaimInbound(t.Context(), time.Minute, 9)
	if err != nil || len(claimed) == 0 {
		t.Fatalf("%d mails were claimed, %v", len(claimed), err)
	}
	for _, in := range claimed {
		who := people[in.ID-1]
		mails = append(mails, &access.Undecided{In: &in, Lookup: &access.Lookup{Author: who, InboundID: in.ID},
			Decide: func(*access.Situation) (*access.Outcome, error) {
				return &access.Outcome{Disposition: access.Left, Reason: by, Events: []*access.Event{{Kind: "decided_by_" + by}}}, nil
			}})
	}
	return mails
}

// decidingWith are the mails, with something that happens while the last of them is decided.
func decidingWith(mails []*access.Undecided, happens func()) []*access.Undecided {
	all := slices.Clone(mails)
	last := *all[len(all)-1]
	decide := last.Decide
	last.Decide = func(s *access.Situation) (*access.Outcome, error) {
		happens()
		return decide(s)
	}
	all[len(all)-1] = &last
	return all
}
