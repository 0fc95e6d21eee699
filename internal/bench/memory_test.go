package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/load"
)

// largest is just under what the daemon takes of a mail (mailbox.Config.MaxMessage).
const largest = 25<<20 - 4<<10

// BenchmarkLargest shows how far the peak of the daemon's memory rises with a mail of the largest size, after it has seen
// some usual ones.
func BenchmarkLargest(b *testing.B) {
	for b.Loop() {
		for engine := range strings.SplitSeq(*engines, ",") {
			s := newStage(b)
			const usual = 500
			s.dovecot.Fill(load.Support, usual, func(i int) []byte { return s.load.Mail(i).Raw })
			r := s.start(engine, s.dovecot.IMAPPort)
			s.settled(r, usual)
			before := peak(b, r.cmd.Process.Pid)
			mail := withAttachment(s.load.Mail(0).Raw, largest)
			s.dovecot.Deliver(load.Support, mail)
			s.settled(r, usual+1)
			after := peak(b, r.cmd.Process.Pid)
			fmt.Printf("%-10s peak %.1f MiB after %d usual mails, %.1f MiB after one of %.1f MiB: %.2f times its size\n", engine,
				float64(before)/1024, usual, float64(after)/1024, float64(len(mail))/(1<<20), float64(after-before)*1024/float64(len(mail)))
			r.end()
		}
		b.ReportMetric(0, "ns/op")
	}
}

// settled waits until n mails have been decided and nothing is left to send.
func (s *stage) settled(r *daemonRun, n int) {
	s.await(r.cmd, func() bool {
		e, err := r.store.Equation(context.Background())
		if err != nil || e.Seen < int64(n) || e.Counts[access.Pending] > 0 {
			return false
		}
		next, err := r.store.NextOutbound(context.Background())
		return err == nil && next.IsZero()
	})
}

// withAttachment makes a mail the text of one of that size, with an attachment of zeros in base64.
func withAttachment(raw []byte, size int) []byte {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var fields, inner []byte
	for _, line := range bytes.SplitAfter(append(head, '\r', '\n'), []byte("\r\n")) {
		switch of := bytes.ToLower(line); {
		case bytes.HasPrefix(of, []byte("content-")):
			inner = append(inner, line...)
		default:
			fields = append(fields, line...)
		}
	}
	var m bytes.Buffer
	m.Write(fields)
	m.WriteString("Content-Type: multipart/mixed; boundary=\"=large=\"\r\n\r\n--=large=\r\n")
	m.Write(inner)
	m.WriteString("\r\n")
	m.Write(body)
	m.WriteString("\r\n--=large=\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n" +
		"Content-Disposition: attachment; filename=plan.bin\r\n\r\n")
	line := strings.Repeat("A", 76) + "\r\n"
	for m.Len() < size-len(line)-20 {
		m.WriteString(line)
	}
	m.WriteString("--=large=--\r\n")
	return m.Bytes()
}

// peak is the peak of a process's resident memory so far, in KiB (proc(5)).
func peak(b *testing.B, pid int) int64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(kib, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
