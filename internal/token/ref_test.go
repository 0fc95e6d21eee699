package token

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindRefs(t *testing.T) {
	t.Parallel()
	a, b := mustParse(t, tokenA), mustParse(t, tokenB)
	for name, c := range map[string]struct {
		in   string
		want []Ref
	}{
		"none":             {"nothing to see, a.b.c", nil},
		"line":             {"Ref: a." + tokenA + "\n", []Ref{{Approval, a}}},
		"endofsentence":    {"(Ref: a." + tokenA + ".)", []Ref{{Approval, a}}},
		"uppercase":        {"REF: A." + strings.ToUpper(tokenA), []Ref{{Approval, a}}},
		"plusaddress":      {"support+t." + tokenB + "@provider.example", []Ref{{Thread, b}}},
		"mailtolink":       {"mailto:support%2Ba." + tokenA + "@provider.example", []Ref{{Approval, a}}},
		"messageids":       {"<t." + tokenB + ".1@h.example> <a." + tokenA + ".27@h.example>", []Ref{{Thread, b}, {Approval, a}}},
		"quoted":           {"> > Ref:a." + tokenA, []Ref{{Approval, a}}},
		"afterchinese":     {"编号：a." + tokenA + "。", []Ref{{Approval, a}}},
		"doubles":          {"a." + tokenA + " t." + tokenA + " a." + tokenA, []Ref{{Approval, a}, {Thread, a}}},
		"kindunknown":      {"b." + tokenA, nil},
		"kindmissing":      {tokenA, nil},
		"insideword":       {"data." + tokenA, nil},
		"tooshort":         {"a." + tokenA[1:], nil},
		"toolong":          {"a." + tokenA + "a", nil},
		"alphabet":         {"a." + tokenA[1:] + "8", nil},
		"anotherdigitends": {"a." + tokenA + "0", nil},
		"broken":           {"a." + tokenA[:13] + " " + tokenA[13:], nil},
		"chained":          {"a.t." + tokenA, []Ref{{Thread, a}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, FindRefs(c.in)); diff != "" {
				t.Errorf("FindRefs(%q) (-want +got):\n%s", c.in, diff)
			}
		})
	}
}

