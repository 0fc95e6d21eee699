package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// noLonger is told to somebody who was asked, and who may not decide any more (R9).
const noLonger = "You cannot decide this any more, because your role has changed since we asked you. Nothing was decided."

// answerApproval handles a mail that carries an approver's token. A decision needs three things at once: the approver's
// proven address, that approver's token, and plain own words (design section 5).
func (d *decider) answerApproval() {
	a := d.s.Token
	if !d.authorIs(a) {
		d.notYours(a)
		return
	}
	if d.in.Proof.Method == senderauth.MethodSPF {
		d.unproven("a decision needs more proof of its sender than SPF.")
		return
	}
	if d.stops() {
		d.stop(a)
		return
	}
	if a.Stage == StageHold || a.Stage == StageDelegation {
		d.unclear(a, "Only STOP counts as an answer to this notice.")
		return
	}
	answers := d.answers(a)
	if len(answers) == 0 {
		d.unclear(a, "Your mail does not say clearly what you decide, so nothing was decided.")
		return
	}
	d.record(a, answers)
}

// authorIs reports whether the mail's proven author is the approver that the token was made for.
func (d *decider) authorIs(a *Approval) bool {
	if a.Address.Key() != d.in.Author.Key() {
		return false
	}
	if a.ApproverKind == ByStaff {
		return d.s.AuthorStaff != nil && d.s.AuthorStaff.ID == a.ApproverID
	}
	c := d.contactByID(a.ApproverID)
	if c == nil || c.State != ContactActive {
		return false
	}
	// A shared address approves nothing, and says of itself that it is there. An address that was somebody's is theirs no more.
	return a.Stage == StageNewAddress || c.Kind == Person && c.Address.Key() == a.Address.Key()
}

// notYours: a token in another hand decides nothing. People of the same client and staff learn why; anyone else hears
// nothing. The token's owner is told (R9).
func (d *decider) notYours(a *Approval) {
	d.out.Disposition, d.out.Reason = Answered, "carries another person's token"
	d.event("foreign_token", nil, map[string]any{"approval": a.ID, "author": d.in.Author.String()})
	name := "" // the display name of somebody else is whatever they like
	if a.Address.Key() == d.in.Author.Key() {
		if c := d.author(); c != nil {
			d.mail(MailUnclear, c, MailData{Reason: noLonger})
		}
		return
	}
	if c := d.author(); c != nil {
		name = c.Name
		d.mail(MailNotYours, c, MailData{Person: a.Name, Reason: "Only the person a question was sent to can answer it."})
	} else if s := d.s.AuthorStaff; s != nil {
		name = s.Name
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailNotYours, To: s.Address, ToName: s.Name, Language: s.Language,
			Ticket: d.s.Ticket, InReplyTo: d.in.MessageID, Data: MailData{Client: d.s.Client.Name, Person: a.Name,
				Reason: "Only the person a question was sent to can answer it."}})
	}
	if d.current(a) {
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailNotYours, To: a.Address, ToName: a.Name, Language: d.language(a),
			Ticket: d.s.Ticket, Data: MailData{Client: d.s.Client.Name, Person: name, Reason: "owner"}})
	}
}

// current reports whether the approver still represents the client or works for the provider, at the address that the
// token went to: nobody else is written to.
func (d *decider) current(a *Approval) bool {
	if c := d.contactByID(a.ApproverID); a.ApproverKind == ByContact && (c == nil || c.State != ContactActive) {
		return false
	}
	return d.addressOf(a.ApproverKind, a.ApproverID).Key() == a.Address.Key()
}

func (d *decider) stops() bool {
	return slices.ContainsFunc(d.in.Reading.Commands, func(c interpret.Command) bool { return c.Name == "stop" })
}

// answers maps each line of the approval to the plain answer the mail gives it; unclear lines are absent.
func (d *decider) answers(a *Approval) map[int]Answer {
	answers := map[int]Answer{}
	said := d.in.Reading.Decisions
	for _, l := range a.Lines {
		v, ok := said[strconv.Itoa(l.Number)]
		if !ok {
			v = said[interpret.Everything]
		}
		switch v {
		case interpret.Approve:
			answers[l.Number] = Yes
		case interpret.Reject:
			answers[l.Number] = No
		}
	}
	return answers
}

