package daemon_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq" // injects faults behind the daemon's back

	"github.com/countersign/countersign/internal/realservers"
)

// TestDatabaseFaults: what can go wrong with PostgreSQL under a running daemon. One cluster serves all but what ends it.
func TestDatabaseFaults(t *testing.T) {
	t.Parallel()
	pg := realservers.Postgres(t)
	template := pg.NewDatabase(t, "")
	t.Run("template", func(t *testing.T) { newWorld(t, setup{database: onPostgres(pg, template)}) })
	for name, play := range map[string]func(*testing.T, *realservers.PostgresServer, string){
		"CommitAnswerLost": playCommitAnswerLost,
		"SerializationFailure": func(t *testing.T, pg *realservers.PostgresServer, template string) {
			playRaised(t, pg, template, "40001")
		},
		"Deadlock": func(t *testing.T, pg *realservers.PostgresServer, template string) {
			playRaised(t, pg, template, "40P01")
		},
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); play(t, pg, template) })
	}
}

// converse plays a whole conversation, with an answer, an approval and an invitation, and checks that everybody has heard
// of everything once.
func (w *world) converse(newcomer, name, email string) {
	w.t.Helper()
	w.send("maria", fmt.Sprintf("Please add %s <%s> as Secondary Contact. Reason: she runs the Frankfurt cage.", name, email))
	m := w.get("paul", name, "APPROVE")
	w.reply("paul", m, "APPROVE")
	w.get(newcomer, "/register/")
	w.wantNews("maria: "+answered, "petra: "+approvalOf("maria"), "paul: "+recorded, "petra: "+settled)
}

// playCommitAnswerLost: again and again the server commits, and the connection ends before it says so. What has happened
// is not done again.
func playCommitAnswerLost(t *testing.T, pg *realservers.PostgresServer, template string) {
	name := pg.NewDatabase(t, template)
	p := proxyTo(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(pg.Port)))
	dsn := strings.Replace(pg.DSN(name), ":"+strconv.Itoa(pg.Port)+"/", ":"+strconv.Itoa(p.Port())+"/", 1)
	w := newWorld(t, setup{database: fmt.Sprintf("{driver: postgres, dsn: %q}", dsn)})
	random := rand.New(rand.NewPCG(4, 2)) // a rhythm could meet the same one again and again
	commits, lost := 0, 0
	p.CutAnswers(func(sent []byte) bool {
		if !bytes.Contains(sent, []byte("COMMIT")) {
			return false
		}
		if commits++; random.IntN(3) > 0 {
			return false
		}
		lost++
		return true
	})
	defer p.CutAnswers(nil)
	// A claim that nobody knows of runs out, which takes minutes.
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.clock.advance(20 * time.Second)
			case <-stop:
				return
			}
		}
	}()
	for _, who := range []string{"jane", "lena", "ann"} {
		w.converse(who, people[who].name, people[who].address)
	}
	p.CutAnswers(nil)
	close(stop)
	<-stopped
	w.wantFiled("Countersign/Processed", 6)
	if lost < 20 {
		t.Errorf("only %d of %d answers to COMMIT were lost", lost, commits)
	}
	t.Logf("%d of %d answers to COMMIT were lost", lost, commits)
}

// playRaised: the server undoes transactions with an error that means "again".
func playRaised(t *testing.T, pg *realservers.PostgresServer, template, code string) {
	name := pg.NewDatabase(t, template)
	w := newWorld(t, setup{database: onPostgres(pg, name)})
	db, err := sql.Open("postgres", pg.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// A sequence is not undone with the transaction: the first ones of each table fail.
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf(`CREATE SEQUENCE tries_inbound_messages; CREATE SEQUENCE tries_outbound_messages; CREATE SEQUENCE tries_events;
		CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('tries_' || TG_TABLE_NAME) <= 3 THEN RAISE EXCEPTION 'injected' USING ERRCODE = '%s'; END IF; RETURN NULL; END $$;
		CREATE TRIGGER fail_outbound AFTER INSERT ON outbound_messages FOR EACH STATEMENT EXECUTE FUNCTION fail();
		CREATE TRIGGER fail_inbound AFTER INSERT ON inbound_messages FOR EACH STATEMENT EXECUTE FUNCTION fail();
		CREATE TRIGGER fail_events AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION fail()`, code)); err != nil {
		t.Fatal(err)
	}
	w.converse("jane", people["jane"].name, people["jane"].address)
	w.wantFiled("Countersign/Processed", 2)
	w.log.await(t, "worker loop failed; it goes on", 1)
}

// fillUp fills the disk of the database: three mails none of which fits into what is left.
func (w *world) fillUp() {
	w.t.Helper()
	for i := range 3 {
		w.write(letter{author: "tom", text: fmt.Sprintf("Please add Lena Vogt <lena%d@acme.example> as Technician. She joins the night shift.\n\n%s", i,
			strings.Repeat("> What was said before, at some length and in many words.\n", 4000))})
	}
}

// TestPostgresDiskFull: the disk of the tables is full. Nothing is taken for stored that is not, and when there is room
// again all goes on by itself. The cluster is its own: a full disk disturbs whoever makes databases.
func TestPostgresDiskFull(t *testing.T) {
	t.Parallel()
	disk := realservers.Disk(t, 64)
	pg := realservers.Postgres(t)
	w := newWorld(t, setup{database: onPostgres(pg, pg.NewDatabaseOn(t, disk, ""))})
	w.converse("jane", people["jane"].name, people["jane"].address)
	playDiskFull(w, disk)
	w.stop()
}

// playDiskFull: mails come while the disk of the database is full.
func playDiskFull(w *world, disk *realservers.DiskDrive) {
	w.t.Helper()
	seen := w.count()
	disk.Fill()
	w.fillUp()
	w.log.await(w.t, "IMAP session ended", 1)
	disk.Free()
	w.wantNews("tom: "+answered, "tom: "+answered, "tom: "+answered)
	w.wantFiled("Countersign/Processed", seen+3)
}

// TestSQLiteDiskFull is the same for SQLite, whose file and log share the disk.
func TestSQLiteDiskFull(t *testing.T) {
	t.Parallel()
	disk := realservers.Disk(t, 16)
	w := newWorld(t, setup{database: fmt.Sprintf("{driver: sqlite, path: %q}", disk.Dir+"/countersign.db")})
	w.converse("jane", people["jane"].name, people["jane"].address)
	playDiskFull(w, disk)
	w.stop()
}

// TestDatabaseRestarts: PostgreSQL crashes and comes back, in the middle of a conversation and while it is away.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	pg := realservers.DurablePostgres(t)
	w := newWorld(t, setup{database: onPostgres(pg, pg.NewDatabase(t, ""))})
	w.send("maria", janeSecondary)
	m := w.get("paul", "Jane Doe", "APPROVE")
	pg.Restart()
	w.reply("paul", m, "APPROVE")
	w.get("jane", "/register/")
	pg.Stop()
	w.burst(2)
	w.log.await(t, "IMAP session ended", 2)
	pg.Start()
	w.wantNews("maria: "+answered, "petra: "+approvalOf("maria"), "paul: "+recorded, "petra: "+settled, "tom: "+answered, "tom: "+answered)
	w.wantFiled("Countersign/Processed", 4)
}
