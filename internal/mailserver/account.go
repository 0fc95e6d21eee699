package mailserver

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// ErrUnknown means that there is no such user or mailbox.
var ErrUnknown = errors.New("mailserver: no such user or mailbox")

// account is one user and their mailboxes. A single lock guards all of them, so that COPY and MOVE are atomic and two
// moves in opposite directions cannot lock each other out. It is never held while writing to a client.
type account struct {
	address, password string

	mu              sync.Mutex
	mailboxes       map[string]*mailbox
	lastUIDValidity uint32
	changed         signal // raised after every change that a client may want to hear of
}

// mailbox is an IMAP mailbox; the account's lock guards it.
type mailbox struct {
	name        string
	uidValidity uint32
	uidNext     imap.UID
	specialUse  []imap.MailboxAttr
	subscribed  bool
	messages    []*storedMessage
	tracker     *imapserver.MailboxTracker
}

type storedMessage struct {
	uid          imap.UID
	raw          []byte // never changed
	internalDate time.Time
	flags        flagSet
}

// AddUser adds a local mailbox with INBOX, Sent, Junk, Archive and Trash. The address is the user name on all ports; mail
// to address+detail is delivered to it as well. Adding an address again replaces it.
func (s *Server) AddUser(address, password string) {
	a := &account{address: strings.ToLower(address), password: password, mailboxes: make(map[string]*mailbox)}
	a.add("INBOX", nil)
	a.add("Sent", []imap.MailboxAttr{imap.MailboxAttrSent})
	a.add("Junk", []imap.MailboxAttr{imap.MailboxAttrJunk})
	a.add("Archive", []imap.MailboxAttr{imap.MailboxAttrArchive})
	a.add("Trash", []imap.MailboxAttr{imap.MailboxAttrTrash})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[a.address] = a
}

// account finds the account that mail to address goes to: that address, else the one without its subaddress (RFC 5233).
func (s *Server) account(address string) (*account, error) {
	address = strings.ToLower(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[address]; a != nil {
		return a, nil
	}
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		user, _, _ := strings.Cut(address[:i], "+")
		if a := s.accounts[user+address[i:]]; a != nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrUnknown, address)
}

// login checks a user name and password.
func (s *Server) login(user, password string) (*account, bool) {
	s.mu.Lock()
	a := s.accounts[strings.ToLower(user)]
	s.mu.Unlock()
	if a == nil || subtle.ConstantTimeCompare([]byte(a.password), []byte(password)) != 1 {
		return nil, false
	}
	return a, true
}

// add creates a mailbox; the caller holds the lock.
func (a *account) add(name string, specialUse []imap.MailboxAttr) {
	a.lastUIDValidity++
	a.mailboxes[name] = &mailbox{
		name:        name,
		uidValidity: a.lastUIDValidity,
		uidNext:     1,
		specialUse:  specialUse,
		tracker:     imapserver.NewMailboxTracker(0),
	}
}

// find returns the named mailbox; the caller holds the lock.
func (a *account) find(name string) (*mailbox, error) {
	if strings.EqualFold(name, "INBOX") {
		name = "INBOX"
	}
	m := a.mailboxes[name]
	if m == nil {
		return nil, fmt.Errorf("%w: %s of %s", ErrUnknown, name, a.address)
	}
	return m, nil
}

// watch returns a channel that closes at the next change.
func (a *account) watch() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed.next()
}

// deliver puts a message into INBOX.
func (a *account) deliver(raw []byte, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, err := a.find("INBOX")
	if err != nil {
		return err
	}
	m.append(raw, at, nil)
	a.changed.raise()
	return nil
}

func (a *account) messages(name string) ([][]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, err := a.find(name)
	if err != nil {
		return nil, err
	}
	list := make([][]byte, len(m.messages))
	for i, msg := range m.messages {
		list[i] = msg.raw
	}
	return list, nil
}

func (a *account) resetUIDValidity(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	old, err := a.find(name)
	if err != nil {
		return err
	}
	a.add(old.name, old.specialUse)
	m := a.mailboxes[old.name]
	m.subscribed = old.subscribed
	for _, msg := range old.messages {
		m.append(msg.raw, msg.internalDate, msg.flags.list())
	}
	a.changed.raise()
	return nil
}

// append adds a message at the end and queues the EXISTS of all who have the mailbox selected.
func (m *mailbox) append(raw []byte, at time.Time, flags []imap.Flag) imap.UID {
	msg := &storedMessage{uid: m.uidNext, raw: raw, internalDate: at, flags: newFlagSet(flags)}
	m.uidNext++
	m.messages = append(m.messages, msg)
	m.tracker.QueueNumMessages(uint32(len(m.messages)))
	return msg.uid
}

// expunge removes the messages that remove selects and queues the EXPUNGEs, highest sequence number first so that the
// numbers of the others stay right.
func (m *mailbox) expunge(remove func(*storedMessage) bool) {
	kept := len(m.messages)
	for i := len(m.messages) - 1; i >= 0; i-- {
		if remove(m.messages[i]) {
			m.tracker.QueueExpunge(uint32(i) + 1)
			kept--
		}
	}
	messages := make([]*storedMessage, 0, kept)
	for _, msg := range m.messages {
		if !remove(msg) {
			messages = append(messages, msg)
		}
	}
	m.messages = messages
}

// copy is the mailbox as it is now, with nobody looking at it.
func (m *mailbox) copy() *mailbox {
	c := *m
	c.messages = nil
	for _, msg := range m.messages {
		own := *msg
		own.flags = newFlagSet(msg.flags.list())
		c.messages = append(c.messages, &own)
	}
	c.tracker = imapserver.NewMailboxTracker(uint32(len(c.messages)))
	return &c
}

func (m *mailbox) count(f imap.Flag) (n uint32) {
	for _, msg := range m.messages {
		if msg.flags.has(f) {
			n++
		}
	}
	return n
}
