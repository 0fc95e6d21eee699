package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/metrics"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/worker"
)

// metricsLimit bounds what one look may take: the equation counts all mails.
const metricsLimit = 10 * time.Second

// serveMetrics answers at /metrics and /healthz until ctx ends. What is said there names no address, no client and no word
// of a mail, and yet it is not for the public, which reaches the pages.
func (d *Daemon) serveMetrics(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), metricsLimit)
		defer cancel()
		w.Header().Set("Content-Type", metrics.ContentType)
		fmt.Fprint(w, d.metricsPage(ctx))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err := d.Health(r.Context()); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, err)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 2 * metricsLimit,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nothing that is said here is worth waiting for
	defer stop()
	if err := server.Serve(d.metrics); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// listenMetrics binds the port of the metrics, where there is one.
func (d *Daemon) listenMetrics(ctx context.Context) error {
	if d.cfg.Metrics.Listen == "" {
		return nil
	}
	var lc net.ListenConfig
	var err error
	if d.metrics, err = lc.Listen(ctx, "tcp", d.cfg.Metrics.Listen); err != nil {
		return fmt.Errorf("listening for the metrics on %s (end what listens there, or change metrics.listen): %w", d.cfg.Metrics.Listen, err)
	}
	return nil
}

// Filed names the mailboxes whose mail is moved once it is decided, by a daemon that works in this mode.
func Filed(cfg *config.Config, mode store.Mode) []string {
	if mode == store.Shadow {
		return nil
	}
	var names []string
	for _, m := range cfg.Mailboxes {
		if m.Filing.Mode == config.FilingMove {
			names = append(names, m.Name)
		}
	}
	return names
}

// metricsPage is all numbers as they are now. Without the database there are those of this daemon alone.
func (d *Daemon) metricsPage(ctx context.Context) string {
	p := &metrics.Page{}
	p.Add(metrics.Gauge, "countersign_build_info", "Which version this is.", "version", metrics.Sample{Label: Version(), Value: 1})
	st, err := d.store.Status(ctx, Filed(d.cfg, d.store.Mode()))
	p.Add(metrics.Gauge, "countersign_database_up", "Whether the database answers.", "", metrics.Sample{Value: truth(err == nil)})
	if err == nil {
		addStatus(p, st)
	} else if ctx.Err() == nil {
		d.log.ErrorContext(ctx, "the metrics could not be read from the database", "error", err)
	}
	d.addMeters(p)
	addProcess(p)
	return p.String()
}

// addStatus writes what the store knows, of all daemons on it.
func addStatus(p *metrics.Page, st *store.Status) {
	p.Add(metrics.Counter, "countersign_mails_seen_total", "Mails seen on the server: the left side of the equation.", "",
		metrics.Sample{Value: float64(st.Equation.Seen)})
	var mails []metrics.Sample
	for _, disposition := range access.Dispositions {
		mails = append(mails, metrics.Sample{Label: string(disposition), Value: float64(st.Equation.Counts[disposition])})
	}
	p.Add(metrics.Gauge, "countersign_mails", "What became of them: the right side of the equation.", "disposition", mails...)
	one := func(name, help string, v float64) { p.Add(metrics.Gauge, name, help, "", metrics.Sample{Value: v}) }
	one("countersign_equation_holds", "Whether both sides are equal.", truth(st.Holds))
	one("countersign_shadow", "Whether this is a shadow, which sends nothing.", truth(st.Mode == store.Shadow))
	for _, q := range []struct {
		name, what string
		queue      store.Queue
	}{{"inbound", "mails to process", st.Inbound}, {"filing", "mails to move on the server", st.Filing}, {"outgoing", "mails to send", st.Outgoing}, {"timers", "timers that are overdue", st.Timers}} {
		one("countersign_"+q.name+"_waiting", "How many "+q.what+".", float64(q.queue.Waiting))
		one("countersign_"+q.name+"_claimed", "Of these: how many somebody is at.", float64(q.queue.Claimed))
		one("countersign_"+q.name+"_retrying", "Of these: how many were tried before.", float64(q.queue.Retrying))
		one("countersign_"+q.name+"_oldest_seconds", "How long the oldest has waited.", q.queue.Age(st.At).Seconds())
	}
	one("countersign_outgoing_withheld", "Outgoing mails that are sent only when somebody says so.", float64(st.Withheld))
	one("countersign_todos_open", "What people have to look into.", float64(st.TodoCount))
	var requests []metrics.Sample
	for _, state := range slices.Sorted(maps.Keys(st.Requests)) {
		requests = append(requests, metrics.Sample{Label: state, Value: float64(st.Requests[state])})
	}
	p.Add(metrics.Gauge, "countersign_requests", "Requests by state.", "state", requests...)
	addMailboxes(p, st)
}

