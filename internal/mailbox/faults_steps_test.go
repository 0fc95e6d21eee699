package mailbox

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/realservers"
)

// play reads a mailbox through a proxy: two mails that were there and one that comes while the session idles; all are
// filed. Whatever a fault does on the way, in the end each mail is stored whole and once, and lies where it belongs.
// Servers without MOVE may file a mail twice when the answer to a COPY is lost: copies says so.
func play(t *testing.T, s server, p *faultproxy.Proxy, cfg Config, copies bool) {
	t.Helper()
	mails := [][]byte{message(1, 300), message(2, 0), message(3, 0)}
	sink := newMemory()
	sink.settle = func(f Fetched) FilingTarget {
		if bytes.Contains(f.Raw, []byte("Subject: mail 2\r\n")) {
			return FileQuarantine
		}
		return FileProcessed
	}
	s.deliver(t, mails[0])
	s.deliver(t, mails[1])
	cfg.Port = p.Port()
	_, stop := run(t, cfg, sink)
	sink.awaitFiled(t, 2)
	s.deliver(t, mails[2])
	sink.awaitFiled(t, 3)
	sink.awaitState(t, Idle, 1)
	stop()
	checkWhole(t, sink.messages(), mails...)
	for folder, want := range map[string][][]byte{"Countersign/Processed": {mails[0], mails[2]}, "Countersign/Quarantine": {mails[1]}} {
		got := s.folder(t, folder)
		if copies {
			got = distinct(got)
		}
		if len(got) != len(want) {
			t.Errorf("%s holds %d mails, want %d", folder, len(got), len(want))
		}
		for _, raw := range want {
			if !slices.ContainsFunc(got, func(g []byte) bool { return bytes.HasSuffix(g, raw) }) {
				t.Errorf("%s lacks a mail", folder)
			}
		}
	}
	if n := len(s.folder(t, "INBOX")); n > 0 {
		t.Errorf("%d mails are left in the inbox", n)
	}
}

func distinct(all [][]byte) [][]byte {
	return slices.CompactFunc(slices.SortedFunc(slices.Values(all), bytes.Compare), bytes.Equal)
}

// swift is configFor for conversations that are broken often.
func swift(s server, address string) Config {
	cfg := configFor(s.port())
	cfg.Username = address
	cfg.RetryAfter, cfg.IdleRefresh, cfg.FilingPause = 100*time.Millisecond, 200*time.Millisecond, time.Millisecond
	return cfg
}

// actors are the users of everywhere: each conversation has one of its own. They are made before the first, since Dovecot
// does not look at once whether there are more.
func actors(s server) map[faultproxy.Side][]actor {
	all := map[faultproxy.Side][]actor{}
	for _, side := range []faultproxy.Side{faultproxy.Client, faultproxy.Server} {
		for n := range 150 {
			address := fmt.Sprintf("%s%d@provider.test", side, n)
			all[side] = append(all[side], actor{s.as(address), address})
		}
	}
	return all
}

type actor struct {
	server
	address string
}

// everywhere plays a healthy conversation, and then one for each of its lines, or each stride-th, with a fault behind it.
func everywhere(t *testing.T, all []actor, copies bool, side faultproxy.Side, stride int, fault func(*faultproxy.Proxy, int) <-chan struct{}, change func(*Config)) {
	t.Helper()
	cast := func(n int) (server, *faultproxy.Proxy, Config) {
		a := all[n]
		cfg := swift(a, a.address)
		change(&cfg)
		return a, proxyTo(t, a.port()), cfg
	}
	s, p, cfg := cast(0)
	play(t, s, p, cfg, copies)
	lines, tried, hits := p.Lines(side), 0, 0
	for n := 0; n < lines; n += stride {
		tried++
		s, p, cfg := cast(n + 1)
		hit := fault(p, n)
		play(t, s, p, cfg, copies)
		select {
		case <-hit:
			hits++
		default:
		}
		if t.Failed() {
			t.Fatalf("after line %d of %d of the %s", n, lines, side)
		}
	}
	// How often an idle session looks, and so how many lines there are, differs a little.
	if hits < tried*3/4 {
		t.Errorf("%d of %d faults were met", hits, tried)
	}
	t.Logf("%d lines of the %s, %d faults", lines, side, hits)
}

// TestCutAtEveryStep: the connection ends behind each line of either side, those of the mails among them. Dovecot, which
// takes half a second for a conversation, meets a part of it.
func TestCutAtEveryStep(t *testing.T) {
	for name, withMove := range map[string]bool{"move": true, "withoutmove": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, withMove, func(t *testing.T, s server) {
				all := actors(s)
				for _, side := range []faultproxy.Side{faultproxy.Client, faultproxy.Server} {
					t.Run(string(side), func(t *testing.T) {
						t.Parallel()
						stride := 1
						if _, slow := s.(dovecot); slow {
							stride = map[faultproxy.Side]int{faultproxy.Client: 3, faultproxy.Server: 11}[side]
						}
						everywhere(t, all[side], !withMove, side, stride, func(p *faultproxy.Proxy, n int) <-chan struct{} { return p.CutAfterLines(side, n) },
							func(*Config) {})
					})
				}
			})
		})
	}
}

