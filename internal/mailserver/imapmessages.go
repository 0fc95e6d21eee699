package mailserver

import (
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// selected is a message with the sequence number that the client knows it by; 0 when it was not announced yet.
type selected struct {
	*storedMessage
	seq uint32
}

// numbers are the highest ones in use, which "*" stands for.
type numbers struct{ seq, uid uint32 }

// all returns all messages in order; the caller holds the account's lock.
func (v *view) all() ([]selected, numbers) {
	list := make([]selected, len(v.messages))
	var highest numbers
	for i, msg := range v.messages {
		list[i] = selected{msg, v.updates.EncodeSeqNum(uint32(i) + 1)}
		highest.seq = max(highest.seq, list[i].seq)
		highest.uid = uint32(msg.uid)
	}
	return list, highest
}

// choose returns the messages of a set, in order; the caller holds the account's lock.
func (v *view) choose(set imap.NumSet) []selected {
	list, highest := v.all()
	return slices.DeleteFunc(list, func(m selected) bool { return !m.in(set, highest) })
}

func (m selected) in(set imap.NumSet, highest numbers) bool {
	switch set := set.(type) {
	case imap.SeqSet:
		return m.seq != 0 && slices.ContainsFunc(set, func(r imap.SeqRange) bool {
			return within(m.seq, r.Start, r.Stop, highest.seq)
		})
	case imap.UIDSet:
		return slices.ContainsFunc(set, func(r imap.UIDRange) bool {
			return within(uint32(m.uid), uint32(r.Start), uint32(r.Stop), highest.uid)
		})
	default:
		return false
	}
}

// within tells whether n lies in a range whose ends may be "*", written 0, which is the highest number in use; the ends
// may come in either order (RFC 9051 section 9, seq-range).
func within(n, start, stop, highest uint32) bool {
	if start == 0 {
		start = highest
	}
	if stop == 0 {
		stop = highest
	}
	return min(start, stop) <= n && n <= max(start, stop)
}

// fetched is a message as it was when FETCH came: the reply is written without holding the lock.
type fetched struct {
	selected
	flags []imap.Flag
}

func (x *imapSession) snapshot(set imap.NumSet, markSeen bool) []fetched {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	var list []fetched
	for _, m := range x.view.choose(set) {
		if m.seq == 0 {
			continue
		}
		if markSeen && !x.view.readOnly && !m.flags.has(imap.FlagSeen) {
			m.flags.add([]imap.Flag{imap.FlagSeen})
			x.view.flagsChanged(m, nil)
			x.account.changed.raise()
		}
		list = append(list, fetched{m, m.flags.list()})
	}
	return list
}

// flagsChanged tells all who have the mailbox selected, except one.
func (v *view) flagsChanged(m selected, except *imapserver.SessionTracker) {
	seq := uint32(slices.Index(v.messages, m.storedMessage)) + 1
	v.tracker.QueueMessageFlags(seq, m.uid, m.flags.list(), except)
}

// Store changes flags.
func (x *imapSession) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	if x.view.readOnly {
		return errReadOnly
	}
	x.account.mu.Lock()
	for _, m := range x.view.choose(set) {
		switch change.Op {
		case imap.StoreFlagsSet:
			clear(m.flags)
			m.flags.add(change.Flags)
		case imap.StoreFlagsAdd:
			m.flags.add(change.Flags)
		case imap.StoreFlagsDel:
			m.flags.remove(change.Flags)
		}
		x.view.flagsChanged(m, x.view.updates)
	}
	x.account.changed.raise()
	x.account.mu.Unlock()
	if change.Silent {
		return nil
	}
	_, byUID := set.(imap.UIDSet)
	return x.Fetch(w, set, &imap.FetchOptions{Flags: true, UID: byUID})
}

// Expunge removes the messages flagged \Deleted, of the given UIDs only when there are any (UIDPLUS). The client hears of
// it with all others, by Poll.
func (x *imapSession) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if x.view.readOnly {
		// CLOSE, which comes with an empty writer, is then no error and removes nothing (RFC 9051 section 6.4.1).
		if *w == (imapserver.ExpungeWriter{}) {
			return nil
		}
		return errReadOnly
	}
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	in := func(*storedMessage) bool { return true }
	if uids != nil {
		chosen := x.view.choose(*uids)
		in = func(m *storedMessage) bool { return contains(chosen, m) }
	}
	x.view.expunge(func(m *storedMessage) bool { return m.flags.has(imap.FlagDeleted) && in(m) })
	x.account.changed.raise()
	return nil
}

func contains(list []selected, m *storedMessage) bool {
	return slices.ContainsFunc(list, func(s selected) bool { return s.storedMessage == m })
}

// Copy copies messages to another mailbox.
func (x *imapSession) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	_, data, err := x.copy(set, dest)
	return data, err
}

// copy returns no data when the set was empty: a COPYUID with empty sets would break the stream.
func (x *imapSession) copy(set imap.NumSet, dest string) ([]selected, *imap.CopyData, error) {
	m, err := x.account.find(dest)
	if err != nil {
		return nil, nil, refusal(imap.ResponseCodeTryCreate, "No such mailbox")
	}
	chosen := x.view.choose(set)
	if len(chosen) == 0 {
		return nil, nil, nil
	}
	data := &imap.CopyData{UIDValidity: m.uidValidity}
	for _, msg := range chosen {
		data.SourceUIDs.AddNum(msg.uid)
		data.DestUIDs.AddNum(m.append(msg.raw, msg.internalDate, msg.flags.list()))
	}
	x.account.changed.raise()
	return chosen, data, nil
}

// Move moves messages in one step (RFC 6851). The EXPUNGEs follow by Poll, to this client as to all others.
func (x *imapSession) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if !x.move {
		return &imap.Error{Type: imap.StatusResponseTypeBad, Text: "Unknown command"}
	}
	if x.view.readOnly {
		return errReadOnly
	}
	data, err := x.moveMessages(set, dest)
	if err != nil || data == nil {
		return err
	}
	return w.WriteCopyData(data)
}

func (x *imapSession) moveMessages(set imap.NumSet, dest string) (*imap.CopyData, error) {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	if x.account.mailboxes[dest] == x.view.mailbox {
		return nil, refusal(imap.ResponseCodeCannot, "Source and destination are the same mailbox")
	}
	chosen, data, err := x.copy(set, dest)
	if err != nil {
		return nil, err
	}
	x.view.expunge(func(m *storedMessage) bool { return contains(chosen, m) })
	return data, nil
}
