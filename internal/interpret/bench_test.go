package interpret_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	gomail "github.com/emersion/go-message/mail"

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

// BenchmarkCorpus compares what a mail costs: read by go-message alone, parsed by message, and parsed and read. One run
// reads the whole corpus; the ratios between them are what counts. The measure is "go-message", which takes from a mail what
// any reader of it must: the decoded header, each part's parameters, and each body decoded through its charset.
// "go-message_bare" only finds the parts and throws their bytes away; it is there for comparison.
func BenchmarkCorpus(b *testing.B) {
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil {
		b.Fatal(err)
	}
	var raws [][]byte
	var contexts []interpret.Context
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		_, want := loadCase(b, path)
		raws = append(raws, raw)
		contexts = append(contexts, interpret.Context{Model: want.Model, Roles: models[want.Model]})
	}
	interpret.Read(&message.Message{}, interpret.Context{}) // reads the language files, which no mail pays for
	run := func(name string, f func(i int, raw []byte)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i, raw := range raws {
					f(i, raw)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(raws)), "µs/mail")
		})
	}
	run("go-message_bare", func(_ int, raw []byte) {
		e, err := gomessage.Read(bytes.NewReader(raw))
		if e == nil {
			b.Fatal(err)
		}
		// Some mails are malformed on purpose: what go-message makes of them is not the point.
		_ = e.Walk(func(_ []int, part *gomessage.Entity, _ error) error {
			if part != nil {
				_, _ = io.Copy(io.Discard, part.Body)
			}
			return nil
		})
	})
	run("go-message", func(_ int, raw []byte) {
		if !readByGoMessage(raw) {
			b.Fatal("go-message reads nothing")
		}
	})
	run("parse", func(_ int, raw []byte) {
		if _, err := message.Parse(raw); err != nil {
			b.Fatal(err)
		}
	})
	parseAndRead := func(i int, raw []byte) {
		m, err := message.Parse(raw)
		if err != nil {
			b.Fatal(err)
		}
		interpret.Read(m, contexts[i])
	}
	run("parse_and_read", parseAndRead)
	b.Run("best", func(b *testing.B) { compareBest(b, raws, parseAndRead) })
}

// compareBest reports the quickest of all runs of each mail, for go-message and for parsing and reading. Each side has every mail
// warmRuns times in a row. The first of them is cold: it meets what the other side and the mails before left in the caches, as
// mails in a mailbox do. The others are warm. Use -cpu 1 -benchtime 50x.
func compareBest(b *testing.B, raws [][]byte, parseAndRead func(i int, raw []byte)) {
	const warmRuns = 4
	type best struct{ cold, warm time.Duration }
	theirs, ours := make([]best, len(raws)), make([]best, len(raws))
	measure := func(q *best, f func()) {
		for k := range warmRuns {
			to := &q.warm
			if k == 0 {
				to = &q.cold
			}
			start := time.Now()
			f()
			if took := time.Since(start); *to == 0 || took < *to {
				*to = took
			}
		}
	}
	for b.Loop() {
		for i, raw := range raws {
			measure(&theirs[i], func() { readByGoMessage(raw) })
			measure(&ours[i], func() { parseAndRead(i, raw) })
		}
	}
	var sumTheirs, sumOurs best
	for i := range raws {
		sumTheirs.cold, sumTheirs.warm = sumTheirs.cold+theirs[i].cold, sumTheirs.warm+theirs[i].warm
		sumOurs.cold, sumOurs.warm = sumOurs.cold+ours[i].cold, sumOurs.warm+ours[i].warm
	}
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(len(raws)) }
	b.ReportMetric(micros(sumTheirs.warm), "µs-go-message/mail")
	b.ReportMetric(micros(sumOurs.warm), "µs/mail")
	b.ReportMetric(float64(sumOurs.warm)/float64(sumTheirs.warm), "x-go-message")
	b.ReportMetric(micros(sumTheirs.cold), "cold-µs-go-message/mail")
	b.ReportMetric(micros(sumOurs.cold), "cold-µs/mail")
	b.ReportMetric(float64(sumOurs.cold)/float64(sumTheirs.cold), "cold-x-go-message")
}

// readByGoMessage takes from a mail what go-message offers of it, and says whether it could. Errors in single values are
// passed over: some mails are malformed on purpose.
func readByGoMessage(raw []byte) bool {
	r, _ := gomail.CreateReader(bytes.NewReader(raw))
	if r == nil {
		return false
	}
	_, _ = r.Header.Subject()
	_, _ = r.Header.Date()
	_, _ = r.Header.MessageID()
	_, _ = r.Header.MsgIDList("References")
	for _, name := range []string{"From", "To", "Cc", "Reply-To"} {
		_, _ = r.Header.AddressList(name)
	}
	for {
		part, _ := r.NextPart()
		if part == nil {
			return true
		}
		switch h := part.Header.(type) {
		case *gomail.InlineHeader:
			_, _, _ = h.ContentType()
			_, _, _ = h.ContentDisposition()
		case *gomail.AttachmentHeader:
			_, _, _ = h.ContentType()
			_, _, _ = h.ContentDisposition()
			_, _ = h.Filename()
		}
		_, _ = io.ReadAll(part.Body)
	}
}

// BenchmarkSize shows that a mail costs in proportion to its size: as text, as far as a mail may have that, and as an attachment.
func BenchmarkSize(b *testing.B) {
	const sentence = "The report of last week is on the shared drive, and the figures of March will follow on Monday.\r\n"
	const head = "From: Jane Doe <jane@acme.example>\r\nTo: support@provider.example\r\nSubject: Access for Al\r\n"
	const request = "Please give Al Smith <al@acme.example> the role Billing.\r\n\r\n"
	kinds := map[string]func(n int) string{
		"text": func(n int) string {
			return head + "\r\n" + request + strings.Repeat(sentence, n/len(sentence))
		},
		"attachment": func(n int) string {
			const line = 78
			return head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + request +
				"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
				strings.Repeat(strings.Repeat("A", line-2)+"\r\n", n/line) + "--b--\r\n"
		},
	}
	for _, kind := range []string{"text", "attachment"} {
		for size := 1000; size <= 10_000_000; size *= 10 {
			if kind == "text" && size > message.MaxTextBytes {
				break
			}
			raw := []byte(kinds[kind](size))
			run := func(name string, f func()) {
				b.Run(fmt.Sprintf("%s/%s/%d", kind, name, size), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						f()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(raw)), "ns/byte")
				})
			}
			run("parse", func() { _, _ = message.Parse(raw) })
			run("parse_and_read", func() {
				m, err := message.Parse(raw)
				if err != nil {
					b.Fatal(err)
				}
				interpret.Read(m, interpret.Context{Model: "account-contacts", Roles: models["account-contacts"]})
			})
		}
	}
}
