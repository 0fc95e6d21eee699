package interpret

import (
	"regexp"
	"strings"
)

// tellsWhy are the words by which a sentence without connective gives the reason of a wish: what somebody will do, or what has
// happened. A sentence with none of them is small talk.
var tellsWhy = anyOf(
	"replace*", "replacing", "replacement", "takes over", "take over", "took over", "taking over", "taken over", "taking the business", "join", "joins", "joined", "joining", "hired", "recruited", "contracted", "hiring",
	"starts", "started", "starting", "begins", "helps", "helping", "help me", "help us", "help out", "helps out", "work on", "works on", "working on", "works for", "works with", "work with", "works in", "worked",
	"responsible", "in charge", "looks after", "look after", "looking after", "lead", "leads", "leading", "runs", "run the", "run it", "run our", "run that", "running", "manages", "managing", "maintain*", "installs", "install", "installing",
	"migrat*", "upgrading", "opening", "opened", "expanding", "growing", "grown", "left", "leaving", "leaves", "has gone", "retire", "retired", "retires", "retiring", "stepping down", "promoted",
	"attending", "handles", "handle the", "handle our", "handling", "covers", "covering", "cover for", "cover the", "deputy", "backup for", "stand in", "stands in", "standing in", "surgery", "maternity", "parental", "sabbatical", "on leave", "on holiday",
	"our new", "my new", "we got a", "new hire", "new starter", "successor", "succeeds", "fixes", "fixing", "fix", "repair*", "mounting", "mounts", "mount", "swaps", "swapping", "swap", "audits", "auditing", "audit", "monitors", "monitoring",
	"moving", "moves to", "moved to", "relocat*", "commission*", "decommission*", "deploy*", "supervise*", "supervising", "coordinat*", "project", "need him", "need her", "need them", "need somebody", "need someone", "need access", "needs access to", "needs to be able", "needs to get", "has to", "will be *ing", "going to", "will do",
	"nobody can", "no one can", "somebody must be able to", "someone must be able to", "be able to", "every week", "every day", "each week", "weekly", "once a week", "on site", "on-site", "onsite", "on call", "on-call", "night shift", "shift", "shifts", "nephew", "assists", "assisting", "supports", "supporting",
	"do not work", "don't work", "does not work", "doesn't work", "no longer work", "no longer works", "no longer with", "no longer employed", "expired", "spam folder", "never received", "never got", "never arrived", "got lost", "never managed", "doesn't open", "does not open",
)

// noBackground are the words of sentences that say no reason: thanks, urgency, offers, questions of paper work, what we should do.
var noBackground = anyOf(
	"thank", "thanks", "grateful", "appreciate", "appreciated", "regards", "sincerely", "urgent", "urgently", "asap", "as soon as possible", "quickly", "in a hurry", "by tomorrow", "sorry", "apolog*", "hesitate", "let me know", "let us know", "get back to me", "contact me",
	"call me", "call us", "reach me", "reach us", "ping me", "feel free", "if you need", "if you have", "if anything", "any questions", "further information", "further details", "anything else", "paperwork", "tell me what", "hope this", "hope you", "i hope", "have a nice", "have a good", "looking forward", "look forward",
	"on its way", "will follow", "will send", "i'll send", "we'll send", "attached", "please find", "sent from", "confirm", "confirmation", "stays on the list", "stay on the list", "stay as they are", "all others", "in copy", "in cc", "previous ticket", "our ticket", "nothing else", "no need", "not be needed", "wrong address",
	"closed", "invoice", "parcel", "delivery", "disregard", "ignore", "i will be out", "i'll be out", "i am out", "i'm out", "at the airport", "stay as", "permission of", "a permanent badge", "needs a badge", "need a badge", "already has", "correct me", "he can wait", "she can wait", "can be called", "call him", "call her", "passport", "date of birth", "role is", "role should", "level is", "role would",
)

var notPurpose = anyOf("adding", "registering", "approving", "processing", "helping", "looking", "reading", "handling this", "taking care of this", "letting", "getting back", "bothering", "being", "coming back", "during", "everything", "something", "anything", "nothing")

// anyOf matches any of phrases in a text that flat made; a star stands for the rest of a word.
func anyOf(phrases ...string) *regexp.Regexp {
	for i, p := range phrases {
		phrases[i] = strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, `[^ ]*`)
	}
	return regexp.MustCompile(" (?:" + strings.Join(phrases, "|") + ") ")
}

var clauseBreak = regexp.MustCompile(`[,;:]\s+(?:(?:and|so|but|hence|therefore)\s+)?|\s+[-–—]+\s+|\s+so\s+(?:please|pls|could|can|i'd|we'd|would|kindly)\b|\s+and\s+(?:he|she|they|it|should|please|therefore)\b|\s+(?:please|pls)\s|\s+we want\b`)

// span is a piece of a sentence by byte positions.
type span struct{ from, to int }

// clauses cuts a sentence at its marks and where a wish begins. The word that begins a clause stays with it.
func clauses(text string) []span {
	var out []span
	from := 0
	for _, at := range clauseBreak.FindAllStringIndex(strings.ToLower(text), -1) {
		if len(strings.ToLower(text)) != len(text) {
			break
		}
		m := text[at[0]:at[1]]
		if insideBrackets(text, at[0]) {
			continue
		}
		next := at[1]
		if first := strings.ToLower(strings.TrimLeft(m, " ,;:-–—")); strings.TrimSpace(first) != "" {
			next = at[1] - len(strings.TrimLeft(m, " ,;:-–—"))
		}
		out = append(out, span{from, at[0]})
		from = next
	}
	return append(out, span{from, len(text)})
}

