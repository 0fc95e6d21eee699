// Package demo plays one whole conversation, by really sending and reading mail and using the registration page.
//
// The command line plays it against the embedded mail system, the end-to-end tests also against Postfix and Dovecot. It
// knows the daemon only from outside: SMTP, IMAP and HTTP.
package demo

import (
	"strings"

	"github.com/countersign/countersign/internal/mailserver"
)

// Names of the stage: a provider, its mailbox, and a client.
const (
	Provider     = "Example Colo"
	ProviderHost = "provider.example"
	SupportName  = "Support"
	Support      = "support@" + ProviderHost
	ClientName   = "Acme"
	ClientHost   = "acme.example"
	MX           = "mx." + ProviderHost // the authserv-id
)

// Person is somebody with a mail program.
type Person struct {
	Name    string
	Address string
	Title   string // how the conversation introduces them
}

// The people.
var (
	Maria = Person{"Maria Lindqvist", "maria@" + ClientHost, "Main Contact"}
	Sofia = Person{"Sofia Berg", "sofia@" + ClientHost, "Secondary Contact"}
	Tom   = Person{"Tom Okafor", "tom@" + ClientHost, "Technician"}
	Jane  = Person{"Jane Doe", "jane.doe@" + ClientHost, "newcomer"}
	Raj   = Person{"Raj Patel", "raj@" + ClientHost, "newcomer"}
	Lena  = Person{"Lena Vogt", "lena@" + ClientHost, "newcomer"}
	Ines  = Person{"Ines Keller", "ines@" + ProviderHost, "security team"}
	Paul  = Person{"Paul Novak", "paul@" + ProviderHost, "support team"}
)

// People lists everybody who needs a mailbox, beside the support mailbox itself.
var People = []Person{Maria, Sofia, Tom, Jane, Raj, Lena, Ines, Paul}

// Roster is what the operator has imported before the first mail.
const Roster = `clients:
  - name: ` + ClientName + `
    role_model: contact-levels
    domains: [` + ClientHost + `]
    contacts:
      - {name: Maria Lindqvist, email: maria@` + ClientHost + `, roles: [main_contact]}
      - {name: Sofia Berg, email: sofia@` + ClientHost + `, roles: [secondary_contact]}
      - {name: Tom Okafor, email: tom@` + ClientHost + `, roles: [technician], badge: active}
staff:
  - {name: Ines Keller, email: ines@` + ProviderHost + `, teams: [security]}
  - {name: Paul Novak, email: paul@` + ProviderHost + `, teams: [support]}
`

// Domains are the mail domains that sign with DKIM, by name.
type Domains map[string]*mailserver.Domain

// NewDomains makes keys for the domains of the stage.
func NewDomains() (Domains, error) {
	d := Domains{}
	for _, name := range []string{ClientHost, ProviderHost} {
		domain, err := mailserver.NewDomain(name)
		if err != nil {
			return nil, err
		}
		d[name] = domain
	}
	return d, nil
}

// Publish puts the public keys, and a DMARC record that asks to reject forgeries, into the DNS that the MX asks.
func (d Domains) Publish(z *mailserver.Zone) {
	for _, domain := range d {
		z.Publish(domain, "reject")
	}
}

// Sign signs a mail as the domain of its author does.
func (d Domains) Sign(author string, raw []byte) ([]byte, error) {
	return d[author[strings.LastIndexByte(author, '@')+1:]].Sign(raw)
}
