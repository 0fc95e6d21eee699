package interpret_test

import "github.com/countersign/countersign/internal/interpret"

// models are the roles of the corpus' role models.
var models = map[string][]interpret.Role{
	"contact-levels": {
		{ID: "main_contact", Title: "Main Contact", Aliases: []string{"main", "primary contact"}},
		{ID: "secondary_contact", Title: "Secondary Contact", Aliases: []string{"secondary", "2nd contact"}},
		{ID: "technician", Title: "Technician", Aliases: []string{"tech", "technician (permanent badge)"}},
	},
	"authorisation-list": {
		{ID: "technical_contact", Title: "Technical Contact"},
		{ID: "technical_manager", Title: "Technical Manager"},
		{ID: "technical_authorised_official", Title: "Technical Authorised Official", Aliases: []string{"TAO"}},
	},
	"account-contacts": {
		{ID: "account_owner", Title: "Account Owner", Aliases: []string{"owner"}},
		{ID: "billing", Title: "Billing", Aliases: []string{"billing only", "billing contact"}},
		{ID: "support", Title: "Support", Aliases: []string{"support only", "support contact"}},
		{ID: "account_administrator", Title: "Account Administrator"},
	},
	"client-representatives": {
		{ID: "security_administrator", Title: "Security Administrator"},
		{ID: "alternate_security_administrator", Title: "Alternate Security Administrator"},
		{ID: "it_manager", Title: "IT Manager"},
		{ID: "it_administrator", Title: "IT Administrator"},
		{ID: "finance_administrator", Title: "Finance Administrator"},
		{ID: "user", Title: "User"},
	},
}
