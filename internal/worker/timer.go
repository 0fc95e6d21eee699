package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// TimerStore is what firing timers needs of the store.
type TimerStore interface {
	ClaimTimers(ctx context.Context, lease time.Duration, limit int) ([]access.Timer, error)
	NextTimer(ctx context.Context) (time.Time, error)
	DecideTimer(ctx context.Context, t *access.Timer, decide func(*access.Situation) (*access.Outcome, error),
		render access.Render) (*access.Outcome, error)
}

// Timers fires what is due, earliest first.
type Timers struct {
	Store  TimerStore
	Env    func() *access.Env
	Render access.Render
	Wake   <-chan struct{}
	Now    func() time.Time
	Log    *slog.Logger
	// Turn is told whenever the loop goes on: within minutes, or it hangs; may be nil.
	Turn func()
}

// Run fires timers until the context ends.
func (t *Timers) Run(ctx context.Context) {
	l := loop{name: "timers", log: t.Log, wake: t.Wake, now: t.Now, next: t.Store.NextTimer, work: t.batch, turn: t.Turn}
	l.run(ctx)
}

func (t *Timers) batch(ctx context.Context) (bool, error) {
	due, err := t.Store.ClaimTimers(ctx, timerLease, 20)
	if err != nil {
		return false, err
	}
	for i := range due {
		tell(t.Turn)
		var out *access.Outcome
		err := guard(t.Log, func() (err error) {
			out, err = t.Store.DecideTimer(context.WithoutCancel(ctx), &due[i], func(s *access.Situation) (*access.Outcome, error) {
				return access.DecideTimer(s, &due[i], t.Env())
			}, t.Render)
			return err
		})
		if err != nil {
			t.Log.ErrorContext(ctx, "timer failed; it is tried again when its lease has run out", "timer", due[i].ID,
				"kind", due[i].Kind, "attempt", due[i].Attempts, "error", err)
			continue
		}
		alarm(ctx, t.Log, out)
	}
	return len(due) > 0, nil
}

// alarm logs what needs a human now.
func alarm(ctx context.Context, log *slog.Logger, o *access.Outcome) {
	for _, a := range o.Alarms {
		log.ErrorContext(ctx, "a human is needed", "why", a)
	}
}
