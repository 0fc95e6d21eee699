package load_test

import (
	"bytes"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/senderauth"
)

// TestMails holds that each mail says what its kind promises, so that a benchmark measures the work it names.
func TestMails(t *testing.T) {
	t.Parallel()
	roles := []interpret.Role{{ID: "main_contact", Title: "Main Contact"}, {ID: "secondary_contact", Title: "Secondary Contact"},
		{ID: "technician", Title: "Technician"}}
	l := load.Load{Seed: 1, Clients: 20}
	seen := map[load.Kind]int{}
	for i := range 400 {
		m := l.Mail(i)
		seen[m.Kind]++
		if !bytes.Equal(m.Raw, l.Mail(i).Raw) {
			t.Fatalf("mail %d is another one the second time", i)
		}
		parsed, err := message.Parse(m.Raw)
		if err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		want := senderauth.Pass
		if m.Kind == load.KindForged {
			want = senderauth.Fail
		}
		if got := senderauth.Verify(parsed.Fields, parsed.Author.Address, parsed.AuthorErr, senderauth.Config{AuthservID: load.MX}).Verdict; got != want {
			t.Errorf("mail %d (%s) has verdict %s, want %s", i, m.Kind, got, want)
		}
		r := interpret.Read(parsed, interpret.Context{Model: "contact-levels", Roles: roles})
		check(t, i, m, r)
	}
	for kind, least := range map[load.Kind]int{load.KindRequest: 100, load.KindIncomplete: 10, load.KindForbidden: 5, load.KindOther: 80,
		load.KindAuto: 5, load.KindBounce: 5, load.KindForged: 5} {
		if seen[kind] < least {
			t.Errorf("%d of 400 mails are of kind %s, want at least %d", seen[kind], kind, least)
		}
	}
}

func check(t *testing.T, i int, m load.Mail, r interpret.Reading) {
	t.Helper()
	switch m.Kind {
	case load.KindOther:
		if r.Class != interpret.ClassOther {
			t.Errorf("mail %d (%s) is of class %s: %s", i, m.Kind, r.Class, r.OwnWords)
		}
	case load.KindAuto:
		if r.Class != interpret.ClassAuto {
			t.Errorf("mail %d (%s) is of class %s", i, m.Kind, r.Class)
		}
	case load.KindBounce:
		if r.Class != interpret.ClassBounce {
			t.Errorf("mail %d (%s) is of class %s", i, m.Kind, r.Class)
		}
	default:
		missing := 0
		if m.Kind == load.KindIncomplete {
			missing = 2 // role and reason
		}
		if len(r.Requests) != 1 || r.Requests[0].Action != "add_user" || len(r.Missing) != missing {
			t.Errorf("mail %d (%s) is read as %d requests with %v missing:\n%s", i, m.Kind, len(r.Requests), r.Missing, m.Raw)
		}
	}
	if m.Becomes == access.Pending {
		t.Errorf("mail %d (%s) becomes nothing", i, m.Kind)
	}
}
