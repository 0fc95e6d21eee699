package csvcell_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/csvcell"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "Jane Doe": "Jane Doe", "O'Neil": "O'Neil", "a=b": "a=b", "’t Hooft": "’t Hooft", "'t Hooft": "'t Hooft",
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-ticket:any": "'-ticket:any", "@SUM(A1)": "'@SUM(A1)", "  =cmd|' /C calc'!A0": "'  =cmd|' /C calc'!A0",
		"\t=1": "' =1", "\r\n=1": "'  =1", "＝1": "'＝1", "'=1": "''=1", "|x": "'|x", "%0A": "'%0A",
		"a\r\nb": "a  b", "a\u202eb\x00": "ab", "\u200b=1": "'=1", "نرگس\u200cزاده": "نرگس\u200cزاده",
	} {
		if got := csvcell.Guard(s); got != want {
			t.Errorf("Guard(%q) = %q, want %q", s, got, want)
		}
	}
}

// Nothing guarded begins as a formula does, and what is one visible line comes back as it was.
func TestGuardAndBare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("=+-@'|% aÄ\t\n\u202e＝\u00a0x1"))).Draw(t, "s")
		g := csvcell.Guard(s)
		if first := strings.TrimLeft(g, " \u00a0"); first != "" && strings.ContainsRune("=+-@|%＝", []rune(first)[0]) || strings.ContainsAny(g, "\r\n\t") {
			t.Fatalf("Guard(%q) = %q", s, g)
		}
		if strings.ContainsAny(s, "\t\n\u202e") {
			return
		}
		if back := csvcell.Bare(g); back != s {
			t.Fatalf("Bare(Guard(%q)) = %q", s, back)
		}
	})
}
