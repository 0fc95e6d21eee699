package compose_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/countersign/countersign/internal/compose"
)

// A signature over the whole list of header fields, with From, Subject and Reply-To signed once more than they occur,
// holds; and it breaks when somebody adds such a field. go-mail's own signing fails on lists of this length.
func TestSignedMailVerifies(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	cfg := config(t)
	cfg.Sign = func(raw []byte) ([]byte, error) {
		var b bytes.Buffer
		err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{
			Domain: "provider.example", Selector: "s", Signer: key,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
			HeaderKeys: []string{"From", "From", "Subject", "Subject", "Reply-To", "Reply-To", "To", "Date", "Message-ID",
				"In-Reply-To", "References", "Auto-Submitted", "MIME-Version", "Content-Type"},
		})
		return b.Bytes(), err
	}
	verify := func(raw []byte) error {
		v, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
			LookupTXT: func(string) ([]string, error) { return []string{record}, nil },
		})
		if err != nil || len(v) != 1 {
			t.Fatalf("%d signatures, %v", len(v), err)
		}
		return v[0].Err
	}
	c := composer(t, cfg)
	for name, m := range compose.Samples() {
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := verify(r.Raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, field := range []string{"From: ceo@acme.example", "Subject: Urgent", "Reply-To: x@evil.example"} {
			if verify(append([]byte(field+"\r\n"), r.Raw...)) == nil {
				t.Errorf("%s: the signature holds with a second %s", name, field)
			}
		}
	}
}
