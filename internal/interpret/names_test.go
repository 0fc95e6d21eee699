package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// Names are kept as people write them, and addresses come in lower case. One word is a whole name where the
// mail says so.
func TestNamesSurvive(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Ludwig van der Berg", "Maria de la Cruz", "Abd al-Rahman ibn Khalid", "João dos Santos", "Mohamed ould Abdel Aziz",
		"Sean O'Brien", "Renée D’Arcy", "Ngũgĩ wa Thiong'o", "Łukasz Żółć", "Nguyễn Thị Minh Khai", "Þórdís Björnsdóttir",
		"Jean-Luc Picard", "Anne-Marie Smith-Jones", "Kiss Gábor", "İpek Çağlayan", "J. R. Hartley",
		"Анна Иванова", "山田太郎", "김민준", "Sukarno",
	} {
		said := ""
		if !strings.Contains(name, " ") {
			said = "\n(" + name + " has only one name.)\n"
		}
		for _, text := range []string{
			"Please add this user:\n\nName: " + name + "\nEmail: p@ACME.example\nRole: Technician\nReason: new project\n",
			"Please add this user:\n\nName | Email | Role | Reason\n" + name + " | p@acme.Example | Technician | new project\n",
			"add_user\nname = " + name + "\nemail = P@acme.example\nrole = Technician\nreason = new project\n",
		} {
			got := interpret.Read(mail(text+said), interpret.Context{Roles: models["contact-levels"]})
			want := "add_user " + name + " <p@acme.example> [technician]"
			if len(got.Requests) != 1 {
				t.Errorf("%q: %d requests", text, len(got.Requests))
				continue
			}
			got.Requests[0].Reason = nil
			if b := brief(got.Requests); b != want {
				t.Errorf("%q: %q, want %q", text, b, want)
			}
		}
	}
}
