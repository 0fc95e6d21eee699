package compose

import (
	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// particulars are what a line says beyond name, address, roles and reason.
type particulars struct {
	Any            bool // there is something to say of a change
	NewName        string
	NewEmail       string // U-labels
	NewASCII       string // the same in A-labels, where that differs
	Language       string // code
	PhysicalAccess string // yes, no or ""
	Lead           bool
	Badge          bool
	Replaces       string
	Then           []string
	Checklist      bool

	From, To string // of a visit, in the site's zone
	UntilEnd bool   // To is the closing time, since no end was named
	Company  string
	Site     string
	Escort   string // yes, no or ""
}

func (c *Composer) viewDetails(l access.LineDetails, lang *language) particulars {
	d := particulars{NewName: named(l.NewName), NewEmail: shown(l.NewEmail), Language: named(l.Language),
		PhysicalAccess: yesNo(l.PhysicalAccess), Lead: l.Lead != nil && *l.Lead, Badge: l.Badge != nil && *l.Badge,
		Replaces: named(l.Replaces), Then: namedAll(lang.sayAll(l.Then)), Checklist: l.Checklist,
		UntilEnd: l.Visit.UntilEnd, Company: named(l.Visit.Company), Site: named(l.Visit.Site), Escort: l.Visit.Escort}
	if a, err := mailaddr.Parse(l.NewEmail); err == nil && a.String() != a.Display() {
		d.NewASCII = a.String()
	}
	if !l.Visit.From.IsZero() {
		d.From, d.To = lang.when(l.Visit.From), lang.when(l.Visit.To)
	}
	d.Any = d.NewName != "" || d.NewEmail != "" || d.Language != "" || d.PhysicalAccess != "" || d.Lead
	return d
}

func yesNo(v *bool) string {
	switch {
	case v == nil:
		return ""
	case *v:
		return "yes"
	}
	return "no"
}
