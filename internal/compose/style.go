package compose

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// styleFile is the look of the HTML of all mails.
const styleFile = mailDir + "/_style.css"

// style is that file: what stands at the elements themselves, since mail programs drop style sheets, and what only a style
// sheet can say, for those that do not: dark colours and narrow screens.
type style struct {
	inline map[string]string // tag, or .class → declarations
	media  string
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule    = regexp.MustCompile(`^\s*([a-z0-9., -]+?)\s*\{([^{}]*)\}`)
	startTag   = regexp.MustCompile(`<([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)>`)
	classAttr  = regexp.MustCompile(`\sclass="([^"]*)"`)
	styleAttr  = regexp.MustCompile(`\sstyle="([^"]*)"`)
)

func parseStyle(templates fs.FS) (style, error) {
	data, err := fs.ReadFile(templates, styleFile)
	if err != nil {
		return style{}, fmt.Errorf("reading the mail templates: %w", err)
	}
	s := style{inline: map[string]string{}}
	css := cssComment.ReplaceAllStringFunc(string(data), func(c string) string { return strings.Repeat("\n", strings.Count(c, "\n")) })
	media := len(css)
	if i := strings.Index(css, "@media"); i >= 0 {
		media = i
	}
	s.media = css[media:]
	for rules := css[:media]; strings.TrimSpace(rules) != ""; {
		g := cssRule.FindStringSubmatch(rules)
		if g == nil {
			line := strings.Count(css[:media-len(strings.TrimLeft(rules, " \n"))], "\n") + 1
			return s, fmt.Errorf("reading %s:%d: a rule is expected: tags or classes, and declarations in braces", styleFile, line)
		}
		for selector := range strings.SplitSeq(g[1], ",") {
			s.inline[strings.TrimSpace(selector)] += strings.Join(strings.Fields(g[2]), " ") + " "
		}
		rules = rules[len(g[0]):]
	}
	return s, nil
}

// apply writes the declarations to the elements of a template: those of the tag, then those of its classes, then its own.
func (s style) apply(html string) string {
	return startTag.ReplaceAllStringFunc(html, func(tag string) string {
		g := startTag.FindStringSubmatch(tag)
		names := []string{g[1]}
		if class := classAttr.FindStringSubmatch(g[2]); class != nil {
			for c := range strings.FieldsSeq(class[1]) {
				names = append(names, "."+c)
			}
		}
		var all []string
		for _, n := range names {
			if d := strings.TrimSpace(s.inline[n]); d != "" && !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
		own := styleAttr.FindStringSubmatch(g[2])
		if own != nil {
			all = append(all, own[1])
		}
		if len(all) == 0 {
			return tag
		}
		return "<" + g[1] + styleAttr.ReplaceAllString(g[2], "") + ` style="` + strings.Join(all, " ") + `">`
	})
}
