package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

const (
	sue  = "sue@provider.example"
	sam  = "sam@provider.example"
	sven = "sven@provider.example"
	gina = "gina@globex.example"
)

func TestCL_02(t *testing.T) {
	t.Parallel()
	w := acme(t)
	same(t, "a Main asks for a Main", w.ask("anna", jane("main_contact")), "answer anna", "approval "+sam, "approval "+sue, "filed ben")
	same(t, "filed", w.states(), "awaiting_approval(staff) CL-02")
	same(t, "staff approve", w.approve(sue), "notice ben", "receipt "+sue, "settled "+sam)
	same(t, "held", w.states(), "approved CL-02")
	same(t, "after a day less a minute", w.advance(24*time.Hour-time.Minute))
	same(t, "after the hold", w.advance(time.Minute), "invitation jane")
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	if c := w.contact("jane"); c.State != access.ContactActive || c.Roles[0] != "main_contact" || c.Badge != access.BadgeNone {
		t.Errorf("Jane is %s as %s, badge %s", c.State, c.Roles, c.Badge)
	}

	same(t, "a Main demotes a Main", w.ask("anna", said(interpret.ChangeRole, "", "ben@acme.example", "secondary_contact", "")),
		"answer anna", "approval "+sam, "approval "+sue, "filed ben", "filed jane")
	same(t, "staff approve", w.approve(sam), "notice ben", "notice jane", "receipt "+sam, "settled "+sue)
	same(t, "after the hold", w.advance(25*time.Hour), "outcome anna")
	same(t, "ended", w.states(), "completed CL-02", "completed CL-02")
	if c := w.contact("ben"); c.Roles[0] != "secondary_contact" || c.State != access.ContactActive {
		t.Errorf("Ben is %s as %s", c.State, c.Roles)
	}
}

func TestCL_03(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		role  string
		first []string
		stage policy.Stage
	}{
		{"secondary_contact", []string{"answer anna", "approval " + sam, "approval " + sue}, policy.StageStaff},
		{"technician", []string{"answer anna", "approval " + sven}, policy.StageSecurity},
	} {
		t.Run(tc.role, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			same(t, "asked", w.ask("anna", jane(tc.role)), tc.first...)
			same(t, "filed", w.states(), "awaiting_approval("+string(tc.stage)+") CL-03")
			if tc.stage == policy.StageSecurity {
				same(t, "security approves", w.approve(sven), "approval "+sam, "approval "+sue, "receipt "+sven)
			}
			same(t, "staff approve", w.approve(sue), "receipt "+sue, "settled "+sam)
			released := []string{"invitation jane"}
			if tc.stage == policy.StageSecurity {
				released = append([]string{"badge " + sven}, released...)
			}
			same(t, "after the undo window", w.advance(10*time.Minute), released...)
		})
	}
}

func TestCL_04(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.person(1, "Network Operations", "noc", "main_contact").Kind = access.Shared
	w.person(1, "Sid Suspended", "sid", "main_contact").State = access.ContactSuspended
	w.person(1, "Rita Removed", "rita", "main_contact").State = access.ContactRemoved
	same(t, "only the Main Contacts are asked", w.ask("carol", jane("technician")), "answer carol", "approval anna", "approval ben")
	for _, who := range []string{"carol", "dave", "noc"} {
		out, _ := w.deliver(letter{from: who, reading: answers("*", "approve"), ticket: "REQ-2026-00001"})
		if out.Disposition == access.Applied {
			t.Errorf("an APPROVE by %s was applied", who)
		}
	}
	same(t, "still waiting", w.states(), "awaiting_approval(client) CL-06")
	same(t, "a Main approves", w.approve("ben"), "approval "+sven, "receipt ben", "settled anna")
	same(t, "moved on", w.states(), "awaiting_approval(security) CL-06")
}

func TestCL_06(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	same(t, "filed", w.states(), "awaiting_approval(client) CL-06")
	w.approve("anna")
	w.approve(sven)
	w.approve(sue)
	same(t, "held for the undo window, and nobody else is told", w.advance(9*time.Minute))
	same(t, "held", w.states(), "approved CL-06")
	same(t, "released", w.advance(time.Minute), "badge "+sven, "invitation jane")
	same(t, "invited", w.states(), "invited CL-06")
	before := len(w.sent)
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	same(t, "registered", w.since(before), "code jane", "outcome carol")
	same(t, "ended", w.states(), "completed CL-06")
}

