package interpret

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// cueLists are the lists of words by which prose is read, and what each is for.
var cueLists = map[string]string{
	"behest": "in front of somebody at whose wish, or with whose knowledge, the author asks", "everybody_said": "stand for all who were asked about", "last_words": "number the last of them",
	"behest_behind": "behind them", "goods": "what is set up, made or ordered for somebody, and is no access to the reader", "made_for": "in front of them", "made_for_behind": "behind them", "made_for_runon": "in front of them, in a script without blanks",
	"their_consent": "what whoever lets something be done does behind their name", "reports": "right behind whoever only tells something", "may_go": "permit the reader to remove somebody, or what somebody has", "beside_them": "what somebody is to whoever stands in front of them in a list",
	"visitor_lists": "tell who comes: whoever is taken off one keeps their access", "circles": "the like: what people take part in",
	"verifies":       "ask whether something is so",
	"denial_between": "may stand between a denial and the access that is denied", "denied_by": "verbs that forbid with a denial", "has_words": "tell what somebody has now",
	"awaits": "in front of somebody who is expected here", "awaited": "what they are", "awaited_to": "behind them where they are not expected as visitors",
	"asks_first": "begin a question whose mark is left out",
	"own_name":   "in front of the author's whole name", "declines_behind": "names right behind them have the ending of a case", "one_more": "may stand between access_for and a role", "access_for": "in front of a role that somebody is to have", "need_not": "tell what somebody does not have to do", "no_need_to": "begin sentences about what the reader does not have to do", "no_because": "longer phrases with one of because that begin no reason", "off_list": "words of the listing that somebody is taken off, in front of the verb", "off_before": "what may begin such a wish, besides the words that ask", "self_intro": "in front of the author's name", "self_here": "behind it", "bid_to_write": "tell that somebody has bidden the author to write",
	"reader_did": "in front of deeds_told: what the reader said of the wish", "deeds_told": "what was said",
	"goes_on": "begin another deed, in a script without blanks", "own_registration": "what somebody has with the reader: no wish to register them", "so_that": "begin what is wished for, as a thing that has been done",
	"things": "what somebody has that is no access to the reader", "object_particles": "behind the object of a verb, in a script without blanks", "genitives": "join a name to what somebody has, in a script without blanks",
	"behind_genitive": "what somebody has, behind a name with the s of a genitive and no apostrophe",
	"own_future":      "begin sentences about what is to be done some day, not now",
	"points_back":     "with one of pointed_nouns behind them they point to the reason in front", "pointed_nouns": "why", "points_alone": "point to it alone",
	"plain_facts": "tell of somebody what is so as ever", "was_words": "in front of what somebody was", "once_held": "nouns of what that was",
	"until_when": "tell that what somebody was has ended", "around_times": "beside days and times of day",
	"said_past": "verbs that show no ending of one", "contractions": "behind an apostrophe they are verbs", "bare_modals": "of ask those that ask only where they begin a clause",
	"moved_things": "in front of a verb of change: no role is changed",
	"determiners":  "may stand between a role and the word that gives it", "articles": "those of determiners that begin a noun",
	"givers": "behind them a role is given", "make": "make Jane Doe a Technician", "and": "joins people or roles", "both": "both",
	"ours": "our Technician", "held_is": "with held_now behind the role: it is held", "held_now": "is Technician now",
	"form_reason": "words of labels that ask why", "form_why": "labels that ask why and are no label elsewhere",
	"role_answer_ends": "behind a role that is all of an answer, in scripts without blanks", "role_answer_is": "between a label and that role",
	"deputies":  "stand for somebody who stands in for the holder of a role",
	"for_all":   "in labels: what follows is of everybody in a form",
	"form_role": "words of labels that ask for a role", "form_other": "words of labels that ask for something else, or for somebody else",
	"asked_to_act": "behind a verb that asks: whom it asks", "as_well": "say that what was said of somebody holds for somebody else", "adds_self": "of verbs that add, with the author as their object", "as_role": "in front of the role that somebody is to have, or behind it", "not_forgotten": "in front of somebody for whom the wish is, too", "contact_for": "between as_role and a role", "between_people": "join the clause about somebody to that about somebody else, besides and", "person_articles": "in front of the titles of people", "elided_to": "between somebody and their role where the verb is left out", "tell_verbs": "in front of somebody who is to be told something", "role_verbs": "words of roles that are verbs, too", "as_role_within": "like as_role, anywhere in the sentence",
	"for_oneself": "ask for the author themselves", "auxiliaries": "verbs that help another one", "elided_adverbs": "may stand beside them where that one is left out",
	"conditions": "begin a condition", "nobody": "stand for nobody", "denials": "deny what a verb says, besides those that forbid", "giving": "begin what is only the act of giving a role",
	"wishes_for": "say that somebody would like something", "proposing": "begin a sentence that puts somebody forward",
	"wish_that": "begin a wish that tells how it ought to be", "since_when": "begin the words that tell since when something is so",
	"subjects": "begin the clause behind a purpose", "evident_wish": "want, allow, appoint or introduce",
	"evident_access": "what people have with a provider, or are in", "evident_not": "of mails about something else, or that only weigh a wish",
	"evident_aside": "the like of evident_not, beside somebody, a role or access alone", "their_wish": "in front of what somebody else wants or has to do",
	"about_letter": "of clauses about the mail itself, how somebody is reached, or what stays as it is", "small_talk": "of clauses that tell nothing of the wish",
	"since_follows": "behind since: it tells why",
	"go_away":       "behind what somebody has with the reader: they are to lose it", "go_away_then": "may follow go_away, besides a mark",
	"come_words":   "in front of what somebody comes to do",
	"needs_to":     "in front of what the author needs to do",
	"wants_told":   "ask to be told something besides the wish",
	"other_lists":  "are lists that give no access, and who is on them",
	"listed_by":    "in front of these where somebody is put there, or taken off",
	"one_person":   "stand for somebody to be added whom nobody names yet",
	"letter_words": "in sentences of languages that have about_letter",
	"thanks_ends":  "behind thanks that only end a sentence", "from_author": "what the author is to tell yet",
	"other_deeds": "verbs of wishes that give no role", "other_things": "what is added to somebody", "only_planned": "of texts that only weigh an addition, or tell of a false one",
	"author_opposes": "the author is against it", "who_asks": "begin questions about something done", "known_people": "introduce people who are contacts already",
	"evident_done": "tell of what was done", "evident_suffices": "beside a role: it is the right one",
	"lead_verbs": "begin a wish where a person stands behind them", "listings": "hold the people of a client", "put_verbs": "put somebody on a listing",
	"place_on": "between a person and the listing that they are put on", "go_verbs": "behind a name: the person comes on a listing",
	"same_again": "ask the same for somebody else", "announces": "ask to note what follows and nothing else", "reader": "the reader of the mail",
	"role_doubt": "leave the role to the reader", "copulas": "between somebody and what they are", "having": "in front of a role that somebody ought to have",
	"asks_about": "begin a question about something", "away": "take the role away", "person_nouns": "somebody without name", "from_company": "between these and a company",
	"as": "in front of what somebody is to be", "thanking": "begin thanks", "modals": "in front of a verb: it ought to be so",
	"ask_to_tell": "ask to tell something", "indirect": "begin what is to be told", "thanked_for": "what was done, behind thanks", "state_heads": "begin a question how things are",
	"again": "once more", "sites": "where visitors go", "attends": "in front of sites: somebody comes there", "several_people": "stand for several people who are named later",
	"introduces":     "in front of a name that a text gives",
	"states_nothing": "clauses that say nothing of what somebody does",
	"held_after":     "behind a role: it is not given", "held_before": "in front of a role: it is held now",
	"author_holds": "in front of a role: the author has it, or it is to be replaced", "author": "the author",
	"gets_role": "beside a role, in a wish to change one: somebody is to have it", "both_before": "in front of two roles that both_between joins", "both_between": "give a role elsewhere",
	"author_approves": "what the author does with what somebody asked, as the one who has a role",
	"role_nouns":      "speak of roles as such", "to": "to another role", "ask_more": "further wishes", "object": "him, her, them",
	"was_unable": "tell what somebody could not do", "of_company": "between a person and a company", "of_employer": "the like, in front of two large words, which no name has behind it", "of_visitors": "between a visitor and their company, and between the parts of names", "our_places": "to which people are added with us", "belongings": "what somebody has with us",
	"able_to": "in front of what somebody can do", "inspects": "what visitors do with what is at a site", "visitor_nouns": "visitors", "no_visit": "what a text speaks of that announces no visitor",
	"backs": "support what somebody else asks", "points_below": "point to what stands below or above", "leaves_out": "in front of somebody who is not to be dealt with",
	"all_of_them": "speak of some of several people or things", "another_one": "stand for an invitation spoken of before", "points_forwarded": "the like, for a mail that is forwarded", "asks_news": "ask how things stand", "no_action": "say that nothing is to be done", "held_with": "in front of a role that somebody has with the reader", "loses": "tell that somebody loses a role or a thing, or gives it back: a role beside them is not given", "will": "in front of what is going to happen", "pushes": "in front of a verb whose object is a pronoun: it is a wish", "self_object": "the author as the object of a verb", "as_any": "in front of a role: somebody is to have what all with it have", "in_stead": "somebody who has a role is to have another one", "concludes": "begin a clause that draws a conclusion", "carried": "belongings that a wish to add does not give", "takes_away": "in front of belongings: they are taken", "taken_away": "behind belongings: they are taken",
	"gives_access": "in front of belongings: they are given", "given_access": "behind belongings: they are given",
	"heading_add": "in front of a colon: the people behind it are to be added", "heading_remove": "the like, removed", "heading_change": "the like, with another role", "see_subject": "point to the subject", "subject_wish": "makes the subject a wish",
	"of_them": "his, her, theirs: of somebody named before", "own_role": "the author's own role", "needs": "tell that somebody needs what is named behind",
	"becomes": "in front of a role that somebody is to get", "for_visit": "for a visit", "plural": "take up several people", "they": "begins a clause about several people", "many": "speak of several people", "one": "speak of one person",
	"compared": "in front of a name: its bearer is only compared with", "not_compared": "endings of compared that are none",
	"comes": "with a day and a time of day: somebody comes", "gives_role": "in front of a role: it is given",
	"aim": "in front of what somebody is to do", "aim_next": "right behind aim: a verb or an activity", "aim_within": "behind aim: at the end of the clause",
	"because_behind": "behind a reason", "job_titles": "behind a name, in scripts without blanks", "reason_is": "begin a clause and say that what follows is the reason", "reason_opens": "in front of a colon they say that the reason follows", "reason_that": "may stand between such words and the reason", "reason_is_end": "end such a clause, in scripts without blanks",
	"author_comes": "tell that the author comes", "author_will": "the like with one of to_come in the clause", "to_come": "behind author_will", "visited_places": "what visitors come to", "comes_otherwise": "of texts with author_comes that announce no visit", "with_others": "tell that the author does not come alone",
	"calls_off":       "tell that a visit is not to be, or not then",
	"visitors_listed": "visitors, in the line above a list of them",
	"time_particles":  "behind days and times of day, in scripts without blanks, and who comes there",
	"clock":           "in front of a time of day", "clock_leads": "between a day and a time of day that is a lone number",
	"visitor_before": "in front of the name of somebody who comes, in scripts without blanks", "visitor_behind": "behind it",
	"header": "labels of header fields", "keeps": "behind a name: its bearer keeps what they have, or did something", "keeps_between": "may stand in front of these",
	"also_surnames": "small words of other languages that are surnames where they are written large behind a given name",
	"finite":        "verbs as they stand behind a name, not behind may or will",
	"also_names":    "are given names where they are written large within a sentence",
	"thanks":        "thanks that are a yes in another language",
	"from_role":     "in front of a role that somebody has, where one of to_role and another role follow it", "to_role": "the like",
	"from_behind":      "behind a role that somebody has, where another role follows it, in scripts without blanks",
	"denies_last":      "deny a verb that stands in front",
	"records":          "ask to note what was told",
	"set_up":           "in front of a name beside its address: that person is added",
	"gone":             "tell that somebody has left",
	"declines":         "ask in languages that put the endings of cases to names",
	"declined_endings": "which given names have there where they are declined, and hardly ever otherwise",
	"near":             "days that are near", "one_name": "say that somebody has one name only",
	"of": "stand in front of a name like a particle and are none behind of_before", "of_before": "account of, role of",
	"role_behind": "behind a role: it is given", "role_before": "in front of a role, without a blank: it is given",
	"runon_before": "in front of a name, without a blank", "runon_behind": "behind a name, without a blank", "runon_joins": "join a name, without a blank, to that of somebody in front, longer ones first", "no_name_holds": "words that no name of a script without blanks holds",
	"counted_nouns": "stand behind an ordinal that counts the people asked about", "count_nouns": "stand in front of the number of one of them",
	"stands_in": "say that somebody decides for the author",
	"besides":   "add one wish to another",
	"own":       "the author", "consents": "agree, behind own", "consent_nouns": "what is given where somebody agrees", "consent_gives": "in front of consent_nouns: they are given",
	"consent_given": "behind consent_nouns: they are given", "consent_has": "in front of consent_nouns, behind whom they are given to", "surely": "strengthen an answer",
	"act_leads": "in front of acts", "acts": "do what is asked", "may_be": "in front of acted", "acted": "what is done where it is approved", "is_now": "in front of decided_so", "decided_so": "what people and requests are where they are approved", "may_have": "in front of access",
	"content": "pleased with what is asked", "content_with": "behind content", "nothing_against": "tell that nothing is in the way",
	"states_fact": "say that what is asked is right", "confirm_that": "begin what the author confirms", "consent_small": "words beside an approval that change nothing",
	"refuses": "refuse, behind own", "refuses_with": "in front of refuses", "refused": "what is done where it is refused", "refuse_not": "in front of consents and acts: they are denied",
	"shall_not": "in front of acted and gets_access: they are denied", "gets_access": "what somebody refused must not", "none_of": "begin a denial", "shall": "in front of acted, behind none_of",
	"wants_not": "deny a wish for what is asked", "am_against": "oppose what stands behind", "regrets": "make of being unable a refusal", "unable_to": "in front of consents: unable",
	"no_to": "in front of whom a refusal is about", "dangers": "in a sentence beside an approval: they may limit, doubt or put it off", "signed_words": "of dangers, what lines of signatures hold", "defers": "in a sentence beside a refusal: they may put it off",
	"at_leisure": "conditions that are none", "verbs_told": "verbs of remarks", "tellers": "begin a remark", "another_time": "begin what is about other mails", "of_mails": "mails and forms",
	"offers": "begin an offer of contact", "wishes_well": "begin thanks and good wishes", "let_them": "in front of people and let_in", "let_in": "what people are let", "positive": "say that an answer is yes",
	"takes_as": "ask to take a mail for consent", "objections": "what nobody has who agrees", "nor_own": "the author, behind neither", "first_of": "where first does not put off", "takes_back": "in a sentence behind a refusal: they take it back", "no_dangers": "phrases with a word of dangers that is none", "no_defers": "the like of defers", "tells_them": "begin a message to somebody",
	"otherwise": "begin a sentence about something else", "signs_off": "begin what stands below a letter", "laughs": "laughter", "with_exceptions": "in front of how many are excepted", "exceptions": "those", "to_be": "between somebody and what is done with them", "self_is": "the author, in front of what they are doing", "turn_verbs": "with down_words behind somebody: they refuse", "down_words": "their other half",
	"send_verbs": "with sent behind somebody: they send what an approval leads to", "sent": "that", "makes": "in front of somebody and the role asked for: they give it",
	"would_like": "the author would like what follows", "to_have": "in front of access, behind whom the author would like to have it", "ought": "what stands behind ought to be done",
	"should_have": "in front of been and long_since: what is asked is overdue", "been": "behind should_have", "long_since": "since when, or where, somebody should have been",
	"would_be": "in front of pleasing", "pleasing": "what it would be to have something done", "get_done": "done",
	"governs": "bodies that may refuse for the author", "body_before": "in front of these, if of the author", "body_consents": "agree, behind a body", "body_refuses": "refuse, behind a body",
	"all_agree": "say that everybody agrees", "about_any": "behind nothing_against: whom it is about", "their_acts": "of the words of yes those that somebody else may have said",
	"agrees_with": "in front of whom the author agrees with", "served": "what a reader is thanked for, and small words beside it",
	"requested": "end a clause with that which tells what was asked for", "that_which": "begin it", "past_times": "in a remark on what somebody did they limit nothing",
	"who_left": "begins what is told of a predecessor", "is_here": "behind a name at the beginning: its bearer writes", "what_of_them": "in front of what is decided of whom an approval excepts",
	"this_is": "begin who somebody is", "own_people": "whose: the author's", "asked_for_it": "what is asked was asked for by whoever stands in front", "after_s": "behind a name with 's: that is short for is or has", "let_know": "with know_of behind somebody: they are told", "know_of": "know", "no_more": "begin what there shall be no more of, beside a refusal", "happy_to": "in front of consents and acts", "to_go": "what the author would like a request to do", "superiors": "in whose capacity somebody approves of their people", "leaves_us": "what a predecessor did", "gets_it": "somebody is given what is asked", "comes_for": "somebody comes in the place of whoever stands behind",
	"resolved": "tell of a decision", "not_to": "not to", "answer_is": "in front of what an answer has to be", "refusal_nouns": "a refusal", "set_out": "behind as: where something stands", "unsays": "take something back",
	"lead_ins": "begin a piece in front of an answer", "purposes": "begin what the author can do thereby", "your_things": "things of the reader's", "reverses": "in a remark behind a refusal: it may not be about whom that refuses", "cheering": "begin short words of praise", "nothing_more": "say that the author has nothing to add",
	"part_verbs": "with part_words behind somebody: verbs that take somebody up, \"set Jane up\"", "part_words": "their other half", "asks_you": "ask the reader for what stands behind", "nor": "nor",
	"what_asked": "begin a clause that tells what was asked for", "was_asked": "end it", "on_behalf": "in front of those for whom the author speaks", "bodies": "those, as a body",
	"apologies": "say sorry", "sorry_for": "in front of what one is sorry for", "is_not": "say of somebody that they are not, and no more", "closes_case": "what is asked for when a refusal is done",
	"group_nouns": "count people: the lot of them", "pairs": "those that count two", "line_numbers": "in front of a number of a line: Sl. No. 2",
	"others_meant": "the others", "identifiers": "beside numbers that count or limit nothing",
	"were": "tell what somebody was", "persons": "somebody", "our_people": "tell that somebody belongs to the author, or where they are", "trades": "what people are by trade", "praises": "tell what somebody is like, and speak for them",
	"case_endings":   "endings of names behind an apostrophe",
	"role_modifiers": "in front of a role they make it another one",
	"glue":           "may stand between a name and its address", "tells_address": "in front of an address: it is somebody's",
	"wish_before": "in front of a name: begins a wish", "wish_after": "behind a name: the wish is about it", "no_wish_after": "behind a name: the wish is not",
	"called": "in front of a name", "for": "for somebody", "in_list": "may stand between people of a list", "lone_before": "in front of a given name alone",
	"lone_after": "behind a given name alone", "verb_remove": "one word that removes", "verb_replace": "one word that replaces", "verb_add": "one word that adds", "verb_apart": "first words of verbs that add or remove whose other piece stands behind their object",
	"verb_take": "take off", "off": "take off", "verb_put": "put on", "on": "put on", "replaced_by": "with or by whom somebody is replaced",
	"is_role": "Raj is a Technician", "role_said": "behind a role that an answer names", "reason_word": "reason", "reason_lead": "in front of a reason",
	"reason_all": "begin a clause like they", "able": "say what somebody can or must do and ask nothing", "allowed": "the like, in front of a clause",
	"descriptive": "say what somebody is", "tells_why": "a sentence with one may be a reason", "no_background": "a sentence with one is none",
	"fact_only": "a clause with one says neither why nor what for", "lead_in": "begin a reason and are no part of it", "clause_joins": "begin a clause behind a mark",
	"clause_begins": "begin a clause that asks", "plural_endings": "of the last word of roles for several people", "purpose_for": "for the … project", "purpose_articles": "for the … project", "purpose_nouns": "for the … project", "purpose_to": "to repair",
	"purpose_so": "so that she can", "purpose_verbs": "to repair", "no_purpose": "behind for: no purpose", "abbreviations": "end no sentence with their stop",
	"counted": "behind a number that counts no person asked about", "form_notes": "what forms say to those who fill them in",
	"who": "begins a clause about the person named in front of it", "done_by": "between the times when a visit starts and ends", "uses": "in front of an address that is to be used for somebody",
	"set_up_them":   "add somebody who was named before",
	"denies_access": "take it back that somebody comes in the place of another",
	"succeeds":      "tell that somebody comes in the place of who is to be removed", "processes": "with a word that asks they are all of a note above the mail that it is about",
	"shortened_names": "names that people write short, with a stop: Md. for Mohammad", "asks_why": "begin a label that asks for the reason",
	"name_cases":    "endings of names in the cases of a language",
	"asked_objects": "what was asked, in front of of_asker or behind whoever asked", "of_asker": "between these and who asked",
	"yes_to": "behind a yes, in front of whom or what it is about", "no_before": "deny an objection", "neither": "the like, in front of two", "for_now": "phrases that limit an answer, or make it one about something else",
	"be": "in front of what is done", "persons_meant": "people, by pronoun", "colleagues": "what people are that is no role", "of_self": "the author, as an object",
	"opens_answer": "may stand in front of an imperative or a lone answer", "counted_people": "people and requests, behind their number", "everybody_asked": "written for the number of all of them",
	"asked_by": "in front of who asked", "told_when": "begin the time of a remark on what was", "beforehand": "end such a remark", "single_one": "speak of one person",
	"past_verbs": "verbs of what was", "answer_joins": "join a remark and an answer", "that": "begins a clause behind them", "but": "of those the one that contrasts",
	"access": "what is asked", "day_of_mail": "the day of the mail", "purpose_of": "behind the noun of a purpose, in front of whose or what for it is",
	"role_extras": "what goes with a role and is none",
	"unfit":       "behind a role and fit_verbs: it is not right for somebody", "fit_verbs": "verbs behind a role", "apart_from": "in front of a role: it is another one than that",
	"held_at": "behind what somebody is: they are so with us", "other_level": "ask for another role that is not named", "level_nouns": "a role, as something to be changed",
	"verb_change": "change a role", "gets_level": "in front of other_level", "takes_that": "take up what was told", "should": "begin a wish about somebody", "between": "small words behind these", "should_be": "end it",
	"leaver_forms": "in the subject of a form about somebody who leaves", "day_follows": "say that the day of a visit is not known yet", "some_day": "times that are no day", "gone_by": "of visits that were", "brings_in": "tell that a visitor comes", "other_visits": "where people meet that is none of our sites", "asks_advice": "begin a question for advice", "other_links": "what links lead to that are no invitations",
	"their_own":   "whose the role behind them is: one of the reader's people",
	"any_address": "label an address of any kind: of mail, if that is what stands behind them",
	"one_of":      "labels of reasons that count only alone", "pick_only": "only the first one", "pick_behind": "only the first one", "pick_not": "with them nothing is picked",
}

