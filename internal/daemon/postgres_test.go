package daemon_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/realservers"
	"github.com/countersign/countersign/internal/store"
)

// All that needs PostgreSQL but the rows: one cluster serves it all.
func TestPostgres(t *testing.T) {
	t.Parallel()
	pg := realservers.Postgres(t)
	// The schema is made once; a copy of it is quick.
	template := pg.NewDatabase(t, "")
	t.Run("template", func(t *testing.T) { newWorld(t, setup{database: onPostgres(pg, template)}) })
	database := func(t *testing.T) string { return onPostgres(pg, pg.NewDatabase(t, template)) }
	t.Run("TwoDaemons", func(t *testing.T) {
		t.Parallel()
		playTwoDaemons(newWorld(t, setup{database: database(t)}))
	})
	t.Run("HostileText", func(t *testing.T) {
		t.Parallel()
		playHostileText(newWorld(t, setup{database: database(t)}))
	})
	t.Run("SecretsNowhere", func(t *testing.T) {
		t.Parallel()
		name := pg.NewDatabase(t, template)
		playSecrets(t, onPostgres(pg, name), func(*world) map[string][]byte {
			return map[string][]byte{"the database": pg.Dump(t, name)}
		})
	})
	t.Run("Restore", func(t *testing.T) {
		t.Parallel()
		name, copied := pg.NewDatabase(t, template), pg.NewDatabase(t, "")
		w := newWorld(t, setup{database: onPostgres(pg, name)})
		playRestore(w, func() { pg.Copy(t, name, copied) }, func() *store.Recovery {
			w.setup.database = onPostgres(pg, copied)
			w.clock.advance(time.Minute) // the lease that was dumped runs out
			st := w.openStore()
			defer st.Close()
			r, err := st.MarkRestored(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return r
		})
	})
	for _, name := range slices.Sorted(maps.Keys(challenges)) {
		t.Run("Challenge/"+name, func(t *testing.T) { t.Parallel(); challenges[name](challenging(t, database(t))) })
	}
	for _, name := range slices.Sorted(maps.Keys(approvals)) {
		t.Run("Approvals/"+name, func(t *testing.T) {
			t.Parallel()
			s := approvals[name].setup
			s.database = database(t)
			approvals[name].play(approvalWorld(t, s))
		})
	}
}

// Every row once more, on PostgreSQL. The name is for those who run rows by the beginnings of their ids.
func TestRows_CL_AL_AC_CR_EveryModel_OnPostgres(t *testing.T) {
	t.Parallel()
	pg := realservers.Postgres(t)
	template := pg.NewDatabase(t, "")
	t.Run("template", func(t *testing.T) { newWorld(t, setup{database: onPostgres(pg, template)}) })
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := rows[id].setup
			s.database = onPostgres(pg, pg.NewDatabase(t, template))
			rows[id].play(newWorld(t, s))
		})
	}
}

func onPostgres(pg *realservers.PostgresServer, name string) string {
	return fmt.Sprintf("{driver: postgres, dsn: %q}", pg.DSN(name))
}
