package message_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/message"
)

// repeatTo returns head and as many units as fit into size, and tail.
func repeatTo(size int, head, unit, tail string) []byte {
	n := max(1, (size-len(head)-len(tail))/len(unit))
	return []byte(head + strings.Repeat(unit, n) + tail)
}

const (
	mixedHead  = "From: a@b.test\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
	htmlHead   = "From: a@b.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
	attachHead = mixedHead + "--a\r\n\r\nhello\r\n--a\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: "
)

// hostile are mails made to cost, each of about the size asked for.
var hostile = map[string]func(size int) []byte{
	"multiparts_in_one_another": func(size int) []byte { return nested(max(1, size/80)) },
	"forwarded_in_one_another":  func(size int) []byte { return forwardedInside(max(1, size/33)) },
	"parts":                     func(size int) []byte { return repeatTo(size, mixedHead, "--a\r\n\r\nx\r\n", "--a--\r\n") },
	"boundaries_without_end":    func(size int) []byte { return repeatTo(size, mixedHead, "--a\r\n", "") },
	"boundaries_malformed":      func(size int) []byte { return repeatTo(size, mixedHead, "--a;\r\n--a-\r\n", "") },
	"header_fields":             func(size int) []byte { return repeatTo(size, "From: a@b.test\r\n", "a:\r\n", "\r\nhello") },
	"header_lines_malformed":    func(size int) []byte { return repeatTo(size, "", "a\n", "A: 1\n\nhello") },
	"header_line":               func(size int) []byte { return repeatTo(size, "Subject: ", "x", "\r\n\r\nhello") },
	"header_continuations":      func(size int) []byte { return repeatTo(size, "Subject: x\r\n", " \r\n", "\r\nhello") },
	"references":                func(size int) []byte { return repeatTo(size, "References: ", "<a>", "\r\n\r\nhello") },
	"references_folded": func(size int) []byte {
		return repeatTo(size, "References: <a@b>\r\n", " <abc@def.test>\r\n", "\r\nhello")
	},
	"recipients":         func(size int) []byte { return repeatTo(size, "To: ", "a@b.c,", "\r\n\r\nhello") },
	"comments":           func(size int) []byte { return repeatTo(size, "From: a@b.test\r\nTo: ", "(", "\r\n\r\nhello") },
	"encoded_words":      func(size int) []byte { return repeatTo(size, "Subject: ", "=?a?q?b?= ", "\r\n\r\nhello") },
	"encoded_words_open": func(size int) []byte { return repeatTo(size, "Subject: ", "=?utf-8?q?", "\r\n\r\nhello") },
	"parameters":         func(size int) []byte { return repeatTo(size, "Content-Type: text/plain", ";a=b", "\r\n\r\nhello") },
	"parameter_pieces": func(size int) []byte {
		var b bytes.Buffer
		b.WriteString("Content-Type: text/plain\r\nContent-Disposition: attachment")
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, ";\r\n filename*%d*=%%C3%%A9", i)
		}
		b.WriteString("\r\n\r\nhello")
		return b.Bytes()
	},
	"base64_attachment": func(size int) []byte {
		return repeatTo(size, attachHead+"base64\r\n\r\n", strings.Repeat("A", 76)+"\r\n", "--a--\r\n")
	},
	"base64_broken": func(size int) []byte {
		return repeatTo(size, attachHead+"base64\r\n\r\n", strings.Repeat("A", 75)+"!\r\n", "--a--\r\n")
	},
	"base64_text": func(size int) []byte {
		return repeatTo(size, "From: a@b.test\r\nContent-Transfer-Encoding: base64\r\n\r\n", strings.Repeat("QUJD", 19)+"\r\n", "")
	},
	"base64_forwarded": func(size int) []byte {
		return repeatTo(size, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogMQ0KDQo=\r\n", strings.Repeat("QUJD", 19)+"\r\n", "")
	},
	"quoted_printable_attachment": func(size int) []byte {
		return repeatTo(size, attachHead+"quoted-printable\r\n\r\n", strings.Repeat("=41", 25)+"=\r\n", "--a--\r\n")
	},
	"quoted_printable_text": func(size int) []byte {
		return repeatTo(size, "From: a@b.test\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", strings.Repeat("=41", 25)+"=\r\n", "")
	},
	"text": func(size int) []byte { return repeatTo(size, "From: a@b.test\r\n\r\n", "hello there\r\n", "") },
	"text_windows": func(size int) []byte {
		return repeatTo(size, "Content-Type: text/plain; charset=windows-1252\r\n\r\n", "\x80", "")
	},
	"text_utf7": func(size int) []byte {
		return repeatTo(size, "Content-Type: text/plain; charset=utf-7\r\n\r\n", "+ZeVnLIqe-", "")
	},
	"text_flowed": func(size int) []byte {
		return repeatTo(size, "Content-Type: text/plain; format=flowed\r\n\r\n", ">\r\n>> \r\n", "")
	},
	"text_invalid":     func(size int) []byte { return repeatTo(size, "From: a@b.test\r\n\r\n", "\xffa", "") },
	"html_text":        func(size int) []byte { return repeatTo(size, htmlHead, "<p>hello</p>", "") },
	"html_elements":    func(size int) []byte { return repeatTo(size, htmlHead, "<b>", "x") },
	"html_tables":      func(size int) []byte { return repeatTo(size, htmlHead, "<table><tr><td>x", "") },
	"html_cells":       func(size int) []byte { return repeatTo(size, htmlHead+"<table>", "<td>x", "") },
	"html_styles":      func(size int) []byte { return repeatTo(size, htmlHead, "<b style=color:red>x</b>", "") },
	"html_entities":    func(size int) []byte { return repeatTo(size, htmlHead, "&nGt;&#x41", "") },
	"html_attributes":  func(size int) []byte { return repeatTo(size, htmlHead+"<a ", "x=y ", ">z") },
	"html_comments":    func(size int) []byte { return repeatTo(size, htmlHead, "<!--", "") },
	"html_image":       func(size int) []byte { return repeatTo(size, htmlHead+"<img src='data:", "A", "'>hello") },
	"html_sheet":       func(size int) []byte { return repeatTo(size, htmlHead+"<style>", ".a{color:red}", "</style>hello") },
	"html_sheet_blank": func(size int) []byte { return repeatTo(size, htmlHead+"<style>", "/**/@a{", "</style>hello") },
	"html_windows": func(size int) []byte {
		return repeatTo(size, "Content-Type: text/html; charset=windows-1252\r\n\r\n<p hidden>", "\x80", "</p>hello")
	},
	"html_chinese": func(size int) []byte {
		return repeatTo(size, "Content-Type: text/html; charset=gb18030\r\n\r\n<p hidden>", "\xb0\xa1", "</p>hello")
	},
	"delivery_report": func(size int) []byte {
		return repeatTo(size, "Content-Type: multipart/report; report-type=delivery-status; boundary=a\r\n\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\n",
			"Final-Recipient: a;b@c.d\r\n\r\n", "--a--\r\n")
	},
}