// beginnings are phrases in the order of their list, by their first byte.
type beginnings [256][]string

func beginningsOf(phrases iter.Seq[string]) *beginnings {
	var b beginnings
	for p := range phrases {
		b[p[0]] = append(b[p[0]], p)
	}
	return &b
}

// may says whether s, in any letter case, may begin with one of the phrases.
func (b *beginnings) may(s string) bool {
	return s != "" && slices.ContainsFunc(b[smallLetter(s[0])], func(p string) bool { return beginsFold(s, p) })
}

// of are the phrases that may stand at the beginning of s, which is in small letters.
func (b *beginnings) of(s string) []string {
	if s == "" {
		return nil
	}
	return b[s[0]]
}

// openings are the ASCII letters, made small, that some phrases begin with, by the first of them. An expression that begins with the
// phrases in any letter case, as whole words, is tried only where its text may begin with one.
type openings [utf8.RuneSelf][]begin

type begin struct {
	text   string
	behind follower
}

// follower is what stands behind a begin.
type follower uint8

const (
	anything follower = iota
	noLetter          // behind a whole phrase that ends in a letter or digit
	noASCII           // the rest of a phrase
)

// may says whether s, which a begin takes n bytes of, may go on so.
func (f follower) may(s string, n int) bool {
	switch f {
	case noLetter:
		return n == len(s) || !isASCIIAlnum(s[n]) || isDigit(s[n])
	case noASCII:
		return n < len(s) && s[n] >= utf8.RuneSelf
	}
	return true
}

