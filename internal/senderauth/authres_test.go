package senderauth

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParseResults(t *testing.T) {
	t.Parallel()
	dkim := []Result{{Method: "dkim", Value: "pass", Props: []Prop{{"header", "d", "bank.test"}}}}
	dmarc := []Result{{Method: "dmarc", Value: "pass", Props: []Prop{{"header", "from", "bank.test"}}}}
	for name, c := range map[string]struct {
		in      string
		id      string
		version int
		want    []Result
	}{
		"none":             {"mx.test; none", "mx.test", 1, nil},
		"noneinupper":      {"mx.test;NONE (nothing checked)", "mx.test", 1, nil},
		"plain":            {"mx.test; dkim=pass header.d=bank.test", "mx.test", 1, dkim},
		"folded":           {"mx.test;\r\n\tdkim=pass\r\n header.d=bank.test\r\n", "mx.test", 1, dkim},
		"version":          {"mx.test 1; dkim=pass header.d=bank.test", "mx.test", 1, dkim},
		"versiontwo":       {"mx.test (x) 2 (y); dkim=pass header.d=bank.test", "mx.test", 2, dkim},
		"methodversion":    {"mx.test; dkim/1=pass header.d=bank.test", "mx.test", 1, dkim},
		"methodversioncfw": {"mx.test; dkim (a) / (b) 1 (c) = (d) pass (e) header (f) . (g) d (h) = (i) bank.test (j)", "mx.test", 1, dkim},
		"uppercase":        {"MX.test; DKIM=Pass HEADER.D=bank.test", "MX.test", 1, dkim},
		"commentbeforeid":  {"(who (else)) mx.test; dkim=pass header.d=bank.test", "mx.test", 1, dkim},
		"quotedid":         {`"mx.test"; dkim=pass header.d=bank.test`, "mx.test", 1, dkim},
		"ulabelid":         {"møx.test; none", "møx.test", 1, nil},
		"finalsemicolon":   {"mx.test; dkim=pass header.d=bank.test;", "mx.test", 1, dkim},
		"commentafterpass": {"mx.test; dmarc=pass(p=REJECT) header.from=bank.test", "mx.test", 1, dmarc},
		"quotedvalue":      {`mx.test; dmarc=pass header.from="bank.test"`, "mx.test", 1, dmarc},
		"semicolonincomment": {"mx.test; spf=fail (x; dmarc=pass header.from=bank.test ) smtp.mailfrom=evil.test", "mx.test", 1,
			[]Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", "evil.test"}}}}},
		"closedcommentquoted": {`mx.test; spf=fail (x \); dmarc=pass header.from=bank.test ) smtp.mailfrom=evil.test`, "mx.test", 1,
			[]Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", "evil.test"}}}}},
		"nestedcomment": {"mx.test; spf=fail (x (y); dmarc=pass (z)) smtp.mailfrom=evil.test", "mx.test", 1,
			[]Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", "evil.test"}}}}},
		"semicoloninquotes": {`mx.test; spf=fail smtp.mailfrom="x; dmarc=pass header.from=bank.test y"@evil.test`, "mx.test", 1,
			[]Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", "x; dmarc=pass header.from=bank.test y@evil.test"}}}}},
		"quoteinquotes": {`mx.test; spf=fail smtp.mailfrom="x\"; dmarc=pass \\"@evil.test`, "mx.test", 1,
			[]Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", `x"; dmarc=pass \@evil.test`}}}}},
		"reason": {`mx.test; dkim=fail reason="bad; (sig)" header.d=bank.test`, "mx.test", 1,
			[]Result{{Method: "dkim", Value: "fail", Reason: "bad; (sig)", Props: []Prop{{"header", "d", "bank.test"}}}}},
		"exchange": {"mx.test; dmarc=pass action=none header.from=bank.test;compauth=pass reason=100", "mx.test", 1,
			[]Result{{Method: "dmarc", Value: "pass", Props: []Prop{{"", "action", "none"}, {"header", "from", "bank.test"}}},
				{Method: "compauth", Value: "pass", Reason: "100"}}},
		"nullsender": {"mx.test; spf=none smtp.mailfrom=<>; spf=none smtp.mailfrom=;", "mx.test", 1,
			[]Result{{Method: "spf", Value: "none", Props: []Prop{{"smtp", "mailfrom", "<>"}}},
				{Method: "spf", Value: "none", Props: []Prop{{"smtp", "mailfrom", ""}}}}},
		"base64andipv6": {"mx.test; dkim=pass header.b=Zx/+9= policy.ip=2001:db8::1 header.i=@bank.test smtp.auth=CORP\\jane", "mx.test", 1,
			[]Result{{Method: "dkim", Value: "pass", Props: []Prop{{"header", "b", "Zx/+9="}, {"policy", "ip", "2001:db8::1"},
				{"header", "i", "@bank.test"}, {"smtp", "auth", `CORP\jane`}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseResults(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Results{c.id, c.version, c.want}, got); diff != "" {
				t.Errorf("ParseResults(%q) (-want +got):\n%s", c.in, diff)
			}
		})
	}
}

func TestParseResultsRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, id string }{
		"empty":              {"", ""},
		"blank":              {" \r\n ", ""},
		"idonly":             {"mx.test", "mx.test"},
		"noid":               {"; none", ""},
		"exchangewithoutid":  {"spf=pass smtp.mailfrom=bank.test", "spf"},
		"idwithslash":        {"mx/test; none", "mx"},
		"noneandresults":     {"mx.test; none; dkim=pass", "mx.test"},
		"versionword":        {"mx.test one; none", "mx.test"},
		"twoversions":        {"mx.test 1 2; none", "mx.test"},
		"openversion":        {"mx.test 99999999999999999999; none", "mx.test"},
		"opencomment":        {"mx.test; dkim=pass (header.d=bank.test", "mx.test"},
		"opencommentescape":  {`mx.test; dkim=pass (\`, "mx.test"},
		"opennested":         {"mx.test; dkim=pass (a (b) header.d=bank.test", "mx.test"},
		"strayparenthesis":   {"mx.test; dkim=pass ) header.d=bank.test", "mx.test"},
		"openquote":          {`mx.test; dkim=pass header.d="bank.test`, "mx.test"},
		"openquoteescape":    {`mx.test; dkim=pass header.d="\`, "mx.test"},
		"quoteinsidevalue":   {`mx.test; dkim=pass header.d=bank.test"x"`, "mx.test"},
		"wordafterquote":     {`mx.test; dkim=pass header.d="bank"test`, "mx.test"},
		"quoteafterquote":    {`mx.test; dkim=pass header.d="bank""test"`, "mx.test"},
		"wordalone":          {"mx.test; garbage", "mx.test"},
		"wordafterresult":    {"mx.test; dkim=pass garbage", "mx.test"},
		"noresult":           {"mx.test; dkim=", "mx.test"},
		"nosemicolon":        {"mx.test dkim=pass header.d=bank.test", "mx.test"},
		"commentglued":       {"mx.test; dkim=pass.header.d=bank.test", "mx.test"},
		"controlcharacter":   {"mx.test; dkim=pass header.d=bank\x00.test", "mx.test"},
		"resultsafterthree":  {"mx.test; dkim=pass; spf=pass; ???", "mx.test"},
		"methodversionempty": {"mx.test; dkim/=pass", "mx.test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseResults(c.in)
			if !errors.Is(err, ErrSyntax) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(Results{AuthservID: c.id}, got); diff != "" {
				t.Errorf("ParseResults(%q) (-want +got):\n%s", c.in, diff)
			}
		})
	}
}

// quote writes a quoted-string in which every byte is quoted.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		b.WriteByte('\\')
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// render writes results as a field body with every value quoted.
func render(r Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", quote(r.AuthservID), r.Version)
	if len(r.Results) == 0 {
		return b.String() + "; none"
	}
	for _, res := range r.Results {
		b.WriteString("; " + res.Method + "=" + res.Value)
		if res.Reason != "" {
			b.WriteString(" reason=" + quote(res.Reason))
		}
		for _, p := range res.Props {
			b.WriteByte(' ')
			if p.Type != "" {
				b.WriteString(p.Type + ".")
			}
			b.WriteString(p.Name + "=" + quote(p.Value))
		}
	}
	return b.String()
}

func FuzzParseResults(f *testing.F) {
	for _, s := range []string{
		"mx.test; none", "mx.test 1; dmarc=pass(p=REJECT) header.from=bank.test;",
		"(c (d\\)) e) mx.test;\r\n dkim/1=pass reason=\"x;y\" header.i=@bank.test header.b=\"a/b\"",
		`mx.test; spf=fail smtp.mailfrom="x; dmarc=pass y"@evil.test (z; dkim=pass)`,
		"mx.test; dmarc=pass action=none header.from=b.test; compauth=pass reason=100", `"\`, "mx.test; a=b (",
		"mx.test; spf=fail (sender says; dmarc=pass header.from=bank.test ) smtp.mailfrom=evil.test",
		`mx.test; dkim=fail reason="x\"; dmarc=pass header.from=bank.test; y=\"" header.d=evil.test`,
		"mx.test (\r\n mx.bank; dmarc=pass header.from=bank.test) 1; none",
		`mx.test; auth=pass smtp.auth="a\\"; dmarc=pass (\")\") header.from=bank.test`,
		"mx.test; spf=fail (((; dkim=pass)) header.d=bank.test) smtp.helo=\"(\"; dkim=none (\")",
		"(mx.bank;) \"mx.test\" 1 (;dmarc=pass); spf=none smtp.mailfrom=\"x)(;dmarc=pass header.from=bank.test\"@evil.test",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseResults(s)
		if err != nil && (len(r.Results) > 0 || !errors.Is(err, ErrSyntax)) {
			t.Fatalf("%q: %v with results %v", s, err, r.Results)
		}
		if err == nil {
			back, err := ParseResults(render(r))
			if err != nil {
				t.Fatalf("%q written as %q: %v", s, render(r), err)
			}
			if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%q written as %q (-first +second):\n%s", s, render(r), diff)
			}
		}
		// What a sender gets into a quoted string or a comment is never a result.
		want := Results{"mx.test", 1, []Result{{Method: "spf", Value: "fail", Props: []Prop{{"smtp", "mailfrom", s + "@evil.test"}}}}}
		got, err := ParseResults("mx.test; spf=fail (" + quote(s)[1:2*len(s)+1] + ") smtp.mailfrom=" + quote(s) + "@evil.test")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("hostile text %q: %v (-want +got):\n%s", s, err, diff)
		}
	})
}

// TestPublishedReadings compares with header readings that other projects publish with their tests.
func TestPublishedReadings(t *testing.T) {
	t.Parallel()
	root := os.Getenv("COUNTERSIGN_FIXTURES")
	if root == "" {
		t.Log("COUNTERSIGN_FIXTURES is not set: the published readings are not compared")
		return
	}
	path := filepath.Join(root, "sets", "auth-results", "headers.jsonl")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	type reading struct {
		Method, Result, Reason string
		Props                  map[string]string
	}
	n := 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var c struct {
			ID, Value  string
			AuthservID string `json:"authserv_id"`
			Results    []reading
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		n++
		r, err := ParseResults(c.Value)
		if c.Value == "" && errors.Is(err, ErrSyntax) {
			continue // read as nothing there; an authserv-id is missing by RFC 8601
		}
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		var got []reading
		for i, res := range r.Results {
			props := map[string]string{}
			for _, p := range res.Props {
				props[p.Type+"."+p.Name] = p.Value
			}
			reason := res.Reason
			if i < len(c.Results) && c.Results[i].Reason == "" {
				reason = "" // not recorded there
			}
			got = append(got, reading{res.Method, res.Value, reason, props})
		}
		if r.AuthservID != c.AuthservID {
			t.Errorf("%s: authserv-id %q, want %q", c.ID, r.AuthservID, c.AuthservID)
		}
		if diff := cmp.Diff(c.Results, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.ID, diff)
		}
	}
	if err := lines.Err(); err != nil || n == 0 {
		t.Fatalf("%d readings in %s: %v", n, path, err)
	}
	t.Logf("%d readings compared", n)
}