func TestCL_08(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]interpret.Request{
		"create": jane("main_contact"),
		"raise":  said(interpret.ChangeRole, "", "dave@acme.example", "main_contact", ""),
		"demote": said(interpret.ChangeRole, "", "ben@acme.example", "technician", ""),
		"remove": said(interpret.RemoveUser, "Ben Main", "", "", ""),
		// R16: forbidden goes before incomplete.
		"incomplete": add("", "", "main_contact", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			same(t, "asked", w.ask("carol", q), "answer carol")
			same(t, "refused", w.states(), "refused CL-08")
			same(t, "who may ask", w.last(access.MailAnswer, "carol").Data.Lines[0].MayAsk, "Anna Main", "Ben Main")
		})
	}
}

func TestCL_11(t *testing.T) {
	t.Parallel()
	w := acme(t)
	same(t, "asked", w.ask("dave", jane("technician"), said(interpret.ChangeRole, "", "dave@acme.example", "main_contact", ""),
		said(interpret.RemoveUser, "", "carol@acme.example", "", "")), "answer dave")
	same(t, "refused", w.states(), "refused CL-11", "refused CL-11", "refused CL-11")
	for _, l := range w.last(access.MailAnswer, "dave").Data.Lines {
		same(t, "who may ask", l.MayAsk[:2], "Anna Main", "Ben Main")
	}
}

func TestCL_13(t *testing.T) {
	t.Parallel()
	t.Run("own request skips client", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("technician"))
		same(t, "stages", w.states(), "awaiting_approval(security) CL-03")
	})
	t.Run("four-eyes", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.clients[0].FourEyes = true
		same(t, "the other Main is asked", w.ask("anna", jane("technician")), "answer anna", "approval ben")
	})
	t.Run("the subject person is not asked", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Eve Main", "eve", "main_contact")
		w.clients[0].FourEyes = true
		same(t, "neither Anna nor Ben", w.ask("anna", said(interpret.RemoveUser, "Ben Main", "", "", "")), "answer anna", "approval eve", "filed ben")
	})
	t.Run("a shared address does not approve by asking", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Network Operations", "noc", "main_contact").Kind = access.Shared
		same(t, "asked", w.ask("noc", jane("technician")), "answer noc", "approval anna", "approval ben")
		same(t, "stages", w.states(), "awaiting_approval(client) CL-03")
	})
	t.Run("an approver who is demoted meanwhile", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").Roles = []string{"technician"}
		same(t, "is heard no more", w.approve("ben"), "unclear ben")
		same(t, "still waiting", w.states(), "awaiting_approval(client) CL-06")
	})
	t.Run("an approver who is suspended meanwhile", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").State = access.ContactSuspended
		same(t, "is heard no more", w.approve("ben"), "unclear ben")
		same(t, "still waiting", w.states(), "awaiting_approval(client) CL-06")
	})
}

func TestCL_14(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("technician"))
	same(t, "stages", w.states(), "awaiting_approval(security) CL-03")
	same(t, "security goes first", w.approve(sven), "approval "+sam, "approval "+sue, "receipt "+sven)
	w.approve(sue)
	w.advance(10 * time.Minute)
	if b := w.contact("jane").Badge; b != access.BadgeOrdered {
		t.Errorf("badge is %s", b)
	}
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	w.contact("jane").Badge = access.BadgeActive
	w.ask("anna", said(interpret.RemoveUser, "Jane Doe", "", "", ""))
	w.approve(sven)
	w.approve(sue)
	same(t, "removed", w.advance(10*time.Minute), "badge "+sven, "outcome anna")
	if c := w.contact("jane"); c.Badge != access.BadgeRevoked || c.State != access.ContactRemoved || len(c.Roles) != 0 {
		t.Errorf("Jane is %s as %s, badge %s", c.State, c.Roles, c.Badge)
	}
}

