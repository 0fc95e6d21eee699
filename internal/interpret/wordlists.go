package interpret

import (
	"slices"
	"strings"
)

// spoken are the words of all known languages, merged: a mail often mixes two. answers are the languages in which an answer can
// be given, each for itself.
var spoken, answers = loadLexicon()

// words are the words of all known languages as lists that every text is searched for.
var words = newWordLists(spoken)

type wordLists struct {
	lexicon // what is looked up otherwise

	Titles, Particles, NotNames, Honorifics, Greetings, Please      list
	Ask, Pronouns, NoReason, Both, Refer, Self, Restrict, NotAWish  list
	RoleAfter, RoleFiller, RoleInstead, RoleOr                      list
	NewPerson, Gets, Not, Holds, Pronoun, Invitation, InCopy, Doubt list
	Question, InsteadOf, AtPresent, Because                         list
	Verbs                                                           verbLists
	Decide                                                          decideLists
	Commands                                                        map[string]*commandLists
	Asked                                                           map[string]list
	Details                                                         detailLists
	Changes                                                         changeLists
	cues                                                            map[string]list
}

func newWordLists(l lexicon) wordLists {
	w := wordLists{
		lexicon: l, Titles: newList(l.Titles...), Particles: newList(l.Particles...), NotNames: newList(l.NotNames...), Honorifics: newList(l.Honorifics...),
		Greetings: newList(l.Greetings...), Please: newList(l.Please...), Ask: newList(l.Ask...), Pronouns: newList(l.Pronouns...), NoReason: newList(l.NoReason...),
		Both: newList(l.Both...), Refer: newList(l.Refer...), Self: newList(l.Self...), Restrict: newList(l.Restrict...), NotAWish: newList(l.NotAWish...),
		RoleAfter: newList(l.RoleAfter...), RoleFiller: newList(l.RoleFiller...), RoleOr: newList(l.RoleOr...), NewPerson: newList(l.NewPerson...), Gets: newList(l.Gets...),
		Not: newList(l.Not...), Holds: newList(l.Holds...), Pronoun: newList(l.Pronoun...), Invitation: newList(l.Invitation...), InCopy: newList(l.InCopy...),
		Doubt: newList(l.Doubt...), Question: newList(l.Question...), InsteadOf: newList(l.InsteadOf...), Because: newList(l.Because...),
		RoleInstead: newList(followedBy(l.RoleInstead, "", " a", " as a", " as", " an", " the", " as an")...),
		AtPresent:   newList(precededBy(l.AtPresent, "", "contact ")...),
		Verbs:       newVerbLists(l.Verbs), Decide: newDecideLists(l.Decide), Commands: map[string]*commandLists{}, Asked: map[string]list{},
		Details: newDetailLists(l.Details), Changes: newChangeLists(l.Changes), cues: map[string]list{},
	}
	for _, name := range commandOrder {
		w.Commands[name] = newCommandLists(l.Commands[name])
	}
	for name, phrases := range l.Asked {
		w.Asked[name] = newList(phrases...)
	}
	for name := range cueLists {
		w.cues[name] = newList(l.Cues[name]...)
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

// cue is a list of cueLists.
func cue(name string) list {
	l, ok := words.cues[name]
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

func newVerbLists(m map[string][]string) verbLists {
	v := verbLists{of: map[Action]*verbs{}, headsOf: map[Action]list{}}
	var heads []string
	for action, key := range verbKey {
		v.of[action] = newVerbs(m[key])
		var mine []string
		for _, p := range m[key] {
			if head, _, _ := strings.Cut(p, " * "); !strings.HasSuffix(head, "*") {
				mine = append(mine, head)
			}
		}
		v.headsOf[action] = newList(mine...)
		heads = append(heads, mine...)
	}
	v.heads = newList(heads...)
	return v
}

var verbKey = map[Action]string{AddUser: "add", RemoveUser: "remove", ChangeRole: "change", ResendInvitation: "resend", ScheduleVisit: "visit"}

// decideLists are the words that answers to a question for approval are read by.
type decideLists struct {
	Approve, Reject, Yes, No, Before, Hold, Limits, Unable, Determiners, Objects, AfterNo, WithYes, Stop, Courtesy, Both, Except, Only,
	Negations, Doubts, Joins, BareNot, Callers, OwnClause, Demonstratives list
}

func newDecideLists(m map[string][]string) decideLists {
	of := func(name string) list { return newList(m[name]...) }
	return decideLists{
		of("approve"), of("reject"), of("yes"), of("no"), of("before"), of("hold"), of("limits"), of("unable"), of("determiners"), of("objects"),
		of("after_no"), of("with_yes"), of("stop"), of("courtesy"), of("both"), of("except"), of("only"),
		of("negations"), of("doubts"), of("joins"), of("bare_not"), of("callers"), of("own_clause"), of("demonstratives"),
	}
}

// commandLists are the phrases of one command by where they must stand.
type commandLists struct{ anywhere, begins, whole, firstLine list }

func newCommandLists(phrases []string) *commandLists {
	of := map[byte][]string{}
	for _, p := range phrases {
		if slices.Contains([]byte("^=1"), p[0]) {
			of[p[0]] = append(of[p[0]], p[1:])
		} else {
			of[0] = append(of[0], p)
		}
	}
	return &commandLists{newList(of[0]...), newList(of['^']...), newList(of['=']...), newList(of['1']...)}
}

// detailLists are the phrases of the details beyond name, address, role and reason.
type detailLists struct {
	labelOf       map[string]string
	blank         []string
	Yes, No, Hold list
	Prose         map[string]*yesNoLists
}

type yesNoLists struct{ Yes, No list }

func newDetailLists(w detailWords) detailLists {
	d := detailLists{labelOf: w.labelOf, blank: w.Blank, Yes: newList(w.Yes...), No: newList(w.No...), Hold: newList(w.Hold...), Prose: map[string]*yesNoLists{}}
	for _, field := range detailFields {
		d.Prose[field] = &yesNoLists{newList(w.Prose[field].Yes...), newList(w.Prose[field].No...)}
	}
	return d
}

// changeLists are the words of change_details.
type changeLists struct {
	To, Self, Email, Name, LanguageAsk, Access, AccessYes, AccessNo, Lead, LeadAsk, Becomes, Doubt list

	AccessTaken list            // what takes physical access away, the verb and what it takes
	Languages   map[string]list // each behind words that ask for it
}

func newChangeLists(m map[string][]string) changeLists {
	of := func(name string) list { return newList(m[name]...) }
	c := changeLists{
		To: of("to"), Self: of("self"), Email: of("email"), Name: of("name"), LanguageAsk: of("language_ask"),
		Access: of("access"), AccessYes: of("access_yes"), AccessNo: of("access_no"), Lead: of("lead"), LeadAsk: of("lead_ask"),
		Becomes: of("becomes"), Doubt: of("doubt"), Languages: map[string]list{},
	}
	c.AccessTaken = newList(crossed(followedBy(m["access_takes"], "", " the"), m["access"])...)
	for _, code := range languages {
		c.Languages[code] = newList(crossed(m["language_ask"], m["language_"+code])...)
	}
	return c
}

// languages are those that mails are written in.
var languages = []string{"en", "de"}
