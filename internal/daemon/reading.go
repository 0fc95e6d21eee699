package daemon

import (
	"context"
	"time"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/store"
)

// mailboxLease is how long a daemon that died keeps others from its mailboxes.
const mailboxLease = 20 * time.Second

// runMailbox reads a mailbox while this daemon holds its lease: of several daemons one at a time reads.
func (d *Daemon) runMailbox(ctx context.Context, m *config.Mailbox) {
	log := d.log.With("mailbox", m.Name)
	meter := d.meters.mailboxes[m.Name]
	to := &sink{store: d.store, name: m.Name, file: m.Filing.Mode == config.FilingMove && !d.opts.Shadow, meter: meter, log: log}
	runner := mailbox.New(d.mailboxConfig(m), to, log,
		mailbox.WithOnState(func(s mailbox.State) {
			meter.state(s)
			why := ""
			if s == mailbox.Disconnected {
				why = "not connected"
			}
			d.setHealth("mailbox "+m.Name, why)
			if s == mailbox.Idle {
				d.opts.OnReading(m.Name)
			}
		}))
	filing, unsubscribe := d.store.Subscribe(store.TopicFiling)
	defer unsubscribe()
	turn := d.progress.turns("lease of mailbox " + m.Name)
	for ctx.Err() == nil {
		turn()
		l := d.lease(ctx, m.Name)
		if l.err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "leasing the mailbox failed", "error", l.err)
		}
		if l.held {
			d.readWhileLeased(ctx, m.Name, runner, filing, l, turn)
		}
		wait(ctx, mailboxLease/4)
	}
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := d.store.ReleaseMailbox(release, m.Name, d.owner); err != nil {
		log.Warn("the mailbox's lease could not be released; it runs out by itself", "error", err)
	}
}

// leased is what became of asking for a mailbox's lease.
type leased struct {
	asked time.Time // before it was
	held  bool
	err   error
}

func (d *Daemon) lease(ctx context.Context, mailbox string) leased {
	l := leased{asked: time.Now()}
	l.held, l.err = d.store.LeaseMailbox(ctx, mailbox, d.owner, mailboxLease)
	return l
}

// readWhileLeased runs the session and renews the lease until either ends. A database that does not answer may keep a
// renewal waiting for longer than the lease lasts; the session ends in time all the same.
func (d *Daemon) readWhileLeased(ctx context.Context, name string, runner *mailbox.Runner, filing <-chan struct{}, l leased, turn func()) {
	ctx, stop := context.WithCancel(ctx)
	ended, renewals := make(chan struct{}), make(chan leased)
	go func() {
		defer close(ended)
		if err := runner.Run(ctx); err != nil && ctx.Err() == nil {
			d.log.ErrorContext(ctx, "reading the mailbox ended", "mailbox", name, "error", err)
		}
	}()
	go func() {
		defer close(renewals)
		for wait(ctx, mailboxLease/4); ctx.Err() == nil; wait(ctx, mailboxLease/4) {
			select {
			case renewals <- d.lease(ctx, name):
			case <-ctx.Done():
			}
		}
	}()
	defer func() {
		stop()
		<-ended
		for range renewals { // until the last has ended
		}
	}()
	lapse := time.NewTimer(time.Until(l.asked.Add(mailboxLease * 3 / 4)))
	defer lapse.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-filing:
			runner.Notify()
		case renewal, going := <-renewals:
			if !going {
				return
			}
			turn()
			if l = renewal; l.held {
				lapse.Reset(time.Until(l.asked.Add(mailboxLease * 3 / 4)))
			} else if l.err == nil {
				lapse.Reset(0)
			}
		case <-lapse.C:
			d.log.WarnContext(ctx, "the mailbox's lease is lost; another daemon may read it", "mailbox", name, "error", l.err)
			return
		}
	}
}
