package storetest

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var ticketTests = map[string]func(*testing.T, *fixture){
	"ticket numbers": testTicketNumbers,
}

// Numbers ascend within a year (UTC), whoever files and whatever fails. None is given twice, and none is left out but those of
// what failed on PostgreSQL.
func testTicketNumbers(t *testing.T, f *fixture) {
	f.enrol(t)
	const n = 12
	claimed := f.arrive(t, make([]string, 2*n)...)
	stores := []*store.Store{f.Store, f.open(t)}
	broken := fmt.Errorf("broken")
	newYear := time.Date(2027, 1, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600)) // still 2026 in UTC
	ctx := t.Context()                                                         // those that fail do not end the others
	errs := together(ctx, 2*n, func(_ context.Context, i int) error {
		tick := &access.Ticket{ClientID: f.world.client.ID, RequesterID: f.world.sam.ID, Team: access.TeamSupport, CreatedAt: newYear}
		if i%4 == 1 {
			tick.CreatedAt = newYear.Add(time.Hour)
		}
		o := &access.Outcome{Disposition: access.Applied, Ticket: tick, Mails: []*access.Mail{mailTo(sam, tick, "a")}}
		_, err := stores[i/2%2].DecideMail(ctx, &claimed[i], &access.Lookup{InboundID: claimed[i].ID}, access.Facts{}, outcome(o),
			func(m *access.Mail) (*access.Rendered, error) {
				if i%4 == 3 {
					return nil, broken
				}
				return f.post.render(m)
			})
		return err
	})
	for i, err := range errs {
		if (err != nil) != (i%4 == 3) {
			t.Errorf("%d: %v", i, err)
		}
	}
	most := map[string]int{"2026": n, "2027": n / 2}
	if f.db.Config.Driver == "postgres" {
		most["2026"] += n / 2 // failed
	}
	got := map[string]int{}
	for _, r := range f.db.Query(t, `SELECT number FROM tickets ORDER BY number`) {
		var year string
		var number int
		if _, err := fmt.Sscanf(r[0], "REQ-%4s-%05d", &year, &number); err != nil || number < 1 || number > most[year] {
			t.Errorf("a ticket has the number %s, %v", r[0], err)
		}
		got[year]++
	}
	if want := map[string]int{"2026": n, "2027": n / 2}; !maps.Equal(got, want) {
		t.Errorf("so many tickets have numbers: %v, want %v", got, want)
	}
}
