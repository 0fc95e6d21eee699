package senderauth

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/emersion/go-msgauth/dkim"
)

// zone is a DNS of TXT records that counts the questions; "temp" stands for one that is not answered.
type zone struct {
	net.Resolver
	txt map[string]string

	mu    sync.Mutex
	asked []string
}

func (z *zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked = append(z.asked, name)
	switch txt, ok := z.txt[name]; {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case txt == "temp":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	default:
		return strings.Split(txt, "\n"), nil
	}
}

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func publicKey() string {
	der, err := x509.MarshalPKIXPublicKey(&signingKey().PublicKey)
	if err != nil {
		panic(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

// shortKey has 512 bits.
const shortKey = "v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKI7ku8benWHd7OKq/hhVta1mDvgBAON+G7jd3tHLHd8kaHBovf9uyhac/sbipETYUDinmrswveNOIrJpnvQfR0CAwEAAQ=="

const plainMail = "From: Jane <jane@bank.test>\nTo: support@provider.test\nSubject: access\nDate: Sat, 21 Nov 2026 12:00:00 +0000\n" +
	"Message-ID: <1@bank.test>\n\nPlease add Bob.\n"

// signed signs plainMail, or the mail in its place, for a domain.
func signed(t *testing.T, domain string, change func(*dkim.SignOptions)) string {
	t.Helper()
	o := &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: signingKey(), HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID"}}
	if change != nil {
		change(o)
	}
	var b bytes.Buffer
	if err := dkim.Sign(&b, strings.NewReader(strings.ReplaceAll(plainMail, "\n", "\r\n")), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const ourReceived = "Return-Path: <jane@bank.test>\r\nReceived: from mail.bank.test (mail.bank.test [192.0.2.7])\r\n\tby mx.provider.test (Postfix) with ESMTP id 1;\r\n\tSat, 21 Nov 2026 12:00:01 +0000\r\n"

func weighRaw(t *testing.T, raw string, cfg Config, dns Resolver) Evidence {
	t.Helper()
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return Weigh(t.Context(), Mail{Raw: []byte(raw), Fields: m.Fields, Author: m.Author.Address, AuthorErr: m.AuthorErr,
		At: time.Date(2026, 11, 21, 12, 0, 2, 0, time.UTC)}, cfg, dns)
}

func TestOwnChecks(t *testing.T) {
	t.Parallel()
	reject := map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject"}
	monitor := map[string]string{"_dmarc.bank.test": "v=DMARC1; p=none"}
	strict := map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject; adkim=s; aspf=s"}
	valid := signed(t, "bank.test", nil)
	spfRecord := "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 -all"
	for name, c := range map[string]struct {
		raw     string
		records map[string]string
		verdict Verdict
		method  Method
		says    string // a part of one line of what was considered
	}{
		"signed":             {valid, reject, Pass, MethodDMARC, "DKIM signature of bank.test: valid"},
		"signed-lf":          {strings.ReplaceAll(valid, "\r\n", "\n"), reject, Pass, MethodDMARC, "valid"},
		"signed-no-dmarc":    {valid, nil, Pass, MethodDKIM, "DMARC record of bank.test: none"},
		"signed-subdomain":   {signed(t, "mail.bank.test", nil), reject, Pass, MethodDMARC, "mail.bank.test: valid"},
		"strict-exact":       {valid, strict, Pass, MethodDMARC, "valid"},
		"strict-subdomain":   {signed(t, "mail.bank.test", nil), strict, Fail, "", "mail.bank.test: valid"},
		"two-dmarc-records":  {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=none\nv=DMARC1; p=reject"}, Pass, MethodDKIM, "unreadable"},
		"dmarc-like-record":  {plainMail, map[string]string{"_dmarc.bank.test": "v=DMARC10; p=reject"}, Weak, "", "none"},
		"unsigned":           {plainMail, reject, Fail, "", "policy reject"},
		"unsigned-monitored": {plainMail, monitor, Weak, "", "SPF not judged"},
		"unsigned-no-dmarc":  {plainMail, nil, Weak, "", "none"},
		"other-domain":       {signed(t, "evil.test", nil), reject, Fail, "", "evil.test: valid"},
		"other-no-dmarc":     {signed(t, "evil.test", nil), nil, Weak, "", "evil.test: valid"},
		"look-alike":         {signed(t, "notbank.test", nil), reject, Fail, "", "notbank.test: valid"},
		"changed-body":       {strings.Replace(valid, "Bob", "Eve", 1), reject, Fail, "", "body hash"},
		"appended-footer":    {valid + "footer of a list\r\n", reject, Fail, "", "body hash"},
		"changed-subject":    {strings.Replace(valid, "Subject: access", "Subject: other", 1), reject, Fail, "", "signature did not verify"},
		"second-from":        {"From: Eve <eve@evil.test>\r\n" + valid, reject, Fail, "", ""},
		"second-subject":     {"Subject: APPROVE\r\n" + valid, reject, Fail, "", "leaves a Subject field unsigned"},
		"second-date":        {"Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n" + valid, reject, Fail, "", "leaves a Date field unsigned"},
		"unsigned-id": {signed(t, "bank.test", func(o *dkim.SignOptions) { o.HeaderKeys = []string{"From", "Subject", "Date"} }), reject, Pass,
			MethodDMARC, "valid"},
		"unsigned-date": {signed(t, "bank.test", func(o *dkim.SignOptions) { o.HeaderKeys = []string{"From", "Subject"} }), reject, Fail, "",
			"leaves a Date field unsigned"},
		"body-length": {strings.Replace(valid, "v=1;", "v=1; l=4;", 1), reject, Fail, "", "insecure body length"},
		"in-time": {signed(t, "bank.test", func(o *dkim.SignOptions) { o.Expiration = time.Now().Add(1000 * time.Hour) }), reject, Pass,
			MethodDMARC, "valid"},
		"bare-cr":        {strings.Replace(valid, "Subject: access", "Subject: acc\ress", 1), reject, Fail, "", "bare line end"},
		"malformed-line": {"Junk line\r\n" + valid, reject, Fail, "", "malformed line"},
		"blank-line":     {strings.Replace(valid, "Subject: access", "Subject:\r\n \r\n access", 1), reject, Fail, "", "blank line that is not empty"},
		"leading-blank":  {"\r\n" + valid, reject, Fail, "", "read in two ways"},
		"key-missing":    {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "s1._domainkey.bank.test": ""}, Fail, "", "no"},
		"key-short":      {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "s1._domainkey.bank.test": shortKey}, Fail, "", "too short"},
		"key-revoked":    {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "s1._domainkey.bank.test": "v=DKIM1; p="}, Fail, "", "revoked"},
		"key-tested":     {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "s1._domainkey.bank.test": publicKey() + "; t=y"}, Fail, "", "being tested"},
		"key-away":       {valid, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "s1._domainkey.bank.test": "temp"}, Weak, "", "unavailable"},
		"dmarc-away":     {valid, map[string]string{"_dmarc.bank.test": "temp"}, Pass, MethodDKIM, "no answer"},
		"dmarc-away-sub": {signed(t, "mail.bank.test", nil), map[string]string{"_dmarc.bank.test": "temp"}, Weak, "", "no answer"},

		"spf":          {ourReceived + plainMail, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "bank.test": spfRecord}, Pass, MethodSPF, "SPF of 192.0.2.7 for bank.test: pass"},
		"spf-no-dmarc": {ourReceived + plainMail, map[string]string{"bank.test": spfRecord}, Pass, MethodSPF, "pass"},
		"spf-ipv6": {strings.Replace(ourReceived, "192.0.2.7", "IPv6:2001:db8::7", 1) + plainMail, map[string]string{"bank.test": spfRecord}, Pass, MethodSPF,
			"SPF of 2001:db8::7 for bank.test: pass"},
		"spf-fail":       {strings.Replace(ourReceived, "192.0.2.7", "192.0.2.8", 1) + plainMail, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=none", "bank.test": spfRecord}, Fail, "", "SPF of 192.0.2.8 for bank.test: fail"},
		"spf-other-path": {strings.Replace(ourReceived, "jane@bank.test", "x@evil.test", 1) + plainMail, map[string]string{"_dmarc.bank.test": "v=DMARC1; p=reject", "evil.test": spfRecord}, Fail, "", "for evil.test: pass"},
		"spf-other-mx":   {strings.Replace(ourReceived, "by mx.provider.test", "by mx.evil.test", 1) + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
		"spf-helo-literal": {strings.Replace(ourReceived, "from mail.bank.test (mail.bank.test [192.0.2.7])", "from [192.0.2.7] (unknown [198.51.100.1])", 1) + plainMail,
			map[string]string{"bank.test": spfRecord}, Weak, "", "SPF of 198.51.100.1 for bank.test: fail"},
		"spf-helo-comment": {strings.Replace(ourReceived, "from mail.bank.test (mail.bank.test [192.0.2.7])", "from x (y [192.0.2.7]) by mx.provider.test (unknown [198.51.100.1])", 1) + plainMail,
			map[string]string{"bank.test": spfRecord}, Weak, "", ""},
		"spf-exim":         {strings.Replace(ourReceived, "(mail.bank.test [192.0.2.7])", "([192.0.2.7] helo=[192.0.2.7])", 1) + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
		"spf-null-path":    {strings.Replace(ourReceived, "jane@bank.test", "", 1) + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
		"spf-path-below":   {strings.TrimPrefix(ourReceived, "Return-Path: <jane@bank.test>\r\n") + "Return-Path: <jane@bank.test>\r\n" + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
		"spf-two-paths":    {"Return-Path: <x@evil.test>\r\n" + ourReceived + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
		"spf-forged-below": {"Received: from a.test (a.test [198.51.100.1]) by mx.provider.test with ESMTP\r\n" + ourReceived + plainMail, map[string]string{"bank.test": spfRecord}, Weak, "", "SPF not judged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := &zone{txt: map[string]string{}}
			for _, d := range []string{"bank.test", "mail.bank.test", "evil.test", "notbank.test"} {
				z.txt["s1._domainkey."+d] = publicKey()
			}
			for k, v := range c.records {
				z.txt[k] = v
			}
			got := weighRaw(t, c.raw, Config{Mode: OwnChecks, ReceivedBy: "mx.provider.test"}, z)
			considered := strings.Join(got.Considered, "\n")
			if got.Verdict != c.verdict || got.Method != c.method {
				t.Errorf("%s by %q, want %s by %q: %s\n%s", got.Verdict, got.Method, c.verdict, c.method, got.Reason, considered)
			}
			if !strings.Contains(considered, c.says) || got.Reason == "" {
				t.Errorf("the evidence does not say %q: %s\n%s", c.says, got.Reason, considered)
			}
		})
	}
}

// A subdomain is governed by its organizational domain's record, and by its sp= there.
func TestOrganizationalRecord(t *testing.T) {
	t.Parallel()
	raw := strings.ReplaceAll(plainMail, "jane@bank.test", "jane@sales.bank.co.uk")
	for record, want := range map[string]Verdict{
		"v=DMARC1; p=reject": Fail, "v=DMARC1; p=none": Weak, "v=DMARC1; p=none; sp=quarantine": Fail, "v=DMARC1; p=reject; sp=none": Weak,
	} {
		z := &zone{txt: map[string]string{"_dmarc.bank.co.uk": record}}
		if got := weighRaw(t, raw, Config{Mode: OwnChecks}, z); got.Verdict != want {
			t.Errorf("%s: %s, want %s: %s", record, got.Verdict, want, got.Reason)
		}
	}
}

// A signature counts until its x=, by the time the mail arrived.
func TestSignatureExpiry(t *testing.T) {
	t.Parallel()
	expires := time.Now().Add(time.Hour).Truncate(time.Second)
	raw := signed(t, "bank.test", func(o *dkim.SignOptions) { o.Expiration = expires })
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	z := &zone{txt: map[string]string{"s1._domainkey.bank.test": publicKey()}}
	for at, want := range map[time.Time]Verdict{expires: Pass, expires.Add(time.Second): Weak} {
		e := Weigh(t.Context(), Mail{Raw: []byte(raw), Fields: m.Fields, Author: m.Author.Address, At: at}, Config{Mode: OwnChecks}, z)
		if e.Verdict != want {
			t.Errorf("arrived %s its expiry: %s, want %s\n%s", at.Sub(expires), e.Verdict, want, strings.Join(e.Considered, "\n"))
		}
	}
}

// However many signatures a mail has, the questions are few, and only the first signatures count.
func TestManySignatures(t *testing.T) {
	t.Parallel()
	valid := signed(t, "bank.test", nil)
	field, _, _ := strings.Cut(valid, "From: ")
	z := &zone{txt: map[string]string{"s1._domainkey.bank.test": publicKey()}}
	raw := strings.Repeat(strings.Replace(field, "d=bank.test", "d=evil.test", 1), 200) + valid
	if got := weighRaw(t, raw, Config{Mode: OwnChecks}, z); got.Verdict != Weak || len(z.asked) > maxSignatures+2 {
		t.Errorf("%s after %d questions", got.Verdict, len(z.asked))
	}
}

// Header sections that would cost seconds to verify are not: no honest mail is like that.
func TestDearHeader(t *testing.T) {
	t.Parallel()
	z := &zone{txt: map[string]string{"s1._domainkey.bank.test": publicKey()}}
	longField := func(lines int) string {
		return "X-Long:" + strings.Repeat(" a\r\n", lines) + signed(t, "bank.test", nil)
	}
	manyNames := func(names int) string {
		return signed(t, "bank.test", func(o *dkim.SignOptions) {
			for range names - 5 {
				o.HeaderKeys = append(o.HeaderKeys, "Z")
			}
		})
	}
	for _, tt := range []struct {
		raw  string
		want string // of what was considered; "" for a pass
	}{
		{longField(maxLines), ""},
		{longField(maxLines + 1), "a field of more than 1000 lines"},
		{longField(100_000)[:200_000] + "\r\n" + plainMail, "a field of more than 1000 lines"},
		{manyNames(maxSigned - 1), ""},
		{manyNames(maxSigned + 1), "a signature names more than 200 fields"},
	} {
		got := weighRaw(t, tt.raw, Config{Mode: OwnChecks}, z)
		if passed := got.Verdict == Pass; passed != (tt.want == "") || !strings.Contains(strings.Join(got.Considered, "\n"), tt.want) {
			t.Errorf("%.60q of %d bytes: %s, %q", tt.raw, len(tt.raw), got.Verdict, got.Considered)
		}
	}
}

// Without a DNS, or with one that gives up, nothing passes.
func TestNoDNS(t *testing.T) {
	t.Parallel()
	valid := signed(t, "bank.test", nil)
	if got := weighRaw(t, valid, Config{Mode: OwnChecks}, nil); got.Verdict != Weak {
		t.Errorf("without DNS: %s", got.Verdict)
	}
	if !temporary(fmt.Errorf("asking: %w", context.DeadlineExceeded)) || temporary(errors.New("x")) || temporary(nil) {
		t.Error("a deadline is temporary, another error is not")
	}
}

// TestBoth: both must pass, and the failure of either is one.
func TestBoth(t *testing.T) {
	t.Parallel()
	const mxPass = "Authentication-Results: mx.test; dkim=pass header.d=bank.test; dmarc=pass header.from=bank.test\r\n"
	const mxSPF = "Authentication-Results: mx.test; spf=pass smtp.mailfrom=bank.test\r\n"
	const mxFail = "Authentication-Results: mx.test; dmarc=fail header.from=bank.test\r\n"
	valid := signed(t, "bank.test", nil)
	for name, c := range map[string]struct {
		raw     string
		dmarc   string
		verdict Verdict
		method  Method
	}{
		"agree":        {mxPass + valid, "v=DMARC1; p=reject", Pass, MethodDMARC},
		"mx-fails":     {mxFail + valid, "v=DMARC1; p=reject", Fail, ""},
		"we-fail":      {mxPass + plainMail, "v=DMARC1; p=reject", Fail, ""},
		"we-are-weak":  {mxPass + plainMail, "v=DMARC1; p=none", Weak, ""},
		"mx-is-silent": {valid, "v=DMARC1; p=reject", Weak, ""},
		"mx-has-spf":   {mxSPF + valid, "v=DMARC1; p=reject", Pass, MethodSPF},
		"we-have-spf":  {mxPass + strings.ReplaceAll(ourReceived, "\r\n", "\n") + plainMail, "v=DMARC1; p=reject", Pass, MethodSPF},
	} {
		z := &zone{txt: map[string]string{"s1._domainkey.bank.test": publicKey(), "_dmarc.bank.test": c.dmarc, "bank.test": "v=spf1 ip4:192.0.2.7 -all"}}
		raw := strings.ReplaceAll(strings.ReplaceAll(c.raw, "\r\n", "\n"), "\n", "\r\n")
		got := weighRaw(t, raw, Config{Mode: Both, AuthservID: "mx.test", ReceivedBy: "mx.provider.test"}, z)
		if got.Verdict != c.verdict || got.Method != c.method {
			t.Errorf("%s: %s by %q, want %s by %q: %s\n%s", name, got.Verdict, got.Method, c.verdict, c.method, got.Reason, strings.Join(got.Considered, "\n"))
		}
	}
}

// A mail that one of our own people handed in after signing in is theirs; the login of somebody else proves nothing.
func TestAuth(t *testing.T) {
	t.Parallel()
	for auth, want := range map[string]Method{
		"auth=pass smtp.auth=jane@bank.test": MethodAuth, "auth=pass smtp.auth=JANE@BANK.TEST": MethodAuth, "auth=pass smtp.auth=jane": "",
		"auth=pass smtp.auth=eve@bank.test": "", "auth=fail smtp.auth=jane@bank.test": "", "auth=pass smtp.mailfrom=jane@bank.test": "",
		"arc=pass": "",
	} {
		got := Verify(header("Authentication-Results: mx.test; "+auth+"\n"), address(t, "jane@bank.test"), nil, Config{AuthservID: "mx.test"})
		if got.Method != want || (got.Verdict == Pass) != (want != "") {
			t.Errorf("%s: %s by %q, want %q", auth, got.Verdict, got.Method, want)
		}
	}
}

func address(t *testing.T, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
