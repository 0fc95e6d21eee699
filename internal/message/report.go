package message

import "strings"

// newReport returns where to write what the parts of a delivery report say; nil for any other part. Some programs leave
// the report-type out.
func (p part) newReport() *DeliveryReport {
	kind := strings.ToLower(p.params["report-type"])
	if p.mediaType != "multipart/report" || kind != "" && kind != "delivery-status" {
		return nil
	}
	return &DeliveryReport{}
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
		if rcpt := newRecipient(s.fields); rcpt.Address != "" {
			out = append(out, rcpt)
		}
		if len(s.body) == len(raw) {
			return out
		}
		raw = s.body
	}
	return out
}

func newRecipient(fields []Field) ReportedRecipient {
	address := typed(first(fields, "Final-Recipient"))
	if address == "" {
		address = typed(first(fields, "Original-Recipient"))
	}
	return ReportedRecipient{
		Address: strings.Trim(address, "<>"),
		Action:  strings.ToLower(token(oneLine(first(fields, "Action")))),
		Status:  token(oneLine(first(fields, "Status"))),
	}
}

// typed returns what follows the address type in "rfc822; jane@acme.example".
func typed(s string) string {
	if _, value, found := strings.Cut(s, ";"); found {
		s = value
	}
	return oneLine(s)
}
