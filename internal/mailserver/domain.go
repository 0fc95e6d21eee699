package mailserver

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// signedFields are the fields that Sign covers, each once more than it occurs, so that none can be added (RFC 6376
// section 8.15).
var signedFields = []string{"From", "Subject", "Date", "Message-ID", "To", "Reply-To", "In-Reply-To", "References"}

// Domain is a sending domain with its DKIM key: RSA, because the common verifiers know no Ed25519.
type Domain struct {
	Name     string
	Selector string
	key      *rsa.PrivateKey
}

// NewDomain makes a domain with a new 2048-bit key, which takes some tenths of a second.
func NewDomain(name string) (*Domain, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("generating the DKIM key of %s: %w", name, err)
	}
	return DomainWithKey(name, "s1", key), nil
}

// DomainWithKey makes a domain with a given key; several domains may share one.
func DomainWithKey(name, selector string, key *rsa.PrivateKey) *Domain {
	return &Domain{Name: name, Selector: selector, key: key}
}

// Record is the DNS name and text of the public key (RFC 6376 section 3.6.1).
func (d *Domain) Record() (name, txt string) {
	// The key is an RSA key: marshalling it cannot fail.
	der, err := x509.MarshalPKIXPublicKey(&d.key.PublicKey)
	if err != nil {
		panic(err)
	}
	return d.Selector + "._domainkey." + d.Name, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

// PrivateKeyPEM is the key in PKCS #8, as signers read it.
func (d *Domain) PrivateKeyPEM() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(d.key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// Sign returns the message with a DKIM-Signature on top, its line ends made CRLF.
func (d *Domain) Sign(raw []byte) ([]byte, error) {
	raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	fields, _ := splitHeader(raw)
	var keys []string
	for _, name := range signedFields {
		keys = append(keys, name)
		for _, f := range fields {
			if strings.EqualFold(f.name, name) {
				keys = append(keys, name)
			}
		}
	}
	var signed bytes.Buffer
	err := dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{
		Domain:                 d.Name,
		Selector:               d.Selector,
		Signer:                 d.key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             keys,
	})
	if err != nil {
		return nil, fmt.Errorf("signing for %s: %w", d.Name, err)
	}
	return signed.Bytes(), nil
}
