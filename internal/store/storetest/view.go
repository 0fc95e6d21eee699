package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
)

var viewTests = map[string]func(*testing.T, *fixture){
	"conversation":     testConversationView,
	"equation":         testEquation,
	"requests listed":  testRequestsView,
	"messages listed":  testMessagesView,
	"views when empty": testEmptyViews,
}

func (f *fixture) conversation(t *testing.T, limit int) []string {
	t.Helper()
	entries, err := f.Conversation(t.Context(), limit)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		words := e.Words + e.Reason // never both
		if len(e.WordsIn) > 0 {
			words = fmt.Sprintf("%s %v", words, e.WordsIn)
		}
		all = append(all, strings.Join([]string{string(e.Kind), e.From, e.To, e.Subject, words, e.Ticket, e.State}, "|"))
	}
	return all
}

// Entries of one instant stand in the order they were written: what came together, came in this order.
func testConversationView(t *testing.T, f *fixture) {
	f.enrol(t)
	f.clock.advance(time.Second)
	claimed := f.arrive(t, "one", "two", "three")
	f.clock.advance(time.Second)
	facts := access.Facts{Author: "sam@client.example", Subject: "New person", Words: "please\n  add  Nina"}
	o := f.fullOutcome()
	o.Mails = []*access.Mail{mailTo(sam, o.Ticket, "first"), mailTo(maria, o.Ticket, "second")}
	o.Events = []*access.Event{{Kind: "request_filed", Request: o.Requests[0]}, {Kind: "badge_ordered", Request: o.Requests[0]},
		{Kind: "registered", Request: o.Requests[0]}}
	if _, err := f.DecideMail(t.Context(), &claimed[1], &access.Lookup{InboundID: claimed[1].ID}, facts, outcome(o), f.post.render); err != nil {
		t.Fatal(err)
	}
	f.finish(t, claimed[2], &access.Outcome{Disposition: access.Quarantined, Reason: "unknown author"})
	f.clock.advance(time.Second)
	f.deliver(t, "four")
	want := []string{
		"in||support||||pending",
		"in|sam@client.example|support|New person|please add Nina|REQ-2026-00001|applied",
		"in||support||unknown author||quarantined",
		"out|bounces@provider.example|sam@client.example|answer|Dear first map[de:Liebe \"first\"]|REQ-2026-00001|queued",
		"out|bounces@provider.example|maria@client.example|answer|Dear second|REQ-2026-00001|queued",
		"event|||badge ordered|Nina New|REQ-2026-00001|",
		"event|||registered|Nina New|REQ-2026-00001|",
		"in||support||||pending",
	}
	for _, limit := range []int{100, 8, 7, 5, 4, 2, 1} {
		if diff := cmp.Diff(want[max(0, len(want)-limit):], f.conversation(t, limit)); diff != "" {
			t.Errorf("the newest %d entries (-want +got):\n%s", limit, diff)
		}
	}
}

func (f *fixture) checkEquation(t *testing.T, want map[access.Disposition]int64) {
	t.Helper()
	e, err := f.Equation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, e.Counts); diff != "" {
		t.Errorf("mails by disposition (-want +got):\n%s", diff)
	}
	if !e.Holds() {
		t.Errorf("the equation does not hold: %+v", e)
	}
}

// Whatever happens, in whatever order, each mail seen on the server is accounted for once.
func testEquation(t *testing.T, f *fixture) {
	dispositions := []access.Disposition{access.Applied, access.Answered, access.Left, access.Duplicate, access.Quarantined}
	seen, uidvalidity := map[string]bool{}, uint32(1)
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		if runs++; runs > 25 {
			return // one database takes the operations of all runs; more of them find nothing new
		}
		for range rapid.IntRange(1, 8).Draw(r, "operations") {
			uid := uint32(rapid.IntRange(1, 40).Draw(r, "uid"))
			switch rapid.IntRange(0, 4).Draw(r, "operation") {
			case 0, 1:
				// The text is the mail's identity, whatever number it has.
				text := fmt.Sprint("mail ", uid)
				if err := f.StoreMails(t.Context(), "support", []access.RawMail{rawMail(uidvalidity, uid, text)}, uidvalidity, uid); err != nil {
					r.Fatal(err)
				}
				seen[text] = true
			case 2:
				uidvalidity++
			case 3:
				f.clock.advance(30 * time.Second)
			case 4:
				f.randomFinish(r, t, dispositions)
			}
			e, err := f.Equation(t.Context())
			if err != nil {
				r.Fatal(err)
			}
			if !e.Holds() || e.Seen != int64(len(seen)) {
				r.Fatalf("seen are %d mails, the equation says %+v", len(seen), e)
			}
		}
	})
}

