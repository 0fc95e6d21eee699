package senderauth

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// header reads "Name: body" lines; a body goes on in lines that begin with a blank.
func header(lines string) []message.Field {
	var fields []message.Field
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\n")
		if line == "" {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			fields[len(fields)-1].Body += line
			continue
		}
		name, body, _ := strings.Cut(line, ":")
		fields = append(fields, message.Field{Name: name, Body: strings.TrimSpace(body)})
	}
	return fields
}

const received = "Received: from out.example by mx.test; Sat, 21 Nov 2026 12:00:00 +0000\n"

func TestVerify(t *testing.T) {
	t.Parallel()
	const ar = "Authentication-Results: mx.test; "
	for name, c := range map[string]struct {
		header  string
		domain  string // of the author; bank.test when empty
		hops    int
		verdict Verdict
		method  Method
		proved  string
	}{
		// What passes.
		"dmarc":               {ar + "dmarc=pass header.from=bank.test\n" + received, "", 0, Pass, MethodDMARC, "bank.test"},
		"dmarc-glued-comment": {ar + "dmarc=pass(p=REJECT) header.from=bank.test\n" + received, "", 0, Pass, MethodDMARC, "bank.test"},
		"dmarc-comment":       {ar + "dmarc=pass (p=REJECT) header.from=bank.test\n" + received, "", 0, Pass, MethodDMARC, "bank.test"},
		"dmarc-and-all":       {ar + "dkim=pass header.d=bank.test; spf=pass smtp.mailfrom=x@bank.test; dmarc=pass header.from=bank.test\n" + received, "", 0, Pass, MethodDMARC, "bank.test"},
		"dmarc-exchange":      {ar + "spf=pass smtp.mailfrom=bank.test; dkim=pass header.d=bank.test;dmarc=pass action=none header.from=bank.test;compauth=pass reason=100\n" + received, "", 0, Pass, MethodDMARC, "bank.test"},
		"dkim":                {ar + "dkim=pass header.d=bank.test header.s=s\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"dkim-upper-case":     {"AUTHENTICATION-RESULTS: MX.Test; DKIM=PASS Header.D=BANK.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"dkim-identity-only":  {ar + "dkim=pass header.i=@mail.bank.test header.s=s\n" + received, "", 0, Pass, MethodDKIM, "mail.bank.test"},
		"dkim-identity-user":  {ar + "dkim=pass header.i=jane@bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"dkim-second-of-two":  {ar + "dkim=pass header.d=sender.test; dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"dkim-subdomain":      {ar + "dkim=pass header.d=mail.bank.co.uk\n" + received, "bank.co.uk", 0, Pass, MethodDKIM, "mail.bank.co.uk"},
		"dkim-parent":         {ar + "dkim=pass header.d=bank.co.uk\n" + received, "mail.bank.co.uk", 0, Pass, MethodDKIM, "bank.co.uk"},
		"dkim-u-label":        {ar + "dkim=pass header.d=bücher.example\n" + received, "xn--bcher-kva.example", 0, Pass, MethodDKIM, "xn--bcher-kva.example"},
		"dkim-dmarc-none":     {ar + "dmarc=none header.from=bank.test; dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"comment-before-id":   {"Authentication-Results: (our own) mx.test; dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"folded":              {"Authentication-Results: mx.test;\n\tdkim=pass\n\theader.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"spf":                 {ar + "spf=pass smtp.mailfrom=jane@bank.test\n" + received, "", 0, Pass, MethodSPF, "bank.test"},
		"spf-brackets":        {ar + "spf=pass smtp.mailfrom=<jane@bank.test>\n" + received, "", 0, Pass, MethodSPF, "bank.test"},
		"spf-quoted-local":    {ar + `spf=pass smtp.mailfrom="a@evil.test"@bank.test` + "\n" + received, "", 0, Pass, MethodSPF, "bank.test"},
		"dmarc-by-spf":        {ar + "dkim=none; spf=pass smtp.mailfrom=bank.test; dmarc=pass header.from=bank.test\n" + received, "", 0, Pass, MethodSPF, "bank.test"},
		"dmarc-not-by-dkim":   {ar + "dkim=pass header.d=other.test; dmarc=pass header.from=bank.test\n" + received, "", 0, Pass, MethodSPF, "bank.test"},
		"two-fields":          {ar + "spf=fail smtp.mailfrom=x.test\n" + ar + "dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"inner-relay":         {received + ar + "dkim=pass header.d=bank.test\n" + received, "", 1, Pass, MethodDKIM, "bank.test"},
		"other-id-besides":    {"Authentication-Results: mx.evil; dmarc=fail header.from=bank.test\n" + ar + "dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},
		"spf-received-field":  {"Received-SPF: pass\nX-Received: by x\n" + ar + "dkim=pass header.d=bank.test\n" + received, "", 0, Pass, MethodDKIM, "bank.test"},

		// What is no proof.
		"nothing":                   {received, "", 0, Weak, "", ""},
		"none":                      {ar + "none\n" + received, "", 0, Weak, "", ""},
		"below-received":            {received + ar + "dkim=pass header.d=bank.test\n", "", 0, Weak, "", ""},
		"below-two-received":        {received + received + ar + "dkim=pass header.d=bank.test\n", "", 1, Weak, "", ""},
		"other-id":                  {"Authentication-Results: mx.evil; dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"longer-id":                 {"Authentication-Results: mx.test.evil; dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"id-in-comment":             {"Authentication-Results: mx.evil (mx.test); dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"arc-copy":                  {"ARC-Authentication-Results: i=1; mx.test; dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"version-two":               {"Authentication-Results: mx.test 2; dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"result-in-comment":         {ar + "spf=none (x; dmarc=pass header.from=bank.test ) smtp.mailfrom=evil.test\n" + received, "", 0, Weak, "", ""},
		"result-in-quotes":          {ar + `spf=none smtp.mailfrom="a; dkim=pass header.d=bank.test "@evil.test` + "\n" + received, "", 0, Weak, "", ""},
		"domain-in-quotes":          {ar + `spf=pass smtp.mailfrom="x@bank.test"@evil.test` + "\n" + received, "", 0, Weak, "", ""},
		"domain-in-comment":         {ar + "spf=pass smtp.mailfrom=evil.test (bank.test)\n" + received, "", 0, Weak, "", ""},
		"reason-is-no-property":     {ar + `dkim=pass reason="header.d=bank.test" header.d=evil.test` + "\n" + received, "", 0, Weak, "", ""},
		"property-twice":            {ar + "dkim=pass header.d=evil.test header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"identity-beside-domain":    {ar + "dkim=pass header.d=evil.test header.i=@bank.test\n" + received, "", 0, Weak, "", ""},
		"dmarc-other-from":          {ar + "dmarc=pass header.from=evil.test\n" + received, "", 0, Weak, "", ""},
		"dmarc-parent-from":         {ar + "dmarc=pass header.from=bank.test\n" + received, "sub.bank.test", 0, Weak, "", ""},
		"dmarc-without-from":        {ar + "dmarc=pass\n" + received, "", 0, Weak, "", ""},
		"dkim-unaligned":            {ar + "dkim=pass header.d=evil.test\n" + received, "", 0, Weak, "", ""},
		"dkim-failed":               {ar + "dkim=fail header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"dkim-lookalike-end":        {ar + "dkim=pass header.d=evilbank.test\n" + received, "", 0, Weak, "", ""},
		"dkim-public-suffix":        {ar + "dkim=pass header.d=co.uk\n" + received, "bank.co.uk", 0, Weak, "", ""},
		"dkim-same-public-suffix":   {ar + "dkim=pass header.d=evil.co.uk\n" + received, "bank.co.uk", 0, Weak, "", ""},
		"dkim-private-suffix":       {ar + "dkim=pass header.d=evil.github.io\n" + received, "bank.github.io", 0, Weak, "", ""},
		"spf-helo":                  {ar + "spf=pass smtp.helo=bank.test\n" + received, "", 0, Weak, "", ""},
		"spf-null":                  {ar + "spf=pass smtp.mailfrom=<>\n" + received, "", 0, Weak, "", ""},
		"spf-softfail":              {ar + "spf=softfail smtp.mailfrom=bank.test\n" + received, "", 0, Weak, "", ""},
		"unreadable":                {ar + "dkim=pass header.d=bank.test; ???\n" + received, "", 0, Weak, "", ""},
		"unreadable-besides":        {ar + "???\n" + ar + "dkim=pass header.d=bank.test\n" + received, "", 0, Weak, "", ""},
		"lower-field-contradicts":   {ar + "dkim=none\n" + received + ar + "dkim=pass header.d=bank.test\n", "", 1, Weak, "", ""},
		"dmarc-temperror":           {ar + "dmarc=temperror header.from=bank.test\n" + received, "", 0, Weak, "", ""},
		"ip-address-look-alignment": {ar + "spf=pass smtp.mailfrom=9.9.3.4\n" + received, "1.2.3.4", 0, Weak, "", ""},

		// What is disproof.
		"dmarc-fail":            {ar + "dkim=pass header.d=bank.test; dmarc=fail header.from=bank.test\n" + received, "", 0, Fail, "", ""},
		"dmarc-fail-below-pass": {ar + "dmarc=pass header.from=bank.test\n" + ar + "dmarc=fail header.from=bank.test\n" + received, "", 0, Fail, "", ""},
		"dmarc-fail-unreadable": {ar + "dmarc=fail header.from=bank.test\n" + ar + "???\n" + received, "", 0, Fail, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.domain == "" {
				c.domain = "bank.test"
			}
			author := mailaddr.Address{Local: "jane", Domain: c.domain}
			got := Verify(header(c.header), author, nil, Config{AuthservID: "mx.test", Hops: c.hops})
			want := Evidence{Verdict: c.verdict, Method: c.method, Domain: c.proved}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Evidence{}, "Reason", "Considered")); diff != "" {
				t.Errorf("(-want +got):\n%s%s\n%s", diff, got.Reason, strings.Join(got.Considered, "\n"))
			}
			if got.Reason == "" {
				t.Error("there is no reason")
			}
		})
	}
}

func TestVerifyWithoutAuthor(t *testing.T) {
	t.Parallel()
	fields := header("Authentication-Results: mx.test; dmarc=pass header.from=bank.test\n")
	cfg := Config{AuthservID: "mx.test"}
	for name, e := range map[string]Evidence{
		"error":   Verify(fields, mailaddr.Address{Local: "jane", Domain: "bank.test"}, errors.New("two From fields"), cfg),
		"nothing": Verify(fields, mailaddr.Address{}, nil, cfg),
	} {
		if e.Verdict != Fail || e.Method != "" || e.Domain != "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestVerifyWithoutAuthservID: a configuration that names none believes nobody.
func TestVerifyWithoutAuthservID(t *testing.T) {
	t.Parallel()
	e := Verify(header(`Authentication-Results: ""; dmarc=pass header.from=bank.test`), mailaddr.Address{Local: "jane", Domain: "bank.test"}, nil, Config{})
	if e.Verdict != Weak {
		t.Errorf("%+v", e)
	}
}

// TestKelvinSign: with Unicode case folding the sign is a k.
func TestKelvinSign(t *testing.T) {
	t.Parallel()
	e := Verify(header("Authentication-Results: mx.ban\u212a.test; dmarc=pass header.from=bank.test\n"),
		mailaddr.Address{Local: "jane", Domain: "bank.test"}, nil, Config{AuthservID: "mx.bank.test"})
	if e.Verdict != Weak {
		t.Errorf("%+v", e)
	}
}

func TestConsidered(t *testing.T) {
	t.Parallel()
	e := Verify(header("Authentication-Results: mx.evil; none\n"+
		"Authentication-Results: mx.test; dkim=pass header.d=a\u202eb; dmarc=pass action=none header.from=bank.test\n"+
		"Authentication-Results: mx.test; dkim=fail\n"+
		"Authentication-Results: mx.test; ?\n"+received+
		"Authentication-Results: mx.test; none\n"),
		mailaddr.Address{Local: "jane", Domain: "bank.test"}, nil, Config{AuthservID: "mx.test"})
	want := []string{
		`passed over: field of "mx.evil" is not of our own MX`,
		`counts: dkim=pass header.d=a?b`,
		`counts: dmarc=pass action=none header.from=bank.test`,
		`passed over: dkim=fail, reported by a field above`,
		`unreadable: field of "mx.test": malformed Authentication-Results: at byte 9: a word is expected`,
		`passed over: field of "mx.test" stands below Received fields that are not ours`,
	}
	if diff := cmp.Diff(want, e.Considered); diff != "" {
		t.Errorf("considered (-want +got):\n%s", diff)
	}
	if want := "An Authentication-Results field of our own MX cannot be read."; e.Reason != want {
		t.Errorf("reason %q, want %q", e.Reason, want)
	}

	many := Verify(header(strings.Repeat("Authentication-Results: mx.evil; none\n", 5000)),
		mailaddr.Address{Local: "jane", Domain: "bank.test"}, nil, Config{AuthservID: "mx.test"})
	if n := len(many.Considered); n != 41 {
		t.Errorf("%d lines for 5000 fields", n)
	}
	if want := "4960 more lines are left out"; many.Considered[40] != want {
		t.Errorf("last line %q, want %q", many.Considered[40], want)
	}
	long := Verify(header("Authentication-Results: mx.test; dkim=fail header.d="+strings.Repeat("é", 5000)),
		mailaddr.Address{Local: "jane", Domain: "bank.test"}, nil, Config{AuthservID: "mx.test"})
	if want := "counts: dkim=fail header.d=" + strings.Repeat("é", 120) + "…"; long.Considered[0] != want {
		t.Errorf("long value shown as %q", long.Considered[0])
	}
}

// TestSenderCannotRaiseVerdict: whatever fields a sender writes below our own Received field, the evidence is what it
// would be without them.
func TestSenderCannotRaiseVerdict(t *testing.T) {
	t.Parallel()
	author := mailaddr.Address{Local: "jane", Domain: "bank.test"}
	cfg := Config{AuthservID: "mx.test"}
	rapid.Check(t, func(t *rapid.T) {
		ours := header("Authentication-Results: mx.test; " + rapid.SampledFrom([]string{"none", "dkim=fail header.d=bank.test",
			"spf=pass smtp.mailfrom=bank.test", "dmarc=fail header.from=bank.test", "dkim=pass header.d=bank.test"}).Draw(t, "ours") + "\n" + received)
		field := rapid.Custom(func(t *rapid.T) message.Field {
			name := rapid.SampledFrom([]string{"Authentication-Results", "authentication-results", "Received", "X"}).Draw(t, "name")
			id := rapid.SampledFrom([]string{"mx.test", "(x)mx.test", "MX.TEST 1", `"mx.test"`, ""}).Draw(t, "id")
			result := rapid.SampledFrom([]string{"dmarc=pass header.from=bank.test", "dkim=pass header.d=bank.test", "dmarc=fail", "?", ""}).Draw(t, "result")
			return message.Field{Name: name, Body: id + ";" + result}
		})
		forged := append(ours, rapid.SliceOfN(field, 0, 6).Draw(t, "forged")...)
		want, got := Verify(ours, author, nil, cfg), Verify(forged, author, nil, cfg)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Evidence{}, "Considered")); diff != "" {
			t.Fatalf("%s (-without +with):\n%s", fmt.Sprint(forged), diff)
		}
	})
}