func TestParseRef(t *testing.T) {
	t.Parallel()
	a := mustParse(t, tokenA)
	r, ok := ParseRef("A." + strings.ToUpper(tokenA))
	if !ok || r != (Ref{Approval, a}) {
		t.Errorf("ParseRef = %v, %v", r, ok)
	}
	if want := "a." + tokenA; r.String() != want {
		t.Errorf("String = %q, want %q", r, want)
	}
	for _, in := range []string{"", "a", "a.", "x." + tokenA, " a." + tokenA, "a." + tokenA + ".1", "aa." + tokenA, "a." + tokenA + " "} {
		if _, ok := ParseRef(in); ok {
			t.Errorf("ParseRef(%q) accepts", in)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", Length)
	for name, c := range map[string]struct{ in, want string }{
		"line":          {"Ref: a." + tokenA + "\r\n", "Ref: a." + x + "\r\n"},
		"two":           {"t." + tokenA + " a." + tokenB, "t." + x + " a." + x},
		"messageid":     {"References: <a." + tokenA + ".3@h>", "References: <a." + x + ".3@h>"},
		"registration":  {"https://h/register/" + tokenB + "?lang=de", "https://h/register/" + x + "?lang=de"},
		"stop":          {"<https://h/stop/" + tokenA + ">", "<https://h/stop/" + x + ">"},
		"stopscanner":   {"u=h%2FStop%2f" + tokenA, "u=h%2FStop%2f" + x},
		"softinstop":    {"/=\r\nst=\r\nop/" + tokenA, "/=\r\nst=\r\nop/" + x},
		"otherstop":     {"/stopped/" + tokenA, "/stopped/" + tokenA},
		"linkscanner":   {"url=https%3A%2F%2Fh%2Fregister%2F" + tokenB + "&x=1", "url=https%3A%2F%2Fh%2Fregister%2F" + x + "&x=1"},
		"uppercase":     {"/REGISTER/" + strings.ToUpper(tokenB), "/REGISTER/" + x},
		"softinside":    {"a." + tokenA[:9] + "=\r\n" + tokenA[9:], "a." + x[:9] + "=\r\n" + x[9:]},
		"softbeforedot": {"Ref: a=\r\n." + tokenA, "Ref: a=\r\n." + x},
		"softafterdot":  {"Ref: a.=\r\n" + tokenA, "Ref: a.=\r\n" + x},
		"softlf":        {"a." + tokenA[:1] + "=\n" + tokenA[1:], "a." + x[:1] + "=\n" + x[1:]},
		"softinpath":    {"/regi=\r\nster=\r\n/" + tokenA[:20] + "=\r\n" + tokenA[20:], "/regi=\r\nster=\r\n/" + x[:20] + "=\r\n" + x[20:]},
		"qphref":        {"href=3Da." + tokenA + "=\r\n", "href=3Da." + x + "=\r\n"},
		"longerword":    {"a." + tokenA + "a", "a." + tokenA + "a"},
		"softornot":     {"a." + tokenA + "=\r\nb", "a." + x + "=\r\nb"}, // a token, unless the part is quoted-printable
		"insideword":    {"data." + tokenA, "data." + tokenA},
		"hardbreak":     {"a." + tokenA[:9] + "\r\n" + tokenA[9:], "a." + tokenA[:9] + "\r\n" + tokenA[9:]},
		"otherpath":     {"/unregister/" + tokenA, "/unregister/" + tokenA},
		"bare":          {tokenA, tokenA},
		"empty":         {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(c.in)
			if diff := cmp.Diff(c.want, string(Mask(in))); diff != "" {
				t.Errorf("Mask(%q) (-want +got):\n%s", c.in, diff)
			}
			if string(in) != c.in {
				t.Error("Mask changed its argument")
			}
		})
	}
}

// encoded is a base64 part with lines of 76 characters, between two lines that are none.
func encoded(text string) string {
	b := base64.StdEncoding.EncodeToString([]byte(text))
	var lines strings.Builder
	for len(b) > 76 {
		lines.WriteString(b[:76] + "\r\n")
		b = b[76:]
	}
	return "Content-Transfer-Encoding: base64\r\n\r\n" + lines.String() + b + "\r\n--boundary--\r\n"
}

func TestMaskBase64(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", Length)
	text := "Grüße\r\n> Ref: a.%\r\n" + strings.Repeat("> quoted words\r\n", 20) + "https://h/register/% https://h/stop/%\r\n"
	for pad := range 4 { // each position within a group of four
		text := strings.Repeat("-", pad) + text
		in, want := encoded(strings.ReplaceAll(text, "%", tokenA)), encoded(strings.ReplaceAll(text, "%", x))
		if diff := cmp.Diff(want, string(Mask([]byte(in)))); diff != "" {
			t.Errorf("with %d more characters (-want +got):\n%s", pad, diff)
		}
	}
	cut := encoded("Ref: a." + tokenA + " and more words that follow")
	cut = cut[:strings.Index(cut, "\r\n--")-3]
	if got := string(Mask([]byte(cut))); got == cut || len(got) != len(cut) {
		t.Errorf("a part that was cut off: %q", got)
	}
	for _, in := range []string{encoded(strings.Repeat("nothing secret here ", 30)), "====", strings.Repeat("=", 80), strings.Repeat("a", 80) + "=b", encoded("\xff\x00\x01" + strings.Repeat("\x80", 99))} {
		if got := string(Mask([]byte(in))); got != in {
			t.Errorf("Mask(%q) = %q", in, got)
		}
	}
}

// refPattern states what a ref is in another way than the scanner does.
var refPattern = regexp.MustCompile(`(?i)^[at]\.[a-z2-7]{26}$`)

func FuzzFindRefs(f *testing.F) {
	for _, s := range []string{"Ref: a." + tokenA, "support%2Bt." + tokenB + "@h", "a.t." + tokenA, "=\r\na.=\n" + tokenA,
		"https://h/register/" + tokenB, "A.A.A." + strings.ToUpper(tokenA), base64.StdEncoding.EncodeToString([]byte("a." + tokenA))} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		refs := FindRefs(s)
		masked := Mask([]byte(s))
		if len(masked) != len(s) {
			t.Fatalf("masked %d bytes into %d", len(s), len(masked))
		}
		if !bytes.Equal(Mask(masked), masked) {
			t.Fatal("masking twice differs from masking once")
		}
		low := strings.ToLower(s)
		seen := map[Ref]bool{}
		for _, r := range refs {
			if seen[r] || !refPattern.MatchString(r.String()) || !strings.Contains(low, r.String()) {
				t.Fatalf("ref %q of %q", r.String(), s)
			}
			seen[r] = true
			if back, ok := ParseRef(r.String()); !ok || back != r {
				t.Fatalf("%q does not come back", r.String())
			}
		}
		for _, r := range FindRefs(string(masked)) {
			if strings.Trim(r.Token.Reveal(), "x") != "" {
				t.Fatalf("%q is left in %q", r.String(), masked)
			}
		}
	})
}
