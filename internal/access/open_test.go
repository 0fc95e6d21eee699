package access_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
)

// decideMail decides on a mail with all open requests, and again with those that Seek wants, which must give the same.
func (w *world) decideMail(l *access.Lookup, bounced int64, in *access.Incoming) (*access.Outcome, error) {
	w.t.Helper()
	var random bytes.Buffer
	env := w.env()
	env.Rand = io.TeeReader(w.rand, &random)
	out, err := access.DecideMail(w.mailSituation(l, bounced), in, env)

	s := w.mailSituation(l, bounced)
	if s.Client != nil {
		open := s.Open
		s.Open = nil
		if s.Sought = access.Seek(s, in); s.Sought == nil {
			w.all++
		}
		s.Open = slices.DeleteFunc(open, func(r *access.Request) bool {
			invited := slices.ContainsFunc(s.Invitations, func(i *access.Invitation) bool { return i.Request == r })
			return !slices.Contains(s.Requests, r) && !invited && !s.Sought.Holds(r)
		})
	}
	env.Rand = &random
	few, fewErr := access.DecideMail(s, in, env)
	if errors.Is(fewErr, access.ErrMore) {
		w.more++
		return out, err
	}
	if !reflect.DeepEqual(out, few) || !reflect.DeepEqual(err, fewErr) {
		w.t.Fatalf("a mail by %s, with the open requests that were sought alone:\n%+v, %v, want\n%+v, %v", in.Author, few, fewErr, out, err)
	}
	return out, err
}

// What mails usually ask takes no more open requests than those that Seek thinks of.
func TestSeek(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do        func(w *world)
		all, more int
	}{
		"by address": {do: func(w *world) { w.ask("carol", jane("technician")) }},
		"by name":    {do: func(w *world) { w.ask("anna", said(interpret.ChangeRole, "Carol Second", "", "technician", "")) }},
		"whoever writes": {do: func(w *world) {
			w.deliver(letter{from: "carol", reading: interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Self: true, NewName: ptr("Carol C. Second")}}}})
		}},
		"details": {do: func(w *world) {
			w.ask("anna", add("Jane Doe", "jane@acme.example", "", "nights"))
			w.details("anna", said(interpret.AddUser, "Jane Doe", "", "technician", ""))
		}},
		"another address": {do: func(w *world) {
			w.ask("carol", jane("technician"))
			w.details("carol", said(interpret.AddUser, "Jane Doe", "j.doe@acme.example", "", ""))
		}},
		"approvals": {do: func(w *world) {
			w.ask("carol", jane("technician"))
			w.approve("anna")
			w.approve(sven)
			w.approve(sue)
		}},
		"status": {do: func(w *world) {
			w.deliver(letter{from: "anna", reading: interpret.Reading{Class: interpret.ClassReply, Commands: []interpret.Command{{Name: "status"}}}})
		}, all: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			tt.do(w)
			if w.all != tt.all || w.more != tt.more {
				t.Errorf("%d decisions with all open requests by Seek, want %d, and %d by ErrMore, want %d", w.all, tt.all, w.more, tt.more)
			}
		})
	}
}

// A decision that looks at requests which its situation leaves out is none.
func TestErrMore(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	lookup := &access.Lookup{Author: address(t, full("anna"))}
	in := &access.Incoming{Author: lookup.Author, Reading: asks(jane("technician")), Proof: proven}
	s := w.mailSituation(lookup, 0)
	s.Open, s.Sought = nil, &access.Sought{About: []string{"somebody@acme.example"}}
	if out, err := access.DecideMail(s, in, w.env()); !errors.Is(err, access.ErrMore) {
		t.Errorf("%+v, %v", out, err)
	}
}
