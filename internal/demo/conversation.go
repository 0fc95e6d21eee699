package demo

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// Stage is where a conversation is played.
type Stage struct {
	Servers *Servers
	Now     func() time.Time
	// Equation counts what the daemon did with every mail it saw.
	Equation func(context.Context) (access.Equation, error)
	// Show is told each step as it happens.
	Show func(Step)
	// StepLimit is how long one step may take.
	StepLimit time.Duration
}

// Step is one thing that happened.
type Step struct {
	From, To string
	Subject  string
	Words    string // the words that matter
	Took     time.Duration
	Heading  string // opens a new part; the rest is empty
}

// player plays all people.
type player struct {
	stage    *Stage
	programs map[Person]*mailProgram
	support  *mailProgram // only looks at the folders of the support mailbox
	last     time.Time
	ctx      context.Context //nolint:containedctx // of one play
}

// Play plays the whole conversation. It returns at the first step that does not happen.
func Play(ctx context.Context, stage *Stage) error {
	p := &player{stage: stage, programs: map[Person]*mailProgram{}, ctx: ctx}
	defer func() {
		for _, m := range p.programs {
			m.close()
		}
	}()
	p.support = &mailProgram{who: Person{Name: SupportName, Address: Support}, servers: stage.Servers, now: stage.Now}
	p.programs[p.support.who] = p.support
	for _, who := range People {
		p.programs[who] = &mailProgram{who: who, servers: stage.Servers, now: stage.Now}
	}
	for _, m := range p.programs {
		if err := m.open(m != p.support); err != nil {
			return err
		}
	}
	p.last = time.Now()
	for _, part := range []func() error{p.request, p.register, p.refused, p.forged, p.waits, p.leftAlone} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) heading(s string) { p.stage.Show(Step{Heading: s}) }

func (p *player) show(from, to, subject, words string) {
	now := time.Now()
	p.stage.Show(Step{From: from, To: to, Subject: subject, Words: words, Took: now.Sub(p.last)})
	p.last = now
}

// write sends a new mail to the support mailbox.
func (p *player) write(who Person, subject, words string) error {
	if err := p.programs[who].send(Support, subject, words+"\n\nKind regards\n"+who.Name, nil, false); err != nil {
		return err
	}
	p.show(who.Name, SupportName, subject, words)
	return nil
}

func (p *player) reply(who Person, m *received, words string) error {
	if err := p.programs[who].reply(m, words); err != nil {
		return err
	}
	p.show(who.Name, SupportName, "Re: "+strings.TrimPrefix(m.Subject, "Re: "), words)
	return nil
}

// get waits for a mail whose text and subject hold all the words, and shows the line of the text that holds the first.
func (p *player) get(who Person, words ...string) (*received, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.stage.StepLimit)
	defer cancel()
	m, err := p.programs[who].await(ctx, func(m *received) bool {
		all := m.Subject + "\n" + strings.Join(strings.Fields(m.Text), " ")
		for _, w := range words {
			if !strings.Contains(all, w) {
				return false
			}
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("no mail with %q came to %s: %w", words, who.Name, err)
	}
	p.show(SupportName, who.Name, m.Subject, around(m.Text, words[0]))
	return m, nil
}

// around is the paragraph of a text that holds a word, on one line.
func around(text, word string) string {
	for _, para := range strings.Split(text, "\n\n") {
		if flat := strings.Join(strings.Fields(para), " "); strings.Contains(flat, word) {
			return flat
		}
	}
	return ""
}

// request: Maria asks for two people, one without a role; both are approved; the invitations go out.
func (p *player) request() error {
	p.heading("Maria, Main Contact of " + ClientName + ", asks for two people in one mail")
	if err := p.write(Maria, "Two new people", `Hello,

please add two people to the portal:

1. Full Name: Jane Doe
   Company Email Address: jane.doe@acme.example
   Desired Role: Secondary Contact
   Reason for access: Takes over the Frankfurt cage project

2. Full Name: Raj Patel
   Company Email Address: raj@acme.example
   Reason for access: Night shift in the cage`); err != nil {
		return err
	}
	question, err := p.get(Maria, "role", "Raj Patel", "Jane Doe")
	if err != nil {
		return err
	}
	forJane, err := p.get(Paul, "Jane Doe", "Secondary Contact", "APPROVE")
	if err != nil {
		return err
	}
	if err := p.reply(Maria, question, "Technician"); err != nil {
		return err
	}
	if _, err := p.get(Maria, "Raj Patel", "Technician"); err != nil {
		return err
	}
	p.heading("The security team verifies the Technician, the support team validates both")
	forRaj, err := p.get(Ines, "Raj Patel", "Technician", "APPROVE")
	if err != nil {
		return err
	}
	if err := p.reply(Ines, forRaj, "APPROVE"); err != nil {
		return err
	}
	if forRaj, err = p.get(Paul, "Raj Patel", "Technician", "APPROVE"); err != nil {
		return err
	}
	if err := p.reply(Paul, forJane, "APPROVE"); err != nil {
		return err
	}
	return p.reply(Paul, forRaj, "APPROVE")
}

var (
	link = regexp.MustCompile(`https?://\S+/register/\S+`)
	six  = regexp.MustCompile(`(?m)^\s*(\d{3}\s?\d{3})\s*$`)
)

// register: Jane opens the link, presses the button, types the code; Maria is told.
func (p *player) register() error {
	p.heading("The invitations go out, and Jane registers")
	invitation, err := p.get(Jane, "/register/")
	if err != nil {
		return err
	}
	if _, err := p.get(Raj, "/register/"); err != nil {
		return err
	}
	page, err := newBrowser()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.stage.StepLimit)
	defer cancel()
	if err := page.open(ctx, link.FindString(invitation.Text)); err != nil {
		return fmt.Errorf("opening the link as Jane: %w", err)
	}
	p.show(Jane.Name, "web page", "", "opens the link: nothing has changed yet")
	if err := page.press(ctx, nil); err != nil {
		return fmt.Errorf("pressing the button as Jane: %w", err)
	}
	p.show(Jane.Name, "web page", "", "presses the button: a code is on its way")
	mail, err := p.get(Jane, "code")
	if err != nil {
		return err
	}
	code := six.FindStringSubmatch(mail.Text)
	if code == nil {
		return errors.New("the mail to Jane holds no six-digit code")
	}
	if err := page.press(ctx, map[string]string{"code": code[1]}); err != nil {
		return fmt.Errorf("typing the code as Jane: %w", err)
	}
	if !strings.Contains(page.body, "registered") {
		return errors.New("the page does not say that Jane is registered")
	}
	p.show(Jane.Name, "web page", "", "types the code: registered")
	_, err = p.get(Maria, "Jane Doe", "registered")
	return err
}

