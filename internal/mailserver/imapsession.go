package mailserver

import (
	"crypto/tls"
	"fmt"
	"io"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// imapServer configures one IMAP service, with MOVE or without.
func (s *Server) imapServer(move bool, startTLS *tls.Config, insecure bool) *imapserver.Server {
	caps := imap.CapSet{
		imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapUIDPlus: {}, imap.CapESearch: {},
		imap.CapListExtended: {}, imap.CapListStatus: {}, imap.CapStatusSize: {}, imap.CapSpecialUse: {},
		imap.CapCreateSpecialUse: {}, imap.CapLiteralPlus: {},
	}
	if move {
		caps[imap.CapMove] = struct{}{}
	}
	return imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &imapSession{server: s, move: move}, nil, nil
		},
		Caps:         caps,
		TLSConfig:    startTLS,
		InsecureAuth: insecure,
		Logger:       libraryLog{s.log},
	})
}

// imapSession is one client connection. imapserver calls its methods one at a time, except that Idle runs beside Close
// when the client hangs up.
type imapSession struct {
	server  *Server
	move    bool
	account *account // nil before login
	view    *view    // nil unless a mailbox is selected

	idleMu  sync.Mutex
	closed  bool
	idleEnd sync.WaitGroup
}

// view is a selected mailbox as one client sees it.
type view struct {
	*mailbox
	updates  *imapserver.SessionTracker
	readOnly bool
}

func refusal(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

var (
	errNoMailbox = refusal(imap.ResponseCodeNonExistent, "No such mailbox")
	errReadOnly  = refusal(imap.ResponseCodeNoPerm, "The mailbox was opened with EXAMINE")
)

// Close waits for an Idle that the client left by hanging up.
func (x *imapSession) Close() error {
	x.idleMu.Lock()
	x.closed = true
	x.idleMu.Unlock()
	x.idleEnd.Wait()
	return x.Unselect()
}

// Login checks the password.
func (x *imapSession) Login(user, password string) error {
	a, ok := x.server.login(user, password)
	if !ok {
		return imapserver.ErrAuthFailed
	}
	x.account = a
	return nil
}

// Select opens a mailbox, read-only for EXAMINE.
func (x *imapSession) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	if err != nil {
		return nil, errNoMailbox
	}
	x.view = &view{mailbox: m, updates: m.tracker.NewSession(), readOnly: options.ReadOnly}

	used := newFlagSet(systemFlags)
	firstUnseen := uint32(0)
	for i, msg := range m.messages {
		used.add(msg.flags.list())
		if firstUnseen == 0 && !msg.flags.has(imap.FlagSeen) {
			firstUnseen = uint32(i) + 1
		}
	}
	data := &imap.SelectData{
		Flags:             used.list(),
		NumMessages:       uint32(len(m.messages)),
		FirstUnseenSeqNum: firstUnseen,
		UIDNext:           m.uidNext,
		UIDValidity:       m.uidValidity,
	}
	if !options.ReadOnly {
		data.PermanentFlags = append(used.list(), imap.FlagWildcard)
	}
	return data, nil
}

// Unselect closes the mailbox without expunging.
func (x *imapSession) Unselect() error {
	if x.view != nil {
		x.view.updates.Close()
		x.view = nil
	}
	return nil
}

// Append stores a message that the client uploads.
func (x *imapSession) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the message to append: %w", err)
	}
	if int64(len(raw)) != r.Size() {
		return nil, fmt.Errorf("reading the message to append: %w", io.ErrUnexpectedEOF)
	}
	at := options.Time
	if at.IsZero() {
		at = x.server.now()
	}
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	if err != nil {
		return nil, refusal(imap.ResponseCodeTryCreate, "No such mailbox")
	}
	uid := m.append(raw, at, options.Flags)
	x.account.changed.raise()
	return &imap.AppendData{UIDValidity: m.uidValidity, UID: uid}, nil
}

// Poll writes what has happened to the selected mailbox since the last time.
func (x *imapSession) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if x.view == nil {
		return nil
	}
	return x.view.updates.Poll(w, allowExpunge)
}

// Idle announces every change at once (RFC 2177). imapserver's own Idle misses those between its reply and its first
// look at the queue.
func (x *imapSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	x.idleMu.Lock()
	if x.closed {
		x.idleMu.Unlock()
		return nil
	}
	x.idleEnd.Add(1)
	x.idleMu.Unlock()
	defer x.idleEnd.Done()

	for {
		changed := x.account.watch()
		if !x.server.currentFaults().IdleDeaf {
			if err := x.Poll(w, true); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}