// record applies an approver's answers line by line. A line counts only while its request waits at this stage, in this
// round; the first valid answer stands (R1).
func (d *decider) record(a *Approval, answers map[int]Answer) {
	if !d.mayAdd(a) && slices.Contains(slices.Collect(maps.Values(answers)), Yes) {
		d.unclear(a, onlyStaffAdd)
		return
	}
	var counted, late []Line
	var decided []*Request
	barred := false
	for _, l := range a.Lines {
		answer, ok := answers[l.Number]
		if !ok {
			continue
		}
		r := d.requestByID(l.RequestID)
		if a.State != ApprovalOpen || !d.stillAsked(a)(l) {
			line := d.lateLine(l, r, a)
			line.Said = answer
			late = append(late, line)
			continue
		}
		if !d.mayDecide(a, r) {
			barred = true
			continue
		}
		dec := &Decision{RequestID: r.ID, Stage: r.Stage, Round: r.Round, Answer: answer, ApproverKind: a.ApproverKind,
			ApproverID: a.ApproverID, ApproverName: a.Name, InboundID: d.in.InboundID, At: d.env.Now,
			Seat: len(d.given(r, r.Stage, r.Round)) + 1}
		d.out.Decisions = append(d.out.Decisions, dec)
		d.event("decided", r, map[string]any{"stage": r.Stage, "round": r.Round, "answer": answer, "approver": a.Name,
			"approver_kind": a.ApproverKind, "approver_id": a.ApproverID, "words": d.in.Reading.OwnWords,
			"proof": d.in.Proof.Reason})
		decided = append(decided, r)
		line := d.line(r, StatusWaiting)
		line.Number, line.Answer = l.Number, answer
		if more := d.added(r); answer == Yes && len(more) > 0 {
			d.insert(r, more)
		} else {
			d.settle(r, answer)
		}
		line.Status = d.status(r)
		d.waitsFor(&line, r)
		if undo := d.env.Settings.UndoWindow; r.State == Rejected && undo > 0 {
			line.Until = d.env.Now.Add(undo) // STOP takes it back until then
		}
		counted = append(counted, line)
		d.touch(r)
	}
	d.closeApprovals(a, decided)
	switch {
	case len(counted) > 0:
		d.out.Disposition, d.out.Reason = Applied, "decision"
		d.receipt(a, counted)
		d.tellRejected(a, decided)
	case barred:
		d.out.Disposition, d.out.Reason = Answered, "the approver may not decide this any more"
		d.event("not_eligible", nil, map[string]any{"approval": a.ID})
		d.reply(MailUnclear, a, MailData{Reason: noLonger})
	case len(late) > 0:
		d.out.Disposition, d.out.Reason = Answered, "was decided before"
		d.reply(lateKind(late, a), a, MailData{Lines: late})
	}
}

// lateKind tells answers that change nothing apart: one that differs from what counts, one that the approver had given
// already, and one that merely came late.
func lateKind(late []Line, a *Approval) MailKind {
	if slices.ContainsFunc(late, func(l Line) bool { return l.Answer != "" && l.Answer != l.Said }) {
		return MailConflict
	}
	if !slices.ContainsFunc(late, func(l Line) bool { return l.Answer == "" || l.By != a.Name }) {
		return MailRepeated
	}
	return MailLate
}

func (d *decider) requestByID(id int64) *Request {
	for _, r := range slices.Concat(d.s.Requests, d.s.Open) {
		if r.ID == id && id != 0 {
			return r
		}
	}
	if i := d.s.Invitation; i != nil && i.Request != nil && i.Request.ID == id {
		return i.Request
	}
	d.need(id == 0 || d.s.Sought == nil) // it may be open, and of another ticket
	return nil
}

func (d *decider) lateLine(l ApprovalLine, r *Request, a *Approval) Line {
	if r == nil {
		return Line{Number: l.Number}
	}
	line := d.line(r, d.status(r))
	line.Number = l.Number
	if !superseded(r, a.Stage, l.Round) {
		d.answeredBy(&line, r, a, l.Round)
	}
	return line
}

// superseded reports whether the request went back behind a stage, so that its answers of that round count no more.
func superseded(r *Request, stage policy.Stage, round int) bool {
	return r.State == NeedsDetails || r.State == AwaitingApproval && r.Round > round &&
		slices.Index(r.Stages, r.Stage) <= slices.Index(r.Stages, stage)
}

// answeredBy names who settled a line: the approver who is written to where they are one of them.
func (d *decider) answeredBy(line *Line, r *Request, a *Approval, round int) {
	var by []string
	for _, x := range d.given(r, a.Stage, round) {
		line.Answer = x.Answer // the last one is what settled it
	}
	for _, x := range d.given(r, a.Stage, round) {
		if x.Answer == line.Answer {
			by = append(by, x.ApproverName)
		}
		if x.ApproverKind == a.ApproverKind && x.ApproverID == a.ApproverID {
			line.Answer, line.By = x.Answer, x.ApproverName
			return
		}
	}
	line.By = strings.Join(by, " and ")
}

// closeApprovals ends the tokens whose lines are all decided, and tells the others who were asked.
func (d *decider) closeApprovals(by *Approval, decided []*Request) {
	told := map[string][]int64{} // requests by address
	for _, a := range d.s.Approvals {
		if a.State != ApprovalOpen || slices.ContainsFunc(a.Lines, d.stillAsked(a)) {
			continue
		}
		if by != nil && a.ID == by.ID {
			a.State = ApprovalAnswered
			d.touchApproval(a)
			continue
		}
		if !slices.ContainsFunc(a.Lines, func(l ApprovalLine) bool {
			return slices.ContainsFunc(decided, func(r *Request) bool { return r.ID == l.RequestID })
		}) {
			continue
		}
		a.State = ApprovalClosed
		d.touchApproval(a)
		if by != nil && a.Stage == by.Stage && a.Address.Key() != by.Address.Key() && d.current(a) {
			d.settled(a, by, told)
		}
	}
}

