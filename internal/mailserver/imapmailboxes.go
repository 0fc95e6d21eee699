package mailserver

import (
	"maps"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// hierarchyDelim separates mailbox names from those of their children.
const hierarchyDelim = '/'

// Create adds a mailbox, with its special use (RFC 6154).
func (x *imapSession) Create(name string, options *imap.CreateOptions) error {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	name = strings.TrimSuffix(name, string(hierarchyDelim))
	if _, err := x.account.find(name); err == nil {
		return refusal(imap.ResponseCodeAlreadyExists, "The mailbox exists already")
	}
	x.account.add(name, options.SpecialUse)
	return nil
}

// Delete removes a mailbox with its messages.
func (x *imapSession) Delete(name string) error {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	switch {
	case err != nil:
		return errNoMailbox
	case m.name == "INBOX":
		return refusal(imap.ResponseCodeCannot, "INBOX cannot be deleted")
	}
	delete(x.account.mailboxes, m.name)
	x.account.changed.raise()
	return nil
}

// Rename gives a mailbox another name; INBOX, whose renaming means something else (RFC 9051 section 6.3.6), keeps its own.
func (x *imapSession) Rename(name, newName string, _ *imap.RenameOptions) error {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	switch {
	case err != nil:
		return errNoMailbox
	case m.name == "INBOX":
		return refusal(imap.ResponseCodeCannot, "INBOX cannot be renamed")
	}
	newName = strings.TrimSuffix(newName, string(hierarchyDelim))
	if _, err := x.account.find(newName); err == nil {
		return refusal(imap.ResponseCodeAlreadyExists, "The mailbox exists already")
	}
	delete(x.account.mailboxes, m.name)
	m.name = newName
	x.account.mailboxes[newName] = m
	x.account.changed.raise()
	return nil
}

// Subscribe marks a mailbox as subscribed.
func (x *imapSession) Subscribe(name string) error { return x.setSubscribed(name, true) }

// Unsubscribe takes the mark away.
func (x *imapSession) Unsubscribe(name string) error { return x.setSubscribed(name, false) }

func (x *imapSession) setSubscribed(name string, subscribed bool) error {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	if err != nil {
		return errNoMailbox
	}
	m.subscribed = subscribed
	return nil
}

// List names the mailboxes that match, with special use and status where asked for.
func (x *imapSession) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: hierarchyDelim})
	}
	for _, data := range x.list(ref, patterns, options) {
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

func (x *imapSession) list(ref string, patterns []string, options *imap.ListOptions) []*imap.ListData {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	var list []*imap.ListData
	for _, name := range slices.Sorted(maps.Keys(x.account.mailboxes)) {
		m := x.account.mailboxes[name]
		matches := slices.ContainsFunc(patterns, func(p string) bool {
			return imapserver.MatchList(name, hierarchyDelim, ref, p)
		})
		if !matches || options.SelectSubscribed && !m.subscribed || options.SelectSpecialUse && len(m.specialUse) == 0 {
			continue
		}
		// Servers may send special-use attributes unasked (RFC 6154 section 2), and the common ones do.
		data := &imap.ListData{Mailbox: name, Delim: hierarchyDelim, Attrs: slices.Clone(m.specialUse)}
		if m.subscribed {
			data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
		}
		if options.ReturnStatus != nil {
			data.Status = m.status(options.ReturnStatus)
		}
		list = append(list, data)
	}
	return list
}

// Status answers STATUS.
func (x *imapSession) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	m, err := x.account.find(name)
	if err != nil {
		return nil, errNoMailbox
	}
	return m.status(options), nil
}

func (m *mailbox) status(options *imap.StatusOptions) *imap.StatusData {
	data := &imap.StatusData{Mailbox: m.name}
	total := uint32(len(m.messages))
	if options.NumMessages {
		data.NumMessages = &total
	}
	if options.NumRecent {
		data.NumRecent = new(uint32)
	}
	if options.UIDNext {
		data.UIDNext = m.uidNext
	}
	if options.UIDValidity {
		data.UIDValidity = m.uidValidity
	}
	if options.NumUnseen {
		unseen := total - m.count(imap.FlagSeen)
		data.NumUnseen = &unseen
	}
	if options.NumDeleted {
		deleted := m.count(imap.FlagDeleted)
		data.NumDeleted = &deleted
	}
	if options.Size {
		size := int64(0)
		for _, msg := range m.messages {
			size += int64(len(msg.raw))
		}
		data.Size = &size
	}
	return data
}

// Namespace answers NAMESPACE (RFC 2342): one personal namespace.
func (x *imapSession) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: hierarchyDelim}}}, nil
}
