package interpret

import "strings"

var headings = map[Action]list{AddUser: cue("heading_add"), RemoveUser: cue("heading_remove"), ChangeRole: cue("heading_change")}

// headingAction is what a heading such as "Leavers" asks for the people below or behind it, "" if it is none.
func headingAction(head string) Action {
	r := lend()
	defer r.giveBack()
	p := r.scan(strings.TrimSuffix(strings.Trim(head, " *_-"), "(s)"), nil)
	return p.heading()
}

func (p *passage) heading() Action {
	var found Action
	for action, l := range headings {
		if p.is(l) {
			if found != "" {
				return ""
			}
			found = action
		}
	}
	return found
}

// maxHeading bounds a heading in words.
const maxHeading = 8

// sectionAction is what a line that ends with a colon asks for the people below it, "" if it asks for nothing or for two things.
func sectionAction(line string) Action {
	head, ok := strings.CutSuffix(strings.TrimRight(strings.TrimSpace(line), " *_"), ":")
	if !ok || len(head) > maxGreeting {
		return ""
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(strings.TrimSuffix(strings.Trim(head, " *_-"), "(s)"), nil)
	if a := p.heading(); a != "" {
		return a
	}
	if p.words() > maxHeading || p.says(words.Not) {
		return ""
	}
	return p.onlyAction()
}

// headed reads "Leaver: Jane Doe, jane@x.example" in one line.
func headed(line string, book *roleBook) *record {
	head, tail, ok := strings.Cut(line, ":")
	if !ok || strings.TrimSpace(tail) == "" || len(head) > maxLabel {
		return nil
	}
	action, role := headingAction(head), ""
	if action == "" {
		if action, role = roleHeading(head, book); action == "" {
			return nil
		}
	}
	r, ok := personItem(strings.TrimSpace(tail), book)
	if !ok {
		r = bareName(tail, book)
	}
	if r != nil {
		r.action = action
		if role != "" {
			r.set("role", role)
		}
	}
	return r
}

// roleHeading reads "New technician" in front of the person who is to be one.
func roleHeading(head string, book *roleBook) (Action, string) {
	first, role, ok := strings.Cut(strings.Trim(head, " *_-"), " ")
	if !ok || !headings[AddUser].holds(lower(first)) || len(book.fromValue(role)) == 0 {
		return "", ""
	}
	return AddUser, role
}
