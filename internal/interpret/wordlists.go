package interpret

import (
	"strings"
	"sync"
)

// words are the words of all known languages, merged, as a mail often mixes two: as lists that every text is searched for. Only load
// reads the language files, so that a program that reads no mail does not pay for them.
var words = newWordLists()

// answers are the languages in which an answer can be given, each for itself.
var answers []*tongue

// Prepare does now what the first text to be read would have to wait for, a tenth of a second: whoever will read mails does it
// while they are fetched.
func Prepare() { load() }

// load reads the language files and makes all that is looked up in them, once. Whatever reads a text comes behind it.
var load = sync.OnceFunc(func() {
	spellLetters()
	var each []lexicon
	each, answers = loadLexicons()
	words.lookups = newLookups(each)
	words.Details.setLabels(each)
	machine = newMachineTables(each)
	topicWords = loadTopics(each)
	b := newIndexBuilder()
	b.fill(each)
	for action, key := range verbKey {
		for i := range each {
			words.Verbs.of[action].addGaps(b, each[i].Verbs[key], each[i].crossed[key], 1<<i)
		}
	}
	tellLanguages(b, each)
	// The peak of the memory at a start is here: from now on nothing looks at the files any more.
	phraseIndex = b.pack()
	indexOwn(answers)
	indexDeciding(answers)
	gatherRunOnWords()
	gatherSurnames(each)
	compileReasons()
	compileRewordings()
	openAnswers()
	compileExceptions()
	compileGreeting()
	compilePicks(words.Picks)
})

type wordLists struct {
	lookups // what is looked up otherwise

	Titles, Particles, NotNames, Honorifics, Greetings, Please      list
	Ask, Pronouns, NoReason, Both, Refer, Self, Restrict, NotAWish  list
	RoleAfter, RoleFiller, RoleInstead, RoleOr                      list
	NewPerson, Gets, Not, Holds, Pronoun, Invitation, InCopy, Doubt list
	Question, InsteadOf, AtPresent, Because                         list
	Verbs                                                           verbLists
	Decide                                                          decideLists
	Commands                                                        []commandLists // in commandOrder
	Asked                                                           map[string]list
	Details                                                         detailLists
	Changes                                                         changeLists
}

func newWordLists() wordLists {
	of := newListOf
	w := wordLists{
		Titles:     of(func(l *lexicon) []string { return l.Titles }),
		Particles:  of(func(l *lexicon) []string { return l.Particles }),
		NotNames:   of(func(l *lexicon) []string { return l.NotNames }),
		Honorifics: of(func(l *lexicon) []string { return l.Honorifics }),
		Greetings:  of(func(l *lexicon) []string { return l.Greetings }),
		Please:     of(func(l *lexicon) []string { return l.Please }),
		Ask:        of(func(l *lexicon) []string { return l.Ask }),
		Pronouns:   of(func(l *lexicon) []string { return l.Pronouns }),
		NoReason:   of(func(l *lexicon) []string { return l.NoReason }),
		Both:       of(func(l *lexicon) []string { return l.Both }),
		Refer:      of(func(l *lexicon) []string { return l.Refer }),
		Self:       of(func(l *lexicon) []string { return l.Self }),
		Restrict:   of(func(l *lexicon) []string { return l.Restrict }),
		NotAWish:   of(func(l *lexicon) []string { return l.NotAWish }),
		RoleAfter:  of(func(l *lexicon) []string { return l.RoleAfter }),
		RoleFiller: of(func(l *lexicon) []string { return l.RoleFiller }),
		RoleOr:     of(func(l *lexicon) []string { return l.RoleOr }),
		NewPerson:  of(func(l *lexicon) []string { return l.NewPerson }),
		Gets:       of(func(l *lexicon) []string { return l.Gets }),
		Not:        of(func(l *lexicon) []string { return l.Not }),
		Holds:      of(func(l *lexicon) []string { return l.Holds }),
		Pronoun:    of(func(l *lexicon) []string { return l.Pronoun }),
		Invitation: of(func(l *lexicon) []string { return l.Invitation }),
		InCopy:     of(func(l *lexicon) []string { return l.InCopy }),
		Doubt:      of(func(l *lexicon) []string { return l.Doubt }),
		Question:   of(func(l *lexicon) []string { return l.Question }),
		InsteadOf:  of(func(l *lexicon) []string { return l.InsteadOf }),
		Because:    of(func(l *lexicon) []string { return l.Because }),
		RoleInstead: of(func(l *lexicon) []string {
			return followedBy(l.RoleInstead, "", " a", " as a", " as", " an", " the", " as an")
		}),
		AtPresent: of(func(l *lexicon) []string { return precededBy(l.AtPresent, "", "contact ") }),
		Verbs:     newVerbLists(), Decide: newDecideLists(), Asked: map[string]list{}, Details: newDetailLists(), Changes: newChangeLists(),
	}
	for _, name := range commandOrder {
		w.Commands = append(w.Commands, newCommandLists(name))
	}
	for _, name := range askedNames {
		w.Asked[name] = of(func(l *lexicon) []string { return l.Asked[name] })
	}
	return w
}

