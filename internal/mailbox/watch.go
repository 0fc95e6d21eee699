package mailbox

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// errSilent means that a command was not answered in CommandTimeout, or that a message came too slowly.
var errSilent = errors.New("the server does not answer, or too slowly")

// slowest is how many bytes of a message a server must send in a second, with CommandTimeout to spare: one that sends a
// byte now and then would hold its mailbox for ever.
const slowest = 4 << 10

// brief is an error whose text is cut: servers say things at length.
type brief struct{ error }

func (b brief) Error() string { return fmt.Sprintf("%.500s", b.error.Error()) }
func (b brief) Unwrap() error { return b.error }

// watch bounds one exchange with the server by closing the connection below it: when the context ends, or at the
// deadline, which messages that arrive put off.
type watch struct {
	ctx      context.Context
	conn     *meter
	timeout  time.Duration
	deadline time.Time
	timer    *time.Timer
	expired  atomic.Bool
	release  func() bool
}

// startWatch begins to watch conn, on which the server may now send limit bytes. The caller must call end.
func startWatch(ctx context.Context, conn *meter, limit int64, timeout time.Duration) *watch {
	w := &watch{ctx: ctx, conn: conn, timeout: timeout, deadline: time.Now().Add(timeout)}
	conn.expect(limit)
	w.timer = time.AfterFunc(timeout, func() {
		w.expired.Store(true)
		_ = conn.Close() // its error changes nothing: the waiting command ends in any case
	})
	w.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return w
}

// taken says that n bytes of a literal have arrived, and that somebody answers for where they go: the server may send as
// many more, and gets the time that they take.
func (w *watch) taken(n int) {
	w.conn.allow(n)
	w.putOff(time.Duration(n) * time.Second / slowest)
}

// message says that a message of those asked for is there: the next one has the whole time again.
func (w *watch) message() { w.putOff(w.timeout) }

// putOff moves the deadline, but never further away than the timeout.
func (w *watch) putOff(d time.Duration) {
	now := time.Now()
	w.deadline = w.deadline.Add(d)
	if last := now.Add(w.timeout); w.deadline.After(last) {
		w.deadline = last
	}
	w.timer.Reset(w.deadline.Sub(now))
}

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
