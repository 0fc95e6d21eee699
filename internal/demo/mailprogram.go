package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net/smtp"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/countersign/countersign/internal/message"
)

// Servers are the mail system that everybody uses.
type Servers struct {
	MX       string      // host:port of unauthenticated SMTP from the world
	IMAP     string      // host:port
	IMAPTLS  *tls.Config // nil: no TLS, as on loopback
	Password func(address string) string
	Domains  Domains
}

// mailProgram is one person's: it sends through the MX and reads over IMAP.
type mailProgram struct {
	who     Person
	servers *Servers
	now     func() time.Time

	mu     sync.Mutex
	client *imapclient.Client
	news   chan struct{}
	next   imap.UID // first UID not yet read
	unread []*message.Message
	sent   int
}

// received is a mail in somebody's inbox, or one of the ways to answer it.
type received = message.Message

// send signs a mail for its author's domain and hands it to the MX. forged sends it as a stranger would: unsigned.
func (p *mailProgram) send(to, subject, body string, answers *received, forged bool) error {
	p.sent++
	local, host, _ := strings.Cut(p.who.Address, "@")
	id := fmt.Sprintf("%d.%s.%d@%s", p.now().UnixNano(), local, p.sent, host)
	header := []string{
		fmt.Sprintf("From: %s <%s>", p.who.Name, p.who.Address),
		"To: " + to,
		"Subject: " + mime.QEncoding.Encode("utf-8", subject),
		"Date: " + p.now().Format("Mon, 02 Jan 2006 15:04:05 -0700"),
		"Message-ID: <" + id + ">",
	}
	if answers != nil {
		header = append(header, "In-Reply-To: <"+answers.MessageID+">",
			"References: "+strings.Join(bracket(append(answers.References, answers.MessageID)), " "))
	}
	header = append(header, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
	raw := []byte(strings.Join(header, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n")
	if !forged {
		signed, err := p.servers.Domains.Sign(p.who.Address, raw)
		if err != nil {
			return err
		}
		raw = signed
	}
	return deliver(p.servers.MX, p.who.Address, to, raw)
}

func bracket(ids []string) []string {
	var b []string
	for _, id := range ids {
		b = append(b, "<"+id+">")
	}
	return b
}

// reply answers as mail programs do: to the Reply-To address, the mail quoted below.
func (p *mailProgram) reply(m *received, words string) error {
	var b strings.Builder
	b.WriteString(words + "\n\n" + p.who.Name + "\n\n")
	fmt.Fprintf(&b, "On %s, %s wrote:\n", m.Date.Format("Mon, 2 Jan 2006 at 15:04"), SupportName)
	for line := range strings.Lines(strings.TrimRight(m.Text, "\n")) {
		b.WriteString("> " + strings.TrimRight(line, "\n") + "\n")
	}
	to := m.Author.Address.String()
	if r := m.Get("Reply-To"); r != "" {
		to = r
		if i, j := strings.IndexByte(r, '<'), strings.IndexByte(r, '>'); i >= 0 && j > i {
			to = r[i+1 : j]
		}
	}
	subject := m.Subject
	if !strings.HasPrefix(subject, "Re: ") {
		subject = "Re: " + subject
	}
	return p.send(to, subject, b.String(), m, false)
}

// deliver speaks SMTP to the MX, without TLS: it listens on loopback.
func deliver(addr, from, to string, raw []byte) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return fmt.Errorf("connecting to the MX: %w", err)
	}
	defer c.Close()
	if err := errors.Join(c.Mail(from), c.Rcpt(to)); err != nil {
		return fmt.Errorf("handing a mail to the MX: %w", err)
	}
	w, err := c.Data()
	if err == nil {
		_, err = w.Write(raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("handing a mail to the MX: %w", err)
	}
	return c.Quit()
}

// open logs in and, to read, selects the inbox.
func (p *mailProgram) open(read bool) error {
	p.news = make(chan struct{}, 1)
	opts := &imapclient.Options{TLSConfig: p.servers.IMAPTLS, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) {
			select {
			case p.news <- struct{}{}:
			default:
			}
		}}}
	dial := imapclient.DialInsecure
	if p.servers.IMAPTLS != nil {
		dial = imapclient.DialTLS
	}
	c, err := dial(p.servers.IMAP, opts)
	if err != nil {
		return fmt.Errorf("connecting to the IMAP server for %s: %w", p.who.Name, err)
	}
	p.client = c
	if err := c.Login(p.who.Address, p.servers.Password(p.who.Address)).Wait(); err != nil {
		return fmt.Errorf("logging %s in: %w", p.who.Name, err)
	}
	if !read {
		return nil
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		return fmt.Errorf("opening the inbox of %s: %w", p.who.Name, err)
	}
	p.next = 1
	return nil
}

func (p *mailProgram) close() {
	if p.client != nil {
		p.client.Close()
	}
}

// fetch reads what is new in the inbox.
func (p *mailProgram) fetch() error {
	set := imap.UIDSet{}
	set.AddRange(p.next, 0)
	section := &imap.FetchItemBodySection{}
	got, err := p.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return fmt.Errorf("reading the inbox of %s: %w", p.who.Name, err)
	}
	for _, g := range got {
		if g.UID < p.next { // n:* always returns the last message (RFC 9051 section 9)
			continue
		}
		p.next = g.UID + 1
		m, err := message.Parse(g.FindBodySection(section))
		if err != nil {
			return fmt.Errorf("reading a mail of %s: %w", p.who.Name, err)
		}
		p.unread = append(p.unread, m)
	}
	return nil
}

// await returns the first unread mail that matches, waiting for it in IDLE, with a look of its own now and then.
func (p *mailProgram) await(ctx context.Context, match func(*received) bool) (*received, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { p.client.Close() })
	defer stop()
	for {
		if err := p.fetch(); err != nil {
			return nil, errors.Join(ctx.Err(), err)
		}
		for i, m := range p.unread {
			if match(m) {
				p.unread = append(p.unread[:i:i], p.unread[i+1:]...)
				return m, nil
			}
		}
		if err := p.idle(ctx); err != nil {
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

func (p *mailProgram) idle(ctx context.Context) error {
	idle, err := p.client.Idle()
	if err != nil {
		return fmt.Errorf("waiting for mail to %s: %w", p.who.Name, err)
	}
	look := time.NewTimer(2 * time.Second)
	defer look.Stop()
	select {
	case <-p.news:
	case <-look.C:
	case <-ctx.Done():
	}
	if err := idle.Close(); err != nil {
		return fmt.Errorf("waiting for mail to %s: %w", p.who.Name, err)
	}
	return idle.Wait()
}

// count tells how many mails a folder of the account holds; a folder that is not there holds none.
func (p *mailProgram) count(folder string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, err := p.client.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
	var no *imap.Error
	if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", folder, err)
	}
	return int(*data.NumMessages), nil
}
