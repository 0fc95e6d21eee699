package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestRoleValues reads what offices write behind the label of a role. A choice, a deputy whom no role is for, and another role in brackets are asked for.
func TestRoleValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ model, value, want string }{
		{"contact-levels", "2. Ansprechpartner", "secondary_contact"},
		{"contact-levels", "二次担当者", "secondary_contact"},
		{"contact-levels", "제2 담당자", "secondary_contact"},
		{"contact-levels", "Contact (secondary)", "secondary_contact"},
		{"contact-levels", "Techniker/in", "technician"},
		{"contact-levels", "Técnico(a)", "technician"},
		{"contact-levels", "Technicien(ne)", "technician"},
		{"contact-levels", "Techniker mit Dauerausweis", "technician"},
		{"contact-levels", "Техник с постоянным пропуском", "technician"},
		{"contact-levels", "Technician (second shift)", "technician"},
		{"contact-levels", "Technician (backup)", ""},
		{"contact-levels", "Techniker, Stellvertreter", ""},
		{"contact-levels", "Technician (Main Contact)", ""},
		{"authorisation-list", "techn. Leiter", "technical_manager"},
		{"authorisation-list", "기술담당자", "technical_contact"},
		{"client-representatives", "Security Administrator (alternate)", "alternate_security_administrator"},
		{"client-representatives", "Sicherheitsadministrator (stellvertretend)", "alternate_security_administrator"},
		{"client-representatives", "Administrador de seguridad (suplente)", "alternate_security_administrator"},
		{"client-representatives", "セキュリティ管理者（代理）", "alternate_security_administrator"},
		{"client-representatives", "보안 관리자(부)", "alternate_security_administrator"},
		{"client-representatives", "Sicherheitsadministrator (Vertretung)", ""},
		{"client-representatives", "IT-Leiter (Finanzadministrator)", ""},
		{"client-representatives", "IT-Leiter (IT Manager)", "it_manager"},
		{"client-representatives", "IT-Leiter (seit Mai)", "it_manager"},
		{"client-representatives", "BT yöneticisi", ""}, // both a manager and an administrator
		{"client-representatives", "BT müdürü", "it_manager"},
	} {
		got := interpret.Read(mail("Name: Jane Doe\nEmail: jane@acme.example\nRole: "+c.value+"\nReason: nights\n"), interpret.Context{Model: c.model, Roles: models[c.model]})
		want := "add_user Jane Doe <jane@acme.example> [" + c.want + "] nights"
		if b := brief(got.Requests); b != want {
			t.Errorf("%s: got %q, want %q", c.value, b, want)
		}
	}
}