func TestCL_17(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		letter
		want access.Disposition
	}{
		{"stranger", letter{from: "eve@evil.example"}, access.Quarantined},
		{"stranger in the domain", letter{from: "eve"}, access.Quarantined},
		{"forged", letter{from: "anna", proof: forged}, access.Quarantined},
		{"unproven", letter{from: "anna", proof: weak}, access.Quarantined},
		{"staff", letter{from: sue}, access.Left},
		{"Main Contact", letter{from: "anna"}, access.Applied},
		{"SPF suffices to ask", letter{from: "anna", proof: spfOnly}, access.Applied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			tc.reading = asks(jane("technician"))
			out, sent := w.deliver(tc.letter)
			if out.Disposition != tc.want {
				t.Errorf("disposition %s (%s), want %s", out.Disposition, out.Reason, tc.want)
			}
			if tc.want != access.Applied && (len(sent) > 0 || len(w.requests) > 0) {
				t.Errorf("sent %q, filed %d requests", sent, len(w.requests))
			}
		})
	}
	t.Run("one address, two clients", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(2, "Anna Main", "anna", "main_contact")
		out, sent := w.deliver(letter{from: "anna", reading: asks(jane("technician"))})
		same(t, "asked for which client", sent, "clients anna")
		if out.Disposition != access.Answered || len(w.requests) > 0 {
			t.Errorf("disposition %s, %d requests: a client was guessed", out.Disposition, len(w.requests))
		}
	})
}

func TestCL_18(t *testing.T) {
	t.Parallel()
	t.Run("what is missing is asked for", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		same(t, "asked", w.ask("anna", add("Jane Doe", "", "", "")), "answer anna")
		l := w.last(access.MailAnswer, "anna").Data.Lines[0]
		if len(l.Missing) != 3 || l.Missing[0] != interpret.FieldEmail || l.Missing[1] != interpret.FieldRoles || l.Missing[2] != interpret.FieldReason {
			t.Errorf("missing %v", l.Missing)
		}
		_, sent := w.deliver(letter{from: "anna", ticket: "REQ-2026-00001",
			reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{add("Jane Doe", "jane@acme.example", "technician", "")}}})
		same(t, "a part", sent, "answer anna")
		same(t, "still waiting", w.states(), "needs_details ")
		_, sent = w.deliver(letter{from: "anna", ticket: "REQ-2026-00001",
			reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{add("Jane Doe", "eve@evil.example", "main_contact", "a project")}}})
		same(t, "another address is another person", sent, "answer anna", "approval "+sam, "approval "+sue, "filed ben")
		if r := w.request(1); r.State != access.NeedsDetails || r.Email.Key() != "jane@acme.example" || r.Roles[0] != "technician" {
			t.Errorf("what was given changed: %s %s %s", r.State, r.Email, r.Roles)
		}
		_, sent = w.deliver(letter{from: "anna", ticket: "REQ-2026-00001",
			reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{add("Jane Doe", "", "main_contact", "a project")}}})
		same(t, "the rest", sent, "answer anna", "approval "+sven)
		if r := w.request(1); r.Roles[0] != "technician" || r.Stage != policy.StageSecurity {
			t.Errorf("what was given changed: %s at %s", r.Roles, r.Stage)
		}
	})
	t.Run("address outside the domains", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Jane Doe", "jane@gmail.example", "secondary_contact", "new project"))
		if !w.request(1).Outside || !w.last(access.MailApproval, sue).Data.Lines[0].Outside {
			t.Error("staff are not told that the address is outside")
		}
	})
	t.Run("a domain that looks like theirs", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Jane Doe", "jane@acme-example.com", "secondary_contact", "new project"),
			add("Joe Doe", "joe@contoso.example", "secondary_contact", "new project"))
		lines := w.last(access.MailApproval, sue).Data.Lines
		if len(lines) != 2 || lines[0].Like != "acme.example" || lines[1].Like != "" {
			t.Errorf("staff are warned of %+v", lines)
		}
	})
	t.Run("staff confirm it even where they are off", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		m := *w.model
		m.Rules = append([]policy.Rule{}, m.Rules...)
		for i := range m.Rules {
			m.Rules[i].Stages = nil
		}
		w.model = &m
		same(t, "outside", w.ask("anna", add("Jane Doe", "jane@sub.acme.example", "secondary_contact", "new project")), "answer anna",
			"approval "+sam, "approval "+sue)
		same(t, "inside", w.ask("anna", add("Joe Doe", "joe@acme.example", "secondary_contact", "new project")), "answer anna", "invitation joe")
	})
}

