package interpret

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A visit is told of by somebody who comes, a day and a time of day. No verb needs to ask for it.

var (
	inspecting  = cue("inspects")
	notVisits   = cue("no_visit")
	visitorNoun = cue("visitor_nouns")
)

// labelledWindow reads when the visit of a record starts and ends: from its own labels, else from those of arrival and departure around it.
func (rd *reader) labelledWindow(rec *record, rest string) (starts, ends *string) {
	text, behind := rec.values["date"]+" "+rec.values["time"], ""
	if starts, ends = window(text, rd.m.Date); starts != nil {
		return starts, ends
	}
	for _, s := range labelSayings(strings.Split(cut(rest, maxProse), "\n")) {
		switch s.field {
		case "starts":
			text += " " + s.value
		case "ends":
			behind += " " + s.value
		}
	}
	return rd.startAndEnd(text, behind)
}

// startAndEnd reads a start and an end that have a label each: an end without a day is on the day of the start, and behind it.
func (rd *reader) startAndEnd(start, end string) (starts, ends *string) {
	if starts, ends = window(start+" - "+end, rd.m.Date); starts != nil {
		return starts, ends
	}
	if starts, ends = window(start, rd.m.Date); starts == nil || ends != nil {
		return starts, ends
	}
	days, rest := daysIn(end, rd.m.Date)
	times := timesIn(rest, nil)
	day, clock, _ := strings.Cut(*starts, "T")
	if len(days) == 0 && len(times) == 1 {
		if e := at(day, times[0].minutes); *e > day+"T"+clock {
			ends = e
		}
	}
	return starts, ends
}

// visitUp makes a visit of a text that asks for nothing else, tells that somebody comes or sees something of ours, and gives a day to come
// and a time of day: "Two auditors, Mr Doe and Ms Roe, wish to see our cabinets on …".
func (rd *reader) visitUp(scenes []scene, text string) {
	for i := range scenes {
		if sc := &scenes[i]; sc.action != "" || len(assignedRoles(sc)) > 0 || sc.says(notVisits) {
			return
		}
	}
	if rd.prose(text).all.says(callsOff) {
		return
	}
	var coming []*scene
	for i := range scenes {
		if sc := &scenes[i]; len(sc.names) > 0 && !sc.question && comesHere(sc) {
			coming = append(coming, sc)
		}
	}
	if len(coming) == 0 {
		return
	}
	if sc := rd.undated(coming, text); sc != nil {
		sc.asks, sc.action = true, ScheduleVisit
		return
	}
	starts, _ := window(text, rd.m.Date)
	timed := starts != nil && rd.lies(*starts)
	for _, sc := range coming {
		if timed || starts == nil && !sc.says(otherVisits) && sc.says(sites) && sc.says(inspecting) && sc.says(comes, words.Verbs.of[ScheduleVisit].list) && sc.says(willWords) {
			sc.asks, sc.action = true, ScheduleVisit
			return
		}
	}
}

// undated is the sentence that tells of a visitor to come on a day that is not known yet: "got an auditor in sometime next week, Jane Doe. She
// has to see the racks. Will tell you the day."
func (rd *reader) undated(coming []*scene, text string) *scene {
	all := &rd.prose(text).all
	follows := all.says(dayFollows)
	if !follows && !(all.says(someDay) && all.says(inspecting) && all.says(sites)) || all.says(otherVisits) {
		return nil
	}
	for _, sc := range coming {
		if len(sc.names) != 1 || sc.says(goneBy) {
			continue
		}
		if announcesVisitor(sc) || follows && saysVisit(sc) && sc.says(sites) {
			return sc
		}
	}
	return nil
}

// announcesVisitor says whether a sentence tells that a visitor comes: "got an auditor in", "expecting a surveyor".
func announcesVisitor(sc *scene) bool {
	if !sc.says(visitorNoun) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].in(visitorNoun) && (i+1 < len(sc.tokens) && sc.tokens[i+1].in(placeOn) || sc.says(comeWords, bringsIn)) {
			return true
		}
	}
	return false
}

var (
	dayFollows, someDay = cue("day_follows"), cue("some_day")
	goneBy, bringsIn    = cue("gone_by"), cue("brings_in")
)

var willWords, callsOff = cue("will"), cue("calls_off")

// letsIn says whether a wish to give somebody access is about a visit: it gives no role, but says where to and at what time.
func (rd *reader) letsIn(sc *scene) bool {
	if len(sc.roles) > 0 || len(sc.names) == 0 || !sc.says(visitedPlaces) || sc.says(otherVisits, words.Not) {
		return false
	}
	starts, _ := window(sc.text, rd.m.Date)
	return starts != nil && rd.lies(*starts)
}

// lies says whether a time is not before the day the mail was sent.
func (rd *reader) lies(starts string) bool {
	day, _, _ := strings.Cut(starts, "T")
	return rd.m.Date.IsZero() || day >= rd.m.Date.Add(-12*time.Hour).Format(dayLayout)
}

// comesHere says whether a sentence tells that somebody comes, is a visitor, or looks at or works on something of ours.
func comesHere(sc *scene) bool {
	if sc.says(comes) || saysVisit(sc) || attends(sc) || sc.says(visitorNoun) {
		return true
	}
	return sc.says(inspecting) && sc.says(sites) && slices.ContainsFunc(sc.tokens, func(t token) bool { return t.in(inspecting) })
}

var awaitWords, awaitedNouns = cue("awaits"), cue("awaited")

// awaits says whether somebody is expected here: the name stands right behind the verb, or what the person is between them, "we expect a
// service engineer, Mr Doe, on …". What comes from somebody is a thing, and whoever is expected to do something need not come.
func awaits(sc *scene) bool {
	if len(sc.names) == 0 || !sc.says(awaitWords) || sc.says(notVisits) {
		return false
	}
	n := sc.names[0]
	if last := &sc.tokens[n.to-1]; last.joints&apostrophe != 0 || n.to+1 < len(sc.tokens) && sc.tokens[n.to].in(awaitedTo) {
		return false
	}
	for i := range n.from {
		if end := sc.starts(i, awaitWords); end > 0 {
			return end == n.from || sc.within(end, n.from, awaitedNouns) && !slices.ContainsFunc(sc.tokens[end:n.from], comesFrom)
		}
	}
	return false
}

var awaitedTo = cue("awaited_to")

// comesFrom says whether a token joins a thing to whom it is from.
func comesFrom(t token) bool {
	return t.in(ofWords) || t.in(forWords) || t.in(andWords) || t.kind == markToken && t.text != ","
}

// onlyComing says whether a clause tells that somebody comes at a time, and not what for.
func onlyComing(text, name string) bool {
	if !isASCII(text) {
		return false
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(text, nil)
	if len(p.tokens) == 0 || !strings.Contains(text, cmp.Or(name, text)) && !p.tokens[0].in(theyWords) && !p.tokens[0].in(words.Pronouns) {
		return false
	}
	if !hasDigit(text) {
		return p.says(aboutLetter)
	}
	return p.says(comes) && !p.says(toLeads, aimLead, forWords, becauseBehind, words.Because)
}