func openingsOf(lists ...iter.Seq[string]) *openings {
	var o openings
	for _, list := range lists {
		for p := range list {
			end := 0
			for end < len(p) && p[end] < utf8.RuneSelf && p[end] != '*' {
				end++
			}
			if end == 0 {
				continue
			}
			b := begin{text: p[:end]}
			switch {
			case end < len(p) && p[end] != '*':
				b.behind = noASCII
			case end == len(p) && isASCIIAlnum(p[end-1]):
				b.behind = noLetter
			}
			if !slices.Contains(o[p[0]], b) {
				o[p[0]] = append(o[p[0]], b)
			}
		}
	}
	return &o
}

// firstWords are the first words of phrases: whatever stands between the words of a phrase, it begins with that. None begins with a star.
func firstWords(phrases iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for p := range phrases {
			if first, _, _ := strings.Cut(p, " "); !yield(first) {
				return
			}
		}
	}
}

// may says whether s may begin with one of the phrases.
func (o *openings) may(s string) bool {
	if s == "" || s[0] >= utf8.RuneSelf {
		return s != ""
	}
	for _, p := range o[smallLetter(s[0])] {
		if n := len(p.text); beginsFold(s, p.text) && (!isASCII(s[:n]) || p.behind.may(s, n)) {
			return true
		}
	}
	return false
}

