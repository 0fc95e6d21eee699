package policy

import "strings"

const (
	placeWho   = "{who}"   // the roles that may ask
	placeLevel = "{level}" // the actor's roles

	nobodysLevel = "a person without a contact level"
	whoStaff     = "support team"
)

// words fills a rule's text: "As {level} you cannot …; please ask your {who}."
func (m *Model) words(text string, actor, mayAsk []string) string {
	level := m.titles(m.byRank(actor), "and")
	if level == "" {
		level = nobodysLevel
	}
	who := m.titles(mayAsk, "or")
	if who == "" {
		who = whoStaff
	}
	return strings.NewReplacer(placeWho, who, placeLevel, level).Replace(text)
}

// titles lists the titles of roles as a phrase; "" when none is known.
func (m *Model) titles(roles []string, last string) string {
	var titles []string
	for _, id := range roles {
		if r, ok := m.Role(id); ok {
			titles = append(titles, r.Title)
		}
	}
	n := len(titles)
	if n < 2 {
		return strings.Join(titles, "")
	}
	return strings.Join(titles[:n-1], ", ") + " " + last + " " + titles[n-1]
}
