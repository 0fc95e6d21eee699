package interpret

import (
	"slices"
	"strings"
)

// wishesBeside says whether the text around records has one more row, or asks for something about somebody else, whose address it gives: what it
// asks is not for the people of the records.
func (rd *reader) wishesBeside(records []*record, rest string) bool {
	if strings.IndexByte(rest, '@') < 0 {
		return false
	}
	for line := range strings.Lines(rest) {
		if a := lower(addressIn(line)); a != "" && mayBeRow(line) && !inRecords(records, a) {
			return true // a row that was not read
		}
	}
	scenes := rd.scenes(cut(rd.body(rest), maxProse))
	return slices.ContainsFunc(scenes, func(sc scene) bool {
		if !sc.asks || sc.action == "" || sc.action == ScheduleVisit {
			return false
		}
		return slices.ContainsFunc(sc.names, func(n nameSpan) bool {
			a := addressBehind(&sc, n.to)
			return a != "" && !inRecords(records, a)
		})
	})
}

// addressBehind is the address that stands at token k or in brackets there, "" if none does.
func addressBehind(sc *scene, k int) string {
	for k < len(sc.tokens) && sc.tokens[k].in(brackets) {
		k++
	}
	if k == len(sc.tokens) || sc.tokens[k].kind != addressToken {
		return ""
	}
	return sc.tokens[k].lower
}

// inRecords says whether an address stands in one of records.
func inRecords(records []*record, address string) bool {
	return slices.ContainsFunc(records, func(r *record) bool {
		for _, v := range r.values {
			for at := 0; ; {
				start, end, ok := findAddress(v, at)
				if !ok {
					break
				}
				if lower(v[start:end]) == address {
					return true
				}
				at = end
			}
		}
		return false
	})
}

// inItems are the names of those about whom items of a list ask something that are no records: "- Tim Fox has left, please remove him".
func (rd *reader) inItems(records []*record, rest string) (found []string) {
	if len(rest) > maxProse {
		return nil
	}
	for line := range strings.Lines(rest) {
		body, _, item := unbullet(strings.TrimRight(line, "\n"))
		if !item {
			continue
		}
		for _, sc := range rd.scenes(body) {
			if !sc.asks || sc.action == "" || sc.action == ScheduleVisit {
				continue
			}
			for _, n := range sc.names {
				if !slices.ContainsFunc(records, func(r *record) bool { return sameName(r.values["name"], n.name) }) {
					found = append(found, n.name)
				}
			}
		}
	}
	return found
}

// ofEverybody reads own words as prose, if what it finds is of everybody whose address they give, and of those named.
func (rd *reader) ofEverybody(own string, named []string) []Request {
	out := rd.inProse(own)
	for _, name := range named {
		if !slices.ContainsFunc(out, func(q Request) bool { return q.Name != nil && sameName(*q.Name, name) }) {
			return nil // staff read it
		}
	}
	scenes := rd.scenes(cut(rd.body(own), maxProse))
	addresses, _ := rd.otherAddresses(scenes)
	for _, at := range addresses {
		a := scenes[at.sent].tokens[at.tok].lower
		if !slices.ContainsFunc(out, func(q Request) bool { return q.Email != nil && *q.Email == a }) {
			return nil // staff read it
		}
	}
	return out
}
