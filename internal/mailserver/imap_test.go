package mailserver_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/mailserver"
)

func searchUIDs(t *testing.T, c *imapclient.Client, criteria *imap.SearchCriteria) []imap.UID {
	t.Helper()
	data, err := c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		t.Fatalf("UID SEARCH: %v", err)
	}
	return data.AllUIDs()
}

// fill appends n messages over IMAP, with Message-ID <i@test.example>.
func fill(t *testing.T, c *imapclient.Client, mailbox string, n int) {
	t.Helper()
	for i := range n {
		raw := crlf(fmt.Sprintf("From: =?utf-8?q?J=C3=BCrg?= <j@client.example>\nTo: %s\nSubject: Mail %d\nDate: Sat, 21 Nov 2026 12:00:00 +0000\nMessage-ID: <%d@test.example>\n\nbody %d\n", support, i+1, i+1, i+1))
		cmd := c.Append(mailbox, int64(len(raw)), &imap.AppendOptions{Time: clock})
		if _, err := cmd.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := cmd.Wait()
		if err != nil {
			t.Fatalf("APPEND: %v", err)
		}
		if data.UID != imap.UID(i+1) {
			t.Fatalf("APPENDUID %d, want %d", data.UID, i+1)
		}
	}
}

func TestSpecialUse(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	if err := c.Create("Handled", &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{imap.MailboxAttrFlagged}}).Wait(); err != nil {
		t.Fatal(err)
	}
	list, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true, ReturnStatus: &imap.StatusOptions{NumMessages: true}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]imap.MailboxAttr{}
	for _, m := range list {
		got[m.Mailbox] = m.Attrs
		if m.Status == nil || *m.Status.NumMessages != 0 {
			t.Errorf("status of %s: %+v", m.Mailbox, m.Status)
		}
	}
	want := map[string][]imap.MailboxAttr{
		"INBOX": nil, "Archive": {imap.MailboxAttrArchive}, "Junk": {imap.MailboxAttrJunk},
		"Sent": {imap.MailboxAttrSent}, "Trash": {imap.MailboxAttrTrash}, "Handled": {imap.MailboxAttrFlagged},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("LIST (-want +got):\n%s", diff)
	}
}