func followedBy(phrases []string, ends ...string) []string {
	var out []string
	for _, p := range phrases {
		for _, end := range ends {
			out = append(out, p+end)
		}
	}
	return out
}

// crossed are all pairs of a phrase of a and one of b behind it.
func crossed(a, b []string) []string {
	var out []string
	for _, p := range b {
		out = append(out, followedBy(a, " "+p)...)
	}
	return out
}

func precededBy(phrases []string, starts ...string) []string {
	var out []string
	for _, p := range phrases {
		for _, start := range starts {
			out = append(out, start+p)
		}
	}
	return out
}

// cues are the lists of cueLists.
var cues = func() map[string]list {
	out := map[string]list{}
	for name := range cueLists {
		out[name] = newListOf(func(l *lexicon) []string { return l.Cues[name] })
	}
	return out
}()

// cue is a list of cueLists.
func cue(name string) list {
	l, ok := cues[name]
	if !ok {
		panic("no list of cues is called " + name)
	}
	return l
}

// verbLists are the verbs of each action.
type verbLists struct {
	of    map[Action]*verbs
	heads list // of all: what is forbidden by a "not" in front of it
	// headsOf are those of each action.
	headsOf map[Action]list
}

func newVerbLists() verbLists {
	v := verbLists{of: map[Action]*verbs{}, headsOf: map[Action]list{}}
	for action, key := range verbKey {
		v.of[action] = newVerbs(key)
		v.headsOf[action] = newListOf(func(l *lexicon) []string { return headsOf(l, key) })
	}
	v.heads = newListOf(func(l *lexicon) []string {
		var all []string
		for _, key := range verbKey {
			all = append(all, headsOf(l, key)...)
		}
		return all
	})
	return v
}

// headsOf are the first pieces of verbs, save those that stand for all words that begin so, and what is taken or given.
func headsOf(l *lexicon, key string) []string {
	var heads []string
	seen := map[string]bool{}
	take := func(head string) {
		if !seen[head] && !strings.HasSuffix(head, "*") && !has(l.Cues["belongings"], head) {
			heads = append(heads, head)
			seen[head] = true
		}
	}
	for _, p := range l.Verbs[key] {
		head, _, _ := strings.Cut(p, gapMark)
		take(head)
	}
	crossed := l.crossed[key]
	for head := range crossed.all() {
		take(head)
	}
	return heads
}

var verbKey = map[Action]string{AddUser: "add", RemoveUser: "remove", ChangeRole: "change", ResendInvitation: "resend", ScheduleVisit: "visit"}

// decideLists are the words that answers to a question for approval are read by.
type decideLists struct {
	Approve, Reject, Yes, No, Before, Hold, Limits, Unable, Determiners, Objects, AfterNo, WithYes, Stop, Courtesy, Both, Except, Only,
	Negations, Doubts, Joins, BareNot, Callers, OwnClause, Demonstratives, AfterYes, Questions, Rest, Range, Retract, Lead, Begins, Capacity, Wry, GoesOn, Parting, Bounds list
}

