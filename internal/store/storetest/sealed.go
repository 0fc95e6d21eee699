package storetest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

// Nobody who reads the database, or a backup of it, learns a token; and after sending not even we do.
func testOutboundSealed(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	ref, link := token.Ref{Kind: token.Approval, Token: mint()}, mint()
	m := mailTo(sam, tick, "sealed words")
	m.Ref, m.Data.Token = &ref, link
	f.queue(t, m)
	secrets := [][]byte{[]byte(ref.Token.Reveal()), []byte(link.Reveal()), []byte("/register/")}
	f.checkAbsent(t, "while it is queued", secrets)
	f.openWith(t, bytes.Repeat([]byte{8}, 32))
	o := f.claimOut(t, "sealed words")[0]
	for _, s := range secrets {
		if !bytes.Contains(o.Raw, s) {
			t.Errorf("the mail to send lacks %q", s)
		}
	}
	f.checkAbsent(t, "while it is sent", secrets)
	f.finishOut(t, o, accepted)
	f.checkAbsent(t, "when it is sent", secrets)
	f.db.Exec(t, `UPDATE outbound_messages SET state = 'queued'`)
	kept := f.claimOut(t, "sealed words")[0].Raw
	if want := token.Mask(o.Raw); !bytes.Equal(kept, want) || bytes.Contains(kept, secrets[0]) || bytes.Contains(kept, secrets[1]) {
		t.Errorf("what is kept is not the masked mail: %q", kept)
	}
}

func (f *fixture) checkAbsent(t *testing.T, when string, secrets [][]byte) {
	t.Helper()
	for table, rows := range f.dump(t) {
		for _, row := range rows {
			for i, value := range row {
				for n, s := range secrets {
					if strings.Contains(strings.ToLower(value), string(s)) {
						t.Errorf("%s column %d of table %s holds secret %d", when, i, table, n)
					}
				}
			}
		}
	}
}

// openWith claims with another key, which must fail and leave the mail as it is.
func (f *fixture) openWith(t *testing.T, other []byte) {
	t.Helper()
	cfg := f.db.Config
	cfg.Key, cfg.Now, cfg.Rand = other, f.clock.Now, bytes.NewReader(nil)
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	claimed, err := s.ClaimOutbound(t.Context(), time.Minute, 10)
	if err != nil || len(claimed) != 0 {
		t.Errorf("with another key: %v, %v", names(claimed), err)
	}
	todos, err := s.Todos(t.Context(), 10)
	if err != nil || len(todos) != 1 || !strings.Contains(todos[0].About, "was the secret key changed?") {
		t.Errorf("the to-dos with another key are %+v (%v)", todos, err)
	}
	f.clock.advance(10 * time.Minute) // then the right key tries again
}
