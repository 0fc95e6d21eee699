package compose

import (
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/token"
)

// samples are orders for every kind of mail and everything a mail can say.
var samples = map[string]func() *access.Mail{
	"answer_waiting": func() *access.Mail {
		return order(access.MailAnswer, waiting(jane(), "client"), waiting(raj(), "security"))
	},
	"answer_details": func() *access.Mail {
		return order(access.MailAnswer, details(raj(), interpret.FieldEmail, interpret.FieldRoles))
	},
	"answer_details_all": func() *access.Mail {
		nameless := details(jane(), interpret.FieldName, interpret.FieldEmail, interpret.FieldRoles, interpret.FieldReason)
		change := details(tom(), interpret.FieldRoles)
		return order(access.MailAnswer, nameless, change)
	},
	"answer_refused": func() *access.Mail {
		l := with(tom(), func(l *access.Line) {
			l.Status, l.Rule, l.MayAsk = access.StatusRefused, "CL-08", []string{"Sarah Chen", "Olu Adeyemi"}
			l.Text = "Secondary Contacts cannot create or modify Main Contacts; please ask your Main Contact to write to us."
		})
		return order(access.MailAnswer, l)
	},
	"answer_mixed": func() *access.Mail {
		joined := with(jane(), func(l *access.Line) { l.Status, l.Ticket = access.StatusJoined, "REQ-2026-00037" })
		already := with(raj(), func(l *access.Line) { l.Status, l.Reason = access.StatusAlready, "" })
		unknown := access.Line{Action: "remove_user", Name: "Bob Unknown", Status: access.StatusUnknown}
		again := access.Line{Action: "resend_invitation", Email: "lena@acme.example", Status: access.StatusCompleted}
		outside := with(waiting(jane(), "staff"), func(l *access.Line) {
			l.Name, l.Email, l.Outside = "Ana Ruiz", "ana@bücher.example", true
		})
		return order(access.MailAnswer, joined, status(joined, access.StatusHeld), already, unknown, again,
			status(raj(), access.StatusInvited), outside, with(joined, func(l *access.Line) { l.Ticket = "" }))
	},
	"answer_no_ticket": func() *access.Mail {
		m := order(access.MailAnswer, with(raj(), func(l *access.Line) { l.Status = access.StatusAlready }))
		m.Ticket = nil
		return m
	},
	"approval_client": func() *access.Mail {
		return asked(access.MailApproval, "client", waiting(jane(), "client"), waiting(raj(), "client"))
	},
	"approval_client_single": func() *access.Mail {
		return asked(access.MailApproval, "client", first(waiting(tom(), "client")))
	},
	"approval_quorum": func() *access.Mail {
		return asked(access.MailApproval, "client", with(waiting(jane(), "client"), func(l *access.Line) { l.Lacking = 2 }))
	},
	"approval_twelve": func() *access.Mail {
		var lines []access.Line
		for i, name := range crowd {
			l := waiting(jane(), "client")
			l.Number, l.Name, l.Email = i+1, name, fmt.Sprintf("person%d@acme.example", i+1)
			lines = append(lines, l)
		}
		return asked(access.MailApproval, "client", lines...)
	},
	"answer_long": func() *access.Mail {
		long := with(waiting(jane(), "client"), func(l *access.Line) {
			l.Name = "Maria-Magdalena Wolfeschlegelsteinhausenbergerdorff-Schleswig-Holstein von und zu Bergen"
			l.Email = "maria.magdalena.wolfeschlegelsteinhausenbergerdorff@subsidiary-of-a-subsidiary.acme.example"
			l.Reason = "She takes over the whole of the night shift in both halls, since three colleagues leave at the end of the month, and covers the move of the cages to the new building."
			l.Asked = crowd
		})
		return order(access.MailAnswer, long, with(waiting(raj(), "client"), func(l *access.Line) { l.Name = crowd[3] }))
	},
	"approval_escalated": func() *access.Mail {
		m := asked(access.MailApproval, "client", waiting(jane(), "client"))
		m.Data.Escalated = true
		return m
	},
	"approval_silent": func() *access.Mail {
		m := asked(access.MailApproval, "client", waiting(jane(), "client"))
		m.Data.Escalated, m.Data.Reason = true, "silent"
		return m
	},
	"approval_security": func() *access.Mail {
		return asked(access.MailApproval, "security", first(waiting(raj(), "security")))
	},
	"approval_security_impact": func() *access.Mail {
		return asked(access.MailApproval, "security_impact", first(waiting(raj(), "security_impact")))
	},
	"approval_charge_impact": func() *access.Mail {
		return asked(access.MailApproval, "charge_impact", first(waiting(raj(), "charge_impact")))
	},
	"approval_staff_outside": func() *access.Mail {
		outside := with(waiting(jane(), "staff"), func(l *access.Line) { l.Email, l.Outside, l.Like = "jane.doe@асme.example", true, "acme.example" })
		gone := access.Line{Number: 2, Action: "remove_user", Name: "Bob Stone", Email: "bob@acme.example", Status: access.StatusWaiting}
		again := access.Line{Number: 3, Action: "resend_invitation", Email: "lena@acme.example", Status: access.StatusWaiting}
		return asked(access.MailApproval, "staff", outside, gone, again)
	},
	"reminder": func() *access.Mail {
		m := asked(access.MailReminder, "client", waiting(jane(), "client"), waiting(raj(), "client"))
		m.Data.Until = SampleTime.Add(6 * 24 * time.Hour)
		return m
	},
	"reminder_escalated": func() *access.Mail {
		m := asked(access.MailReminder, "client", first(waiting(tom(), "client")))
		m.Data.Until, m.Data.Escalated = SampleTime.Add(4*24*time.Hour), true
		return m
	},
	"reminder_details": func() *access.Mail {
		m := order(access.MailReminder, details(raj(), interpret.FieldEmail, interpret.FieldRoles))
		m.Data.Until = SampleTime.Add(6 * 24 * time.Hour)
		return m
	},
	"filed": func() *access.Mail {
		return order(access.MailFiled, first(waiting(tom(), "client")))
	},
	"notice": func() *access.Mail {
		m := asked(access.MailNotice, "hold", first(status(tom(), access.StatusHeld)))
		m.Data.Until = SampleTime.Add(24 * time.Hour)
		return m
	},
	"receipt": func() *access.Mail {
		yes := with(status(jane(), access.StatusHeld), func(l *access.Line) { l.Answer = access.Yes })
		next := with(waiting(raj(), "security"), func(l *access.Line) { l.Answer = access.Yes })
		no := with(status(tom(), access.StatusRejected), func(l *access.Line) { l.Answer = access.No })
		return replied(access.MailReceipt, yes, next, no)
	},
	"receipt_quorum": func() *access.Mail {
		yes := with(waiting(jane(), "client"), func(l *access.Line) { l.Answer, l.Lacking = access.Yes, 1 })
		no := with(waiting(raj(), "client"), func(l *access.Line) { l.Answer, l.Lacking = access.No, 2 })
		m := replied(access.MailReceipt, yes, no)
		m.Data.Stage = "client"
		return m
	},
	"receipt_ref": func() *access.Mail {
		m := asked(access.MailReceipt, "client", with(status(jane(), access.StatusHeld), func(l *access.Line) { l.Answer = access.Yes }))
		m.InReplyTo, m.Data.Until = "0815.xyz@acme.example", SampleTime.Add(10*time.Minute)
		return m
	},
	"receipt_rejected": func() *access.Mail {
		no := with(status(tom(), access.StatusRejected), func(l *access.Line) { l.Answer, l.Until = access.No, SampleTime.Add(10*time.Minute) })
		return asked(access.MailReceipt, "client", first(no))
	},
	"receipt_stop": func() *access.Mail {
		m := replied(access.MailReceipt, waiting(jane(), "client"), status(raj(), access.StatusCancelled))
		m.Data.Reason = "stop"
		return m
	},
	"unclear": func() *access.Mail {
		m := replied(access.MailUnclear, waiting(jane(), "client"), waiting(raj(), "client"))
		m.Data.Stage = "client"
		m.Data.Reason = "Your mail does not say clearly what you decide, so nothing was decided."
		return m
	},
	"unclear_hold": func() *access.Mail {
		m := replied(access.MailUnclear, first(status(tom(), access.StatusHeld)))
		m.Data.Stage, m.Data.Reason = access.StageHold, "Only STOP counts as an answer to this notice."
		return m
	},
	"unclear_no_lines": func() *access.Mail {
		m := replied(access.MailUnclear)
		m.Data.Reason = "Your answer came without the reference that stands at the end of our mail, so nothing was decided. Please answer that mail itself, with the reference line left in place."
		return m
	},
	"late": func() *access.Mail {
		held := with(status(jane(), access.StatusHeld), func(l *access.Line) { l.Answer, l.By = access.Yes, "Olu Adeyemi" })
		own := with(status(raj(), access.StatusHeld), func(l *access.Line) { l.Answer, l.By = access.Yes, "Sarah Chen" })
		no := with(status(tom(), access.StatusRejected), func(l *access.Line) { l.Answer, l.By = access.No, "Olu Adeyemi" })
		return replied(access.MailLate, held, own, no, access.Line{Number: 4})
	},
	"repeated": func() *access.Mail {
		own := with(status(jane(), access.StatusHeld), func(l *access.Line) { l.Answer, l.By, l.Said = access.Yes, "Sarah Chen", access.Yes })
		return replied(access.MailRepeated, own)
	},
	"conflict": func() *access.Mail {
		held := with(status(jane(), access.StatusHeld), func(l *access.Line) { l.Answer, l.By, l.Said = access.Yes, "Olu Adeyemi", access.No })
		own := with(status(raj(), access.StatusHeld), func(l *access.Line) { l.Answer, l.By, l.Said = access.Yes, "Sarah Chen", access.No })
		no := with(status(tom(), access.StatusRejected), func(l *access.Line) { l.Answer, l.By, l.Said = access.No, "Olu Adeyemi", access.Yes })
		return replied(access.MailConflict, held, own, no, access.Line{Number: 4})
	},
	"delegation_begun": func() *access.Mail {
		m := order(access.MailDelegation, access.Line{Action: access.ActionDelegate, Name: "Olu Adeyemi", Email: "olu@acme.example", For: "Sarah Chen"})
		m.Data.Person, m.Data.Reason, m.Data.Until = "Sarah Chen", "begun", SampleTime.Add(12*24*time.Hour)
		return m
	},
	"delegation_begun_own": func() *access.Mail {
		m := order(access.MailDelegation, access.Line{Action: access.ActionDelegate, Name: "Olu Adeyemi", Email: "olu@acme.example", For: "Maria Lindqvist"})
		m.Data.Reason, m.Data.Until, m.Data.Token = "begun", SampleTime.Add(12*24*time.Hour), mint(0x88)
		return m
	},
	"delegation_ended_own": func() *access.Mail {
		m := order(access.MailDelegation, access.Line{Action: access.ActionDelegate, Name: "Olu Adeyemi", Email: "olu@acme.example", For: "Maria Lindqvist"})
		m.Data.Reason = "ended"
		return m
	},
	"delegation_ended": func() *access.Mail {
		m := order(access.MailDelegation, access.Line{Action: access.ActionDelegate, Name: "Olu Adeyemi", Email: "olu@acme.example", For: "Sarah Chen"})
		m.Data.Person, m.Data.Reason = "Sarah Chen", "ended"
		return m
	},
	"answer_delegation": func() *access.Mail {
		m := order(access.MailAnswer, access.Line{Action: access.ActionDelegate, Name: "Olu Adeyemi", Email: "olu@acme.example", For: "Sarah Chen",
			Until: SampleTime.Add(12 * 24 * time.Hour), Status: access.StatusHeld})
		m.Data.Token = mint(0x88)
		return m
	},
	"approval_delegate": func() *access.Mail {
		m := asked(access.MailApproval, "client", first(waiting(tom(), "client")))
		m.Data.Person = "Olu Adeyemi"
		return m
	},
	"digest": func() *access.Mail {
		may, mayNot := true, false
		m := order(access.MailDigest)
		m.Ticket, m.InReplyTo, m.ToName = nil, "", "Olu Adeyemi"
		m.Data.Digest = &access.Digest{Since: SampleTime.Add(-24 * time.Hour), HeldBack: 3,
			Waiting: []access.DigestRequest{
				{Ticket: "REQ-2026-00041", Client: "Acme Colo", Name: "Raj Patel", Action: "add_user", State: access.AwaitingApproval,
					Stage: "security_impact", Since: SampleTime.Add(-100 * time.Hour), Late: true},
				{Ticket: "REQ-2026-00042", Client: "Acme Colo", Name: "Jane Doe", Action: "add_user", State: access.NeedsDetails,
					Since: SampleTime.Add(-3 * time.Hour)}},
			Quarantined: []access.DigestMail{{Mailbox: "support", From: "jane@evil.example", Subject: "Add me <b>now</b>", Reason: "unknown author"}},
			Left: []access.DigestMail{
				{Mailbox: "support", From: "tomas@acme.example", Subject: "Router port down", Client: "Acme Colo", Level: []string{"Technician"},
					Topic: "technical", May: &may},
				{Mailbox: "accounting", From: "raj@acme.example", Subject: "New rack", Client: "Acme Colo", Level: []string{"Technician"},
					Topic: "service_order", May: &mayNot},
				{Mailbox: "support", From: "news@letter.example", Subject: "Our news"}},
			Todos: []access.DigestTodo{
				{ID: 7, Todo: access.Todo{Kind: access.TodoUnreachable, About: "raj@acme.example"}, Count: 1, Since: SampleTime.Add(-5 * time.Hour)},
				{ID: 8, Todo: access.Todo{Kind: access.TodoStorm, About: "robot@acme.example"}, Count: 12, Since: SampleTime.Add(-2 * time.Hour)}}}
		return m
	},
	"not_yours": func() *access.Mail {
		m := replied(access.MailNotYours)
		m.Data.Person, m.Data.Reason = "Olu Adeyemi", "Only the person a question was sent to can answer it."
		return m
	},
	"not_yours_owner": func() *access.Mail {
		m := replied(access.MailNotYours)
		m.InReplyTo = ""
		m.Data.Person, m.Data.Reason = "Olu Adeyemi", "owner"
		return m
	},
	"settled": func() *access.Mail {
		yes := with(waiting(jane(), "staff"), func(l *access.Line) { l.Answer, l.By = access.Yes, "Olu Adeyemi" })
		no := with(status(raj(), access.StatusRejected), func(l *access.Line) { l.Answer, l.By = access.No, "Olu Adeyemi" })
		m := replied(access.MailSettled, yes, no)
		m.InReplyTo, m.Data.Person = "", "Olu Adeyemi"
		return m
	},
	"team": func() *access.Mail {
		m := order(access.MailTeam)
		m.InReplyTo, m.Data.Requester = "", "Raj Patel"
		m.Data.Other = &access.Other{Address: "raj.patel@acme.example", Proven: true, Levels: []string{"Technician"}, Topic: "service_order",
			May: new(false), Capabilities: []string{"ticket:technical", "assistance:request"}, Subject: "More power",
			Words: "We need a second 16 A feed in rack 12. Please order it for us."}
		return m
	},
	"team_unproven": func() *access.Mail {
		m := order(access.MailTeam)
		m.InReplyTo, m.Data.Requester = "", "Raj Patel"
		m.Data.Other = &access.Other{Address: "raj.patel@acme.example", Words: "Please call me back."}
		return m
	},
	"invitation": func() *access.Mail {
		m := newcomer(access.MailInvitation)
		m.Data.Token, m.Data.Until = mint(0x66), SampleTime.Add(7*24*time.Hour)
		m.Data.Lines = []access.Line{status(jane(), access.StatusInvited)}
		return m
	},
	"code": func() *access.Mail {
		m := newcomer(access.MailCode)
		m.Ticket = nil
		m.Data.Code, m.Data.Until = sampleCode(), SampleTime.Add(10*time.Minute)
		return m
	},
	"code_stop":       func() *access.Mail { return stopCode("client") },
	"code_stop_hold":  func() *access.Mail { return stopCode(access.StageHold) },
	"code_delegation": func() *access.Mail { return stopCode(access.StageDelegation) },
	"challenge": func() *access.Mail {
		m := order(access.MailChallenge)
		m.InReplyTo, m.Ticket, m.Ref = "", nil, &token.Ref{Kind: token.Sender, Token: mint(0x77)}
		m.Data.Code, m.Data.Since, m.Data.Until = sampleCode(), SampleTime, SampleTime.Add(7*24*time.Hour)
		return m
	},
	"challenge_again": func() *access.Mail {
		m := order(access.MailChallenge)
		m.InReplyTo, m.Ticket, m.Ref = "", nil, &token.Ref{Kind: token.Sender, Token: mint(0x77)}
		m.Data.Code, m.Data.Since, m.Data.Until, m.Data.Reason = sampleCode(), SampleTime, SampleTime.Add(7*24*time.Hour), "again"
		return m
	},
	"outcome_registered": func() *access.Mail {
		return order(access.MailOutcome, status(jane(), access.StatusCompleted))
	},
	"outcome_changed": func() *access.Mail {
		return order(access.MailOutcome, status(tom(), access.StatusCompleted))
	},
	"outcome_removed": func() *access.Mail {
		return order(access.MailOutcome, with(status(raj(), access.StatusCompleted), func(l *access.Line) { l.Action = "remove_user" }))
	},
	"outcome_rejected": func() *access.Mail {
		return order(access.MailOutcome, with(status(jane(), access.StatusRejected), func(l *access.Line) { l.By = "Sarah Chen" }))
	},
	"outcome_expired": func() *access.Mail {
		return order(access.MailOutcome, status(jane(), access.StatusExpired))
	},
	"outcome_lapsed": func() *access.Mail {
		return order(access.MailOutcome, status(jane(), access.StatusLapsed))
	},
	"outcome_unreachable": func() *access.Mail {
		return order(access.MailOutcome, with(status(jane(), access.StatusUnreachable), func(l *access.Line) { l.By = "Olu Adeyemi" }))
	},
	"outcome_bounced": func() *access.Mail {
		return order(access.MailOutcome, with(status(jane(), access.StatusBounced), func(l *access.Line) {
			l.Missing = []interpret.Field{interpret.FieldEmail}
		}))
	},
	"outcome_bounced_change": func() *access.Mail {
		return order(access.MailOutcome, with(status(jane(), access.StatusBounced), func(l *access.Line) { l.Action = "change_role" }))
	},
	"outcome_refused": func() *access.Mail {
		return order(access.MailOutcome, with(status(jane(), access.StatusRefused), func(l *access.Line) {
			l.Rule, l.Text = "R29", "Jane Doe has become a contact in the meantime."
		}))
	},
	"outcome_rewritten": func() *access.Mail {
		return order(access.MailOutcome, with(status(raj(), access.StatusChanged), func(l *access.Line) { l.By = "Olu Adeyemi" }))
	},
	"outcome_cancelled": func() *access.Mail {
		return order(access.MailOutcome, with(status(tom(), access.StatusCancelled), func(l *access.Line) { l.By = "Olu Adeyemi" }))
	},
}