func TestFetchItems(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 2)
	selectMailbox(t, c, "INBOX")
	part := &imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierText, Partial: &imap.SectionPartial{Offset: 1, Size: 3}}
	list, err := c.Fetch(imap.UIDSetNum(2), &imap.FetchOptions{
		UID: true, Flags: true, Envelope: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{part},
	}).Collect()
	if err != nil || len(list) != 1 {
		t.Fatalf("FETCH: %d messages, error %v", len(list), err)
	}
	m := list[0]
	if m.SeqNum != 2 || m.UID != 2 || len(m.Flags) != 0 || m.RFC822Size != 174 || !m.InternalDate.Equal(clock) {
		t.Errorf("got seq %d, UID %d, flags %v, size %d, date %v", m.SeqNum, m.UID, m.Flags, m.RFC822Size, m.InternalDate)
	}
	if got := string(m.FindBodySection(part)); got != "ody" {
		t.Errorf("BODY[TEXT]<1.3> = %q, want ody", got)
	}
	from := []imap.Address{{Name: "Jürg", Mailbox: "j", Host: "client.example"}}
	want := &imap.Envelope{
		Date: clock, Subject: "Mail 2", From: from, Sender: from, ReplyTo: from,
		To: []imap.Address{{Mailbox: "support", Host: "provider.example"}}, MessageID: "2@test.example",
	}
	if diff := cmp.Diff(want, m.Envelope); diff != "" {
		t.Errorf("ENVELOPE (-want +got):\n%s", diff)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 5)
	selectMailbox(t, c, "INBOX")
	store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen, "$Handled"}, Silent: true}
	if err := c.Store(imap.UIDSetNum(2, 4), store, nil).Close(); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		criteria imap.SearchCriteria
		want     []imap.UID
	}{
		"from UIDNEXT on is the last message": {imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 6, Stop: 0}}}}, []imap.UID{5}},
		"range":                               {imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 3, Stop: 0}}}}, []imap.UID{3, 4, 5}},
		"sequence":                            {imap.SearchCriteria{SeqNum: []imap.SeqSet{imap.SeqSetNum(1)}}, []imap.UID{1}},
		"flag":                                {imap.SearchCriteria{Flag: []imap.Flag{"$handled"}}, []imap.UID{2, 4}},
		"no flag":                             {imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, []imap.UID{1, 3, 5}},
		"header":                              {imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "message-id", Value: "<3@TEST.example>"}}}, []imap.UID{3}},
		"decoded header":                      {imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "From", Value: "jürg"}}, UID: []imap.UIDSet{imap.UIDSetNum(1)}}, []imap.UID{1}},
		"absent header":                       {imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "X-None"}}}, nil},
		"body":                                {imap.SearchCriteria{Body: []string{"BODY 5"}}, []imap.UID{5}},
		"body not header":                     {imap.SearchCriteria{Body: []string{"Subject"}}, nil},
		"text":                                {imap.SearchCriteria{Text: []string{"subject: mail 1"}}, []imap.UID{1}},
		"since":                               {imap.SearchCriteria{Since: clock, UID: []imap.UIDSet{imap.UIDSetNum(1)}}, []imap.UID{1}},
		"before":                              {imap.SearchCriteria{Before: clock}, nil},
		"sent before":                         {imap.SearchCriteria{SentBefore: clock.AddDate(0, 0, 1), UID: []imap.UIDSet{imap.UIDSetNum(2)}}, []imap.UID{2}},
		"larger":                              {imap.SearchCriteria{Larger: 10_000}, nil},
		"not":                                 {imap.SearchCriteria{Not: []imap.SearchCriteria{{UID: []imap.UIDSet{{{Start: 2, Stop: 5}}}}}}, []imap.UID{1}},
		"or": {imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{
			{UID: []imap.UIDSet{imap.UIDSetNum(1)}}, {Body: []string{"body 2"}}}}}, []imap.UID{1, 2}},
	} {
		if diff := cmp.Diff(tt.want, searchUIDs(t, c, &tt.criteria)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSeenAndStatus(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 3)
	unseen := func() uint32 {
		t.Helper()
		data, err := c.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true, UIDNext: true, UIDValidity: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		if *data.NumMessages != 3 || data.UIDNext != 4 || data.UIDValidity == 0 {
			t.Errorf("STATUS: %d messages, UIDNEXT %d, UIDVALIDITY %d", *data.NumMessages, data.UIDNext, data.UIDValidity)
		}
		return *data.NumUnseen
	}
	selectMailbox(t, c, "INBOX")
	fetchAll(t, c)
	if n := unseen(); n != 3 {
		t.Errorf("after BODY.PEEK[] %d are unseen, want 3", n)
	}
	if err := c.Fetch(imap.SeqSetNum(1, 2), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Close(); err != nil {
		t.Fatal(err)
	}
	if n := unseen(); n != 1 {
		t.Errorf("after BODY[] of two %d are unseen, want 1", n)
	}
	if err := c.Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsDel, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if n := unseen(); n != 2 {
		t.Errorf("after taking \\Seen off one %d are unseen, want 2", n)
	}
	if _, err := c.Status("Nowhere", &imap.StatusOptions{NumMessages: true}).Wait(); err == nil {
		t.Error("STATUS of a missing mailbox was answered")
	}
}

func TestFlagsReachOtherSessions(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 1)
	selectMailbox(t, c, "INBOX")

	flags := make(chan []imap.Flag, 1)
	other := dial(t, s, support, &imapclient.UnilateralDataHandler{Fetch: func(m *imapclient.FetchMessageData) {
		if buf, err := m.Collect(); err == nil {
			flags <- buf.Flags
		}
	}})
	selectMailbox(t, other, "INBOX")
	idle, err := other.Idle()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsSet, Flags: []imap.Flag{imap.FlagAnswered, "$Handled"}}, nil).Collect()
	if err != nil || len(answer) != 1 {
		t.Fatalf("STORE: %d answers, error %v", len(answer), err)
	}
	want := []imap.Flag{"$Handled", imap.FlagAnswered}
	if diff := cmp.Diff(want, answer[0].Flags); diff != "" {
		t.Errorf("own answer (-want +got):\n%s", diff)
	}
	select {
	case got := <-flags:
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("other session (-want +got):\n%s", diff)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the other session heard nothing")
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestExamineChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 1)
	selectMailbox(t, c, "INBOX")
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err == nil {
		t.Error("STORE was allowed")
	}
	if err := c.Expunge().Close(); err == nil {
		t.Error("EXPUNGE was allowed")
	}
	if _, err := c.Move(imap.UIDSetNum(1), "Archive").Wait(); err == nil {
		t.Error("MOVE was allowed")
	}
	if err := c.UnselectAndExpunge().Wait(); err != nil {
		t.Errorf("CLOSE: %v, want no error", err)
	}
	selectMailbox(t, c, "INBOX")
	if got := searchUIDs(t, c, &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}); len(got) != 1 {
		t.Errorf("unseen messages %v, want the one", got)
	}
	if err := c.UnselectAndExpunge().Wait(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.CountMessages(support, "INBOX"); n != 0 || err != nil {
		t.Errorf("after CLOSE of a SELECT: %d messages, error %v; want 0", n, err)
	}
}

func TestMailboxesManaged(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	for _, step := range []struct {
		name string
		err  error
		ok   bool
	}{
		{"create", c.Create("Done", nil).Wait(), true},
		{"create again", c.Create("Done", nil).Wait(), false},
		{"rename", c.Rename("Done", "Filed", nil).Wait(), true},
		{"rename onto another", c.Rename("Filed", "Trash", nil).Wait(), false},
		{"rename INBOX", c.Rename("INBOX", "Old", nil).Wait(), false},
		{"subscribe", c.Subscribe("Filed").Wait(), true},
		{"unsubscribe", c.Unsubscribe("Filed").Wait(), true},
		{"delete", c.Delete("Filed").Wait(), true},
		{"delete again", c.Delete("Filed").Wait(), false},
		{"delete INBOX", c.Delete("inbox").Wait(), false},
	} {
		if (step.err == nil) != step.ok {
			t.Errorf("%s: %v", step.name, step.err)
		}
	}
	if err := c.Create("Done", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	before := selectMailbox(t, c, "Done").UIDValidity
	if err := c.Unselect().Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete("Done").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Create("Done", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if after := selectMailbox(t, c, "Done").UIDValidity; after == before {
		t.Errorf("UIDVALIDITY %d came back after delete and create", after)
	}
}
