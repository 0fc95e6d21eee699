package interpret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// sizedTexts are texts that grow by repeating a unit. The number of the unit stands for %d.
var sizedTexts = map[string]struct{ head, unit string }{
	"prose":   {"Hello,\n\nplease add Jane Doe <jane.doe@acme.example> as Technician.\n", "She takes over the night shift %d from Raj Patel and will help us with the servers in room B.\n"},
	"list":    {"Please add the following people:\n\n", "- Jane Doe, person%d@acme.example, Technician, night shift\n"},
	"table":   {"Please add:\n\nName | Email | Role | Reason\n", "Jane Doe | person%d@acme.example | Technician | night shift\n"},
	"labels":  {"Please add:\n\n", "Name: Jane Doe\nEmail: person%d@acme.example\nRole: Technician\nReason: night shift\n\n"},
	"line":    {"Please add Jane Doe <jane.doe@acme.example> as Technician", " and the cabinet %d in room B that we rent"},
	"thread":  {"Approved.\n\nOn Mon, 2 Nov 2026 at 10:00, Raj Patel <raj@acme.example> wrote:\n", "> On Monday %d we move the racks, could you look at it?\n>> yes, please go on\n"},
	"columns": {"Please look at this, jane.doe@acme.example:\n\n", "rack,unit,port\n"},
	"pairs":   {"Please look at this, jane.doe@acme.example:\n\n", "rack\nfull\n\n"},
	"comments": {"My comments are below, AL.\n\nFrom: Support <support@provider.example>\nSent: Monday, 2 November 2026 09:12\nTo: Ann Lee <ann@acme.example>\nSubject: Access\n\n",
		"  %d. Jane Doe\nAL: approved\n"},
	"boxes":         {"Please add Jane Doe <jane.doe@acme.example>.\n\n", "[x] Technician\n"},
	"listings":      {"Please add Jane Doe <jane.doe@acme.example> as Technician.\n\n", "Put her on the newsletter. "},
	"answer thanks": {"Approved", ", thanks"},
	"answer names":  {"I approve", " Jane Doe,"},
}

func sizedText(kind string, size int) string {
	t := sizedTexts[kind]
	var b strings.Builder
	b.WriteString(t.head)
	for n := 0; b.Len() < size; n++ {
		b.WriteString(strings.Replace(t.unit, "%d", fmt.Sprint(n), 1))
	}
	return b.String()
}

func sizedMail(kind string, size int) []byte {
	return []byte("From: Raj Patel <raj@acme.example>\r\nTo: support@provider.example\r\nSubject: Access\r\nMessage-ID: <1@acme.example>\r\n" +
		"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(sizedText(kind, size), "\n", "\r\n"))
}

// BenchmarkTexts parses and reads mails of one kilobyte to the most text that a mail may have. The time for a byte must not grow
// with the size.
func BenchmarkTexts(b *testing.B) {
	for _, kind := range []string{"prose", "list", "table", "labels", "line", "thread"} {
		for size := 1 << 10; size <= message.MaxTextBytes; size *= 10 {
			b.Run(fmt.Sprintf("%s/%dkB", kind, size>>10), func(b *testing.B) {
				raw := sizedMail(kind, size)
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					m, err := message.Parse(raw)
					if err != nil {
						b.Fatal(err)
					}
					interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(raw)), "ns/byte")
			})
		}
	}
}

// TestWorkGrowsWithSize counts the allocations of reading texts of one length and of four times that: they may grow no more than
// five times.
func TestWorkGrowsWithSize(t *testing.T) {
	for kind := range sizedTexts {
		context := interpret.Context{Roles: models["contact-levels"]}
		if strings.HasPrefix(kind, "answer") {
			context.Asked = threePeople
		}
		allocs := func(size int) float64 {
			m := mail(sizedText(kind, size))
			return testing.AllocsPerRun(2, func() { interpret.Read(m, context) })
		}
		for _, size := range []int{1500, 20 << 10} {
			if small, large := allocs(size), allocs(4*size); large > 5*small+50 {
				t.Errorf("%s: %.0f allocations for %d bytes, %.0f for four times as many", kind, small, size, large)
			}
		}
	}
}
