package message_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/message"
)

// report is a DSN with %RETURNED% as its third part.
const report = `From: MAILER-DAEMON@mx.test
Content-Type: multipart/report; report-type=delivery-status; boundary=a

--a

Sorry
--a
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test
Arrival-Date: Sat, 21 Nov 2026 12:00:00 +0000

Final-Recipient: rfc822; x@y.test
Original-Recipient: rfc822;other@y.test
Action: Failed
Status: 5.1.1 (no such user)
Diagnostic-Code: smtp; 550 5.1.1 no such
 user

Original-Recipient: rfc822; <z@y.test>
Action: delayed
Status: 4.4.1
Final-Recipient: rfc822; @mx.test:z@y
%RETURNED%
--a--
`

func TestReport(t *testing.T) {
	t.Parallel()
	recipients := []message.ReportedRecipient{
		{Address: "x@y.test", Action: "failed", Status: "5.1.1", Diagnostic: "smtp; 550 5.1.1 no such user"},
		{Address: "z@y.test", Action: "delayed", Status: "4.4.1"},
	}
	bare := []message.ReportedRecipient{
		{Address: "x@y.test", Action: "failed", Status: "5.1.1"},
		{Address: "z@y.test", Action: "delayed", Status: "4.4.1"},
	}
	mailReturned := "--a\nContent-Type: message/rfc822\n\nMessage-ID: <orig@me.test>\nSubject: s\n\nAPPROVE\n"
	headerReturned := "--a\nContent-Type: text/rfc822-headers\n\nSubject: s\nMessage-ID: <orig@me.test>"
	full := &message.DeliveryReport{Recipients: recipients, OriginalMessageID: "orig@me.test"}
	tests := map[string]struct {
		raw  string
		want *message.DeliveryReport
	}{
		"mail_returned":     {strings.Replace(report, "%RETURNED%", mailReturned, 1), full},
		"header_returned":   {strings.Replace(report, "%RETURNED%", headerReturned, 1), full},
		"nothing_returned":  {strings.Replace(report, "%RETURNED%", "", 1), &message.DeliveryReport{Recipients: recipients}},
		"no_report_type":    {strings.NewReplacer("%RETURNED%", headerReturned, "report-type=delivery-status; ", "").Replace(report), full},
		"mixed_by_a_system": {strings.NewReplacer("%RETURNED%", headerReturned, "multipart/report", "multipart/mixed").Replace(report), full},
		"mixed_by_a_person": {strings.NewReplacer("%RETURNED%", headerReturned, "multipart/report", "multipart/mixed", "MAILER-DAEMON", "jane").Replace(report), nil},
		"receipt":           {strings.NewReplacer("%RETURNED%", headerReturned, "delivery-status;", "disposition-notification;").Replace(report), nil},
		"no_recipient":      {"Content-Type: multipart/report; report-type=delivery-status; boundary=a\n\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n--a--\n", nil},
		"no_blank_line": {`Content-Type: multipart/report; report-type=delivery-status; boundary=a

--a
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test
Final-Recipient: rfc822; x@y.test
Action: failed
Status: 5.1.1
Final-Recipient: rfc822; z@y.test
Action: delayed
Status: 4.4.1
--a--
`, &message.DeliveryReport{Recipients: bare}},
		"forwarded_by_person": {"From: jane@x.test\nContent-Type: message/rfc822\n\n" + strings.Replace(report, "%RETURNED%", "", 1), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, parse(t, tt.raw).Report); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReportText(t *testing.T) {
	t.Parallel()
	m := parse(t, strings.Replace(report, "%RETURNED%", "--a\nContent-Type: message/rfc822\n\nSubject: s\n\nAPPROVE\n", 1))
	if m.Text != "Sorry" {
		t.Errorf("text %q holds more than the report's own", m.Text)
	}
	if len(m.Forwarded) != 1 || m.Forwarded[0].Text != "APPROVE" {
		t.Errorf("returned mail %v", m.Forwarded)
	}
}
