package interpret

import (
	"slices"
	"strings"
)

// Change is what change_details asks of one contact. Name and Email say of whom, as far as the mail does; both are nil for
// the author. The other values are those that shall be; nil was not said.
type Change struct {
	Self           bool    `json:"self"`
	Name           *string `json:"name"`
	Email          *string `json:"email"`
	NewName        *string `json:"new_name"`
	NewEmail       *string `json:"new_email"`
	Language       *string `json:"language"`
	PhysicalAccess *bool   `json:"physical_access"`
	Lead           *bool   `json:"lead"`

	taken bool // physical access is what the verb takes away, "withdraw physical access from Jane Doe"
}

// Empty reports whether the mail says of somebody's details only that they change, not to what.
func (c Change) Empty() bool {
	return c.NewName == nil && c.NewEmail == nil && c.Language == nil && c.PhysicalAccess == nil && c.Lead == nil
}

// HandOver is to whom the author hands their role over.
type HandOver struct {
	Name  *string  `json:"name"`
	Email *string  `json:"email"`
	Roles []string `json:"roles"` // handed over, where the mail names them
}

// maxChanges bounds the own words that changes are looked for in.
const maxChanges = 2 * maxCommand

// changes reads what shall change of contacts' details. asked says that a command for it was found.
func (rd *reader) changes(own string, asked bool) []Change {
	if len(own) > maxChanges || strings.TrimSpace(own) == "" {
		return nil
	}
	text := rd.body(own)
	lists, all := &words.Changes, &rd.prose(text).all
	if all.says(words.NotAWish) || rd.prose(text).listsElsewhere() {
		return nil
	}
	var out []Change
	if all.says(lists.Lead, lists.Access, lists.LanguageAsk) || asked && all.says(lists.Email, lists.Name) {
		scenes := rd.scenes(text)
		for i := range scenes {
			out = append(out, rd.changesIn(&scenes[i], asked)...)
		}
	}
	if asked && len(out) == 0 {
		c := Change{Self: rd.prose(text).all.says(words.Changes.Self)}
		if !c.Self {
			sc := rd.sceneOf(text)
			rd.whoChanges(&c, &sc, -1)
		}
		out = append(out, c)
	}
	return out
}

