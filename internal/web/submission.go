package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
)

const (
	maxPeople = 50   // of one submission
	maxLine   = 200  // characters of a name, a company, a site or a subject
	maxReason = 2000 // characters
)

// submissionJSON is the body of a submission. What is not there was not said.
type submissionJSON struct {
	Client   string        `json:"client"`
	Contact  string        `json:"contact"`
	Subject  string        `json:"subject"`
	Requests []requestJSON `json:"requests"`
	Changes  []changeJSON  `json:"changes"`
}

type requestJSON struct {
	Action         string   `json:"action"`
	Name           *string  `json:"name"`
	Email          *string  `json:"email"`
	Roles          []string `json:"roles"` // ids
	Reason         *string  `json:"reason"`
	Starts         *string  `json:"starts"` // the site's wall clock, as 2026-12-24T10:00
	Ends           *string  `json:"ends"`
	PhysicalAccess *bool    `json:"physical_access"`
	Badge          *bool    `json:"badge"`
	Company        *string  `json:"company"`
	Escort         *bool    `json:"escort"`
	Site           *string  `json:"site"`
}

type changeJSON struct {
	Self           bool    `json:"self"`
	Name           *string `json:"name"`
	Email          *string `json:"email"`
	NewName        *string `json:"new_name"`
	NewEmail       *string `json:"new_email"`
	Language       *string `json:"language"`
	PhysicalAccess *bool   `json:"physical_access"`
	Lead           *bool   `json:"lead_contact"`
}

var actions = []interpret.Action{interpret.AddUser, interpret.ChangeRole, interpret.RemoveUser, interpret.ScheduleVisit, interpret.ResendInvitation}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)

// readSubmission reads and checks a body: strictly, so that a value with a typo in its name is not left out silently.
func readSubmission(body []byte) (*access.Submission, *refusal) {
	var in submissionJSON
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return nil, refused(http.StatusBadRequest, "the body cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, refused(http.StatusBadRequest, "the body goes on after its object")
	}
	c := &fields{}
	sub := &access.Submission{Client: c.line("client", &in.Client), Subject: c.line("subject", &in.Subject), Contact: c.address("contact", in.Contact)}
	if n := len(in.Requests) + len(in.Changes); n == 0 || n > maxPeople {
		c.wrong("requests and changes", "together there must be 1 to 50 of them")
	}
	for _, q := range in.Requests {
		sub.Requests = append(sub.Requests, c.request(q))
	}
	for _, x := range in.Changes {
		sub.Changes = append(sub.Changes, c.change(x))
	}
	if c.why != "" {
		return nil, refused(http.StatusUnprocessableEntity, "%s", c.why)
	}
	return sub, nil
}

// fields checks values; it keeps the first that is wrong.
type fields struct{ why string }

func (c *fields) wrong(field, why string) {
	if c.why == "" {
		c.why = field + ": " + why
	}
}

func (c *fields) request(q requestJSON) interpret.Request {
	if !slices.Contains(actions, interpret.Action(q.Action)) {
		c.wrong("action", "it must be one of add_user, change_role, remove_user, schedule_visit and resend_invitation")
	}
	return interpret.Request{Action: interpret.Action(q.Action), Name: c.optional("name", q.Name, maxLine), Email: c.email("email", q.Email),
		Roles: q.Roles, Reason: c.optional("reason", q.Reason, maxReason), Starts: c.time("starts", q.Starts), Ends: c.time("ends", q.Ends),
		PhysicalAccess: q.PhysicalAccess, Badge: q.Badge, Company: c.optional("company", q.Company, maxLine), Escort: q.Escort,
		Site: c.optional("site", q.Site, maxLine)}
}

func (c *fields) change(x changeJSON) interpret.Change {
	if x.Language != nil && !languageTag.MatchString(*x.Language) {
		c.wrong("language", "it must be a tag such as de")
	}
	change := interpret.Change{Self: x.Self, Name: c.optional("name", x.Name, maxLine), Email: c.email("email", x.Email),
		NewName: c.optional("new_name", x.NewName, maxLine), NewEmail: c.email("new_email", x.NewEmail), Language: x.Language,
		PhysicalAccess: x.PhysicalAccess, Lead: x.Lead}
	if change.Empty() {
		c.wrong("changes", "one of them changes nothing")
	}
	if !x.Self && x.Name == nil && x.Email == nil {
		c.wrong("changes", "one of them says of nobody that they change")
	}
	return change
}

// line is text of one line.
func (c *fields) line(field string, value *string) string {
	if v := c.optional(field, value, maxLine); v != nil {
		return *v
	}
	return ""
}

// optional is text of one line, or nil for none.
func (c *fields) optional(field string, value *string, limit int) *string {
	if value == nil {
		return nil
	}
	v := strings.TrimSpace(*value)
	switch {
	case v == "":
		return nil
	case !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
		c.wrong(field, "it must be one line of text")
	case utf8.RuneCountInString(v) > limit:
		c.wrong(field, "it is too long")
	}
	return &v
}

func (c *fields) email(field string, value *string) *string {
	if value == nil || *value == "" {
		return nil
	}
	a := c.address(field, *value).String()
	return &a
}

func (c *fields) address(field, value string) mailaddr.Address {
	a, err := mailaddr.Parse(value)
	if err != nil {
		c.wrong(field, "it must be an address such as jane@acme.example")
	}
	return a
}

func (c *fields) time(field string, value *string) *string {
	if value == nil || *value == "" {
		return nil
	}
	if _, err := time.Parse("2006-01-02T15:04", *value); err != nil {
		c.wrong(field, "it must be a time such as 2026-12-24T10:00, by the site's clock")
	}
	return value
}
