package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// saveTodo counts up the open to-do of its kind about the same, or opens one, which is an alarm.
func (x *tx) saveTodo(ctx context.Context, t access.Todo, o *access.Outcome) error {
	var count int
	if err := x.GetContext(ctx, &count, `INSERT INTO todos (kind, about, count, created_at, updated_at) VALUES ($1, $2, 1, $3, $3)
		ON CONFLICT (kind, about) WHERE done_at IS NULL DO UPDATE SET count = todos.count + 1, updated_at = $3 RETURNING count`,
		t.Kind, t.About, x.now); err != nil {
		return fmt.Errorf("noting a to-do of kind %s: %w", t.Kind, err)
	}
	if count == 1 {
		o.Alarms = append(o.Alarms, "a new to-do of kind "+string(t.Kind)+": see countersign todo list")
	}
	x.wake(TopicView)
	return nil
}

// NoteTodo counts up an open to-do, or opens one.
func (s *Store) NoteTodo(ctx context.Context, t access.Todo) error {
	return s.inTx(ctx, func(x *tx) error { return x.saveTodo(ctx, t, &access.Outcome{}) })
}

// TodoView is a to-do as it is listed.
type TodoView struct {
	ID        int64           `json:"id" db:"id"`
	Kind      access.TodoKind `json:"kind" db:"kind"`
	About     string          `json:"about" db:"about"`
	Count     int             `json:"count" db:"count"`
	CreatedAt time.Time       `json:"created_at" db:"created_at"`
	UpdatedAt time.Time       `json:"updated_at" db:"updated_at"`
}

// Todos lists limit to-dos that are open, oldest first.
func (s *Store) Todos(ctx context.Context, limit int) ([]TodoView, error) {
	return listTodos(ctx, s.read, limit)
}

func listTodos(ctx context.Context, q queryer, limit int) ([]TodoView, error) {
	all := []TodoView{}
	if err := q.SelectContext(ctx, &all, `SELECT id, kind, about, count, created_at, updated_at FROM todos WHERE done_at IS NULL
		ORDER BY id LIMIT $1`, limit); err != nil {
		return nil, fmt.Errorf("listing to-dos: %w", err)
	}
	for i := range all {
		all[i].CreatedAt, all[i].UpdatedAt = all[i].CreatedAt.UTC(), all[i].UpdatedAt.UTC()
	}
	return all, nil
}

// ErrNoTodo says that no to-do of that number is open.
var ErrNoTodo = errors.New("store: no to-do of that number is open")

// FinishTodo notes that somebody has looked into a to-do. What happens about the same after that opens a new one.
func (s *Store) FinishTodo(ctx context.Context, id int64, by mailaddr.Address) error {
	err := s.inTx(ctx, func(x *tx) error {
		r, err := x.ExecContext(ctx, `UPDATE todos SET done_at = $1 WHERE id = $2 AND done_at IS NULL`, x.now, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, ErrNoTodo)
		}
		x.appendEvent(nil, &access.Event{Kind: "todo_done", Payload: map[string]any{"todo": id, "by": by.String()}})
		x.wake(TopicView)
		return nil
	})
	if err != nil {
		return fmt.Errorf("finishing to-do %d: %w", id, err)
	}
	return nil
}