// randomFinish claims, and finishes, gives back or forgets what it claimed.
func (f *fixture) randomFinish(r *rapid.T, t *testing.T, dispositions []access.Disposition) {
	claimed, err := f.ClaimInbound(t.Context(), 45*time.Second, 3)
	if err != nil {
		r.Fatal(err)
	}
	for _, in := range claimed {
		switch rapid.IntRange(0, 3).Draw(r, "what becomes of it") {
		case 0, 1:
			f.finish(t, in, &access.Outcome{Disposition: rapid.SampledFrom(dispositions).Draw(r, "disposition")})
		case 2:
			if err := f.ReleaseInbound(t.Context(), &in); err != nil {
				r.Fatal(err)
			}
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// R35 names the keys; what is absent is null.
func testRequestsView(t *testing.T, f *fixture) {
	f.enrol(t)
	o := f.fullOutcome()
	f.finish(t, f.arrive(t, "first")[0], o)
	f.clock.advance(time.Second)
	bare := &access.Request{Position: 2, ClientID: f.world.client.ID, RequesterID: f.world.maria.ID, Action: "add_user", State: access.NeedsDetails,
		CreatedAt: f.clock.Now(), UpdatedAt: f.clock.Now(), Ticket: o.Ticket}
	f.finish(t, f.arrive(t, "second")[0], &access.Outcome{Disposition: access.Answered, Requests: []*access.Request{bare}})
	got, err := f.Requests(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"ticket":"REQ-2026-00001","position":2,"client":"Example Ltd","action":"add_user","name":null,"email":null,"roles":[],` +
		`"state":"needs_details","stage":null,"requester":"Maria Main","rule":null,"reason":null,` +
		`"created_at":"2026-03-02T09:00:01.123456Z","updated_at":"2026-03-02T09:00:01.123456Z"},` +
		`{"ticket":"REQ-2026-00001","position":1,"client":"Example Ltd","action":"add_user","name":"Nina New","email":"nina@client.example",` +
		`"roles":["technician"],"state":"invited","stage":"staff","requester":"Sam Second","rule":"CL-06","reason":"project",` +
		`"created_at":"2026-03-02T09:00:00.123456Z","updated_at":"2026-03-02T09:00:00.123456Z"}]`
	if diff := cmp.Diff(want, asJSON(t, got)); diff != "" {
		t.Errorf("the requests (-want +got):\n%s", diff)
	}
	if got, err := f.Requests(t.Context(), 1); err != nil || len(got) != 1 || got[0].Position != 2 {
		t.Errorf("the newest request is %+v, %v", got, err)
	}
}

func testMessagesView(t *testing.T, f *fixture) {
	f.enrol(t)
	claimed := f.arrive(t, "one", "two")
	facts := access.Facts{Author: "sam@client.example", Subject: "New person", Class: "request", Verdict: "pass", Evidence: "dkim"}
	if _, err := f.DecideMail(t.Context(), &claimed[1], &access.Lookup{InboundID: claimed[1].ID}, facts, outcome(f.fullOutcome()), f.post.render); err != nil {
		t.Fatal(err)
	}
	list := func(d access.Disposition, limit int) string {
		t.Helper()
		got, err := f.Messages(t.Context(), d, limit)
		if err != nil {
			t.Fatal(err)
		}
		return asJSON(t, got)
	}
	applied := fmt.Sprintf(`{"id":%d,"mailbox":"support","from":"sam@client.example","subject":"New person","class":"request","disposition":"applied",`+
		`"verdict":"pass","evidence":"dkim","client":"Example Ltd","level":null,"topic":null,"may":null,"ticket":"REQ-2026-00001","reason":"filed",`+
		`"received_at":"2026-03-02T08:00:00.123456Z","handling":null,"handled_by":null,"handling_reason":null}`, claimed[1].ID)
	pending := fmt.Sprintf(`{"id":%d,"mailbox":"support","from":null,"subject":null,"class":null,"disposition":"pending","verdict":null,`+
		`"evidence":null,"client":null,"level":null,"topic":null,"may":null,"ticket":null,"reason":null,`+
		`"received_at":"2026-03-02T08:00:00.123456Z","handling":null,"handled_by":null,"handling_reason":null}`, claimed[0].ID)
	for _, tt := range []struct {
		disposition access.Disposition
		limit       int
		want        string
	}{
		{"", 10, "[" + applied + "," + pending + "]"},
		{"", 1, "[" + applied + "]"},
		{access.Pending, 10, "[" + pending + "]"},
		{access.Left, 10, "[]"},
	} {
		if diff := cmp.Diff(tt.want, list(tt.disposition, tt.limit)); diff != "" {
			t.Errorf("the newest %d mails of disposition %q (-want +got):\n%s", tt.limit, tt.disposition, diff)
		}
	}
}

func testEmptyViews(t *testing.T, f *fixture) {
	if got := f.conversation(t, 10); len(got) != 0 {
		t.Errorf("the conversation is %v", got)
	}
	f.checkEquation(t, map[access.Disposition]int64{})
	requests, err := f.Requests(t.Context(), 10)
	if err != nil || asJSON(t, requests) != "[]" {
		t.Errorf("the requests are %v, %v", requests, err)
	}
	events, err := f.Trail(t.Context(), "REQ-2026-00001")
	if err != nil || asJSON(t, events) != "[]" {
		t.Errorf("the trail of no ticket is %v, %v", events, err)
	}
}