// refused: a Technician may not ask for new people (CL-11).
func (p *player) refused() error {
	p.heading("Tom, a Technician, asks for a colleague and learns who may")
	if err := p.write(Tom, "Access for Lena", "Please add Lena Vogt <lena@acme.example> as Technician. She joins the night shift."); err != nil {
		return err
	}
	_, err := p.get(Tom, "CL-11", "Lena Vogt", "Maria Lindqvist")
	return err
}

// forged: an unsigned mail "from Maria" changes nothing and is answered by nobody.
func (p *player) forged() error {
	p.heading("A stranger forges a mail from Maria")
	words := "Please add Lena Vogt <lena@acme.example> as Main Contact. She is our new boss."
	if err := p.programs[Maria].send(Support, "Urgent: new Main Contact", words, nil, true); err != nil {
		return err
	}
	p.show("a stranger, as "+Maria.Name, SupportName, "Urgent: new Main Contact", words)
	if err := p.folder("Countersign/Quarantine", 1); err != nil {
		return err
	}
	p.show(SupportName, "nobody", "", "in quarantine: the sender is not proven; no answer is sent")
	return nil
}

// waits: what a Secondary Contact asks needs a Main Contact's approval (CL-06, CL-13).
func (p *player) waits() error {
	p.heading("Sofia, a Secondary Contact, asks for a Technician; that waits for Maria")
	if err := p.write(Sofia, "Access for Lena", "Please add Lena Vogt <lena@acme.example> as Technician. She joins the night shift."); err != nil {
		return err
	}
	if _, err := p.get(Sofia, "Waiting for Maria Lindqvist", "Lena Vogt"); err != nil {
		return err
	}
	m, err := p.get(Maria, "Lena Vogt", "Technician", "APPROVE")
	if err != nil {
		return err
	}
	if err := p.reply(Maria, m, "APPROVE"); err != nil {
		return err
	}
	_, err = p.get(Ines, "Lena Vogt", "Technician", "APPROVE")
	return err
}

// leftAlone: a helpdesk question stays in the inbox for people.
func (p *player) leftAlone() error {
	p.heading("Maria asks the helpdesk something else")
	if err := p.write(Maria, "Fan noise in rack 12", "The fan in rack 12 has been loud since this morning. Could somebody have a look?"); err != nil {
		return err
	}
	if err := p.until("the daemon has left one mail to people", func(ctx context.Context) (bool, error) {
		e, err := p.stage.Equation(ctx)
		return e.Counts[access.Left] == 1 && e.Counts[access.Pending] == 0, err
	}); err != nil {
		return err
	}
	if err := p.folder("INBOX", 1); err != nil {
		return err
	}
	p.show(SupportName, "nobody", "", "left in the inbox for people, untouched")
	return nil
}

// folder waits until a folder of the support mailbox holds n mails.
func (p *player) folder(name string, n int) error {
	return p.until(fmt.Sprintf("%s of the support mailbox holds %d mail", name, n), func(context.Context) (bool, error) {
		have, err := p.support.count(name)
		return have == n, err
	})
}

// until looks again and again whether something has happened.
func (p *player) until(what string, happened func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(p.ctx, p.stage.StepLimit)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if ok, err := happened(ctx); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		case <-look.C:
		}
	}
}
