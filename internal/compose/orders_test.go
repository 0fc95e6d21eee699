package compose_test

import (
	"bytes"
	"net/url"
	"sync"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/templates"
)

const id = "k5v2mq7xw3tzay4r"

var now = compose.SampleTime

// sample is a fresh order.
func sample(t testing.TB, name string) *access.Mail {
	t.Helper()
	m := compose.Samples()[name]
	if m == nil {
		t.Fatalf("there is no sample %s", name)
	}
	return m
}

func address(t testing.TB, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func config(t testing.TB) compose.Config {
	t.Helper()
	web, err := url.Parse("https://access.provider.example")
	if err != nil {
		t.Fatal(err)
	}
	return compose.Config{
		Provider: "Example Colo", From: address(t, "support@provider.example"), FromName: "Example Colo Support",
		Support: address(t, "support@provider.example"), Subaddressing: true,
		MailFrom: address(t, "bounces@provider.example"), WebURL: web, PortalURL: "https://portal.provider.example", MessageIDDomain: "provider.example",
	}
}

func composer(t testing.TB, cfg compose.Config) *compose.Composer {
	t.Helper()
	c, err := compose.New(cfg, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var examples struct {
	sync.Once
	composer *compose.Composer
}

// example is the composer of the plain config, one for all tests: parsing the templates is most of the work of a test.
func example(t testing.TB) *compose.Composer {
	t.Helper()
	examples.Do(func() { examples.composer = composer(t, config(t)) })
	return examples.composer
}

func mint(t testing.TB, seed byte) token.Token {
	t.Helper()
	tok, err := token.Mint(bytes.NewReader(bytes.Repeat([]byte{seed, 0x5a, 0xc3, seed ^ 0x77}, 4)))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// ref and code are the secrets of the samples.
func ref(t testing.TB) *token.Ref {
	t.Helper()
	return &token.Ref{Kind: token.Approval, Token: mint(t, 0x1d)}
}

func code(t testing.TB) token.Code {
	t.Helper()
	c, ok := token.ParseCode("402731")
	if !ok {
		t.Fatal("402731 is no code")
	}
	return c
}
