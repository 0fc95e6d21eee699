package interpret

import (
	"maps"
	"slices"
	"strings"
)

// What forms say once of everybody in them: a role or a reason above the first person or below the last one, or labelled so.

var forAll = cue("for_all")

// sharedFields are those that a form may say once of everybody.
var sharedFields = [...]string{"role", "reason"}

// ofPerson says whether a field tells who somebody is.
func ofPerson(field string) bool {
	return field == "name" || field == "email" || field == "first_name" || field == "last_name" || field == "visitor"
}

// place notes where the next field of a record stands, and whether behind a blank line.
func (r *record) place(field string, gap bool) {
	switch somebody := r.ofSomebody(); {
	case ofPerson(field) && somebody:
		r.spaced = r.spaced || gap
	case ofPerson(field) && gap:
		r.lead = slices.Collect(maps.Keys(r.values))
	case !ofPerson(field) && somebody && (gap || len(r.tail) > 0):
		r.tail = append(r.tail, field)
	}
}

// ofSomebody says whether r tells who somebody is.
func (r *record) ofSomebody() bool {
	for f := range r.values {
		if ofPerson(f) {
			return true
		}
	}
	return false
}

// forEverybody splits "Reason for all: audit"; the field is "" for any other line.
func forEverybody(line string) (field, value string) {
	body, _, _ := unbullet(line)
	label, value, ok := cutColon(body)
	if !ok || len(label) > maxLabel || labelField(label) != "" {
		return "", ""
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(label, nil)
	if !p.says(forAll) {
		return "", ""
	}
	core := p.replace(forAll, " ")
	var ws []string
	for i := range core.tokens {
		if core.tokens[i].kind == wordToken {
			ws = append(ws, core.tokens[i].lower)
		}
	}
	if field = labelField(strings.Join(ws, " ")); !has(sharedFields[:], field) {
		return "", ""
	}
	return field, strings.TrimSpace(strings.Trim(value, "*"))
}

// cutColon cuts a line at its first colon, of either width.
func cutColon(line string) (before, after string, ok bool) {
	const wide = "："
	if before, after, ok = strings.Cut(line, ":"); !isASCII(before) {
		if at := strings.Index(before, wide); at >= 0 {
			return line[:at], line[at+len(wide):], true
		}
	}
	return before, after, ok
}

// shareOut gives everybody among records what is said of all, and leaves out what tells of nobody.
func shareOut(records []*record) []*record {
	var people, others []*record
	for _, r := range records {
		if r.ofSomebody() {
			people = append(people, r)
		} else {
			others = append(others, r)
		}
	}
	if giveAll(people, others); len(people) == 0 {
		people = others
	}
	return slices.DeleteFunc(people, func(r *record) bool { return !r.usable() })
}

// saidAround are the labelled roles and reasons of nobody in a text.
func saidAround(text string) []*record {
	said, _ := readLabelled(text)
	return slices.DeleteFunc(said, (*record).ofSomebody)
}

// giveAll gives people what others say.
func giveAll(people, others []*record) {
	if len(people) == 0 {
		return
	}
	for _, f := range sharedFields {
		giveField(f, people, others)
	}
}

// giveField gives people the value of a field that others has once, or that stands apart from the first or last of people.
func giveField(field string, people, others []*record) {
	value, said := "", 0
	for _, r := range others {
		if v := r.values[field]; v != "" {
			value, said = v, said+1
		}
	}
	first, last := people[0], people[len(people)-1]
	switch {
	case said > 0 || len(people) == 1:
	case !first.spaced && has(first.lead, field):
		value, said = first.values[field], 1
		people = people[1:]
	case !last.spaced && has(last.tail, field):
		value, said = last.values[field], 1
		people = people[:len(people)-1]
	}
	if said != 1 || slices.ContainsFunc(people, func(r *record) bool { return r.values[field] != "" }) {
		return
	}
	for _, r := range people {
		r.set(field, value)
	}
}
