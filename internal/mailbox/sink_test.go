package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait of the tests; it is never waited out when they pass.
const patience = 30 * time.Second

type key struct{ validity, uid uint32 }

// memory is a Sink that forgets with the test.
type memory struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change

	cursor  *Cursor
	start   Cursor // of the last SetCursor
	rows    map[key]Fetched
	order   []key
	batches []int // sizes of the stored batches
	filings []Filing
	filed   []int64
	states  []State

	onStore func([]Fetched) error      // called before a batch is stored, without the lock
	settle  func(Fetched) FilingTarget // says where a mail goes as soon as it is stored; nil for nowhere
	notify  func()
}

func newMemory() *memory {
	return &memory{changed: make(chan struct{}), rows: map[key]Fetched{}}
}

func (m *memory) change(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
	close(m.changed)
	m.changed = make(chan struct{})
}

// await waits until the condition holds, which is evaluated under the lock.
func (m *memory) await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	timeout := time.After(patience)
	for {
		m.mu.Lock()
		ok, changed := condition(), m.changed
		m.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			m.mu.Lock()
			defer m.mu.Unlock()
			t.Fatalf("waited in vain for %s; states %v, batches %v, cursor %+v, filed %v", what, m.states, m.batches, m.cursor, m.filed)
		}
	}
}

func (m *memory) Cursor(context.Context) (Cursor, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cursor == nil {
		return Cursor{}, false, nil
	}
	return *m.cursor, true, nil
}

func (m *memory) SetCursor(_ context.Context, c Cursor) error {
	m.change(func() { m.cursor, m.start = &c, c })
	return nil
}

func (m *memory) Store(_ context.Context, messages []Fetched, c Cursor) error {
	if m.onStore != nil {
		if err := m.onStore(messages); err != nil {
			return err
		}
	}
	m.change(func() {
		for _, f := range messages {
			k := key{f.UIDValidity, f.UID}
			have, ok := m.rows[k]
			switch {
			case !ok:
				m.order = append(m.order, k)
			case have.Unfetchable == "" || f.Unfetchable != "":
				continue
			}
			m.rows[k] = f
			if m.settle != nil && f.Unfetchable == "" {
				m.filings = append(m.filings, Filing{ID: int64(f.UID), UIDValidity: f.UIDValidity, UID: f.UID, Folder: m.settle(f)})
			}
		}
		m.batches = append(m.batches, len(messages))
		m.cursor = &c
	})
	if m.settle != nil {
		m.notify()
	}
	return nil
}

func (m *memory) Same(_ context.Context, validity, uid uint32, received time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.rows[key{validity, uid}]
	return !ok || f.InternalDate.Equal(received), nil
}

func (m *memory) Known(_ context.Context, validity uint32, uids []uint32) (missing []uint32, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, uid := range uids {
		if f, ok := m.rows[key{validity, uid}]; (!ok || f.Unfetchable != "") && uid > m.start.UID {
			missing = append(missing, uid)
		}
	}
	return missing, nil
}

func (m *memory) ToFile(_ context.Context, limit int) ([]Filing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.filings[:min(limit, len(m.filings))]), nil
}

func (m *memory) Filed(_ context.Context, ids []int64) error {
	m.change(func() {
		m.filed = append(m.filed, ids...)
		m.filings = slices.DeleteFunc(m.filings, func(f Filing) bool { return slices.Contains(ids, f.ID) })
	})
	return nil
}

// view is a copy of what a memory holds.
type view struct {
	cursor, start Cursor
	batches       []int
	filed         []int64
	states        []State
}

func (m *memory) snapshot() view {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := view{start: m.start, batches: slices.Clone(m.batches), filed: slices.Clone(m.filed), states: slices.Clone(m.states)}
	if m.cursor != nil {
		v.cursor = *m.cursor
	}
	return v
}

// messages returns the rows in the order of their arrival.
func (m *memory) messages() []Fetched {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Fetched
	for _, k := range m.order {
		list = append(list, m.rows[k])
	}
	return list
}

func (m *memory) awaitMessages(t *testing.T, n int) []Fetched {
	t.Helper()
	m.await(t, "messages", func() bool { return len(m.rows) >= n })
	list := m.messages()
	if len(list) != n {
		t.Fatalf("%d messages stored, want %d", len(list), n)
	}
	return list
}

// awaitState waits until a state was reached for the n-th time.
func (m *memory) awaitState(t *testing.T, s State, n int) {
	t.Helper()
	m.await(t, string(s), func() bool { return count(m.states, s) >= n })
}

func count(states []State, s State) (n int) {
	for _, x := range states {
		if x == s {
			n++
		}
	}
	return n
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var errSinkDown = errors.New("the database is down")
