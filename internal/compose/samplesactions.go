package compose

import (
	"maps"
	"time"

	"github.com/countersign/countersign/internal/access"
)

func init() { maps.Copy(samples, actionSamples) }

// actionSamples are orders of mails about changes of details, hand-overs, visits, badges and commands.
var actionSamples = map[string]func() *access.Mail{
	"approval_new_address": func() *access.Mail {
		return asked(access.MailApproval, string(access.StageNewAddress), first(changing()))
	},
	"approval_old_address": func() *access.Mail {
		return asked(access.MailApproval, string(access.StageOldAddress), first(changing()))
	},
	"approval_holder": func() *access.Mail {
		return asked(access.MailApproval, string(access.StageHolder), first(handedOver()))
	},
	"approval_deputy": func() *access.Mail {
		return asked(access.MailApproval, string(access.StageDeputy), first(handedOver()))
	},
	"approval_checklist": func() *access.Mail {
		return asked(access.MailApproval, "staff", with(first(handedOver()), func(l *access.Line) { l.Details.Checklist = true }))
	},
	"approval_visit": func() *access.Mail {
		return asked(access.MailApproval, "staff", visiting(access.StatusWaiting))
	},
	"answer_replace": func() *access.Mail {
		l := with(handedOver(), func(l *access.Line) { l.Missing = append(l.Missing, access.FieldReplace) })
		return order(access.MailAnswer, status(l, access.StatusDetails))
	},
	"answer_unsaid": func() *access.Mail {
		m := order(access.MailAnswer, access.Line{Number: 1, Action: "change_details", Name: "Maria Lindqvist", Status: access.StatusUnsaid})
		m.Ticket = nil
		return m
	},
	"answer_physical_access": func() *access.Mail {
		return order(access.MailAnswer, with(waiting(raj(), "staff"), func(l *access.Line) { l.Details.PhysicalAccess = new(false) }))
	},
	"outcome_details": func() *access.Mail {
		return order(access.MailOutcome, status(changing(), access.StatusCompleted))
	},
	"outcome_access_invited": func() *access.Mail {
		l := access.Line{Number: 1, Action: "change_details", Name: "Raj Patel", Email: "raj@acme.example", Status: access.StatusInvited}
		l.Details.PhysicalAccess = new(true)
		return order(access.MailOutcome, l)
	},
	"moved": func() *access.Mail {
		m := order(access.MailMoved, status(changing(), access.StatusCompleted))
		m.InReplyTo = ""
		return m
	},
	"listed": func() *access.Mail {
		m := order(access.MailListed, with(raj(), func(l *access.Line) { l.Roles = []string{"Technical Contact"} }))
		m.InReplyTo = ""
		return m
	},
	"badge_ordered":   func() *access.Mail { return badge("ordered") },
	"badge_cancelled": func() *access.Mail { return badge("cancelled") },
	"badge_revoked":   func() *access.Mail { return badge("revoked") },
	"sign_in": func() *access.Mail {
		m := order(access.MailSignIn)
		m.Ticket = nil
		return m
	},
	"clients": func() *access.Mail {
		m := order(access.MailClients)
		m.Ticket, m.Data.Client, m.Data.Requester, m.Data.Asked = nil, "", "", []string{"Acme Colo", "Globex"}
		return m
	},
	"status": func() *access.Mail {
		return order(access.MailStatus, with(waiting(jane(), "client"), func(l *access.Line) { l.Ticket = "REQ-2026-00042" }),
			with(status(raj(), access.StatusInvited), func(l *access.Line) { l.Ticket = "REQ-2026-00037" }))
	},
	"status_nothing": func() *access.Mail { return order(access.MailStatus) },
	"status_cancel": func() *access.Mail {
		m := order(access.MailStatus, with(waiting(jane(), "client"), func(l *access.Line) { l.Ticket = "REQ-2026-00042" }),
			with(waiting(raj(), "staff"), func(l *access.Line) { l.Ticket = "REQ-2026-00037" }))
		m.Data.Reason = "cancel"
		return m
	},
	"status_cancel_nothing": func() *access.Mail {
		m := order(access.MailStatus)
		m.Data.Reason = "cancel"
		return m
	},
	"visit_host":      func() *access.Mail { return visit("host", access.StatusCompleted) },
	"visit_visitor":   func() *access.Mail { return visit("visitor", access.StatusCompleted) },
	"visit_desk":      func() *access.Mail { return visit("desk", access.StatusCompleted) },
	"visit_cancelled": func() *access.Mail { return visit("host", access.StatusCancelled) },
}

func changing() access.Line {
	l := access.Line{Number: 1, Action: "change_details", Name: "Jane Doe", Email: "jane.doe@acme.example"}
	l.Details = access.LineDetails{NewName: "Jane Smith", NewEmail: "jane.smith@acme.example"}
	return l
}

func handedOver() access.Line {
	l := access.Line{Number: 1, Action: "change_role", Name: "Raj Patel", Email: "raj@acme.example", Roles: []string{"Security Administrator"}}
	l.Details = access.LineDetails{Replaces: "Maria Lindqvist", Then: []string{"Alternate Security Administrator"}}
	return l
}

func badge(what string) *access.Mail {
	m := order(access.MailBadge, status(raj(), access.StatusInvited))
	m.InReplyTo, m.Data.Person, m.Data.Reason = "", "Raj Patel", what
	return m
}

func visiting(s access.Status) access.Line {
	from := time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC)
	l := access.Line{Number: 1, Action: "schedule_visit", Name: "Jane Doe", Email: "jane@cablefix.example", Reason: "Repairs a switch", Status: s}
	l.Details.Visit = access.LineVisit{From: from, To: from.Add(9 * time.Hour), UntilEnd: true, Company: "Cablefix", Site: "Frankfurt", Escort: "yes"}
	return l
}

func visit(part string, s access.Status) *access.Mail {
	l := visiting(s)
	m := order(access.MailVisit, l)
	m.InReplyTo, m.Data.Person = "", part
	m.Calendar = &access.Calendar{UID: "visit-4711", Sequence: 1, Cancelled: s == access.StatusCancelled, From: l.Details.Visit.From,
		To: l.Details.Visit.To, Stamp: SampleTime, Visitor: l.Name, Company: "Cablefix", Site: "Frankfurt", Client: "Acme Colo"}
	return m
}
