package mailserver

import (
	"bytes"
	"strings"
	"testing"
)

func TestReadAuthservID(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"mx.example; none":                    "mx.example",
		"mx.example 1; none":                  "mx.example",
		"mx.example":                          "mx.example",
		"  (a (nested \\) ) one) mx.example;": "mx.example",
		"(one)(two)mx.example(three);":        "mx.example",
		`"mx.\example"; none`:                 "mx.example",
		`"never closed; none`:                 "",
		"(never closed; none":                 "",
		`"\`:                                  "",
		"":                                    "",
	} {
		if got := readAuthservID(body); got != want {
			t.Errorf("readAuthservID(%q) = %q, want %q", body, got, want)
		}
	}
}

// Line ends that other readers understand differently must not hide a field from us.
func TestStripOddLineEnds(t *testing.T) {
	t.Parallel()
	const ours = "Authentication-Results: mx.example; dmarc=pass"
	for raw, want := range map[string]string{
		"A: 1\n" + ours + "\r\nB: 2\r\n\r\nbody":         "A: 1\nB: 2\r\n\r\nbody",
		"A: 1\r\n\r\r\n" + ours + "\r\nB: 2\r\n\r\nbody": "A: 1\r\n\r\r\nB: 2\r\n\r\nbody",
		"A: 1\r\nno field\r\n" + ours + "\r\n\r\nbody":   "A: 1\r\nno field\r\n\r\nbody",
		ours + "\n\tx\n\n" + ours:                        "\n" + ours,
		ours:                                             "",
	} {
		if got := string(stripAuthenticationResults([]byte(raw), "MX.example")); got != want {
			t.Errorf("stripping %q:\ngot  %q\nwant %q", raw, got, want)
		}
	}
}

func FuzzStrip(f *testing.F) {
	f.Add([]byte("Authentication-Results: mx.example; none\r\nFrom: a@b\r\n\r\nx"))
	f.Add([]byte("Authentication-Results: (c) \"mx.example\"\n y\nFrom: a@b\n\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		fields, rest := splitHeader(raw)
		var joined []byte
		for _, fl := range fields {
			joined = append(joined, fl.raw...)
		}
		if !bytes.Equal(append(joined, rest...), raw) {
			t.Fatalf("splitting lost octets of %q", raw)
		}
		out := stripAuthenticationResults(raw, "mx.example")
		left, _ := splitHeader(out)
		for _, fl := range left {
			if strings.EqualFold(fl.name, "Authentication-Results") && strings.EqualFold(readAuthservID(fl.body()), "mx.example") {
				t.Fatalf("%q kept %q", raw, fl.raw)
			}
		}
	})
}
