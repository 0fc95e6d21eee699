package daemon_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/smtp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/store"
)

type person struct{ name, address string }

var people = map[string]person{
	"maria": {"Maria Lindqvist", "maria@acme.example"}, // Main Contact
	"otto":  {"Otto Lang", "otto@acme.example"},        // Main Contact
	"sofia": {"Sofia Berg", "sofia@acme.example"},      // Secondary Contact
	"tom":   {"Tom Okafor", "tom@acme.example"},        // Technician
	"lena":  {"Lena Vogt", "lena@acme.example"},        // newcomer
	"jane":  {"Jane Doe", "jane.doe@acme.example"},     // newcomer
	"eve":   {"Eve Stone", "eve@contractor.example"},   // outside the client's domains
	"gina":  {"Gina Rossi", "gina@globex.example"},     // Main Contact of another client
	"mallo": {"Mallory Fox", "mallory@stranger.example"},
	"ines":  {"Ines Keller", "ines@provider.example"}, // security team
	"paul":  {"Paul Novak", "paul@provider.example"},  // support team
	"evej":  {"Eve Jones", "eve.jones@acme.example"},  // newcomers
	"ann":   {"Ann Lee", "ann.lee@acme.example"},
	"petra": {"Petra Adler", "petra@provider.example"},
	"bill":  {"Bill Sommer", "bill@provider.example"}, // billing team
}

type contact struct {
	who, role string
	badge     access.BadgeState
}

var clients = []struct {
	name, domain string
	contacts     []contact
}{
	{"Acme", "acme.example", []contact{{"maria", "main_contact", access.BadgeNone}, {"otto", "main_contact", access.BadgeNone},
		{"sofia", "secondary_contact", access.BadgeNone}, {"tom", "technician", access.BadgeActive}}},
	{"Globex", "globex.example", []contact{{"gina", "main_contact", access.BadgeNone}}},
}

var staff = map[string]access.Team{"ines": access.TeamSecurity, "paul": access.TeamSupport, "petra": access.TeamSupport, "bill": access.TeamBilling}

// letter is a mail to the support mailbox. What is empty is as in an honest mail of its author.
type letter struct {
	author   string // a person
	from     string // the From field
	subject  string
	text     string
	answers  *received
	to       string
	header   []string  // more fields, on top
	id       string    // Message-ID
	date     time.Time // now where it is zero
	unsigned bool
	signer   string // domain
	raw      func([]byte) []byte
	mailFrom string // the reverse-path
}

// received is a mail in somebody's inbox.
type received struct {
	*message.Message
	raw []byte
}

