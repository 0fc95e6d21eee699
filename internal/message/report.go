package message

import (
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
)

// newReport returns where to write what the parts of a delivery report say; nil for any other part. Some programs leave
// the report-type out, and some send reports as multipart/mixed: those count from a mail system only, since a person may
// attach the parts of one too.
func (r *reader) newReport(p part, depth int) *DeliveryReport {
	kind := strings.ToLower(p.params.get("report-type"))
	switch {
	case p.mediaType == "multipart/report" && (kind == "" || kind == "delivery-status"),
		p.mediaType == "multipart/mixed" && depth == 0 && fromMailSystem(r.m.Fields):
		return &DeliveryReport{}
	}
	return p.report
}

// fromMailSystem reports whether a mail says that no person wrote it (RFC 3464 section 2): the names go back to Sendmail.
func fromMailSystem(fields []Field) bool {
	from := strings.ToLower(first(fields, "From"))
	return strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster@")
}

// keepReport takes the first report that names a recipient.
func (r *reader) keepReport(report *DeliveryReport) {
	if report != nil && r.m.Report == nil && len(report.Recipients) > 0 {
		r.m.Report = report
	}
}

// reportPart reads the parts of a report that are neither text nor a mail, and says whether p is one of them (RFC 3464,
// RFC 6533).
func (r *reader) reportPart(p part) bool {
	switch p.mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		p.report.Recipients = append(p.report.Recipients, readGroups(r.decodeAll(p))...)
	case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		s, err := readSection(r.decodeAll(p))
		if err != nil {
			r.m.warn("the returned header is too long")
			return true
		}
		if p.report.OriginalMessageID == "" {
			p.report.OriginalMessageID = firstID(first(s.fields, "Message-ID"))
		}
	default:
		return false
	}
	return true
}

// readGroups reads the per-recipient groups of a message/delivery-status part (RFC 3464 section 2.3): blocks of fields
// with blank lines between, the per-message one known by its lack of a recipient.
func readGroups(raw []byte) []ReportedRecipient {
	var out []ReportedRecipient
	for len(raw) > 0 && len(out) < maxAddresses {
		if raw[0] == '\n' || raw[0] == '\r' {
			raw = raw[1:]
			continue
		}
		s, err := readSection(raw)
		if err != nil {
			return out
		}
		for _, group := range splitGroup(s.fields) {
			if rcpt := newRecipient(group); rcpt.Address != "" {
				out = append(out, rcpt)
			}
		}
		if len(s.body) == len(raw) {
			return out
		}
		raw = s.body
	}
	return out
}

// splitGroup cuts a block before every further Final-Recipient, for programs that leave out the blank lines.
func splitGroup(fields []Field) [][]Field {
	var out [][]Field
	start, seen := 0, false
	for i, f := range fields {
		if !strings.EqualFold(f.Name, "Final-Recipient") {
			continue
		}
		if seen {
			out = append(out, fields[start:i])
			start = i
		}
		seen = true
	}
	return append(out, fields[start:])
}

// newRecipient takes the Original-Recipient where the Final-Recipient is no address, as with source routes.
func newRecipient(fields []Field) ReportedRecipient {
	address := typed(first(fields, "Final-Recipient"))
	if original := typed(first(fields, "Original-Recipient")); original != "" && !isAddress(address) {
		address = original
	}
	return ReportedRecipient{
		Address: address,
		Action:  strings.ToLower(token(oneLine(first(fields, "Action")))),
		Status:  token(oneLine(first(fields, "Status"))),

		Diagnostic: oneLine(first(fields, "Diagnostic-Code")),
	}
}

func isAddress(s string) bool {
	_, err := mailaddr.Parse(s)
	return err == nil
}

// typed returns what follows the address type in "rfc822; jane@acme.example".
func typed(s string) string {
	if _, value, found := strings.Cut(s, ";"); found {
		s = value
	}
	return strings.Trim(oneLine(s), "<>")
}
