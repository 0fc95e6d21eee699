// Package templates is the texts of the product: the mails, and the web pages with their style and script.
package templates

import "embed"

// FS holds the folders mail and web.
//
//go:embed all:mail all:web
var FS embed.FS
