package message_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// samples are texts of which each charset can write one at least.
var samples = []string{
	"Zoë Müller, 5 € – “ja”", "Zoë Müller", "Łódź, Žofie", "İstanbul, ığdır", "Привет, Анна", "Καλημέρα", "שלום", "مرحبا",
	"สวัสดี", "日本語のメール", "한국어 메일", "中文邮件", "繁體中文", "Āboliņš", "Sveiki, ąžuolas", "Ħaġar Qim", "Ŵyn, ŷd", "plain words",
}

// TestEveryCharset: what golang.org/x/text can decode is decoded, under the name that mail uses for it.
func TestEveryCharset(t *testing.T) {
	t.Parallel()
	var all []encoding.Encoding
	for _, list := range [][]encoding.Encoding{charmap.All, japanese.All, korean.All, simplifiedchinese.All, traditionalchinese.All, unicode.All} {
		all = append(all, list...)
	}
	tested := 0
	for _, e := range all {
		for _, name := range names(e) {
			for _, sample := range samples {
				raw, err := e.NewEncoder().String(sample)
				if err != nil {
					continue
				}
				want, err := e.NewDecoder().String(raw)
				if err != nil || want != sample {
					continue
				}
				tested++
				m := parse(t, "Content-Type: text/plain; charset=\""+name+"\"\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(raw))+"\n")
				if m.Text != sample {
					t.Errorf("%v as %q: text %q, want %q, %v", e, name, m.Text, sample, m.Warnings)
				}
			}
		}
	}
	if tested < 300 {
		t.Errorf("only %d texts were tried", tested)
	}
}

// names are what the indexes of names know an encoding by.
func names(e encoding.Encoding) []string {
	var out []string
	for _, of := range []func(encoding.Encoding) (string, error){ianaindex.MIME.Name, ianaindex.IANA.Name, htmlindex.Name} {
		if name, err := of(e); err == nil && name != "" && name != "x-user-defined" && name != "replacement" {
			out = append(out, name, strings.ToUpper(name))
		}
	}
	return out
}

func TestUTF7(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"rfc_2152":         {"A+ImIDkQ.", "A≢Α."},
		"smile":            {"Hi Mom -+Jjo--!", "Hi Mom -☺-!"},
		"japanese":         {"+ZeVnLIqe-", "日本語"},
		"plus":             {"1 +- 1 = 2", "1 + 1 = 2"},
		"beyond_the_plane": {"+2D3eAA-", "😀"},
		"half_a_character": {"+2D0-x", "\ufffdx"},
		"no_end":           {"+ZeVnLIqe", "日本語"},
		"line_ends_it":     {"+AOk\nx", "é\nx"},
		"approve":          {"+AEEAUABQAFIATwBWAEU-", "APPROVE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, "Content-Type: text/plain; charset=utf-7\n\n"+tt.in).Text; got != tt.want {
				t.Errorf("text %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMetaCharset(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ contentType, in, want string }{
		"charset":            {"text/html", "<head><meta charset=koi8-r></head><p>\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
		"http_equiv":         {"text/html", `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1252">\x80 5`, "€ 5"},
		"parameter_wins":     {"text/html; charset=windows-1252", "<meta charset=koi8-r>\x80 5", "€ 5"},
		"utf8_is_utf8":       {"text/html", "<meta charset=iso-8859-1>Zoë", "Zoë"},
		"utf16_it_is_not":    {"text/html", "<meta charset=utf-16>hello", "hello"},
		"in_a_comment":       {"text/html", "<!-- <meta charset=koi8-r> --><p>\xf0", "\ufffd"},
		"too_far_in":         {"text/html", strings.Repeat(" ", 1100) + "<meta charset=koi8-r><p>\xf0", "\ufffd"},
		"unknown":            {"text/html", "<meta charset=x-none>a", "a"},
		"japanese_in_escape": {"text/html", "<meta charset=iso-2022-jp>\x1b$BF|K\\8l\x1b(B", "日本語"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := strings.ReplaceAll(tt.in, `\x80`, "\x80")
			if got := parse(t, "Content-Type: "+tt.contentType+"\n\n"+in+"\n").HTMLText; got != tt.want {
				t.Errorf("text %q, want %q", got, tt.want)
			}
		})
	}
}