// changesIn reads one sentence.
func (rd *reader) changesIn(sc *scene, asked bool) []Change {
	lists := &words.Changes
	switch {
	case sc.says(lists.Doubt):
	case sc.says(lists.Lead) && sc.says(lists.LeadAsk):
		return rd.forEach(sc, func(c *Change) { c.Lead = ptr(true) })
	case sc.says(lists.Access) && !sc.question:
		no, yes := sc.says(lists.AccessNo), sc.says(lists.AccessYes)
		if no || yes && !sc.says(words.Not) {
			taken := no && sc.says(lists.AccessTaken)
			return rd.forEach(sc, func(c *Change) { c.PhysicalAccess, c.taken = ptr(!no), taken })
		}
	case sc.says(lists.LanguageAsk):
		if l := languageIn(sc); l != "" {
			return []Change{{Self: true, Language: &l}}
		}
	case asked && sc.says(lists.Email):
		if c, ok := rd.addressChange(sc); ok {
			return []Change{c}
		}
	case asked && sc.says(lists.Name):
		if c, ok := rd.nameChange(sc); ok {
			return []Change{c}
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// languageIn is the one language that a sentence names behind a word that asks for it.
func languageIn(sc *scene) string {
	found := ""
	for _, code := range languages {
		if sc.says(words.Changes.Languages[code]) {
			if found != "" {
				return ""
			}
			found = code
		}
	}
	return found
}

// forEach makes a change of each person that a sentence names, of the author where it speaks of them, or of nobody known.
func (rd *reader) forEach(sc *scene, set func(*Change)) []Change {
	var out []Change
	for _, n := range sc.names {
		c := Change{Name: ptr(n.name)}
		for i := n.to; i < len(sc.tokens) && i <= n.to+3; i++ {
			if sc.tokens[i].kind == addressToken {
				if at, ok := adjacentName(sc, i); ok && at.from == n.from {
					c.Email = ptr(sc.tokens[i].lower)
				}
			}
		}
		set(&c)
		out = append(out, c)
	}
	if out != nil {
		return out
	}
	c := Change{}
	if a := addressesIn(sc); len(a) == 1 {
		c.Email = ptr(sc.tokens[a[0]].lower)
	} else if sc.says(words.Changes.Self) && len(a) == 0 {
		c.Self = true
	}
	set(&c)
	return []Change{c}
}

// addressesIn are the positions of the addresses of a sentence.
func addressesIn(sc *scene) []int {
	var at []int
	for i, t := range sc.tokens {
		if t.kind == addressToken {
			at = append(at, i)
		}
	}
	return at
}

// shallBe says whether the token at i stands behind a word that gives the value that shall be.
func shallBe(sc *scene, i int) bool {
	for i--; i >= 0 && sc.tokens[i].kind == markToken; i-- {
	}
	return i >= 0 && sc.tokens[i].in(words.Changes.To)
}

// addressChange reads "the address of Jane Doe <old> to new" and "my new address is new". The last address is the new one
// where it stands behind a word that says so; what is not clear is not taken.
func (rd *reader) addressChange(sc *scene) (Change, bool) {
	at := addressesIn(sc)
	c := Change{}
	last := -1
	if n := len(at); n > 0 && n <= 2 && shallBe(sc, at[n-1]) {
		last = at[n-1]
		c.NewEmail = ptr(sc.tokens[last].lower)
	} else if n > 0 {
		return Change{}, false
	}
	c.Self = sc.says(words.Changes.Self)
	if c.Self {
		return c, true
	}
	rd.whoChanges(&c, sc, last)
	return c, true
}

// nameChange reads "my name to Jane Smith" and "the name of Jane Doe <jane@x> to Jane Smith".
func (rd *reader) nameChange(sc *scene) (Change, bool) {
	c := Change{Self: sc.says(words.Changes.Self)}
	limit := 2
	if c.Self {
		limit = 1
	}
	n := len(sc.names)
	if n == 0 || n > limit || !shallBe(sc, sc.names[n-1].from) {
		return Change{}, false
	}
	c.NewName = ptr(sc.names[n-1].name)
	if !c.Self {
		if n == 2 {
			c.Name = ptr(sc.names[0].name)
		}
		if a := addressesIn(sc); len(a) == 1 {
			c.Email = ptr(sc.tokens[a[0]].lower)
		}
	}
	return c, true
}

// whoChanges finds the one person whom a sentence names, by name or by an address other than the one at token except.
func (rd *reader) whoChanges(c *Change, sc *scene, except int) {
	if len(sc.names) == 1 {
		c.Name = ptr(sc.names[0].name)
	}
	var old []int
	for _, i := range addressesIn(sc) {
		if i != except {
			old = append(old, i)
		}
	}
	if len(old) == 1 {
		c.Email = ptr(sc.tokens[old[0]].lower)
	}
}

// withoutChanged leaves out the requests that a change explains: "make Jane Doe our Lead Technical Contact" asks for no
// Technical Contact, and "give Jane Doe physical access" for no new user.
func withoutChanged(requests []Request, changes []Change) []Request {
	return slices.DeleteFunc(requests, func(q Request) bool {
		bare := q.Action == AddUser && len(q.Roles) == 0 && q.Reason == nil
		return slices.ContainsFunc(changes, func(c Change) bool {
			same := q.Name != nil && c.Name != nil && sameName(*q.Name, *c.Name) || q.Email != nil && c.Email != nil && *q.Email == *c.Email
			return same && (c.Lead != nil || bare && c.PhysicalAccess != nil || c.taken && q.Action == RemoveUser)
		})
	})
}

// together makes one change of those that speak of the same person.
func together(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		at := slices.IndexFunc(out, func(o Change) bool {
			return o.Self && c.Self || o.Name != nil && c.Name != nil && sameName(*o.Name, *c.Name) || o.Email != nil && c.Email != nil && *o.Email == *c.Email
		})
		if at < 0 {
			out = append(out, c)
			continue
		}
		o := &out[at]
		o.Name, o.Email = either(o.Name, c.Name), either(o.Email, c.Email)
		o.NewName, o.NewEmail, o.Language = either(o.NewName, c.NewName), either(o.NewEmail, c.NewEmail), either(o.Language, c.Language)
		if o.PhysicalAccess == nil {
			o.PhysicalAccess = c.PhysicalAccess
		}
		if o.Lead == nil {
			o.Lead = c.Lead
		}
	}
	return out
}

// addChanges adds to a reading what it asks of contacts' details, and of the author's own role. Requests go before: "remove
// Jane Doe, who needs no physical access any more" changes nothing besides.
func (rd *reader) addChanges(r *Reading, own string) {
	if r.Class == ClassAuto || r.Class == ClassBounce || len(r.Decisions) > 0 {
		return
	}
	asked := slices.ContainsFunc(r.Commands, func(c Command) bool { return c.Name == "change_details" })
	changes := rd.changes(own, asked)
	if len(r.Requests) > 0 && len(changes) > 0 {
		if r.Requests = withoutChanged(r.Requests, changes); len(r.Requests) == 0 && r.Class == ClassRequest {
			r.Class, r.Missing = ClassOther, []Missing{}
		}
	}
	if (len(r.Requests) == 0 || asked) && len(changes) > 0 { // beside requests, only what is asked for in so many words
		r.Changes = together(changes)
		if !asked {
			r.Commands = append(r.Commands, Command{Name: "change_details"})
		}
	}
	if slices.ContainsFunc(r.Commands, func(c Command) bool { return c.Name == "hand_over" }) {
		r.HandOver = rd.handOver(own)
	}
	if r.HandOver != nil || len(r.Requests) > 0 {
		r.Takes = rd.takes(own)
	}
	if len(r.Takes) > 0 && len(r.Requests) == 1 && len(r.Requests[0].Roles) == 0 {
		rd.otherRole(r, own)
	}
}

// otherRole gives the one person asked for the one role that the author does not take.
func (rd *reader) otherRole(r *Reading, own string) {
	var given []string
	scenes := rd.scenes(rd.body(own))
	for i := range scenes {
		sc := &scenes[i]
		for _, m := range sc.roles {
			if !becomes(sc, m) && !slices.Contains(given, m.id) {
				given = append(given, m.id)
			}
		}
	}
	if len(given) == 1 && !slices.Contains(r.Takes, given[0]) {
		r.Requests[0].Roles = given
		r.Missing = slices.DeleteFunc(r.Missing, func(m Missing) bool { return m.Field == FieldRoles })
	}
}

// handOver reads to whom the author hands their role over. nil if the mail does not say it of one person.
func (rd *reader) handOver(own string) *HandOver {
	h := &HandOver{Roles: []string{}}
	scenes := rd.scenes(rd.body(own))
	for i := range scenes {
		sc := &scenes[i]
		for _, m := range sc.roles {
			if !becomes(sc, m) && !slices.Contains(h.Roles, m.id) {
				h.Roles = append(h.Roles, m.id)
			}
		}
		for _, n := range sc.names {
			if h.Name != nil && !sameName(*h.Name, n.name) {
				return nil
			}
			h.Name = ptr(n.name)
		}
		for _, i := range addressesIn(sc) {
			a := sc.tokens[i].lower
			if a == rd.sender || has(rd.ours, a) {
				continue
			}
			if h.Email != nil && *h.Email != a {
				return nil
			}
			h.Email = &a
		}
	}
	if h.Name == nil && h.Email == nil {
		return nil
	}
	return h
}

// becomes says whether a role is one that the author takes.
func becomes(sc *scene, m roleMention) bool {
	return sc.within(m.from-6, m.from, words.Changes.Becomes)
}

// takes are the roles that the author says they will hold themselves.
func (rd *reader) takes(own string) []string {
	text := rd.body(own)
	if !rd.prose(text).all.says(words.Changes.Becomes) {
		return nil
	}
	var ids []string
	scenes := rd.scenes(text)
	for i := range scenes {
		sc := &scenes[i]
		for _, m := range sc.roles {
			if becomes(sc, m) && !slices.Contains(ids, m.id) {
				ids = append(ids, m.id)
			}
		}
	}
	return ids
}
