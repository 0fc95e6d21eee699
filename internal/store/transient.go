package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// transient is an error of the database that says nothing about what was asked of it: the same may succeed later. What it
// was asked for has not happened, unless the connection ended while it was being committed.
type transient struct{ error }

func (e transient) Unwrap() error { return e.error }

// Temporary tells those who do not know this package.
func (transient) Temporary() bool { return true }

// transientStates are beginnings of SQLSTATE: connection, a server that has just become read only, timeouts of transactions,
// rolled back for the sake of others, resources (a full disk), object in use, operator (a shutdown), system error.
var transientStates = []string{"08", "25006", "25P03", "25P04", "40", "53", "55", "57", "58"}

var transientCodes = []int{sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
	sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}

// markTransient marks an error as transient if it is.
func markTransient(err error) error {
	var network net.Error
	var refused *pq.Error
	var failed *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.As(err, &network),
		errors.As(err, &refused) && slices.ContainsFunc(transientStates, func(s string) bool { return strings.HasPrefix(string(refused.Code), s) }),
		errors.As(err, &failed) && slices.Contains(transientCodes, failed.Code()&0xff):
		return transient{err}
	}
	return err
}