func TestCL_19(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("secondary_contact"))
	w.ask("carol", add("Joe Doe", "joe@acme.example", "technician", "new project"))
	if got := w.request(1).Stages; len(got) != 1 || got[0] != policy.StageStaff {
		t.Errorf("Secondary: %s", got)
	}
	if got := w.request(2).Stages; len(got) != 3 || got[0] != policy.StageClient || got[1] != policy.StageSecurity || got[2] != policy.StageStaff {
		t.Errorf("Technician: %s", got)
	}
	// R21: the mailbox's team validates, support where that team is empty.
	w.colleague("Bill", "bill@provider.example", access.TeamBilling)
	_, sent := w.deliver(letter{from: "anna", team: access.TeamBilling, reading: asks(add("Jo Doe", "jo@acme.example", "secondary_contact", "x"))})
	same(t, "billing's mailbox", sent, "answer anna", "approval bill@provider.example")
}

func TestCL_20(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("secondary_contact"))
	w.approve(sue)
	same(t, "once approved", w.advance(10*time.Minute), "invitation jane")
	tok := w.last(access.MailInvitation, "jane").Data.Token
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	if err := w.register("jane"); !errors.Is(err, access.ErrInvitationUsed) {
		t.Errorf("a second time: %v", err)
	}
	if !w.invitationSituation(tok).Invitation.AcceptedAt.Equal(w.now) {
		t.Error("the time of acceptance is not kept")
	}
}

func TestCL_21(t *testing.T) {
	t.Parallel()
	invited := func(t *testing.T) (*world, token.Token) {
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.approve("anna")
		w.approve(sven)
		w.approve(sue)
		w.advance(10 * time.Minute)
		return w, w.last(access.MailInvitation, "jane").Data.Token
	}
	again := said(interpret.ResendInvitation, "Jane Doe", "", "", "")
	own := said(interpret.ResendInvitation, "", "", "", "")
	for _, tc := range []struct {
		name, from string
		ask        interpret.Request
		want       []string
	}{
		{"requester", "carol", again, []string{"answer carol", "invitation jane"}},
		{"authority", "ben", again, []string{"answer ben", "invitation jane"}},
		{"invitee", "jane", own, []string{"invitation jane"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w, old := invited(t)
			same(t, "asked", w.ask(tc.from, tc.ask), tc.want...)
			if err := access.CheckInvitation(w.invitationSituation(old).Invitation, w.now); !errors.Is(err, access.ErrNoInvitation) {
				t.Errorf("the old link: %v", err)
			}
			if err := w.register("jane"); err != nil {
				t.Errorf("the new link: %v", err)
			}
		})
	}
	t.Run("others", func(t *testing.T) {
		t.Parallel()
		w, _ := invited(t)
		same(t, "a Technician", w.ask("dave", again), "answer dave")
		same(t, "another client", w.ask(gina, said(interpret.ResendInvitation, "", "jane@acme.example", "", "")), "answer "+gina)
		if l := w.last(access.MailAnswer, gina).Data.Lines[0]; l.Status != access.StatusUnknown {
			t.Errorf("another client learns: %+v", l)
		}
		same(t, "states", w.states(), "invited CL-06", "refused CL-21")
	})
	t.Run("the invitee asks for something else", func(t *testing.T) {
		t.Parallel()
		w, _ := invited(t)
		out, sent := w.deliver(letter{from: "jane", reading: asks(add("Eve Doe", "eve@acme.example", "technician", "x"))})
		same(t, "sent", sent)
		if out.Disposition != access.Quarantined {
			t.Errorf("disposition %s", out.Disposition)
		}
	})
	t.Run("already registered", func(t *testing.T) {
		t.Parallel()
		w, _ := invited(t)
		if err := w.register("jane"); err != nil {
			t.Fatal(err)
		}
		same(t, "asked", w.ask("jane", own), "answer jane")
		same(t, "refused", w.states()[1:], "refused CL-21")
	})
}

func TestCL_22(t *testing.T) {
	t.Parallel()
	w := acme(t)
	same(t, "a Secondary asks for more than they may", w.ask("carol", jane("secondary_contact"),
		said(interpret.ChangeRole, "", "dave@acme.example", "secondary_contact", ""),
		said(interpret.RemoveUser, "", "dave@acme.example", "", "")), "answer carol")
	same(t, "refused", w.states(), "refused CL-22", "refused CL-22", "refused CL-22")
}
