package mailbox

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// errSilent means that the server did not say anything for CommandTimeout within a command.
var errSilent = errors.New("the server does not answer")

// brief is an error whose text is cut: servers say things at length.
type brief struct{ error }

func (b brief) Error() string { return fmt.Sprintf("%.500s", b.error.Error()) }
func (b brief) Unwrap() error { return b.error }

// watch bounds one exchange with the server by closing the connection below it: when the context ends, or when there
// was no progress for the timeout.
type watch struct {
	ctx     context.Context
	conn    *meter
	timeout time.Duration
	timer   *time.Timer
	expired atomic.Bool
	release func() bool
}

// startWatch begins to watch conn, on which the server may now send limit bytes. The caller must call end.
func startWatch(ctx context.Context, conn *meter, limit int64, timeout time.Duration) *watch {
	w := &watch{ctx: ctx, conn: conn, timeout: timeout}
	conn.expect(limit)
	w.timer = time.AfterFunc(timeout, func() {
		w.expired.Store(true)
		_ = conn.Close() // its error changes nothing: the waiting command ends in any case
	})
	w.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return w
}

// progress says that the server has sent something.
func (w *watch) progress() { w.timer.Reset(w.timeout) }

// allow lets the server send n bytes more: somebody has taken as many of a literal, and answers for where they go.
func (w *watch) allow(n int) { w.conn.allow(n) }

// end stops watching and turns err into what really happened: closing the connection makes go-imap report "use of
// closed network connection" or an unexpected EOF.
func (w *watch) end(doing string, err error) error {
	w.release()
	w.timer.Stop()
	switch {
	case err == nil:
		return nil
	case w.ctx.Err() != nil:
		err = context.Cause(w.ctx)
	case w.expired.Load():
		err = errSilent
	case w.conn.reason() != nil:
		err = w.conn.reason()
	}
	return brief{fmt.Errorf("%s: %w", doing, err)}
}

// watched runs one command under a watch.
func watched[T any](ctx context.Context, s *session, doing string, command func() (T, error)) (T, error) {
	return watchedUpTo(ctx, s, answerLimit, doing, command)
}

// watchedUpTo is watched for an answer of at most limit bytes.
func watchedUpTo[T any](ctx context.Context, s *session, limit int64, doing string, command func() (T, error)) (T, error) {
	w := startWatch(ctx, s.conn, limit, s.cfg.CommandTimeout)
	v, err := command()
	return v, w.end(doing, err)
}

// watchedErr is watched for commands without data.
func watchedErr(ctx context.Context, s *session, doing string, command func() error) error {
	_, err := watched(ctx, s, doing, func() (struct{}, error) { return struct{}{}, command() })
	return err
}
