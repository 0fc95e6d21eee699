// Package migrations embeds the schema of each database engine.
package migrations

import "embed"

// FS holds postgres/*.sql and sqlite/*.sql, which must stay in step: store tests compare the two.
//
//go:embed postgres/*.sql sqlite/*.sql
var FS embed.FS
