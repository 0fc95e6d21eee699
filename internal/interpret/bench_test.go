package interpret_test

import (
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// BenchmarkRead reads every mail of the corpus once per iteration.
func BenchmarkRead(b *testing.B) {
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil {
		b.Fatal(err)
	}
	var mails []*message.Message
	var contexts []interpret.Context
	for _, path := range files {
		m, want := loadCase(b, path)
		mails = append(mails, m)
		contexts = append(contexts, interpret.Context{Model: want.Model, Roles: models[want.Model]})
	}
	for b.Loop() {
		for i, m := range mails {
			interpret.Read(m, contexts[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(mails)), "µs/mail")
}
