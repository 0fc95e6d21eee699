package mailserver

import (
	"maps"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// systemFlags are the flags that every mailbox has (RFC 9051 section 2.3.2).
var systemFlags = []imap.Flag{imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagSeen, imap.FlagDraft}

// flagSet holds flags under their lower-case names: flags are compared without case and shown as first written.
type flagSet map[string]imap.Flag

func newFlagSet(flags []imap.Flag) flagSet {
	s := make(flagSet, len(flags))
	s.add(flags)
	return s
}

func (s flagSet) add(flags []imap.Flag) {
	for _, f := range flags {
		key := strings.ToLower(string(f))
		if _, ok := s[key]; ok {
			continue
		}
		if i := slices.IndexFunc(systemFlags, func(sys imap.Flag) bool { return strings.EqualFold(string(sys), key) }); i >= 0 {
			f = systemFlags[i]
		}
		s[key] = f
	}
}

func (s flagSet) remove(flags []imap.Flag) {
	for _, f := range flags {
		delete(s, strings.ToLower(string(f)))
	}
}

func (s flagSet) has(f imap.Flag) bool {
	_, ok := s[strings.ToLower(string(f))]
	return ok
}

// list returns the flags, sorted.
func (s flagSet) list() []imap.Flag { return slices.Sorted(maps.Values(s)) }
