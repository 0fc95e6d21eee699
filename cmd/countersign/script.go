package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/countersign/countersign/internal/demo"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/store"
)

// width is the terminal's that the script is written for.
const width = 80

// script prints the demo as it happens.
type script struct {
	out     io.Writer
	color   bool
	slowest demo.Step
	steps   int
}

func newScript(w io.Writer) *script {
	f, ok := w.(*os.File)
	return &script{out: w, color: ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
}

// paint colours text with an SGR code (ECMA-48), only on a terminal.
func (s *script) paint(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

const (
	bold  = "1"
	dim   = "2"
	green = "32"
	cyan  = "36"
)

func (s *script) intro(web string) {
	fmt.Fprintf(s.out, "%s\n", s.paint(bold, "Countersign demo: real SMTP, IMAP and HTTP on loopback"))
	fmt.Fprintf(s.out, "Watch it grow: http://%s/\n", web)
}

func (s *script) step(st demo.Step) {
	if st.Heading != "" {
		fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, st.Heading))
		return
	}
	s.steps++
	if st.Took > s.slowest.Took {
		s.slowest = st
	}
	who := st.From + " → " + st.To
	fmt.Fprintf(s.out, "%s  %s\n", s.paint(dim, fmt.Sprintf("%6d ms", st.Took.Milliseconds())), s.paint(cyan, cut(who, width-11)))
	if st.Subject != "" {
		fmt.Fprintf(s.out, "           %s\n", cut(st.Subject, width-11))
	}
	for _, l := range wrap(strings.Join(strings.Fields(st.Words), " "), width-13, 3) {
		fmt.Fprintf(s.out, "           %s %s\n", s.paint(green, "│"), l)
	}
}

// summary says whether the books are right: every mail has become something, and the trail is whole.
func (s *script) summary(ctx context.Context, st *store.Store, took time.Duration) error {
	e, err := st.Equation(ctx)
	if err != nil {
		return err
	}
	wrong, err := st.VerifyChains(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, "Every mail is accounted for"))
	for _, l := range wrap(equationText(e), width, 4) {
		fmt.Fprintln(s.out, l)
	}
	fmt.Fprintf(s.out, "%d steps in %.1f s; the slowest took %d ms (%s → %s)", s.steps, took.Seconds(), s.slowest.Took.Milliseconds(),
		s.slowest.From, s.slowest.To)
	if rss := peakRSS(); rss != "" {
		fmt.Fprintf(s.out, "\npeak memory of all of it: %s", rss)
	}
	fmt.Fprintln(s.out)
	if !e.Holds() || len(wrong) > 0 {
		return errors.New("the equation or the audit trail does not hold")
	}
	return nil
}

// peakRSS is the most memory that this process has held, where the system tells (Linux).
func peakRSS() string {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		var kib int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return fmt.Sprintf("%d MiB", kib>>10)
		}
	}
	return ""
}

func (s *script) joinIn(web string, mail *mailserver.Server) {
	fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, "Still running: join in with any mail program. Ctrl-C ends it."))
	fmt.Fprintf(s.out, "  pages       http://%s/\n", web)
	fmt.Fprintf(s.out, "  IMAP        %s, no encryption\n", mail.IMAPAddr())
	fmt.Fprintf(s.out, "  SMTP        %s, no encryption, with login\n", mail.SubmissionAddr())
	fmt.Fprintf(s.out, "  users       %s\n", demo.Support)
	for _, p := range demo.People {
		fmt.Fprintf(s.out, "              %-24s %s\n", p.Address, p.Title)
	}
	fmt.Fprintf(s.out, "  password    %s\n", demoPassword)
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// wrap breaks a text into at most most lines of n characters.
func wrap(s string, n, most int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= n:
			line += " " + w
		default:
			lines, line = append(lines, cut(line, n)), w
		}
	}
	if line != "" {
		lines = append(lines, cut(line, n))
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = cut(lines[most-1]+" …", n)
		if !strings.HasSuffix(lines[most-1], "…") {
			lines[most-1] += "…"
		}
	}
	return lines
}
