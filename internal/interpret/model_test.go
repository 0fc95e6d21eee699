package interpret_test

import "github.com/countersign/countersign/internal/interpret"

// models are the roles of the corpus' role models, with aliases as a provider would write them.
var models = map[string][]interpret.Role{
	"contact-levels": {
		{ID: "main_contact", Title: "Main Contact", Aliases: []string{"main", "primary contact", "primary", "first contact", "Hauptkontakt", "Hauptansprechpartner"}},
		{ID: "secondary_contact", Title: "Secondary Contact", Aliases: []string{"secondary", "second contact", "2nd contact", "Zweitkontakt"}},
		{ID: "technician", Title: "Technician", Aliases: []string{"tech", "technician (permanent badge)", "permanent badge technician", "field technician", "Techniker", "technicien", "técnico", "техник"}},
	},
	"authorisation-list": {
		{ID: "technical_contact", Title: "Technical Contact", Aliases: []string{"tech contact"}},
		{ID: "technical_manager", Title: "Technical Manager", Aliases: []string{"tech manager"}},
		{ID: "technical_authorised_official", Title: "Technical Authorised Official", Aliases: []string{"TAO", "authorised official"}},
	},
	"account-contacts": {
		{ID: "account_owner", Title: "Account Owner", Aliases: []string{"owner"}},
		{ID: "billing", Title: "Billing", Aliases: []string{"billing only", "billing contact", "invoice contact"}},
		{ID: "support", Title: "Support", Aliases: []string{"support only", "support contact", "technical support"}},
		{ID: "account_administrator", Title: "Account Administrator", Aliases: []string{"account admin", "administrator"}},
	},
	"client-representatives": {
		{ID: "security_administrator", Title: "Security Administrator", Aliases: []string{"SA", "security admin"}},
		{ID: "alternate_security_administrator", Title: "Alternate Security Administrator", Aliases: []string{"alternate", "alternate SA"}},
		{ID: "it_manager", Title: "IT Manager"},
		{ID: "it_administrator", Title: "IT Administrator", Aliases: []string{"IT admin"}},
		{ID: "finance_administrator", Title: "Finance Administrator", Aliases: []string{"finance admin", "finance"}},
		{ID: "user", Title: "User"},
	},
}