// settled tells somebody who was asked too that it is decided: once, however often we had reminded them.
func (d *decider) settled(a, by *Approval, told map[string][]int64) {
	m := MailData{Client: d.s.Client.Name, Person: by.Name, Stage: a.Stage}
	key := a.Address.Key()
	for _, l := range a.Lines {
		if r := d.requestByID(l.RequestID); r != nil && !slices.Contains(told[key], r.ID) {
			told[key] = append(told[key], r.ID)
			m.Lines = append(m.Lines, d.lateLine(l, r, a))
		}
	}
	if len(m.Lines) > 0 {
		d.out.Mails = append(d.out.Mails, &Mail{Kind: MailSettled, To: a.Address, ToName: a.Name, Language: d.language(a),
			Ticket: d.s.Ticket, Data: m})
	}
}

// stillAsked reports whether a line of an approval can still be answered by its approver. Each stage is a round of its own,
// so an equal round is the same stage.
func (d *decider) stillAsked(a *Approval) func(ApprovalLine) bool {
	return func(l ApprovalLine) bool {
		r := d.requestByID(l.RequestID)
		if r == nil || r.Round != l.Round {
			return false
		}
		switch a.Stage {
		case StageHold:
			return r.State == Approved
		case StageDelegation:
			return d.lasts(d.delegationBy(r))
		}
		return r.State == AwaitingApproval && !d.hasAnswered(r, a.Address)
	}
}

// tellRejected tells the requester what was declined.
func (d *decider) tellRejected(a *Approval, decided []*Request) {
	for _, r := range decided {
		if r.State == Rejected {
			l := d.line(r, StatusRejected)
			l.By = a.Name
			d.outcome(r, l)
		}
	}
}

// approverWithoutToken sends a fresh approval mail to a proven approver of an open stage whose answer carries no token
// (R8). Nothing is decided by it.
func (d *decider) approverWithoutToken() bool {
	if len(d.in.Reading.Decisions) == 0 {
		return false
	}
	var mine []*Approval
	var open []*Request
	for _, a := range slices.Backward(d.s.Approvals) {
		if a.State != ApprovalOpen || a.Stage == StageHold || !d.authorIs(a) {
			continue
		}
		for _, l := range a.Lines {
			if r := d.requestByID(l.RequestID); d.stillAsked(a)(l) && d.mayDecide(a, r) {
				mine = append(mine, a)
				if !slices.Contains(open, r) {
					open = append(open, r)
				}
			}
		}
	}
	if len(mine) == 0 {
		return false
	}
	if newest := mine[0]; d.env.Now.Sub(newest.CreatedAt) < freshApprovalEvery {
		d.out.Disposition, d.out.Reason = Answered, "an answer without token; an approval mail is already there"
		d.reply(MailUnclear, newest, MailData{Reason: "Your answer came without the reference that stands at the end of our mail, so nothing was decided. Please answer that mail itself, with the reference line left in place."})
		return true
	}
	for _, a := range mine {
		a.State = ApprovalClosed
		d.touchApproval(a)
	}
	slices.Reverse(open)
	for _, r := range open {
		d.addAsk(d.sameAsk(mine[0], r), r)
	}
	d.out.Disposition, d.out.Reason = Answered, "an answer without token; asked again"
	return true
}

// sameAsk asks the approver of an earlier mail once more.
func (d *decider) sameAsk(a *Approval, r *Request) *ask {
	n := &ask{stage: r.Stage, kind: a.ApproverKind, escalated: fromClient(r.Stage) && a.ApproverKind == ByStaff}
	if a.ApproverKind == ByContact {
		n.contact = d.contactByID(a.ApproverID)
		return n
	}
	n.staff = d.s.AuthorStaff
	return n
}

// unclear answers an approver whose mail decides nothing, kindly and with the question again.
func (d *decider) unclear(a *Approval, why string) {
	d.out.Disposition, d.out.Reason = Answered, "unclear answer to an approval mail"
	d.event("unclear_answer", nil, map[string]any{"approval": a.ID})
	if a.State != ApprovalOpen {
		var late []Line
		for _, l := range a.Lines {
			late = append(late, d.lateLine(l, d.requestByID(l.RequestID), a))
		}
		d.reply(MailLate, a, MailData{Lines: late})
		return
	}
	var lines []Line
	for _, l := range a.Lines {
		if r := d.requestByID(l.RequestID); r != nil && d.stillAsked(a)(l) {
			line := d.line(r, d.status(r))
			line.Number = l.Number
			lines = append(lines, line)
		}
	}
	d.reply(MailUnclear, a, MailData{Reason: why, Lines: lines, Stage: a.Stage})
}

// receipt tells an approver what was recorded, and until when STOP takes it back.
func (d *decider) receipt(a *Approval, lines []Line) {
	data := MailData{Lines: lines, Stage: a.Stage}
	for _, r := range d.out.Requests {
		if r.State == Approved && r.HeldUntil.After(data.Until) {
			data.Until = r.HeldUntil
		}
	}
	d.reply(MailReceipt, a, data)
}