func addMailboxes(p *metrics.Page, st *store.Status) {
	var leased, sent, returned, late, total []metrics.Sample
	for _, m := range st.Mailboxes {
		leased = append(leased, metrics.Sample{Label: m.Name, Value: truth(m.Leased)})
		if m.Canary == nil {
			continue
		}
		sent = append(sent, metrics.Sample{Label: m.Name, Value: unix(m.Canary.SentAt)})
		if at := m.Canary.ReturnedAt; at != nil {
			returned = append(returned, metrics.Sample{Label: m.Name, Value: at.Sub(m.Canary.SentAt).Seconds()})
		}
		late = append(late, metrics.Sample{Label: m.Name, Value: truth(m.Canary.LateSince != nil)})
		total = append(total, metrics.Sample{Label: m.Name, Value: float64(m.Canary.Returned)})
	}
	p.Add(metrics.Gauge, "countersign_mailbox_leased", "Whether some daemon reads the mailbox.", "mailbox", leased...)
	p.Add(metrics.Gauge, "countersign_canary_sent_timestamp_seconds", "When the newest canary was sent.", "mailbox", sent...)
	p.Add(metrics.Gauge, "countersign_canary_round_trip_seconds", "How long the newest canary took to come back; missing until it is.", "mailbox", returned...)
	p.Add(metrics.Gauge, "countersign_canary_late", "Whether canaries do not come back in time.", "mailbox", late...)
	p.Add(metrics.Counter, "countersign_canaries_returned_total", "Canaries that came back. They are among the applied mails.", "mailbox", total...)
}

// addMeters writes what this daemon has counted.
func (d *Daemon) addMeters(p *metrics.Page) {
	var connected, sessions, read, lag []metrics.Sample
	for _, name := range slices.Sorted(maps.Keys(d.meters.mailboxes)) {
		m := d.meters.mailboxes[name]
		m.mu.Lock()
		connected = append(connected, metrics.Sample{Label: name, Value: truth(m.connected)})
		sessions = append(sessions, metrics.Sample{Label: name, Value: float64(m.sessions)})
		if !m.read.IsZero() {
			read = append(read, metrics.Sample{Label: name, Value: unix(m.read)})
		}
		lag = append(lag, metrics.Sample{Label: name, Value: m.lag.Seconds()})
		m.mu.Unlock()
	}
	p.Add(metrics.Gauge, "countersign_mailbox_connected", "Whether this daemon is connected to the mailbox; of several daemons one is.", "mailbox", connected...)
	p.Add(metrics.Counter, "countersign_mailbox_sessions_total", "How often this daemon has signed in to the mailbox.", "mailbox", sessions...)
	p.Add(metrics.Gauge, "countersign_mailbox_read_timestamp_seconds", "When this daemon has last read the mailbox to its end.", "mailbox", read...)
	p.Add(metrics.Gauge, "countersign_mailbox_lag_seconds", "From the arrival of the newest mail on the server until it was stored here.", "mailbox", lag...)
	var tries []metrics.Sample
	for _, t := range []worker.Try{worker.Accepted, worker.Deferred, worker.Refused} {
		tries = append(tries, metrics.Sample{Label: string(t), Value: float64(d.meters.tries[t].Load())})
	}
	p.Add(metrics.Counter, "countersign_submissions_total", "Tries of this daemon to send a mail: accepted, deferred (it is tried again) or refused for good.", "result", tries...)
	p.AddHistogram("countersign_processing_seconds", "How long this daemon worked on a mail, without its waits.", &d.meters.processing)
	ends := d.meters.ends.all()
	var certificates []metrics.Sample
	for _, server := range slices.Sorted(maps.Keys(ends)) {
		certificates = append(certificates, metrics.Sample{Label: server, Value: unix(ends[server])})
	}
	p.Add(metrics.Gauge, "countersign_certificate_end_timestamp_seconds", "When the certificate of a mail server ends, as seen at the last connection.", "server", certificates...)
}

// processStart is when this process began, as far as it can tell.
var processStart = time.Now()

func addProcess(p *metrics.Page) {
	p.Add(metrics.Gauge, "process_start_time_seconds", "When the process began.", "", metrics.Sample{Value: unix(processStart)})
	p.Add(metrics.Gauge, "go_goroutines", "Goroutines.", "", metrics.Sample{Value: float64(runtime.NumGoroutine())})
	// Only Linux has the file; elsewhere the number is missing.
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(statm)); len(fields) > 1 {
			if pages, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				p.Add(metrics.Gauge, "process_resident_memory_bytes", "Resident memory.", "", metrics.Sample{Value: float64(pages * int64(os.Getpagesize()))})
			}
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