// mayBehindBlank says whether a phrase may stand behind a blank of s.
func (o *openings) mayBehindBlank(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i-1] == ' ' && o.may(s[i:]) {
			return true
		}
	}
	return false
}

// mayInWords says whether a phrase may begin where a word of s does: behind anything but a letter or digit.
func (o *openings) mayInWords(s string) bool {
	for i := range len(s) {
		if (i == 0 || !isASCIIAlnum(s[i-1]) || s[i] >= utf8.RuneSelf) && o.may(s[i:]) {
			return true
		}
	}
	return false
}

// mayInTokens says whether a token of s may begin a phrase. Behind an address one may begin anywhere.
func (o *openings) mayInTokens(s string) bool {
	return strings.IndexByte(s, '@') >= 0 || o.mayInWords(s)
}

// beginsFold says whether s begins with p, which is of small ASCII letters, in any letter case. Letters that are none of ASCII may
// stand for one.
func beginsFold(s, p string) bool {
	if len(s) < len(p) {
		return false
	}
	for i := range len(p) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
		if smallLetter(s[i]) != p[i] {
			return false
		}
	}
	return true
}

func smallLetter(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// oneOf is a group of a regular expression that matches any of phrases. A star stands for the rest of a word.
func oneOf(phrases iter.Seq[string]) string {
	var quoted []string
	for p := range phrases {
		quoted = append(quoted, strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, `[^ ]*`))
	}
	return "(?:" + strings.Join(quoted, "|") + ")"
}
