package mailaddr_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/mailaddr"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in                                  string
		local, domain, str, display, lookup string
	}{
		"plain": {"jane.doe@acme.example",
			"jane.doe", "acme.example", "jane.doe@acme.example", "jane.doe@acme.example", "jane.doe@acme.example"},
		"upper_case": {"Jane.Doe@ACME.Example",
			"Jane.Doe", "acme.example", "Jane.Doe@acme.example", "Jane.Doe@acme.example", "jane.doe@acme.example"},
		"blanks_around_and_final_dot": {" \tbob@x.test.\r\n",
			"bob", "x.test", "bob@x.test", "bob@x.test", "bob@x.test"},
		"u_label": {"info@Bücher.example",
			"info", "xn--bcher-kva.example", "info@xn--bcher-kva.example", "info@bücher.example", "info@xn--bcher-kva.example"},
		"a_label": {"info@XN--BCHER-KVA.example",
			"info", "xn--bcher-kva.example", "info@xn--bcher-kva.example", "info@bücher.example", "info@xn--bcher-kva.example"},
		"utf8_local_part_decomposed": {"Jose\u0301@x.test",
			"Jos\u00e9", "x.test", "Jos\u00e9@x.test", "Jos\u00e9@x.test", "jos\u00e9@x.test"},
		"quoted_needlessly": {`"bob"@x.test`,
			"bob", "x.test", "bob@x.test", "bob@x.test", "bob@x.test"},
		"quoted_blank": {`"Bob B"@x.test`,
			"Bob B", "x.test", `"Bob B"@x.test`, `"Bob B"@x.test`, "bob b@x.test"},
		"quoted_at_and_pairs": {`"a@b\"\\c"@x.test`,
			`a@b"\c`, "x.test", `"a@b\"\\c"@x.test`, `"a@b\"\\c"@x.test`, `a@b"\c@x.test`},
		"quoted_double_dot": {`"a..b"@x.test`,
			"a..b", "x.test", `"a..b"@x.test`, `"a..b"@x.test`, "a..b@x.test"},
		"single_label_domain": {"root@localhost",
			"root", "localhost", "root@localhost", "root@localhost", "root@localhost"},
		"odd_atext": {"o'neil+{x}=?/!#$%&*^_`|~-@x.test",
			"o'neil+{x}=?/!#$%&*^_`|~-", "x.test", "o'neil+{x}=?/!#$%&*^_`|~-@x.test",
			"o'neil+{x}=?/!#$%&*^_`|~-@x.test", "o'neil+{x}=?/!#$%&*^_`|~-@x.test"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := mailaddr.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if a.Local != tt.local || a.Domain != tt.domain {
				t.Errorf("parts %q, %q; want %q, %q", a.Local, a.Domain, tt.local, tt.domain)
			}
			if a.String() != tt.str || a.Display() != tt.display || a.Key() != tt.lookup {
				t.Errorf("String %q, Display %q, Key %q; want %q, %q, %q", a, a.Display(), a.Key(), tt.str, tt.display, tt.lookup)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"empty":                     "",
		"blanks":                    "  ",
		"no_at":                     "bob",
		"no_local_part":             "@x.test",
		"empty_quoted_local_part":   `""@x.test`,
		"no_domain":                 "bob@",
		"empty_label":               "bob@x..test",
		"leading_dot_domain":        "bob@.x.test",
		"only_dot":                  "bob@.",
		"double_dot_unquoted":       "a..b@x.test",
		"leading_dot":               ".a@x.test",
		"trailing_dot":              "a.@x.test",
		"two_ats":                   "a@b@x.test",
		"blank_inside":              "a b@x.test",
		"blank_in_domain":           "a@x .test",
		"nul":                       "a\x00@x.test",
		"nul_in_domain":             "a@x\x00.test",
		"newline_in_quotes":         "\"a\nb\"@x.test",
		"delete_in_quotes":          "\"a\x7f\"@x.test",
		"c1_control":                "a\u0085b@x.test",
		"zero_width":                "a\u200bb@x.test",
		"bidi_override":             "\u202eevil@x.test",
		"mixed_directions":          "a@ℵꚕ",
		"no_break_space":            "a\u00a0b@x.test",
		"invalid_utf8":              "a\xff@x.test",
		"replacement_character":     "a\ufffd@x.test",
		"address_literal":           "a@[192.0.2.1]",
		"ipv6_literal":              "a@[IPv6:2001:db8::1]",
		"bare_ipv4":                 "a@192.0.2.1",
		"angle_brackets":            "<a@x.test>",
		"display_name":              "Bob <bob@x.test>",
		"comment":                   "bob(x)@x.test",
		"open_quote":                `"bob@x.test`,
		"open_quote_pair":           `"bob\`,
		"text_behind_quote":         `"bob"x@x.test`,
		"underscore_domain":         "a@x_y.test",
		"hyphen_at_label_end":       "a@x-.test",
		"fullwidth_at":              "a@x＠y.test",
		"broken_a_label":            "a@xn--a.test",
		"list":                      "a@x.test,b@x.test",
		"label_over_63":             "a@" + strings.Repeat("x", 64) + ".test",
		"domain_over_253":           "a@" + strings.Repeat("abcdefghi.", 26) + "test",
		"punycode_flood":            "a@" + strings.Repeat("ü", 1<<20) + ".test",
		"addr_spec_over_254_octets": strings.Repeat("x", 248) + "@x.test",
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := mailaddr.Parse(in)
			if !errors.Is(err, mailaddr.ErrInvalid) {
				t.Errorf("Parse(%q) = %q, %v; want ErrInvalid", in, a, err)
			}
		})
	}
}

func TestDetail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, sep, base, detail string }{
		"token":            {"support+a.K3V9@x.test", "+", "support@x.test", "a.K3V9"},
		"first_separator":  {"support+a+b@x.test", "+", "support@x.test", "a+b"},
		"none":             {"support@x.test", "+", "support@x.test", ""},
		"other_separator":  {"support-a@x.test", "-", "support@x.test", "a"},
		"nothing_before":   {"+a@x.test", "+", "+a@x.test", ""},
		"empty_detail":     {"support+@x.test", "+", "support@x.test", ""},
		"no_subaddressing": {"support+a@x.test", "", "support+a@x.test", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, detail := parse(t, tt.in).SplitDetail(tt.sep)
			if base.String() != tt.base || detail != tt.detail {
				t.Errorf("SplitDetail = %q, %q; want %q, %q", base, detail, tt.base, tt.detail)
			}
		})
	}
	if got := parse(t, "support@x.test").WithDetail("+", "a.TOKEN").String(); got != "support+a.TOKEN@x.test" {
		t.Errorf("WithDetail = %q", got)
	}
	if got := parse(t, "support@x.test").WithDetail("+", "").String(); got != "support@x.test" {
		t.Errorf("WithDetail without detail = %q", got)
	}
}

func TestInDomain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		domain string
		want   bool
	}{
		"same":        {"bücher.example", true},
		"a_label":     {"xn--bcher-kva.example", true},
		"upper_case":  {"BÜCHER.Example.", true},
		"parent":      {"example", false},
		"subdomain":   {"mail.bücher.example", false},
		"look_suffix": {"her.example", false},
		"empty":       {"", false},
	}
	a := parse(t, "info@bücher.example")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := a.InDomain(tt.domain); got != tt.want {
				t.Errorf("InDomain(%q) = %v", tt.domain, got)
			}
		})
	}
	if (mailaddr.Address{}).InDomain("") {
		t.Error("the empty address is in the empty domain")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var v struct{ A, Empty mailaddr.Address }
	if err := json.Unmarshal([]byte(`{"A":"\"Bob B\"@BÜCHER.example","Empty":""}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.A.Local != "Bob B" || v.A.Domain != "xn--bcher-kva.example" || !v.Empty.IsZero() {
		t.Errorf("read %+v", v)
	}
	out, err := json.Marshal(v)
	if want := `{"A":"\"Bob B\"@xn--bcher-kva.example","Empty":""}`; err != nil || string(out) != want {
		t.Errorf("wrote %s, %v; want %s", out, err, want)
	}
	if err := json.Unmarshal([]byte(`{"A":"nobody"}`), &v); !errors.Is(err, mailaddr.ErrInvalid) {
		t.Errorf("reading no address: %v", err)
	}
}

// FuzzParse: what Parse accepts is a fixed point of String and Parse, and stays one line without surprises.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"jane@acme.example", `"a@b\"\\c"@x.test`, "info@bücher.example", "İ@x.test", "Å@x.test", "a+b@xn--bcher-kva.example", `" "@x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := mailaddr.Parse(s)
		if err != nil {
			if !a.IsZero() || !errors.Is(err, mailaddr.ErrInvalid) {
				t.Fatalf("Parse(%q) = %+v, %v", s, a, err)
			}
			return
		}
		for _, form := range []string{a.String(), a.Display()} {
			if strings.ContainsAny(form, "\r\n\x00") {
				t.Fatalf("control character in %q", form)
			}
			b, err := mailaddr.Parse(form)
			if err != nil || a != b {
				t.Fatalf("%q: %+v becomes %+v, %v", form, a, b, err)
			}
		}
		lower := mailaddr.Address{Local: strings.TrimSuffix(a.Key(), "@"+a.Domain), Domain: a.Domain}
		if lower.Key() != a.Key() {
			t.Fatalf("key %q of %q has the key %q", a.Key(), a, lower.Key())
		}
	})
}

func parse(t *testing.T, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
