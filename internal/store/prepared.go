package store

import (
	"context"
	"database/sql"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// maxPrepared bounds the statements that a pool keeps: a text that is put together for a list of any length must not fill
// the memory of the database. What does not fit runs unprepared.
const maxPrepared = 500

// pool is a connection pool that prepares each text once for a connection: parsing SQL anew was a third of the work of a
// mail on SQLite, and lib/pq needs a second round trip for a statement that is not prepared.
type pool struct {
	*sqlx.DB
	mu     sync.RWMutex
	byText map[string]*statement
}

// statement is a prepared text.
type statement struct {
	*sqlx.Stmt
	rows atomic.Int64 // that it gave the last time
}

// mostExpected bounds the room that is made for rows beforehand.
const mostExpected = 256

// selectInto reads all rows with st, which is what s is on some connection, into room for as many as the last time.
func (s *statement) selectInto(ctx context.Context, st *sqlx.Stmt, dest any, args []any) error {
	list := reflect.ValueOf(dest).Elem()
	isNil := list.IsNil()
	if n := min(s.rows.Load(), mostExpected); n > 1 && isNil {
		list.Set(reflect.MakeSlice(list.Type(), 0, int(n)))
	}
	err := st.SelectContext(ctx, dest, args...)
	s.rows.Store(int64(list.Len()))
	if isNil && list.Len() == 0 {
		list.SetZero()
	}
	return err
}

func newPool(db *sqlx.DB) *pool { return &pool{DB: db, byText: map[string]*statement{}} }

// ready is the prepared statement of a text, or nil.
func (p *pool) ready(query string) *statement {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.byText[query]
}

// prepare prepares a text for the next time. It needs a free connection, so a transaction, which may hold the only one,
// does it when it has ended. An error is left to whoever runs the text: there it has its context.
func (p *pool) prepare(ctx context.Context, query string) *statement {
	p.mu.RLock()
	st, full := p.byText[query], len(p.byText) >= maxPrepared
	p.mu.RUnlock()
	if st != nil || full {
		return st
	}
	made, err := p.PreparexContext(ctx, query)
	if err != nil {
		return nil
	}
	st = &statement{Stmt: made}
	p.mu.Lock()
	defer p.mu.Unlock()
	if have := p.byText[query]; have != nil {
		_ = st.Close() // somebody was faster
		return have
	}
	p.byText[query] = st
	return st
}

// Close closes the statements and the connections.
func (p *pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, st := range p.byText {
		_ = st.Close()
	}
	clear(p.byText)
	return p.DB.Close()
}

// GetContext reads one row.
func (p *pool) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	if st := p.prepare(ctx, query); st != nil {
		return st.GetContext(ctx, dest, args...)
	}
	return p.DB.GetContext(ctx, dest, query, args...)
}

// SelectContext reads all rows.
func (p *pool) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	if st := p.prepare(ctx, query); st != nil {
		return st.selectInto(ctx, st.Stmt, dest, args)
	}
	return p.DB.SelectContext(ctx, dest, query, args...)
}

// ExecContext runs a statement with its texts cleaned.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if st := p.prepare(ctx, query); st != nil {
		return st.ExecContext(ctx, clean(args)...)
	}
	return p.DB.ExecContext(ctx, query, clean(args)...)
}

// statement is a prepared text on the transaction's connection; nil for one that is seen for the first time.
func (x *tx) statement(ctx context.Context, query string) *sqlx.Stmt {
	if st := x.prepared(query); st != nil {
		return x.Tx.StmtxContext(ctx, st.Stmt)
	}
	return nil
}

func (x *tx) prepared(query string) *statement {
	st := x.pool.ready(query)
	if st == nil {
		x.unprepared = append(x.unprepared, query)
	}
	return st
}

// GetContext reads one row.
func (x *tx) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	if st := x.statement(ctx, query); st != nil {
		return st.GetContext(ctx, dest, args...)
	}
	return x.Tx.GetContext(ctx, dest, query, args...)
}

// SelectContext reads all rows.
func (x *tx) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	if st := x.prepared(query); st != nil {
		return st.selectInto(ctx, x.Tx.StmtxContext(ctx, st.Stmt), dest, args)
	}
	return x.Tx.SelectContext(ctx, dest, query, args...)
}

// ExecContext runs a statement with its texts cleaned.
func (x *tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if st := x.statement(ctx, query); st != nil {
		return st.ExecContext(ctx, clean(args)...)
	}
	return x.Tx.ExecContext(ctx, query, clean(args)...)
}

// insert runs an INSERT … RETURNING id.
func (x *tx) insert(ctx context.Context, id *int64, query string, args ...any) error {
	if st := x.statement(ctx, query); st != nil {
		return st.QueryRowxContext(ctx, clean(args)...).Scan(id)
	}
	return x.QueryRowxContext(ctx, query, clean(args)...).Scan(id)
}
