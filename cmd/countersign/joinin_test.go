package main

import (
	"context"
	"net"
	"net/smtp"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/demo"
)

var submissionPort = regexp.MustCompile(`SMTP +(127\.0\.0\.1:\d+)`)

// Whoever joins in writes through the printed SMTP port and is answered as the people of the conversation are; what
// they ask is not in quarantine, and nobody can write in another's name.
func TestDemoJoinIn(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var out, errs output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--verbose"}, streams{out: &out, err: &errs})
	}()
	defer func() {
		stop() // what Ctrl-C does
		if code := <-ended; code != exitDone {
			t.Errorf("the demo ended with exit code %d\n%s", code, errs.String())
		}
	}()
	await(t, "the ports", func() bool {
		return submissionPort.MatchString(out.String()) && strings.Contains(out.String(), "password")
	})
	addr := submissionPort.FindStringSubmatch(out.String())[1]
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	tom := smtp.PlainAuth("", demo.Tom.Address, demoPassword, host)
	mail := func(from string) []byte {
		return []byte("From: " + from + "\r\nTo: " + demo.Support + "\r\nSubject: Access\r\nMessage-ID: <join@acme.example>\r\n\r\n" +
			"Please add Otto Weiss <otto@acme.example> as Technician. He joins the day shift.\r\n")
	}
	if err := smtp.SendMail(addr, tom, demo.Tom.Address, []string{demo.Support}, mail(demo.Maria.Address)); err == nil {
		t.Error("Tom could write in Maria's name")
	}
	mails := strings.Count(errs.String(), "disposition=answered")
	if err := smtp.SendMail(addr, tom, demo.Tom.Address, []string{demo.Support}, mail(demo.Tom.Address)); err != nil {
		t.Fatal(err)
	}
	await(t, "an answer to Tom", func() bool { return strings.Count(errs.String(), "disposition=answered") > mails })
}

// await looks again and again whether something has come true.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !holds() {
		select {
		case <-limit.C:
			t.Fatalf("waited a minute for %s", what)
		case <-look.C:
		}
	}
}
