package interpret

import (
	"slices"
	"strings"
)

// maxVisitors is how many visitors a list may have.
const maxVisitors = 20

// visitorList reads a list of visitors below a line that announces them: "please register these visitors for 8 December 2026, 9:00-12:00:". Each
// item is one person, with a company at the most.
func (rd *reader) visitorList(own string) []Request {
	if len(own) > maxProse {
		return nil
	}
	lines := strings.Split(own, "\n")
	for i, line := range lines {
		head, ok := strings.CutSuffix(strings.ReplaceAll(strings.TrimSpace(line), "：", ":"), ":")
		if !ok || !rd.announcesList(head) {
			continue
		}
		names, from, to := rd.visitorItems(lines, i+1)
		if len(names) == 0 {
			return nil
		}
		around := strings.Join(append(slices.Clone(lines[:i]), lines[to:]...), "\n")
		return rd.visitsOf(names, strings.Join(lines[i:from], "\n"), around)
	}
	return nil
}

// announcesList says whether the line above a list says that it is of visitors: their label, or a wish about them.
func (rd *reader) announcesList(head string) bool {
	if labelField(strings.TrimSpace(head)) == "visitor" {
		return true
	}
	sc := rd.sceneOf(head)
	if !sc.asks || sc.says(callsOff) || len(sc.names) > 0 || len(sc.roles) > 0 || sc.says(words.Not, goneBy, comesOtherwise) || sc.saysVerb(words.Verbs.of[RemoveUser]) {
		return false
	}
	label := func(t token) bool { return t.kind == wordToken && labelField(t.text) == "visitor" }
	return saysVisit(&sc) || sc.says(visitorsListed) || slices.ContainsFunc(sc.tokens, label)
}

var visitorsListed = cue("visitors_listed")

// visitorItems are the people of the items from lines[i] on, none if one of them is not plainly one person, and where the list begins and ends.
func (rd *reader) visitorItems(lines []string, i int) (names []string, from, to int) {
	for i < len(lines) && strings.TrimSpace(lines[i]) == "" {
		i++
	}
	for from = i; i < len(lines); i++ {
		item, _, ok := unbullet(lines[i])
		if !ok {
			break
		}
		one := rd.visitorsIn(item)
		if name, ok := cleanName(item); len(one) == 0 && ok && hasIdeograph(name) && wordCount(name) >= 2 {
			one = []string{name}
		}
		if len(one) != 1 || len(names) == maxVisitors {
			return nil, 0, 0
		}
		names = append(names, one[0])
	}
	return names, from, i
}

// visitsOf are the visits of people at the time and for the reason that the line above their list and the text around both tell.
func (rd *reader) visitsOf(names []string, head, around string) []Request {
	rest := head + "\n" + around
	if forbids(rest) || asksNothing(rest) {
		return nil
	}
	scenes := rd.scenes(rest)
	for i := range scenes {
		if sc := &scenes[i]; len(assignedRoles(sc)) > 0 || sc.action != "" && len(sc.names) > 0 {
			return nil // somebody else is asked for, too
		}
	}
	starts, ends := window(rest, rd.m.Date)
	if starts != nil && !rd.lies(*starts) {
		return nil
	}
	var reason *string
	for line := range strings.SplitSeq(around, "\n") {
		reason = either(reason, labelledReason(line))
	}
	for _, text := range []string{around, head} {
		if v := rd.reasonAround(text, len(names)); reason == nil && v != nil && !rd.givesNoReason(*v, person{}) && !onlyComing(*v, "") {
			reason = ptr(rd.withoutTimes(*v))
		}
	}
	var out []Request
	for _, name := range names {
		out = append(out, Request{Action: ScheduleVisit, Name: ptr(name), Roles: []string{}, Grants: []string{}, Reason: reason, Starts: starts, Ends: ends})
	}
	return out
}
