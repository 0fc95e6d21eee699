package message_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/message"
)

func TestStyleSheet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sheet, in, want string }{
		"class":              {".x{display:none}", "a<div class=x>h<b>h</b></div>b", "ab"},
		"one_of_the_classes": {".x{display:none}", `a<b class="y x">h</b>b`, "ab"},
		"other_class":        {".x{display:none}", "a<b class=y>s</b>b", "asb"},
		"id":                 {"#pre{display:none}", "a<b id=pre>h</b>b", "ab"},
		"element":            {"I{display:none}", "a<i>h</i>b", "ab"},
		"element_and_class":  {"b.x{display:none}", "a<b class=x>h</b><i class=x>s</i>b", "asb"},
		"two_classes":        {".x.y{display:none}", `a<b class="x y">h</b><b class=x>s</b>`, "as"},
		"list_of_selectors":  {"p.y, .x ,#z{display : none}", "a<b class=x>h</b><b id=z>h</b>b", "ab"},
		"any":                {"*{font-size:0}", "<p>a", ""},
		"visibility":         {".x{visibility:hidden}", "a<b class=x>h</b>b", "ab"},
		"font_size":          {".x{font-size:0}", "a<b class=x>h</b>b", "ab"},
		"font_of_one_pixel":  {".x{font-size:1px;line-height:1px}", "a<b class=x>h</b>b", "ab"},
		"opacity":            {".x{opacity:0}", "a<b class=x>h</b>b", "ab"},
		"white_on_white":     {".x{color:#fff}", "a<b class=x>h</b>b", "ab"},
		"white_on_own_blue":  {".x{color:#fff;background:#00f}", "a<b class=x>s</b>b", "asb"},
		"body_is_black":      {"body{background:black} .x{color:#000}", "<body><b style='color:white'>a</b><b class=x>h</b>", "a"},
		"clipped":            {".x{max-height:0;overflow:hidden}", "a<div class=x>h</div>b", "ab"},
		"attribute_wins":     {".x{display:none}", "<b class=x style='display:inline'>s</b>", "s"},
		"important_wins":     {".x{display:none !important}", "a<b class=x style='display:inline'>h</b>", "a"},
		"id_over_class":      {"#z{display:inline} .x{display:none}", "<b class=x id=z>s</b>", "s"},
		"class_over_element": {".x{display:inline} b{display:none}", "<b class=x>s</b>", "s"},
		"last_of_equal":      {".x{display:none} .x{display:inline}", "<b class=x>s</b>", "s"},
		"comments":           {"/* a{ */<!-- .y{color:red} .x{/**/display:none} -->", "a<b class=x>h</b>b", "ab"},
		"screen":             {"@media screen{.x{display:none}} .y{display:none}", "a<b class=x>h</b><b class=y>h</b>b", "ab"},
		"narrow_screen":      {"@media only screen and (max-width:480px){.x{display:none}}", "a<b class=x>s</b>b", "asb"},
		"print":              {"@media print{.x{display:none}}", "<b class=x>s</b>", "s"},
		"import_and_font":    {"@import url(x); @font-face{font-family:x} .x{display:none}", "a<b class=x>h</b>", "a"},
		"within_another":     {".a .x{display:none}", "a<b class=a><i><b class=x>h</b></i></b><b class=x>s</b>", "as"},
		"child":              {"td.a>.x{display:none}", "<table><tr><td class=a>a<b class=x>h</b></td></tr></table><b class=x>s</b>", "a\ns"},
		"within_two":         {"html body #b .a p.x{display:none}", "<div id=b>a<div class=a><p class=x>h</div></div><div class=a><p class=x>s", "a\n\ns"},
		"others":             {".x:hover, .x[y], .a+.x, .a~.x{display:none}", "<b class=a></b><b class=x>s</b>", "s"},
		"itself_is_not_in":   {".x .x{display:none}", "<b class=x>s</b>", "s"},
		"class_letter_case":  {".X{display:none}", "<b class=x>s</b>", "s"},
		"hidden_table_cell":  {".x{display:none}", "<table><tr><td class=x>h</td><td>a</td><td>b</td></tr></table>", "a | b"},
		"no_end":             {".x{display:none", "a<b class=x>h</b>", "a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, "Content-Type: text/html\n\n<style type='text/css'>"+tt.sheet+"</style>"+tt.in).HTMLText; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestStyleSheetPlace: a sheet counts wherever it stands, but not in a comment, which only Outlook reads.
func TestStyleSheetPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"behind":     {"a<b class=x>h</b>b<STYLE>.x{display:none}</STYLE>", "ab"},
		"two":        {"<style>.y{color:red}</style><style>.x{display:none}</style>a<b class=x>h</b>b", "ab"},
		"in_comment": {"<!--[if mso]><style>.x{display:none}</style><![endif]-->a<b class=x>s</b>b", "asb"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, "Content-Type: text/html\n\n"+tt.in).HTMLText; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStyleRules(t *testing.T) {
	t.Parallel()
	for _, n := range []int{message.MaxStyleRules, message.MaxStyleRules + 1} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ".x%d{display:none}", i)
		}
		_, err := message.Parse([]byte("Content-Type: text/html\r\n\r\n<style>" + b.String() + "</style>a"))
		var limit *message.LimitError
		if over := n > message.MaxStyleRules; errors.As(err, &limit) != over || over && limit.What != "style rules" {
			t.Errorf("%d rules: %v", n, err)
		}
	}
}
