package interpret

import (
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/seek"
)

// machine are the phrases of machine mail in all known languages: mail systems write in the reader's language, the writer's, or
// both.
var machine machineTables

type machineTables struct {
	AutoSubjects, AutoStarts, AutoPhrases, AbsenceSubjects, AbsenceStarts, ReceiptStarts, CalendarStarts, Challenge, BounceSubjects, BounceStarts, BouncePhrases, BounceOpenings,
	DelayPhrases, GaveUp, Returned pieces
}

func newMachineTables(each []lexicon) machineTables {
	var w machineWords
	for i := range each {
		w.merge(each[i].Machine)
	}
	return machineTables{
		newPieces(w.AutoSubjects), newPieces(w.AutoStarts), newPieces(w.AutoPhrases), newPieces(w.AbsenceSubjects), newPieces(w.AbsenceStarts), newPieces(w.ReceiptStarts), newPieces(w.CalendarStarts), newPieces(w.Challenge),
		newPieces(w.BounceSubjects), newPieces(w.BounceStarts), newPieces(w.BouncePhrases), newPieces(w.BounceOpenings),
		newPieces(w.DelayPhrases), newPieces(w.GaveUp), newPieces(w.Returned),
	}
}

// pieces are phrases that count wherever they stand.
type pieces struct {
	of    map[[pieceKey]byte][]string
	bits  [64]uint64 // of the hashes of keys: most places of a text have none
	table *seek.Table
}

const pieceKey = 3

func newPieces(phrases []string) pieces {
	p := pieces{of: map[[pieceKey]byte][]string{}, table: seek.NewTable(phrases)}
	for _, s := range phrases {
		key := [pieceKey]byte([]byte(s))
		p.of[key] = append(p.of[key], s)
		h := pieceHash(s)
		p.bits[h>>6] |= 1 << (h & 63)
	}
	return p
}

func pieceHash(s string) uint { return beginHash(s) & 4095 }

// at are the phrases that may begin s.
func (p *pieces) at(s string) []string {
	if len(s) < pieceKey {
		return nil
	}
	if h := pieceHash(s); p.bits[h>>6]&(1<<(h&63)) == 0 {
		return nil
	}
	return p.of[[pieceKey]byte{s[0], s[1], s[2]}]
}

// machineWords are what machines write: out-of-office notices, receipts, bounces. White space counts as one blank; a phrase counts
// wherever it stands, save that those of *_starts must begin the subject, and one word alone must end there or be followed by a
// mark. No word of a human subject may be listed alone, save in the lists of absence and receipts: people use their words, too, and
// are known by what they ask.
type machineWords struct {
	AutoSubjects    []string `yaml:"auto_subjects"`
	AutoStarts      []string `yaml:"auto_starts"`
	AutoPhrases     []string `yaml:"auto_phrases"`
	AbsenceSubjects []string `yaml:"absence_subjects"`
	AbsenceStarts   []string `yaml:"absence_starts"`
	ReceiptStarts   []string `yaml:"receipt_starts"`
	CalendarStarts  []string `yaml:"calendar_starts"`
	Challenge       []string `yaml:"challenge"`
	BounceSubjects  []string `yaml:"bounce_subjects"`
	BounceStarts    []string `yaml:"bounce_starts"`
	BouncePhrases   []string `yaml:"bounce_phrases"`
	BounceOpenings  []string `yaml:"bounce_openings"`
	DelayPhrases    []string `yaml:"delay_phrases"`
	GaveUp          []string `yaml:"gave_up"`
	Returned        []string `yaml:"returned"`
	RecipientBefore []string `yaml:"recipient_before"`
	NotRecipient    []string `yaml:"not_recipient"`
}

// lists are all lists of w.
func (w *machineWords) lists() []*[]string {
	return []*[]string{&w.AutoSubjects, &w.AutoStarts, &w.AutoPhrases, &w.AbsenceSubjects, &w.AbsenceStarts, &w.ReceiptStarts, &w.CalendarStarts, &w.Challenge, &w.BounceSubjects, &w.BounceStarts,
		&w.BouncePhrases, &w.BounceOpenings, &w.DelayPhrases, &w.GaveUp, &w.Returned, &w.RecipientBefore, &w.NotRecipient}
}

func (w *machineWords) merge(o machineWords) {
	theirs := o.lists()
	for i, mine := range w.lists() {
		*mine = append(*mine, *theirs[i]...)
	}
}

// folded lowers s and makes all white space one blank.
func folded(s string) string {
	if said, ok := foldPlain(s, utf8.UTFMax*len(s)); ok {
		return said
	}
	s = lower(s)
	if singleLine(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	return writeOnOneLine(&b, s)
}

// foldPlain is folded for a text without white space beyond ASCII, invisible characters and letters that others may change. Of a long one it
// reads no more words than give more than most bytes.
func foldPlain(s string, most int) (said string, ok bool) {
	var buf [512]byte // enough for most
	out := buf[:0]
	if len(s) > len(buf) {
		out = make([]byte, 0, len(s))
	}
	for i := 0; i < len(s); {
		c := s[i]
		if small := inWords[c]; small < utf8.RuneSelf {
			out = append(out, small)
			i++
			continue
		}
		if c < utf8.RuneSelf { // a blank
			if len(out) > most {
				break
			}
			if len(out) > 0 && out[len(out)-1] != ' ' {
				out = append(out, ' ')
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		small := lowerRune(r)
		if unchanged(r) {
			small = s[i : i+size]
		} else if small == "" || small[0] == ' ' || r <= noBreakSpace || r == softHyphen {
			return "", false
		}
		out = append(out, small...)
		i += size
	}
	return strings.TrimSuffix(string(out), " "), true
}

// Control characters are no more than the first.
const noBreakSpace, softHyphen = 0xa0, 0xad

// inWords are the bytes of ASCII that are no blanks, with small letters for large ones; all others are none of ASCII.
var inWords = func() (small [256]byte) {
	for i := range small {
		switch c := byte(i); {
		case c == ' ', c >= '\t' && c <= '\r':
			small[i] = utf8.RuneSelf
		default:
			small[i] = smallLetter(c)
		}
	}
	return small
}()

// in says whether s, which folded made, holds one of p.
func (p *pieces) in(s string) bool {
	for at := p.table.Next(s, 0); at >= 0; at = p.table.Next(s, at+1) {
		for _, x := range p.at(s[at:]) {
			if strings.HasPrefix(s[at:], x) && !asked(s[at+len(x):]) {
				return true
			}
		}
	}
	return false
}

// asked says whether a question mark follows at once: people ask "Ticket received?", machines do not.
func asked(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "？")
}

// begins says whether s, which folded made, starts with one of p. Behind one word alone the subject ends or has a mark: "Absence:
// Bob", not "Absence of our main contact".
func (p *pieces) begins(s string) bool {
	for _, x := range p.at(s) {
		rest, ok := strings.CutPrefix(s, x)
		next := strings.TrimLeft(rest, " ")
		switch {
		case !ok, asked(rest):
		case rest == "", strings.HasSuffix(x, ":"), strings.ContainsAny(next[:1], ":-(|,!/"), strings.HasPrefix(next, "–"), strings.HasPrefix(next, "："):
			return true
		case strings.Contains(x, " ") && !wordFollows(rest):
			return true
		}
	}
	return false
}
