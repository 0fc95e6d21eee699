package interpret

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
)

// warnings points out the author, and the addresses that the mail gives, whose domain could be taken for one that is trusted;
// beside those, what the mail gives could be taken for the author's.
func (rd *reader) warnings(r Reading, trusted []string) []Warning {
	var out []Warning
	check := func(request int, address string, known []string) {
		_, domain, _ := strings.Cut(address, "@")
		like, how := mailaddr.LooksLike(domain, known)
		if like == "" {
			return
		}
		if w := (Warning{request, address, mailaddr.DisplayDomain(like), how}); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	check(-1, rd.sender, trusted)
	known := trusted
	if _, domain, ok := strings.Cut(rd.sender, "@"); ok {
		known = append(slices.Clone(trusted), domain)
	}
	for i, q := range r.Requests {
		check(i, str(q.Email), known)
	}
	for _, c := range r.Changes {
		check(-1, str(c.NewEmail), known)
	}
	if r.HandOver != nil {
		check(-1, str(r.HandOver.Email), known)
	}
	return out
}
