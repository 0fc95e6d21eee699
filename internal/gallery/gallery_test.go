package gallery_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/gallery"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/templates"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	support, err := mailaddr.Parse("support@provider.example")
	if err != nil {
		t.Fatal(err)
	}
	c, err := compose.New(compose.Config{Provider: "Example Colo", From: support, Support: support, MailFrom: support,
		WebURL: &url.URL{Scheme: "https", Host: "access.provider.example"}, MessageIDDomain: "provider.example"}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := gallery.Files(c, compose.SampleTime)
	if err != nil {
		t.Fatal(err)
	}
	index := string(files["index.html"])
	for name := range compose.Samples() {
		for _, tag := range []string{"de", "en"} {
			for _, ext := range []string{".html", ".txt"} {
				if len(files[tag+"/"+name+ext]) == 0 {
					t.Errorf("there is no %s/%s%s", tag, name, ext)
				}
			}
			if !strings.Contains(index, `src="`+tag+"/"+name+`.html"`) {
				t.Errorf("the page does not show %s/%s", tag, name)
			}
		}
	}
	if want := 4*len(compose.Samples()) + 1; len(files) != want {
		t.Errorf("%d files, want %d", len(files), want)
	}
}
