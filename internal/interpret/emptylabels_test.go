package interpret_test

import "testing"

// The words that close a mail below an empty label are not its value, and an empty reason is asked for.
func TestClosingBelowAnEmptyLabel(t *testing.T) {
	t.Parallel()
	for _, closing := range []string{"Thank you", "Many thanks in advance", "Vielen Dank", "Merci d'avance", "Muchas gracias", "Grazie mille", "Alvast bedankt", "Tack på förhand",
		"Dziękuję", "Teşekkürler", "Заранее благодарю", "よろしくお願いいたします", "谢谢！", "감사합니다", "Best regards", "Mit freundlichen Grüßen", "Cordialement"} {
		got := requestsOf("Please create:\n\nName: Ines Kuhl\nE-mail: kuhl@acme.example\nRole: Technician\nReason:\n\n" + closing + "\n\nTom Reed")
		if len(got) != 1 || got[0].Reason != nil {
			t.Errorf("%s: %+v", closing, got)
		}
	}
}

// People with roles on no day are to be added, wherever they will work; a day makes it a visit.
func TestRolesOnNoDay(t *testing.T) {
	t.Parallel()
	const people = "Name\tE-mail\tRole\tReason\nJane Doe\tjane@acme.example\tTechnician\taudit of the cabling\n"
	for text, want := range map[string]string{
		"these people will work in your server room from January on:\n\n" + people:                 "add_user Jane Doe <jane@acme.example> [technician]",
		"Dilara Demir must go to the data centre.\n\nE-mail: demir@acme.example\nRole: Technician": "add_user Dilara Demir <demir@acme.example> [technician]",
		"these people will visit the data centre on 8 December 2026 at 10:00:\n\n" + people:        "schedule_visit Jane Doe <jane@acme.example> []",
	} {
		if b := meaningBut(text); b != want {
			t.Errorf("%s: %q, want %q", text, b, want)
		}
	}
}