func newDecideLists() decideLists {
	of := func(name string) list { return newListOf(func(l *lexicon) []string { return l.Decide[name] }) }
	return decideLists{
		of("approve"), of("reject"), of("yes"), of("no"), of("before"), of("hold"), of("limits"), of("unable"), of("determiners"), of("objects"),
		of("after_no"), of("with_yes"), of("stop"), of("courtesy"), of("both"), of("except"), of("only"),
		of("negations"), of("doubts"), of("joins"), of("bare_not"), of("callers"), of("own_clause"), of("demonstratives"), of("after_yes"), of("questions"), of("rest"), of("range"), of("retract"), of("lead"), of("begins"), of("capacity"), of("wry"), of("goes_on"), of("parting"), of("bounds"),
	}
}

// commandLists are the phrases of one command by where they must stand.
type commandLists struct {
	name                               string
	anywhere, begins, whole, firstLine list
}

func newCommandLists(name string) commandLists {
	of := func(mark string) list {
		return newListOf(func(l *lexicon) []string {
			var out []string
			for _, p := range l.Commands[name] {
				if rest := strings.TrimLeft(p, "^=1"); p[:len(p)-len(rest)] == mark {
					out = append(out, rest)
				}
			}
			return out
		})
	}
	return commandLists{name, of(""), of("^"), of("="), of("1")}
}

// detailLists are the phrases of the details beyond name, address, role and reason.
type detailLists struct {
	labelOf       wordMap[string]
	longest       int     // of the labels
	pairs         pairSet // of them
	blank         []string
	Yes, No, Hold list
	Prose         map[string]*yesNoLists
	facts         []list // those of Prose
}

type yesNoLists struct{ Yes, No list }

func newDetailLists() detailLists {
	d := detailLists{Prose: map[string]*yesNoLists{}}
	d.Yes = newListOf(func(l *lexicon) []string { return l.Details.Yes })
	d.No = newListOf(func(l *lexicon) []string { return l.Details.No })
	d.Hold = newListOf(func(l *lexicon) []string { return l.Details.Hold })
	for _, field := range detailFields {
		d.Prose[field] = &yesNoLists{
			newListOf(func(l *lexicon) []string { return l.Details.Prose[field].Yes }),
			newListOf(func(l *lexicon) []string { return l.Details.Prose[field].No }),
		}
		d.facts = append(d.facts, d.Prose[field].Yes, d.Prose[field].No)
	}
	return d
}

func (d *detailLists) setLabels(each []lexicon) {
	for i := range each {
		w := &each[i].Details
		d.blank = append(d.blank, w.Blank...)
		for _, field := range keysOf(w.Labels) {
			for _, label := range w.Labels[field] {
				d.labelOf.set(label, field)
				d.longest = max(d.longest, len(label))
				d.pairs.add(label)
			}
		}
	}
	d.labelOf.pack()
}

// field is what a label is for, "" if that is not known.
func (d *detailLists) field(label string) string {
	f, _ := d.labelOf.get(label)
	return f
}

// changeLists are the words of change_details.
type changeLists struct {
	To, Self, Email, Name, LanguageAsk, Access, AccessYes, AccessNo, Lead, LeadAsk, Becomes, Doubt list

	AccessTaken list            // what takes physical access away, the verb and what it takes
	Languages   map[string]list // each behind words that ask for it
}

func newChangeLists() changeLists {
	of := func(name string) list { return newListOf(func(l *lexicon) []string { return l.Changes[name] }) }
	c := changeLists{
		To: of("to"), Self: of("self"), Email: of("email"), Name: of("name"), LanguageAsk: of("language_ask"),
		Access: of("access"), AccessYes: of("access_yes"), AccessNo: of("access_no"), Lead: of("lead"), LeadAsk: of("lead_ask"),
		Becomes: of("becomes"), Doubt: of("doubt"), Languages: map[string]list{},
	}
	c.AccessTaken = newListOf(func(l *lexicon) []string {
		return crossed(followedBy(l.Changes["access_takes"], "", " the"), l.Changes["access"])
	})
	for _, code := range languages {
		c.Languages[code] = newListOf(func(l *lexicon) []string { return crossed(l.Changes["language_ask"], l.Changes["language_"+code]) })
	}
	return c
}

// languages are those that mails are written in.
var languages = []string{"en", "de"}