// TestSilenceAtEveryStep: behind each command, and in each IDLE, the connection stays open and nothing comes any more.
func TestSilenceAtEveryStep(t *testing.T) {
	t.Parallel()
	everywhere(t, actors(startEmbedded(t, mailserver.Faults{}))[faultproxy.Client], false, faultproxy.Client, 1, func(p *faultproxy.Proxy, n int) <-chan struct{} {
		return p.BlackHoleAfterLines(faultproxy.Client, n)
	}, func(cfg *Config) { cfg.CommandTimeout = 100 * time.Millisecond })
}

// refusals are answers that mean "not now".
var refusals = map[string]string{
	"limit":       "%s NO [LIMIT] Too many requests\r\n",
	"throttled":   "%s BAD Request is throttled. Suggested Backoff Time: 30000 milliseconds\r\n",
	"unavailable": "%s NO [UNAVAILABLE] Temporary failure\r\n",
	"bye":         "* BYE Too many simultaneous connections\r\n" + faultproxy.HangUp,
	"byeandstay":  "* BYE Server is going down\r\n",
}

// TestThrottled: each command in turn is answered with "not now" twice, in all the words that servers have for it.
func TestThrottled(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t, mailserver.Faults{})
	for name, text := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range []string{"AUTHENTICATE", "NAMESPACE", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "LIST", "CREATE", "IDLE"} {
				address := fmt.Sprintf("%s.%s@provider.test", name, strings.ReplaceAll(command, " ", "."))
				p := proxyTo(t, s.port())
				var times atomic.Int32
				p.Answer(func(line string) string {
					tag, rest, _ := strings.Cut(line, " ")
					if !strings.HasPrefix(rest, command) || times.Add(1) > 2 {
						return ""
					}
					return strings.ReplaceAll(text, "%s", tag)
				})
				actor := s.as(address)
				cfg := swift(actor, address)
				cfg.CommandTimeout = 200 * time.Millisecond // of who says BYE and stays
				play(t, actor, p, cfg, false)
				if times.Load() == 0 {
					t.Errorf("%s was never said", command)
				}
				if t.Failed() {
					t.Fatal(command)
				}
			}
		})
	}
}

// TestBareServer: a server that has nothing but IMAP4rev1 is looked at now and then, and files by copying; what it must
// not expunge stays in the inbox, marked as deleted, and is not read again.
func TestBareServer(t *testing.T) {
	t.Parallel()
	s := startDovecot(t, realservers.DovecotConfig{Capability: "IMAP4rev1 SASL-IR"})
	cfg := configFor(s.port())
	cfg.PollInterval = 50 * time.Millisecond
	sink := newMemory()
	sink.settle = func(Fetched) FilingTarget { return FileProcessed }
	run(t, cfg, sink)
	sink.awaitState(t, Idle, 1)
	for n := range 3 {
		s.deliver(t, message(n, 0))
		sink.awaitFiled(t, n+1)
	}
	sink.awaitState(t, Idle, count(sink.snapshot().states, Idle)+3)
	checkWhole(t, sink.messages(), message(0, 0), message(1, 0), message(2, 0))
	checkFolder(t, s, "Countersign/Processed", 3)
	checkFolder(t, s, "INBOX", 3)
}

// TestOneMessageThatFails: where the server gives all but one message, the others are read at once, and that one when the
// server can read it again.
func TestOneMessageThatFails(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		var healed atomic.Bool
		p := proxyTo(t, s.port())
		p.Answer(func(line string) string {
			tag, rest, _ := strings.Cut(line, " ")
			set, items, _ := strings.Cut(strings.TrimPrefix(rest, "UID FETCH "), " ")
			if healed.Load() || !strings.Contains(items, "BODY") || set != "2" && set != "1:3" {
				return ""
			}
			return tag + " NO [SERVERBUG] Internal error occurred\r\n"
		})
		for n := range 3 {
			s.deliver(t, message(n, 0))
		}
		cfg := configFor(p.Port())
		cfg.IdleRefresh, cfg.RetryAfter = 50*time.Millisecond, 100*time.Millisecond
		sink := newMemory()
		run(t, cfg, sink)
		got := sink.awaitMessages(t, 3)
		checkWhole(t, []Fetched{got[0], got[2]}, message(0, 0), message(2, 0))
		if !strings.Contains(got[1].Unfetchable, "Internal error") {
			t.Errorf("the second is %+v", got[1])
		}
		healed.Store(true)
		sink.await(t, "the message that failed", func() bool { return sink.rows[key{got[1].UIDValidity, 2}].Unfetchable == "" })
		checkWhole(t, sink.messages(), message(0, 0), message(1, 0), message(2, 0))
	})
}
