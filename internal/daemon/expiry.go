package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/submission"
)

// warnBefore is how long before a certificate ends somebody should know.
const warnBefore = 14 * 24 * time.Hour

// certificate notes when a server's certificate ends, as each connection shows it.
func (d *Daemon) certificate(server string, ends time.Time) {
	if d.meters != nil && d.meters.ends.seen(server, ends) {
		d.log.Debug("certificate seen", "server", server, "ends", ends)
	}
}

// watchCertificates warns once a day of certificates that end soon: in the log, and by a to-do, which stands in the daily
// digest. It asks the server again first: a kept connection knows nothing of a new one.
func (d *Daemon) watchCertificates(ctx context.Context) {
	var warned time.Time
	for ctx.Err() == nil {
		if now := d.opts.Now(); now.Sub(warned) >= 24*time.Hour && d.endsSoon(now) {
			d.askAgain(ctx)
			d.warnOfCertificates(ctx, now)
			warned = now
		}
		wait(ctx, lookEvery)
	}
}

func (d *Daemon) endsSoon(now time.Time) bool {
	for _, ends := range d.meters.ends.all() {
		if ends.Sub(now) < warnBefore {
			return true
		}
	}
	return false
}

// askAgain connects to the servers once more. What does not work then is told by those who need it.
func (d *Daemon) askAgain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	for i := range d.cfg.Mailboxes {
		_, _ = mailbox.Try(ctx, d.mailboxConfig(&d.cfg.Mailboxes[i]))
	}
	if d.opts.Shadow {
		return
	}
	_ = submission.New(d.submissionConfig()).Try(ctx)
}

func (d *Daemon) warnOfCertificates(ctx context.Context, now time.Time) {
	ends := d.meters.ends.all()
	for _, server := range slices.Sorted(maps.Keys(ends)) {
		left := ends[server].Sub(now)
		if left >= warnBefore {
			continue
		}
		d.log.WarnContext(ctx, "a mail server's certificate ends soon; without a new one no mail goes through", "server", server, "ends", ends[server], "days", days(left))
		todo := access.Todo{Kind: access.TodoCertificate, About: fmt.Sprintf("The certificate of the server of %s ends on %s.", server, ends[server].UTC().Format(time.DateOnly))}
		if err := d.store.NoteTodo(ctx, todo); err != nil && ctx.Err() == nil {
			d.log.ErrorContext(ctx, "a to-do could not be noted", "kind", todo.Kind, "error", err)
		}
	}
}

// days is how many whole days are left; less than none where the end is past.
func days(left time.Duration) int {
	if left < 0 {
		return int((left - 24*time.Hour + 1) / (24 * time.Hour))
	}
	return int(left / (24 * time.Hour))
}

// expiring is a Finding about a certificate that works today.
func expiring(part string, ends, now time.Time) Finding {
	left := ends.Sub(now)
	f := Finding{Part: part, Grade: Fine, Text: fmt.Sprintf("its certificate ends in %d days, on %s", days(left), ends.UTC().Format(time.DateOnly))}
	if left < warnBefore {
		f.Grade, f.Mend = Doubt, "renew it: when it has ended, no mail goes through"
	}
	return f
}