// write sends a letter through the MX.
func (w *world) write(l letter) {
	w.t.Helper()
	p := people[l.author]
	_, host, _ := strings.Cut(p.address, "@")
	w.mu.Lock()
	w.written++
	n := w.written
	w.mu.Unlock()
	set(&l.from, fmt.Sprintf("%s <%s>", p.name, p.address))
	set(&l.to, support)
	set(&l.subject, "Access")
	set(&l.id, fmt.Sprintf("%d@%s", n, host))
	set(&l.signer, host)
	if l.date.IsZero() {
		l.date = w.clock.Now()
	}
	header := append(l.header, "From: "+l.from, "To: "+l.to, "Subject: "+l.subject,
		"Date: "+l.date.Format(time.RFC1123Z), "Message-ID: <"+l.id+">")
	if a := l.answers; a != nil {
		header = append(header, "In-Reply-To: <"+a.MessageID+">", "References: <"+strings.Join(append(slices.Clone(a.References), a.MessageID), "> <")+">")
	}
	header = append(header, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
	raw := []byte(strings.Join(header, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(l.text, "\n", "\r\n") + "\r\n")
	if l.raw != nil {
		raw = l.raw(raw)
	}
	if !l.unsigned {
		var err error
		if raw, err = domain(l.signer).Sign(raw); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := smtp.SendMail(w.mail.SMTPAddr(), nil, cmp.Or(l.mailFrom, p.address), []string{l.to}, raw); err != nil {
		w.t.Fatal(err)
	}
}

func set(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// send sends a new mail.
func (w *world) send(author, text string) {
	w.t.Helper()
	w.write(letter{author: author, text: text + "\n\nKind regards\n" + people[author].name})
}

// reply answers a mail as mail programs do: to the Reply-To address, the mail quoted below.
func (w *world) reply(author string, m *received, words string) {
	w.t.Helper()
	w.write(answer(author, m, words))
}

func answer(author string, m *received, words string) letter {
	return letter{author: author, answers: m, to: replyTo(m), subject: "Re: " + strings.TrimPrefix(m.Subject, "Re: "),
		text: words + "\n\n" + people[author].name + "\n\n" + quoted(m)}
}

func replyTo(m *received) string {
	r := m.Get("Reply-To")
	if r == "" {
		return support
	}
	if i, j := strings.IndexByte(r, '<'), strings.IndexByte(r, '>'); i >= 0 && j > i {
		return r[i+1 : j]
	}
	return r
}

func quoted(m *received) string {
	var b strings.Builder
	fmt.Fprintf(&b, "On %s, Support wrote:\n", m.Date.Format("Mon, 2 Jan 2006 at 15:04"))
	for line := range strings.Lines(strings.TrimRight(m.Text, "\n")) {
		b.WriteString("> " + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

// get waits for a mail to somebody that holds all the words and was not got before.
func (w *world) get(who string, words ...string) *received {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	var got *received
	n, at := -1, 0
	_, err := w.mail.Wait(ctx, func(d mailserver.Delivery) bool {
		n++
		if w.taken[n] || d.To != people[who].address {
			return false
		}
		m, err := message.Parse(d.Raw)
		if err != nil || !holds(m, words) {
			return false
		}
		got, at = &received{m, d.Raw}, n
		return true
	})
	if err != nil {
		w.t.Fatalf("no mail with %q came to %s: %v\n%s", words, who, err, w.story())
	}
	w.taken[at] = true
	return got
}

func holds(m *message.Message, words []string) bool {
	all := m.Subject + "\n" + strings.Join(strings.Fields(m.Text), " ")
	return !slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(all, s) })
}

// rest waits until every mail written is settled and every answer sent.
func (w *world) rest() {
	w.t.Helper()
	w.until("everything is settled", func(ctx context.Context, st *store.Store) (bool, error) {
		e, err := st.Equation(ctx)
		if err != nil || e.Seen != int64(w.count()) || e.Counts[access.Pending] != 0 {
			return false, err
		}
		next, err := st.NextOutbound(ctx)
		return next.IsZero(), err
	})
}

func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.written
}

// reached counts the mails and the HTTP requests that have reached the daemon.
func (w *world) reached() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.written + w.visited
}

func (w *world) visit() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visited++
}

// until waits for something in the daemon's store, looking again at each change.
func (w *world) until(what string, happened func(context.Context, *store.Store) (bool, error)) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	st := w.main.Store()
	changed, end := st.Subscribe(store.TopicView)
	defer end()
	for {
		ok, err := happened(ctx, st)
		if err != nil {
			w.t.Fatalf("waiting until %s: %v", what, err)
		}
		if ok {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			w.t.Fatalf("waited in vain until %s\n%s", what, w.story())
		}
	}
}

// news lists whom mails have gone to that no test has looked at, each as "who: subject", and takes them.
func (w *world) news() []string {
	w.t.Helper()
	w.rest()
	list := []string{}
	for i, d := range w.mail.Deliveries() {
		if w.taken[i] || strings.HasPrefix(d.To, "support") || d.To == accounting {
			continue
		}
		w.taken[i] = true
		m, err := message.Parse(d.Raw)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, nickname(d.To)+": "+ticketInSubject.ReplaceAllString(m.Subject, ""))
	}
	slices.Sort(list)
	return list
}

var ticketInSubject = regexp.MustCompile(`\[REQ-\d{4}-\d{5}\] `)

func nickname(address string) string {
	for who, p := range people {
		if p.address == address {
			return who
		}
	}
	return address
}

// story is what happened, for messages of failed tests.
func (w *world) story() string {
	var b bytes.Buffer
	st := w.openStore()
	defer st.Close()
	entries, err := st.Conversation(context.Background(), 100)
	if err != nil {
		return err.Error()
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %-5s %s -> %s %q %q [%s %s]\n", e.At.Format(time.TimeOnly), e.Kind, e.From, e.To, e.Subject, e.Words+e.Reason, e.Ticket, e.State)
	}
	return b.String()
}
