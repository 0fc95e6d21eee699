package access

import (
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// stop takes a decision back while its undo window runs (R1), stops a held change of approving power (R2), or ends a
// delegation (R10).
func (d *decider) stop(a *Approval) {
	var lines []Line
	for _, l := range a.Lines {
		if !d.stoppable(a, l) {
			continue
		}
		r := d.requestByID(l.RequestID)
		switch a.Stage {
		case StageDelegation:
			d.endEarly(d.delegationBy(r))
			return // both of them, and all other authorities, are told by that
		case StageHold:
			r.State = Cancelled
			d.event("stopped", r, map[string]any{"by": a.Name, "approver_kind": a.ApproverKind, "approver_id": a.ApproverID})
			line := d.line(r, StatusCancelled)
			line.Number, line.By = l.Number, a.Name
			lines = append(lines, line)
			d.outcome(r, line)
			d.tellSupport(r, line)
		default:
			r.Stage = a.Stage
			r.State = AwaitingApproval
			r.Round++
			d.event("taken_back", r, map[string]any{"by": a.Name, "stage": r.Stage})
			d.askStage(r)
			line := d.line(r, StatusWaiting)
			line.Number = l.Number
			lines = append(lines, line)
		}
		d.touch(r)
	}
	if len(lines) == 0 {
		d.unclear(a, "There is nothing left that STOP could take back.")
		return
	}
	d.closeApprovals(nil, d.out.Requests)
	d.out.Disposition, d.out.Reason = Applied, "stopped"
	d.reply(MailReceipt, a, MailData{Reason: "stop", Lines: lines})
}

// stoppable reports whether STOP by the approver changes something about a line.
func (d *decider) stoppable(a *Approval, l ApprovalLine) bool {
	r := d.requestByID(l.RequestID)
	switch {
	case r == nil:
		return false
	case a.Stage == StageHold:
		return d.stillAsked(a)(l) && d.mayStop(a, r)
	case a.Stage == StageDelegation:
		return d.stillAsked(a)(l) // only whoever is absent has such a token
	}
	return d.undoable(r, a, l)
}

// mayStop: the subject person, and whoever still has approving power, stop a held change (R2).
func (d *decider) mayStop(a *Approval, r *Request) bool {
	c := d.contactByID(a.ApproverID)
	return c != nil && (c == d.subject(r) || d.hasPower(c))
}

// undoable reports whether the approver's answer to the line is the one that stands at its stage, and can still be taken
// back: while the request is held, or within the undo window after a No that ended it (R1).
func (d *decider) undoable(r *Request, a *Approval, l ApprovalLine) bool {
	var mine *Decision
	stage, last := 0, 0 // rounds of the newest answers: at the stage, at all
	for _, x := range d.s.Decisions {
		if x.RequestID != r.ID {
			continue
		}
		last = max(last, x.Round)
		if x.Stage == a.Stage {
			stage = max(stage, x.Round)
			if x.Round == l.Round && x.ApproverKind == a.ApproverKind && x.ApproverID == a.ApproverID {
				mine = x
			}
		}
	}
	if mine == nil || mine.Round != stage {
		return false
	}
	if r.State == Rejected && mine.Round == last && mine.Answer == No && d.env.Now.Before(mine.At.Add(d.env.Settings.UndoWindow)) {
		_, again := d.alreadyThere(r)
		return !again // somebody asked anew meanwhile
	}
	return r.State == Approved && mine.Answer == Yes // a No that was outvoted has not decided it
}

// methodPage is the proof of somebody who typed, on a page of ours, the code that was mailed to the address on file.
const methodPage senderauth.Method = "page"

// StopView is what the page behind an approver's token shows: what its holder can stop.
type StopView struct {
	Client   string
	Ticket   string // number
	Name     string
	Address  string // that the code goes to
	Language string
	Stage    policy.Stage // StageHold, StageDelegation, or the one that they decided
	Lines    []Line
	Until    time.Time // when the last of the lines takes effect, or ends by itself; zero if it is not known
}

// stopping is the decider of the page of s.Token. Whoever presses the button there is as good as the author of a mail that
// says STOP, so that page and mail are decided alike. It fails where a mail would stop nothing.
func stopping(s *Situation, t token.Token, env *Env) (*decider, error) {
	a := s.Token
	in := &Incoming{Page: true, Author: a.Address, Name: a.Name, Refs: []token.Ref{{Kind: token.Approval, Token: t}},
		Reading: interpret.Reading{Commands: []interpret.Command{{Name: "stop"}}},
		Proof:   senderauth.Evidence{Verdict: senderauth.Pass, Method: methodPage, Reason: "typed the code mailed to the address on file"}}
	if t := s.Ticket; t != nil {
		in.Team, in.Subject = t.Team, t.Subject
	}
	d := newDecider(s, in, env)
	if a.ApproverKind == ByStaff {
		s.AuthorStaff = d.staffByID(a.ApproverID)
	} else if c := d.contactByID(a.ApproverID); c != nil {
		s.AuthorContacts = []*Contact{c}
	}
	if !a.Token.Matches(t) || d.model == nil || !d.authorIs(a) || !d.current(a) && a.Stage != StageNewAddress {
		return nil, ErrNoApproval // they are there no more, or at another address
	}
	if !slices.ContainsFunc(a.Lines, func(l ApprovalLine) bool { return d.stoppable(a, l) }) {
		return d, ErrNothingToStop
	}
	return d, nil
}

// ViewStop is what the page shows; it changes nothing. With ErrNothingToStop the view has the language.
func ViewStop(s *Situation, t token.Token, env *Env) (StopView, error) {
	d, err := stopping(s, t, env)
	if errors.Is(err, ErrNothingToStop) {
		return StopView{Language: d.language(s.Token)}, err
	}
	if err != nil {
		return StopView{}, err
	}
	a := s.Token
	v := StopView{Client: s.Client.Name, Name: a.Name, Address: a.Address.Display(), Language: d.language(a), Stage: a.Stage}
	if s.Ticket != nil {
		v.Ticket = s.Ticket.Number
	}
	for _, l := range a.Lines {
		if !d.stoppable(a, l) {
			continue
		}
		r := d.requestByID(l.RequestID)
		line := d.line(r, d.status(r))
		line.Number = l.Number
		v.Lines = append(v.Lines, line)
		until := r.HeldUntil
		if a.Stage == StageDelegation {
			until = line.Until
		}
		if v.Until.Before(until) && r.State != Rejected {
			v.Until = until
		}
	}
	return v, nil
}

// DecideStopCode mails a six-digit code to the address that the token went to, and binds it to the browser session.
// Pressing the button stops nothing, so link scanners and forwarded mails change nothing.
func DecideStopCode(s *Situation, t token.Token, session token.Digest, env *Env) (*Outcome, error) {
	d, err := stopping(s, t, env)
	if err != nil {
		return nil, err
	}
	c, code, err := d.newCode(session)
	if err != nil {
		return nil, err
	}
	a := s.Token
	c.ApprovalID = a.ID
	d.out.Mails = append(d.out.Mails, &Mail{Kind: MailCode, To: a.Address, ToName: a.Name, Language: d.language(a), NotAfter: c.ExpiresAt,
		Ticket: s.Ticket, Data: MailData{Client: s.Client.Name, Code: code, Until: c.ExpiresAt, Reason: "stop", Stage: a.Stage}})
	d.event("code_sent", nil, map[string]any{"approval": a.ID})
	return d.out, nil
}

// DecideStop checks the typed code; a right one is as good as a mail that says STOP. With ErrWrongCode the Outcome is to be
// stored too: it counts the try.
func DecideStop(s *Situation, t token.Token, session token.Digest, code token.Code, env *Env) (*Outcome, error) {
	d, err := stopping(s, t, env)
	if err != nil {
		return nil, err
	}
	c, err := d.tryCode(session, code)
	if errors.Is(err, ErrWrongCode) {
		d.event("wrong_code", nil, map[string]any{"approval": s.Token.ID, "tries": c.Tries})
		return d.out, err
	}
	if err != nil {
		return nil, err
	}
	c.UsedAt = env.Now
	d.known()
	d.done()
	return d.out, d.err
}
