package interpret

// Several visitors may come at different times: "Jane Doe comes on 8 December at 9:00 and Max Roe on 9 December at 10:00".

// visitWindow is when a visit begins and ends, as far as the text says.
type visitWindow struct{ starts, ends *string }

// windowsOf is when each of people comes, if they visit: all of them when the text says, unless it names days or times of day for several of them
// apart. Whoever has then no whole window of their own is asked.
func (rd *reader) windowsOf(scenes []scene, people []person, text string) []visitWindow {
	out := make([]visitWindow, len(people))
	visitors := visitorsAmong(people)
	if len(visitors) == 0 {
		return out
	}
	var whole visitWindow
	whole.starts, whole.ends = window(text, rd.m.Date)
	for _, i := range visitors {
		out[i] = whole
	}
	var sentences []timedPart
	for from := 0; from < len(visitors); {
		to := from + 1
		for to < len(visitors) && people[visitors[to]].sent == people[visitors[from]].sent {
			to++
		}
		sentences = append(sentences, timedPart{text: sentencesUntil(scenes, people, visitors, from, to), people: visitors[from:to]})
		from = to
	}
	rd.shareWindows(out, sentences)
	for _, s := range sentences {
		sc := &scenes[people[s.people[0]].sent]
		parts, rest := rd.partsOf(sc, people, s.people)
		if len(parts) > 1 && rest != "" && rd.timed(rest) {
			for _, i := range s.people {
				out[i] = visitWindow{} // nobody knows whose the rest is
			}
			continue
		}
		rd.shareWindows(out, parts)
	}
	return out
}

func visitorsAmong(people []person) []int {
	var out []int
	for i := range people {
		if people[i].action == ScheduleVisit {
			out = append(out, i)
		}
	}
	return out
}

// timedPart is a part of a text and the visitors it is about.
type timedPart struct {
	text   string
	people []int
}

// shareWindows gives the people of each part its own window where several parts name days or times of day.
func (rd *reader) shareWindows(out []visitWindow, parts []timedPart) {
	timed := 0
	for _, p := range parts {
		if rd.timed(p.text) {
			timed++
		}
	}
	if timed < 2 {
		return
	}
	for _, p := range parts {
		var own visitWindow
		own.starts, own.ends = window(p.text, rd.m.Date)
		for _, i := range p.people {
			out[i] = own
		}
	}
}

// timed says whether a text names a day or a time of day.
func (rd *reader) timed(text string) bool {
	if !hasDigit(text) {
		return false
	}
	days, rest := daysIn(text, rd.m.Date)
	return len(days) > 0 || len(timesIn(rest, days)) > 0
}

// sentencesUntil are the sentences about visitors from one to another: theirs and those up to the next visitor's, the first one's with those in front.
func sentencesUntil(scenes []scene, people []person, visitors []int, from, to int) string {
	first, last := people[visitors[from]].sent, len(scenes)
	if from == 0 {
		first = 0
	}
	if to < len(visitors) {
		last = people[visitors[to]].sent
	}
	text := ""
	for i := first; i < last; i++ {
		text += scenes[i].text + "\n"
	}
	return text
}

// partsOf cuts a sentence into what it says of each visitor, or of those who stand side by side: from their names on, or up to these where a day
// stands in front of the first. rest is what then stands behind the last.
func (rd *reader) partsOf(sc *scene, people []person, here []int) (parts []timedPart, rest string) {
	begin := sc.tokens[people[here[0]].at].start
	leads := rd.timed(sc.text[:begin])
	for from := 0; from < len(here); {
		to := from + 1
		for to < len(here) && sideBySide(sc, people[here[to-1]].to, people[here[to]].at) {
			to++
		}
		end := len(sc.text)
		switch {
		case leads:
			end = sc.tokens[people[here[to-1]].to-1].end
		case to < len(here):
			end = sc.tokens[people[here[to]].at].start
		}
		if from == 0 && leads {
			begin = 0
		}
		parts = append(parts, timedPart{text: sc.text[min(begin, end):end], people: here[from:to]})
		begin, from = end, to
	}
	return parts, sc.text[begin:]
}
