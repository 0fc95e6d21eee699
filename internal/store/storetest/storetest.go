// Package storetest is the one suite of tests that a store must pass on every database engine.
package storetest

import (
	"testing"

	"github.com/countersign/countersign/internal/store"
)

// Database is one empty database of the engine under test. Several stores may be open on it at a time.
type Database struct {
	// Config names the database. The suite fills in the rest.
	Config store.Config

	// Exec runs one statement behind the store's back, with $1 for the first argument.
	Exec func(t testing.TB, query string, args ...any)
	// Query returns the rows of a query as text; NULL is "<nil>".
	Query func(t testing.TB, query string, args ...any) [][]string
}

// Run runs the suite. Each test gets a database of its own from create.
func Run(t *testing.T, create func(t *testing.T) *Database) {
	t.Helper()
	for _, group := range []map[string]func(*testing.T, *fixture){
		mailboxTests, inboundTests, outboundTests, timerTests, eventTests, tamperTests(), conversationTests, ticketTests,
		invitationTests, rosterTests, viewTests, handlingTests, engineTests, togetherTests, openRequestTests, laneTests,
		operatingTests, auditTests, submissionTests,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, create(t))
				f.another = func() *fixture { return newFixture(t, create(t)) }
				test(t, f)
			})
		}
	}
}