// fixed is what a mail of any size may hold beside three times its own size: the limits allow short units, as the fields of
// a header, some thousand times.
const fixed = 1 << 20

// TestHostile: no mail made to cost holds more than three times its own size, or takes long.
func TestHostile(t *testing.T) {
	for kind, build := range hostile {
		for _, size := range []int{200 << 10, 1000 << 10, huge} {
			raw := build(size)
			limit := message.TimePerMiB * time.Duration(1+len(raw)>>20)
			peak, elapsed := least(t, raw, 3*len(raw)+fixed, limit)
			if peak > 3*len(raw)+fixed {
				t.Errorf("%s of %d bytes holds %d", kind, len(raw), peak)
			}
			if elapsed > limit {
				t.Errorf("%s of %d bytes takes %v", kind, len(raw), elapsed)
			}
		}
	}
}

// least returns what parsing a mail costs when nothing disturbs it: what it costs within the limits, or at best in five tries.
func least(t *testing.T, raw []byte, bytes int, limit time.Duration) (peak int, elapsed time.Duration) {
	t.Helper()
	for try := range 5 {
		p := peakOf(t, raw)
		begin := time.Now()
		_, _ = message.Parse(raw)
		e := time.Since(begin)
		if try == 0 {
			peak, elapsed = p, e
		}
		peak, elapsed = min(peak, p), min(elapsed, e)
		if !measured || peak <= bytes && elapsed <= limit {
			break
		}
	}
	if !measured {
		return 0, 0
	}
	return peak, elapsed
}

// peakOf returns how many bytes of heap parsing a mail holds at most. What it allocates in all is never less; where that is
// much, the objects that live are counted again and again while the mail is parsed several times.
func peakOf(t testing.TB, raw []byte) int {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := message.Parse(raw)
	runtime.ReadMemStats(&after)
	var limit *message.LimitError
	var syntax *message.SyntaxError
	if err != nil && !errors.As(err, &limit) && !errors.As(err, &syntax) {
		t.Fatal(err)
	}
	runtime.KeepAlive(m)
	allocated := int(after.TotalAlloc - before.TotalAlloc)
	if allocated <= 3*len(raw)+fixed {
		return allocated
	}
	m = nil
	base := live()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				m = nil
				m, _ = message.Parse(raw)
			}
		}
	}()
	high := 0
	for range 10 {
		high = max(high, live())
	}
	close(stop)
	<-done
	runtime.KeepAlive(m)
	return min(allocated, max(0, high-base))
}

// live is how many bytes the objects take that are in use now.
func live() int {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// BenchmarkHostile reports for each kind and size the bytes allocated, the peak of the heap as a multiple of the mail's own
// size, and the time for each byte, which shows that the cost grows no faster than the mail.
func BenchmarkHostile(b *testing.B) {
	for kind, build := range hostile {
		for size := 1 << 10; size <= 10<<20; size *= 10 {
			raw := build(size)
			b.Run(fmt.Sprintf("%s/%d", kind, size), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(raw)))
				for b.Loop() {
					_, _ = message.Parse(raw)
				}
				elapsed := b.Elapsed()
				b.ReportMetric(float64(peakOf(b, raw))/float64(len(raw)), "peak/size")
				b.ReportMetric(float64(elapsed.Nanoseconds())/float64(b.N*len(raw)), "ns/byte")
			})
		}
	}
}
