package daemon

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/store"
)

// lookEvery is how often somebody looks whether what goes by the clock is due or late: canaries, certificates, checkpoints.
const lookEvery = time.Second

// webhookLimit bounds one try to tell a webhook, and webhookRetry is when it is tried again. The one is longer than the
// other, so that of several daemons one tells.
const (
	webhookLimit = 10 * time.Second
	webhookRetry = 30 * time.Second
)

// canaries are the loops that send each mailbox its canaries and see when one is late.
func (d *Daemon) canaries() []func(context.Context) {
	if d.cfg.Canary.Every == 0 {
		return nil
	}
	var all []func(context.Context)
	for i := range d.cfg.Mailboxes {
		all = append(all, func(ctx context.Context) { d.keepCanary(ctx, &d.cfg.Mailboxes[i]) })
	}
	return all
}

func (d *Daemon) keepCanary(ctx context.Context, m *config.Mailbox) {
	plan := store.CanaryPlan{Mailbox: m.Name, Every: d.cfg.Canary.Every, Timeout: d.cfg.Canary.Timeout, Since: d.opts.Now(),
		Render: func(mark string, sent time.Time) (*access.Rendered, error) {
			id := make([]byte, 10)
			if _, err := io.ReadFull(d.opts.Rand, id); err != nil {
				return nil, fmt.Errorf("making a Message-ID: %w", err)
			}
			return d.compose.Canary(m.Address, mark, strings.ToLower(base32.StdEncoding.EncodeToString(id)), sent)
		}}
	failing := false
	for ctx.Err() == nil {
		late, err := d.store.KeepCanary(ctx, plan)
		if err != nil && ctx.Err() == nil && !failing {
			d.log.ErrorContext(ctx, "the canary could not be looked after; it is tried again", "mailbox", m.Name, "error", err)
		}
		failing = err != nil
		if late != nil {
			d.log.ErrorContext(ctx, "a canary did not come back: mail does not go out, or does not come in", "mailbox", m.Name,
				"sent", late.SentAt, "way", late.Where())
		}
		d.tellCanary(ctx, m.Name)
		wait(ctx, lookEvery)
	}
}

// canaryBack finishes a mail that is a canary of this daemon or of one beside it.
func (d *Daemon) canaryBack(ctx context.Context, in *access.Inbound) (bool, error) {
	back, err := d.store.FinishCanary(ctx, in)
	if err != nil || back == nil {
		return false, err
	}
	d.log.DebugContext(ctx, "canary back", "mailbox", in.Mailbox, "took", back.Took)
	if !back.Since.IsZero() {
		d.log.InfoContext(ctx, "a canary is back: mail goes out and comes in again", "mailbox", in.Mailbox, "since", back.Since)
	}
	return true, nil
}

// tellCanary tells the webhook of an outage, or of its end, until it has said that it heard.
func (d *Daemon) tellCanary(ctx context.Context, name string) {
	if d.cfg.Canary.Webhook == "" {
		return
	}
	news, err := d.store.CanaryNews(ctx, name, webhookRetry)
	if err != nil || news == nil {
		return // an error is the database's, which KeepCanary has told
	}
	if err := d.post(ctx, news); err != nil {
		d.log.WarnContext(ctx, "the webhook of the canary was not told; it is tried again", "mailbox", name, "error", err)
		return
	}
	if err := d.store.CanaryTold(ctx, news); err != nil {
		d.log.WarnContext(ctx, "the webhook of the canary may be told twice", "mailbox", name, "error", err)
	}
}

// canaryNews is what the webhook gets. It holds nothing that is secret, and no address.
type canaryNews struct {
	Event    string    `json:"event"` // canary_late or canary_back
	Provider string    `json:"provider"`
	Mailbox  string    `json:"mailbox"`
	Way      string    `json:"way,omitempty"` // outgoing or incoming, as far as it is known
	SentAt   time.Time `json:"sent_at"`       // the newest canary
	Text     string    `json:"text"`          // for those who show it to people as it is
}

func (d *Daemon) post(ctx context.Context, c *store.Canary) error {
	news := canaryNews{Event: "canary_back", Provider: d.cfg.Provider.Name, Mailbox: c.Mailbox, SentAt: c.SentAt,
		Text: "Countersign: mail of the mailbox " + c.Mailbox + " goes out and comes in again."}
	if c.LateSince != nil {
		news.Event, news.Way = "canary_late", c.Where()
		news.Text = "Countersign: a canary of the mailbox " + c.Mailbox + " did not come back. Look at " + news.Way + " mail."
	}
	body, err := json.Marshal(news)
	if err != nil {
		return fmt.Errorf("writing the news: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, webhookLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, string(d.cfg.Canary.Webhook), bytes.NewReader(body))
	if err != nil {
		return errors.New("making the request: canary.webhook is no address") // the error quotes it, and it may be a secret
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "countersign")
	// Not followed: the news goes where the config says.
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the address
		}
		return fmt.Errorf("posting: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("posting: the webhook answers %d", resp.StatusCode)
	}
	return nil
}
