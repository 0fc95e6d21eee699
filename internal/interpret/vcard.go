package interpret

import "strings"

// vcards reads the people of visiting cards (RFC 6350, and versions 2.1 and 3.0): their name and address. Roles and reasons on a
// card are the bearer's everyday ones and count for nothing.
func vcards(text string) []*record {
	var out []*record
	var rec *record
	parts := map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n ", ""), "\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		name, params, _ := strings.Cut(strings.ToUpper(name), ";")
		if _, property, grouped := strings.Cut(name, "."); grouped { // "item1.EMAIL"
			name = property
		}
		value = strings.TrimSpace(value)
		switch {
		case name == "BEGIN" && strings.EqualFold(value, "VCARD"):
			rec, parts = newRecord(), map[string]string{}
		case rec == nil, strings.Contains(params, "QUOTED-PRINTABLE"):
		case name == "END":
			if rec.values["name"] == "" && parts["N"] != "" {
				if f := strings.Split(parts["N"], ";"); len(f) >= 2 {
					rec.set("first_name", f[1])
					rec.set("last_name", f[0])
				}
			}
			if rec.usable() {
				out = append(out, rec)
			}
			rec = nil
		case name == "FN":
			rec.set("name", value)
		case name == "N":
			parts["N"] = value
		case name == "EMAIL":
			rec.set("email", value)
		}
	}
	return out
}

// fromCards reads the people on attached visiting cards whom a wish in the own words is about, if it is not known that there
// is one. The author's own card is no wish.
func (rd *reader) fromCards(own string, wishes bool) []Request {
	if len(rd.m.Attachments) == 0 {
		return nil
	}
	for _, sc := range rd.scenes(cut(own, maxProse)) {
		wishes = wishes || sc.action == AddUser
	}
	if !wishes {
		return nil
	}
	var cards []*record
	for _, a := range rd.m.Attachments {
		for _, card := range vcards(a.Text) {
			if !strings.EqualFold(card.values["email"], rd.sender) && !sameName(card.values["name"], rd.author) {
				cards = append(cards, card)
			}
		}
	}
	if len(cards) == 0 {
		return nil
	}
	giveAll(cards, saidAround(own))
	return rd.fromRecords(cards, own)
}
