package policy

import "slices"

// topics are what mail that is no access request can be about, with the capabilities each of which lets a contact ask
// that (R36). ticket:any opens a ticket about everything.
var topics = []struct {
	name string
	by   []string
}{
	{"technical", []string{"ticket:technical", "ticket:support"}},
	{"operational", []string{"ticket:operational", "ticket:support"}},
	{"assistance", []string{"assistance:request", "ticket:support"}},
	{"service_order", []string{"service:order"}},
	{"service_cancel", []string{"service:cancel"}},
	{"billing", []string{"ticket:billing", "billing:view", "billing:pay"}},
}

// Topics lists what mail that is no access request can be about.
func Topics() []string {
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	return names
}

// MayAskAbout reports whether a contact with these capabilities may ask about the topic; known is false where there is
// no such topic. It informs staff and refuses nothing: a topic is guessed from words.
func MayAskAbout(topic string, capabilities []string) (may, known bool) {
	for _, t := range topics {
		if t.name == topic {
			return slices.ContainsFunc(append(t.by, "ticket:any"), func(c string) bool { return slices.Contains(capabilities, c) }), true
		}
	}
	return false, false
}
