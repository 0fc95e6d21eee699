package matrix

import (
	"html/template"
	"io"
	"strings"
	"unicode/utf8"
)

// Width is the most columns of a line of text.
const Width = 100

// Text is the sheet in lines of at most Width columns.
func (s *Sheet) Text() string {
	var b strings.Builder
	b.WriteString(s.Title + "\n\nRoles, highest first\n\n")
	s.Roles.text(&b)
	for _, a := range s.Actions {
		b.WriteString("\n" + a.Title + "\n\n")
		a.Table.text(&b)
	}
	if len(s.Refusals.Rows) > 0 {
		b.WriteString("\nRefused with words of its own\n\n")
		s.Refusals.text(&b)
	}
	b.WriteString("\n")
	for _, n := range s.Notes {
		b.WriteString(strings.Join(wrap(n, Width), "\n") + "\n")
	}
	return b.String()
}

const gap = "  "

func (t Table) text(b *strings.Builder) {
	widths := t.widths(Width - 2)
	line := func(cells [][]string, i int) {
		row := gap
		for j, lines := range cells {
			cell := ""
			if i < len(lines) {
				cell = lines[i]
			}
			row += cell + strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)) + gap
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	for n, row := range append([][]string{t.Head}, t.Rows...) {
		var cells [][]string
		height := 0
		for j, c := range row {
			if n == 0 {
				c = strings.ToUpper(c)
			}
			lines := wrap(c, widths[j])
			cells, height = append(cells, lines), max(height, len(lines))
		}
		for i := range height {
			line(cells, i)
		}
	}
}

// widths are those of the columns: as wide as their contents while all fits, then the widest gives way, but for its
// longest word.
func (t Table) widths(total int) []int {
	widths, least := make([]int, len(t.Head)), make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for j, c := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(c))
			for _, w := range strings.Fields(c) {
				least[j] = max(least[j], utf8.RuneCountInString(w))
			}
		}
	}
	sum := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	for ; sum > total; sum-- {
		widest := -1
		for j, w := range widths {
			if w > least[j] && (widest < 0 || w > widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// wrap breaks a text at blanks. A word that is longer than a line stands alone.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+w, " ")
	}
	return append(lines, line)
}

// Markdown is the sheet with headings of the given level.
func (s *Sheet) Markdown(level int) string {
	var b strings.Builder
	head := strings.Repeat("#", level)
	b.WriteString(head + " " + escape.Replace(s.Title) + "\n\n")
	s.Roles.markdown(&b)
	for _, a := range s.Actions {
		b.WriteString("\n" + head + "# " + escape.Replace(a.Title) + "\n\n")
		a.Table.markdown(&b)
	}
	if len(s.Refusals.Rows) > 0 {
		b.WriteString("\n" + head + "# Refused with words of its own\n\n")
		s.Refusals.markdown(&b)
	}
	b.WriteString("\n")
	for _, n := range s.Notes {
		b.WriteString("* " + escape.Replace(n) + "\n")
	}
	return b.String()
}

// escape keeps a text from being Markdown.
var escape = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "&", "&amp;", "[", `\[`)

func (t Table) markdown(b *strings.Builder) {
	for n, row := range append([][]string{t.Head}, t.Rows...) {
		for _, c := range row {
			b.WriteString("| " + escape.Replace(c) + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
}

// HTML writes the sheet as one page that needs nothing else.
func (s *Sheet) HTML(w io.Writer) error { return page.Execute(w, s) }

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body { font: 16px/1.45 system-ui, sans-serif; color: #1b2430; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #d5dbe3; padding: .45rem .7rem .45rem 0; text-align: left; vertical-align: top; }
th { color: #556; font-weight: 600; white-space: nowrap; }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<h2>Roles, highest first</h2>
{{template "table" .Roles}}
{{range .Actions}}<h2>{{.Title}}</h2>
{{template "table" .Table}}
{{end}}{{if .Refusals.Rows}}<h2>Refused with words of its own</h2>
{{template "table" .Refusals}}
{{end}}<ul>
{{range .Notes}}<li>{{.}}</li>
{{end}}</ul>
</body>
</html>
{{define "table"}}<div class="wide"><table>
<thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody>
</table></div>{{end}}`))
