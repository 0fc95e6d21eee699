package message_test

import "testing"

func TestHTML(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"paragraphs":        {"<p>Hello&nbsp;Bob &amp; co,</p>\n<p>one<br>two &lt;tag&gt; <b>bold</b></p>", "Hello Bob & co,\n\none\ntwo <tag> bold"},
		"escaped_once":      {"&amp;lt;b&amp;gt;", "&lt;b&gt;"},
		"divs":              {"<div>a</div><div>b</div><div><br></div><div>c<br></div>d", "a\nb\n\nc\nd"},
		"blanks_folded":     {"<p> a \n b<span> c</span>d </p>", "a b cd"},
		"outlook_lines":     {`<p class="MsoNormal">a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c</p>`, "a\nb\n\nc"},
		"no_margin":         {`<p style="margin: 0cm">a</p><p style="margin:0">b</p>`, "a\nb"},
		"unclosed_p":        {"<p>a<p>b", "a\n\nb"},
		"lists":             {"<ul><li>one<li><p>two</p><ul><li>deep</ul></ul>after", "- one\n- two\n  - deep\nafter"},
		"numbers":           {"<ol start=2><li>a</li><li>b</li></ol><ol><li>c</ol>", "2. a\n3. b\n1. c"},
		"table":             {"<table><tr><th>Name</th><th>Role</th></tr><tr><td>Jane</td><td></td></tr><tr><td><p>Al</p></td><td>Tech<br>nician</td></tr></table>", "Name | Role\nJane\nAl | Tech nician"},
		"empty_cell":        {"<table><tr><td>a</td><td></td><td>c</td></tr></table>", "a |  | c"},
		"no_end_tags":       {"<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "a | b\nc | d\ne"},
		"layout_table":      {"<table><tr><td><p>Hello,</p><p>text</p></td></tr></table>", "Hello,\n\ntext"},
		"nested_table":      {"<table><tr><td>Hi<table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "Hi\na | b"},
		"columns_of_text":   {"<table><tr><td>1<br>2<br>3<br>4<br>5</td><td>x</td></tr></table>", "1\n2\n3\n4\n5\nx"},
		"quote":             {"mine<blockquote>On Monday<p>quoted</p><blockquote>deep</blockquote></blockquote>me", "mine\n> On Monday\n>\n> quoted\n>\n> > deep\nme"},
		"quote_with_table":  {"<blockquote><table><tr><td>a<td>b</table><div>c</div></blockquote>", "> a | b\n> c"},
		"pre":               {"<pre>  keep\n   spaces</pre>x", "  keep\n   spaces\n\nx"},
		"rule":              {"a<hr>b", "a\n________________________________\nb"},
		"signature":         {"a<br>-- <br>Jane", "a\n-- \nJane"},
		"link":              {`<a href="https://x.test/?a=1">click</a> here`, "click here"},
		"mail_link":         {`<a href="mailto:jane@acme.example?subject=x">Jane Doe</a>, <a href="mailto:Al@acme.example">al@acme.example</a>`, "Jane Doe <jane@acme.example>, al@acme.example"},
		"not_shown":         {"<head><title>T</title><style>p{}</style></head><body><!-- c --><!--[if mso]>m<![endif]--><script>s</script><noscript>n</noscript>x", "x"},
		"display_none":      {`a<div style="Display: NONE !important">hid<div>den</div></div>b<span hidden>h</span>`, "ab"},
		"display_none_p":    {`<p style="display:none">hidden<p>shown`, "shown"},
		"hidden_cell":       {`<table><tr><td style="display:none">h<td>a</td><td>b</td></tr></table>`, "a | b"},
		"hidden_cell_end":   {`<table><tr><td style="display:none">h</td><td>a</td></tr></table>`, "a"},
		"hidden_row":        {`<table><tr style="display:none"><td><table><tr><td>h</td></tr></table>h</td></tr><tr><td>a</td></tr></table>`, "a"},
		"visibility":        {`a<div style="visibility:hidden">h<b style="visibility:visible">v</b></div>b`, "a\nv\nb"},
		"font_size":         {`a<span style="font-size:0px">h</span><span style="font-size:.0em">h</span><span style="font-size:1px">h</span>b`, "ab"},
		"font_size_restore": {`<td style="font-size:0"><div style="font-size:13px">shown</div></td>`, "shown"},
		"font_size_percent": {`<div style="font-size:0">h<b style="font-size:200%">h</b></div>x`, "x"},
		"white_on_white":    {`a<font color="#FFF">h</font><span style="color: white">h</span><i style="color:rgb(255, 255, 255)">h</i>b`, "ab"},
		"white_on_blue":     {`<table><tr><th style="background:#00f; color:#fff">Name</th><th bgcolor=navy><font color=white>Role</font></th></tr></table>`, "Name | Role"},
		"black_on_black":    {`<div style="background-color:#000"><b style="color:black">h</b><b style="color:#fff">s</b></div>`, "s"},
		"white_on_picture":  {`<div style="background:url(x.png);color:#fff">shown</div>`, "shown"},
		"transparent":       {`a<b style="color:transparent">h</b><b style="color:rgba(0,0,0,0)">h</b><b style="opacity:0.0">h</b>b`, "ab"},
		"clipped":           {`a<div style="max-height:0;overflow:hidden">preheader</div>b`, "ab"},
		"height_zero_open":  {`<div style="height:0">shown</div>`, "shown"},
		"broken_markup":     {"a</div></td></b><b>b</table><p", "ab"},
		"stray_cell":        {"<td>a</td><td>b</td>", "a\nb"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, "Content-Type: text/html; charset=utf-8\n\n"+tt.in).HTMLText; got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
