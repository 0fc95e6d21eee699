package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

var submissionTests = map[string]func(*testing.T, *fixture){
	"submission once":        testSubmissionOnce,
	"submission at once":     testSubmissionAtOnce,
	"submission that fails":  testSubmissionFails,
	"submission forgotten":   testSubmissionForgotten,
	"submission by a portal": testSubmissionByPortal,
}

// submit passes on that Sam asks for a technician.
func (f *fixture) submit(t *testing.T, portal, key, body string) (string, bool, error) {
	t.Helper()
	l := asks(sam, "", "Nina New", "nina@client.example")
	sub := &access.Submission{Portal: portal, Contact: address(sam.address), Team: access.TeamSupport, Requests: l.reading.Requests}
	response, again, err := f.DecideSubmission(t.Context(), store.SubmissionKey{Portal: portal, Key: token.DigestOf(key), Body: token.DigestOf(body)},
		&access.Lookup{Author: sub.Contact}, func(s *access.Situation) (*access.Outcome, error) { return access.DecideSubmission(s, sub, f.env()) },
		f.post.render, func(o *access.Outcome) ([]byte, error) {
			if o.Ticket == nil {
				return []byte("asked already"), nil
			}
			return []byte("filed " + o.Ticket.Number), nil
		})
	return string(response), again, err
}

func testSubmissionOnce(t *testing.T, f *fixture) {
	f.enrol(t)
	first, again, err := f.submit(t, "shop", "k1", "body")
	if err != nil || again || first != "filed REQ-2026-00001" {
		t.Fatalf("%q, again %v: %v", first, again, err)
	}
	before := f.dump(t)
	if r, again, err := f.submit(t, "shop", "k1", "body"); err != nil || !again || r != first {
		t.Errorf("once more: %q, again %v: %v", r, again, err)
	}
	if _, _, err := f.submit(t, "shop", "k1", "another body"); !errors.Is(err, store.ErrKeyReused) {
		t.Errorf("the key with another body: %v", err)
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("that changed something:\n%s", diff)
	}
	if n := f.count(t, `SELECT count(*) FROM submissions WHERE key_digest = 'k1' OR body_digest = 'body'`); n != 0 {
		t.Error("the key or the body is stored as it came")
	}
	if _, again, err := f.submit(t, "other", "k1", "another body"); err != nil || again {
		t.Errorf("another portal's key of the same name: again %v, %v", again, err)
	}
}

// Of the same submission made several times at the same moment one is taken, and all are answered alike.
func testSubmissionAtOnce(t *testing.T, f *fixture) {
	f.enrol(t)
	var wg sync.WaitGroup
	answers := make([]string, 6)
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], _, err = f.submit(t, "shop", "k1", "body"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != "filed REQ-2026-00001" {
			t.Errorf("answered %q", a)
		}
	}
	if n := f.count(t, `SELECT count(*) FROM requests`); n != 1 {
		t.Errorf("%d requests were filed", n)
	}
}

// What fails leaves nothing, so that the same key can be tried again.
func testSubmissionFails(t *testing.T, f *fixture) {
	f.enrol(t)
	before := f.dump(t)
	sub := &access.Submission{Portal: "shop", Contact: address("stranger@client.example"), Requests: []interpret.Request{{Action: interpret.AddUser}}}
	_, _, err := f.DecideSubmission(t.Context(), store.SubmissionKey{Portal: "shop", Key: token.DigestOf("k1"), Body: token.DigestOf("body")},
		&access.Lookup{Author: sub.Contact}, func(s *access.Situation) (*access.Outcome, error) { return access.DecideSubmission(s, sub, f.env()) },
		f.post.render, func(*access.Outcome) ([]byte, error) { return nil, nil })
	if !errors.Is(err, access.ErrNotForPortal) {
		t.Errorf("a stranger: %v", err)
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("it left something:\n%s", diff)
	}
	if _, again, err := f.submit(t, "shop", "k1", "body"); err != nil || again {
		t.Errorf("the same key afterwards: again %v, %v", again, err)
	}
}

func testSubmissionForgotten(t *testing.T, f *fixture) {
	f.enrol(t)
	if _, _, err := f.submit(t, "shop", "k1", "body"); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(8 * 24 * time.Hour)
	if _, _, err := f.submit(t, "shop", "k2", "body"); err != nil {
		t.Fatal(err)
	}
	if n := f.count(t, `SELECT count(*) FROM submissions`); n != 1 {
		t.Errorf("%d submissions are remembered after a week", n)
	}
}

// R37: the same rules and the same mails as for a mail, and the trail says which portal it was.
func testSubmissionByPortal(t *testing.T, f *fixture) {
	f.enrol(t)
	if _, _, err := f.submit(t, "shop", "k1", "body"); err != nil {
		t.Fatal(err)
	}
	got := f.db.Query(t, `SELECT state, stage, rule FROM requests`)
	if diff := cmp.Diff([][]string{{"awaiting_approval", "client", "CL-06"}}, got); diff != "" {
		t.Errorf("the request:\n%s", diff)
	}
	if n := f.count(t, `SELECT count(*) FROM event_payloads WHERE payload LIKE '%"portal":"shop"%'`); n != 1 {
		t.Errorf("%d events name the portal", n)
	}
	f.claimOut(t, sam.name, maria.name)
}
