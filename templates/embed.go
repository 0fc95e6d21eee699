// Package templates is the texts of the product: the mails.
package templates

import "embed"

// FS holds the folder mail.
//
//go:embed all:mail
var FS embed.FS
