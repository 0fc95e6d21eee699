package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

const (
	tokenA = "aaaqeayeaudaocajbifqydiob4" // base32 of the bytes 0 to 15
	tokenB = "k3v4x5tq7m2c6r5wzzyyxxwwvv"
)

func counting() io.Reader {
	b := make([]byte, tokenBytes)
	for i := range b {
		b[i] = byte(i)
	}
	return bytes.NewReader(b)
}

func mustParse(t *testing.T, s string) Token {
	t.Helper()
	tok, ok := Parse(s)
	if !ok {
		t.Fatalf("Parse(%q) refuses", s)
	}
	return tok
}

func TestMint(t *testing.T) {
	t.Parallel()
	tok, err := Mint(counting())
	if err != nil {
		t.Fatal(err)
	}
	if tok.Reveal() != tokenA {
		t.Errorf("Reveal = %q, want %q", tok.Reveal(), tokenA)
	}
	if want := Digest("006c73fc27114d6d54c6258ccc8b0a293e4fdcb68e05a2639f6a12cd2330dcb4"); tok.Digest() != want {
		t.Errorf("Digest = %q, want %q", tok.Digest(), want)
	}
	if tok != mustParse(t, tokenA) {
		t.Error("the minted and the parsed token differ")
	}
	cause := errors.New("no entropy")
	if tok, err := Mint(iotest.ErrReader(cause)); !errors.Is(err, cause) || !tok.IsZero() {
		t.Errorf("Mint of a broken source = %v, %v", tok.Reveal(), err)
	}
	if _, err := Mint(strings.NewReader("too short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Mint of a short source: %v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in string
		ok bool
	}{
		"lower":      {tokenA, true},
		"upper":      {strings.ToUpper(tokenA), true},
		"short":      {tokenA[1:], false},
		"long":       {tokenA + "a", false},
		"empty":      {"", false},
		"digit-1":    {"1" + tokenA[1:], false},
		"digit-8":    {"8" + tokenA[1:], false},
		"blank":      {" " + tokenA[1:], false},
		"kelvinsign": {"\u212a" + tokenA[3:], false}, // lower-cases to k in Unicode
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tok, ok := Parse(c.in)
			if ok != c.ok {
				t.Fatalf("Parse(%q) = %v", c.in, ok)
			}
			if want := map[bool]string{true: tokenA}[c.ok]; tok.Reveal() != want {
				t.Errorf("Reveal = %q, want %q", tok.Reveal(), want)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	a, b := mustParse(t, tokenA), mustParse(t, tokenB)
	if !a.Digest().Matches(a) {
		t.Error("a token does not match its digest")
	}
	if a.Digest().Matches(b) {
		t.Error("another token matches")
	}
	if Digest("").Matches(Token{}) || Digest("").Matches(a) || a.Digest().Matches(Token{}) {
		t.Error("a zero token or digest matches")
	}
}

// TestRedacted prints secrets in every way that a log line or an error could.
func TestRedacted(t *testing.T) {
	t.Parallel()
	tok := mustParse(t, tokenA)
	code, _ := ParseCode("492038")
	type hidden struct {
		tok  Token
		code Code
		ref  Ref
		list []Token
	}
	type open struct {
		Tok  Token
		Code Code
	}
	values := []any{tok, &tok, code, &code, []Token{tok}, map[Token]Code{tok: code},
		hidden{tok, code, Ref{Approval, tok}, []Token{tok}}, &hidden{tok: tok}, open{tok, code}}
	var out strings.Builder
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("m", "v", v)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "ref", Ref{Approval, tok})
	j, err := json.Marshal(open{tok, code})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Tok":"[token]","Code":"[code]"}`; string(j) != want {
		t.Errorf("JSON = %s, want %s", j, want)
	}
	if fmt.Sprintf("%s %v", tok, code) != "[token] [code]" || tok.String() != "[token]" || code.String() != "[code]" {
		t.Errorf("printed as %s %v", tok, code)
	}
	text := strings.ToLower(out.String())
	for _, secret := range []string{tokenA, fmt.Sprintf("%x", tokenA), "492038", fmt.Sprintf("%x", "492038")} {
		if strings.Contains(text, secret) {
			t.Errorf("%q was printed:\n%s", secret, text)
		}
	}
}

func TestMintCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rand, want string }{
		"zero":         {"\x00\x00\x00\x00", "000000"},
		"leadingzeros": {"\x00\x00\x00\x2a", "000042"},
		"last":         {"\x00\x0f\x42\x3f", "999999"},
		"wraps":        {"\x00\x0f\x42\x40", "000000"},
		"highest":      {"\xff\xf1\x3d\x7f", "999999"},                 // 4,293,999,999
		"biasrefused":  {"\xff\xf1\x3d\x80\x00\x00\x00\x07", "000007"}, // 4,294,000,000 and up would favour low codes
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, err := MintCode(strings.NewReader(c.rand))
			if err != nil {
				t.Fatal(err)
			}
			if code.Reveal() != c.want {
				t.Errorf("code %s, want %s", code.Reveal(), c.want)
			}
		})
	}
	if _, err := MintCode(strings.NewReader("ab")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("MintCode of a short source: %v", err)
	}
	if _, err := MintCode(strings.NewReader(strings.Repeat("\xff", 10_000))); err == nil {
		t.Error("MintCode of a stuck source succeeds")
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	for in, ok := range map[string]bool{
		"012345": true, " 012 345\r\n": true, "012-345": true, "01–23—45": true, "012\u00a0345": true,
		"": false, "12345": false, "0123456": false, "01234a": false, "٠١٢٣٤٥": false, "+12345": false,
	} {
		code, got := ParseCode(in)
		if got != ok {
			t.Errorf("ParseCode(%q) = %v", in, got)
		}
		if want := map[bool]string{true: "012345"}[ok]; code.Reveal() != want {
			t.Errorf("ParseCode(%q) reveals %q, want %q", in, code.Reveal(), want)
		}
	}
}

func TestCodeDigest(t *testing.T) {
	t.Parallel()
	a, _ := ParseCode("012345")
	b, _ := ParseCode("012346")
	d := Digest("70e16e0402a6df1e271c43e539def7082b7d9d5fc31fa59d280eba95b3f1e6ad")
	if got := a.Digest("salt"); got != d {
		t.Errorf("digest %s, want %s", got, d)
	}
	if !d.MatchesCode(a, "salt") {
		t.Error("a code does not match its digest")
	}
	if d.MatchesCode(b, "salt") || d.MatchesCode(a, "pepper") || Digest("").MatchesCode(Code{}, "salt") {
		t.Error("another code, another salt or no code matches")
	}
}

func TestMintedTokensParse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tok, err := Mint(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), tokenBytes, tokenBytes).Draw(t, "rand")))
		if err != nil {
			t.Fatal(err)
		}
		back, ok := Parse(strings.ToUpper(tok.Reveal()))
		if !ok || !back.Equal(tok) || !tok.Digest().Matches(back) {
			t.Fatalf("%q does not come back", tok.Reveal())
		}
	})
}
