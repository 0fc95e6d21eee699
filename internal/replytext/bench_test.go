package replytext_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// BenchmarkSplit takes the text of every mail of interpret's corpus apart.
func BenchmarkSplit(b *testing.B) {
	files, err := filepath.Glob("../interpret/testdata/corpus/*.eml")
	if err != nil || len(files) == 0 {
		b.Fatalf("%d mails: %v", len(files), err)
	}
	var mails []*message.Message
	size := 0
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		m, err := message.Parse(raw)
		if err != nil {
			b.Fatal(err)
		}
		mails = append(mails, m)
		size += len(m.Text)
	}
	b.ReportAllocs()
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, m := range mails {
			replytext.SplitBy(m.Text, m.Author.Name)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(mails)), "µs/mail")
}
