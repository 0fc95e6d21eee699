// Package mailaddr is the address of RFC 5322: local part, domain, A- and U-label, subaddress, and the form used for look-up.
//
// RFC 5321 and 5322 also call local-part@domain a "mailbox"; here a mailbox is an IMAP mailbox and this is an address.
package mailaddr

// Address is a local part and a domain. The zero value is the empty address.
type Address struct {
	Local  string // as written, unquoted, NFC
	Domain string // A-labels, lower case, no final dot
}
