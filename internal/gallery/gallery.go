// Package gallery makes a folder of pages that shows every mail in every language, for people to look at.
package gallery

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
)

//go:embed index.html
var page embed.FS

// card is one mail in one language.
type card struct {
	Language string // tag
	Name     string // what the language calls itself
	Subject  string
	Text     string
	File     string // of the HTML
	English  bool   // for want of texts in the language
}

// sample is one sample in all languages.
type sample struct {
	Name  string
	Kind  access.MailKind
	Cards []card
}

// Files are the gallery's files by name: index.html shows all, LANGUAGE/SAMPLE.html and .txt hold one mail each.
func Files(c *compose.Composer, now time.Time) (map[string][]byte, error) {
	files := map[string][]byte{}
	var all []sample
	orders := compose.Samples()
	for _, kind := range access.MailKinds {
		for _, name := range slices.Sorted(maps.Keys(orders)) {
			if orders[name].Kind != kind {
				continue
			}
			s := sample{Name: strings.ReplaceAll(name, "_", " "), Kind: kind}
			for _, tag := range c.Languages() {
				m := *orders[name]
				m.Language = tag
				p, err := c.Preview(&m, now)
				if err != nil {
					return nil, fmt.Errorf("showing %s in %s: %w", name, tag, err)
				}
				base := tag + "/" + name
				files[base+".html"], files[base+".txt"] = []byte(p.HTML), []byte(p.Subject+"\n\n"+p.Text)
				s.Cards = append(s.Cards, card{Language: tag, Name: c.LanguageName(tag), Subject: p.Subject, Text: p.Text,
					File: base + ".html", English: slices.Contains(c.Lacking(tag), string(kind))})
			}
			all = append(all, s)
		}
	}
	t, err := template.ParseFS(page, "index.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the gallery's page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, all); err != nil {
		return nil, fmt.Errorf("rendering the gallery's page: %w", err)
	}
	files["index.html"] = b.Bytes()
	return files, nil
}
