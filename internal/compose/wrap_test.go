package compose

import (
	"strings"
	"testing"
)

func TestLayOut(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("w", 40)
	tests := map[string]struct{ in, want string }{
		"empty":         {"", "\n"},
		"empty_lines":   {"\n\n a\n \n\n\nb  \n\n", " a\n\nb\n"},
		"carriage":      {"a\r\nb\r\n", "a\nb\n"},
		"prose":         {word + " " + word, word + "\n" + word + "\n"},
		"fits":          {strings.Repeat("x ", 38) + "yz", strings.Repeat("x ", 38) + "yz\n"},
		"one_too_long":  {strings.Repeat("x ", 38) + "yzz", strings.TrimSuffix(strings.Repeat("x ", 38), " ") + "\nyzz\n"},
		"indented":      {"  " + word + " " + word, "  " + word + "\n  " + word + "\n"},
		"numbered":      {"  1. " + word + " " + word, "  1. " + word + "\n     " + word + "\n"},
		"two_digits":    {" 12. " + word + " " + word, " 12. " + word + "\n     " + word + "\n"},
		"bullet":        {"- " + word + " " + word, "- " + word + "\n  " + word + "\n"},
		"long_word":     {strings.Repeat("x", 200), strings.Repeat("x", 200) + "\n"},
		"counts_runes":  {strings.Repeat("ж", 38) + " " + strings.Repeat("ж", 39), strings.Repeat("ж", 38) + " " + strings.Repeat("ж", 39) + "\n"},
		"no_list_a_day": {"22.11. " + word + " " + word, "22.11. " + word + "\n" + word + "\n"},
	}
	for name, tt := range tests {
		if got := layOut(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	const tok = "dvnmg2q5llbwuhk2ynvb2wwdni"
	tests := map[string]struct {
		in    string
		limit int
		want  string
	}{
		"blanks":        {" Jane \t\u00a0 Doe\r\n", 80, "Jane Doe"},
		"controls":      {"Ja\x00n\x1be\u0085Doe", 80, "Jane Doe"},
		"bidi":          {"a\u202ab\u202bc\u202cd\u202de\u202ef\u2066g\u2067h\u2068i\u2069j", 80, "abcdefghij"},
		"joiners":       {"\u200bنرگس\u200cزاده", 80, "نرگس\u200cزاده"},
		"invalid":       {"a\xffb", 80, "a\ufffdb"},
		"fits":          {"Jane", 4, "Jane"},
		"cut":           {"Jane Doe", 6, "Jane…"},
		"cut_runes":     {"жжжж", 3, "жж…"},
		"token":         {"Ref: a." + tok, 80, "Ref: a.xxxxxxxxxxxxxxxxxxxxxxxxxx"},
		"register_link": {"https://x/register/" + tok, 80, "https://x/register/xxxxxxxxxxxxxxxxxxxxxxxxxx"},
	}
	for name, tt := range tests {
		if got := clean(tt.in, tt.limit); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
