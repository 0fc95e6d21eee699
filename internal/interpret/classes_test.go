package interpret_test

import (
	"os"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// TestHeldOutClasses tells the mail of machines from that of people in mails that the reader was not written by. "human" is any mail of a
// person that answers nothing; of a bounce the truth holds recipient and status, "-" where it tells none.
func TestHeldOutClasses(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/heldout/classes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	mails := 0
	for record := range strings.SplitSeq("\n"+string(data), "\n=== ") {
		head, raw, _ := strings.Cut(record, "\n")
		f := strings.Split(head, " | ")
		if len(f) < 2 {
			continue
		}
		mails++
		m, err := message.Parse([]byte("Message-ID: <" + f[0] + "@acme.example>\nDate: Tue, 3 Mar 2026 10:11:12 +0100\n" + raw))
		if err != nil {
			t.Fatal(err)
		}
		got := interpret.Read(m, interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
		class := string(got.Class)
		if class == "request" || class == "other" {
			class = "human"
		}
		all.count(t, f[0]+" class", f[1], class)
		if len(f) > 2 {
			read := ""
			if got.Bounce != nil && len(got.Bounce.Recipients) == 1 {
				read = got.Bounce.Recipients[0].Address + " " + orDash(got.Bounce.Recipients[0].Status)
			}
			all.count(t, f[0]+" recipient", f[2], read)
		}
	}
	t.Logf("%d mails: %d right, %d asked, %d wrong", mails, all.correct, all.asked, all.wrong)
	if mails < 40 || all.asked > 0 {
		t.Errorf("%d mails, %d values not read; want 40 mails or more and 0", mails, all.asked)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
