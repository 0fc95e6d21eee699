package interpret_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// machineMail is a mail of a machine, or of a person whose mail looks like one: its class ("people" is any class of a person, "report" a
// delay or a success that is told of), for a bounce every recipient with its status ("-": it tells none), and the Message-ID of the mail
// that bounced ("*": not looked at).
type machineMail struct{ name, class, recipients, original, raw string }

func readMachineMails(t *testing.T, path string) []machineMail {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []machineMail
	for record := range strings.SplitSeq("\n"+string(data), "\n=== ") {
		head, raw, _ := strings.Cut(record, "\n")
		f := append(strings.Split(head, " | "), "*", "*")
		if record != "" {
			out = append(out, machineMail{f[0], f[1], f[2], f[3], raw})
		}
	}
	return out
}

// machinesLeft are how many values of a file are not right: a notice of absence that nothing but its sentences tell, a person who titles a
// complaint "Out of office messages", and one whose mail wants no automatic answers.
var machinesLeft = map[string]int{"machines-1.txt": 3}

// TestHeldOutMachines reads bounces, reports, automatic answers and people's mails that look like them.
func TestHeldOutMachines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/heldout/machines-*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		rates := map[string]*rate{"people": {}, "machines": {}, "recipients": {}, "Message-IDs": {}}
		count := func(of, name, want, got string) {
			ok := want == got
			rates[of].count(ok)
			if !ok {
				t.Logf("%s: %s %q, want %q", name, of, got, want)
			}
		}
		for _, mail := range readMachineMails(t, file) {
			m, err := message.Parse([]byte("Message-ID: <this@acme.example>\nDate: Tue, 3 Nov 2026 14:05:11 +0100\n" + mail.raw))
			if err != nil {
				t.Fatal(err)
			}
			got := interpret.Read(m, interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]})
			machine := got.Class == interpret.ClassAuto || got.Class == interpret.ClassBounce
			switch {
			case mail.class == "people" && !machine:
				count("people", mail.name, "people", "people")
			case mail.class == "people":
				count("people", mail.name, "people", string(got.Class))
			case mail.class == "report" && machine:
				count("machines", mail.name, "report", "report")
			default:
				count("machines", mail.name, mail.class, string(got.Class))
			}
			if mail.class != "bounce" {
				continue
			}
			recipients, original := []string{}, "-"
			if got.Bounce != nil {
				for _, r := range got.Bounce.Recipients {
					recipients = append(recipients, r.Address+" "+orDash(r.Status))
				}
				original = orDash(got.Bounce.MessageID)
			}
			slices.Sort(recipients)
			count("recipients", mail.name, mail.recipients, strings.Join(recipients, ", "))
			count("Message-IDs", mail.name, mail.original, original)
		}
		wrong := 0
		for of, r := range rates {
			t.Logf("%s: %s: %d of %d right", filepath.Base(file), of, r.right, r.all)
			wrong += r.all - r.right
		}
		if wrong > machinesLeft[filepath.Base(file)] {
			t.Errorf("%s: %d values are not right, want %d at most", file, wrong, machinesLeft[filepath.Base(file)])
		}
	}
}