func insideBrackets(s string, i int) bool {
	return strings.Count(s[:i], "(") > strings.Count(s[:i], ")")
}

// background returns the clauses of a sentence that tell why: neither wish, question, address nor role, with a word that tells what
// somebody does or what has happened.
func (rd *reader) background(sc scene) *string {
	if sc.question && !sc.asks {
		return nil
	}
	best, begin := span{}, -1
	flush := func(end int) {
		if begin >= 0 && (best.to == 0 || end-begin > best.to-best.from) && rd.reasonable(sc.text[begin:end]) {
			best = span{begin, end}
		}
		begin = -1
	}
	last := 0
	for _, c := range clauses(sc.text) {
		if !rd.aside(sc.text[c.from:c.to]) {
			flush(last)
		} else if begin < 0 {
			begin = c.from
		}
		last = c.to
	}
	flush(last)
	if best.to == 0 {
		return nil
	}
	return trimReason(sc.text[best.from:best.to])
}

// aside says whether a clause asks for nothing and gives nobody an address or a role.
func (rd *reader) aside(text string) bool {
	f := flat(text)
	if f == " " || asksItself(f) || noBackground.MatchString(f) {
		return false
	}
	sc := rd.sceneOf(text)
	if len(assignedRoles(sc)) > 0 && !descriptive(f) {
		return false
	}
	for i, t := range sc.tokens {
		if t.kind == addressToken {
			if _, ok := adjacentName(sc, i); !ok || len(sc.tokens)-i < 4 {
				return false
			}
		}
	}
	return true
}

// descriptive says whether a clause says what somebody is, "our new treasurer".
func descriptive(f string) bool { return mentions(f, []string{"is our new", "is my new"}) }

// asksItself says whether a clause is a wish, not merely about being able to do something.
func asksItself(f string) bool {
	for _, p := range []string{"be able to", "should be able to", "has to", "have to", "needs to be able to", "must be able to", "needs to get", "need him", "need her", "need them", "need somebody", "need someone", "nobody can", "no one can", "i need to be able to", "we need to", "who can", "he can", "she can", "they can", "so he could", "which could"} {
		f = strings.ReplaceAll(f, " "+p+" ", " ")
	}
	return mentions(f, words.Ask)
}

// reasonable says whether a piece of text tells why: long enough and with a word that does.
func (rd *reader) reasonable(text string) bool {
	f := flat(text)
	return len(strings.Fields(f)) >= 3 && tellsWhy.MatchString(f) && !noBackground.MatchString(f)
}

var leading = regexp.MustCompile(`(?i)^(?:(?:hi|hello|hey|dear)\b[^,.]{0,20},\s*)?(?:(?:and|but|so|because|since|also|well|hi|hello|hey|dear support|there|who)\b[\s,!]*)+`)

// trimReason takes the joining word in front and the stop behind off a reason.
func trimReason(s string) *string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), " ,;:–—-.!\"")
	return clean(leading.ReplaceAllString(s, ""))
}

var (
	purposeFor = regexp.MustCompile(`(?i)\bfor (?:the|our|a|an|his|her|their)\s+([^,.;:!?()<>@]{3,80}?\b(?:project|migration|upgrade|rollout|roll-out|build|installation|maintenance|renewal|replacement|audit|move|deployment|refresh|commissioning|decommissioning|relocation|works|cabling|shift))\b`)
	purposeTo  = regexp.MustCompile(`(?i)\b((?:in order )?to|so as to|so (?:that )?(?:he|she|they|we)|so we) (replace|install|fix|repair|swap|check|inspect|maintain|upgrade|migrate|mount|audit|service|handle|help|support|manage|look after|work on|take over|cover|deploy|run|carry out|perform|do|test|pull|assist|collect|pick up|open|pay|approve|download|can|may|could|is able|are able)\b([^,;?!]*)`)
)

var purposeIng = regexp.MustCompile(`(?i)\bfor (\w+ing\s[^,;?!()<>@]{6,})`)

// factOnly are clauses about the person that say neither why nor what for.
var factOnly = anyOf("only one name", "single name", "no surname", "no last name", "approved", "already", "date of birth", "passport", "knows about", "agrees", "agreed", "is fine with", "is aware")

// purpose reads "to replace the DVR" and "for the Oslo project" in a sentence that asks.
func purpose(sc scene) *string {
	if !sc.asks && sc.action == "" && len(sc.names) == 0 {
		return nil
	}
	if at := purposeTo.FindStringSubmatchIndex(sc.text); at != nil && !addressRE.MatchString(sc.text[at[4]:at[7]]) {
		from := at[4]
		if strings.HasPrefix(strings.ToLower(sc.text[at[2]:at[3]]), "so ") && !strings.HasPrefix(strings.ToLower(sc.text[at[2]:at[3]]), "so as") {
			from = at[2] + len("so ")
		}
		return trimReason(sc.text[from:at[7]])
	}
	if at := purposeIng.FindStringSubmatchIndex(sc.text); at != nil && !notPurpose.MatchString(flat(sc.text[at[2]:at[3]])) {
		return trimReason(sc.text[at[2]:at[3]])
	}
	if at := purposeFor.FindStringSubmatchIndex(sc.text); at != nil {
		return trimReason(sc.text[at[0]+len("for ") : at[3]])
	}
	return nil
}
