package access

// others are those who must hear of a change of approving power (R2, R3): every other authority, and the subject person.
func (d *decider) others(r *Request) []*Contact {
	subject := d.subject(r)
	var all []*Contact
	for _, c := range d.s.Contacts {
		if c.State == ContactActive && c.Kind == Person && (c == subject || d.hasPower(c) && c.ID != r.RequesterID) {
			all = append(all, c)
		}
	}
	return all
}

// noticeAuthorities tells them that approving power is about to move; each gets a token of their own, with which STOP
// stops it (R2, R3).
func (d *decider) noticeAuthorities(r *Request) {
	for _, c := range d.others(r) {
		d.addAsk(&ask{stage: StageHold, kind: ByContact, contact: c}, r)
	}
}

// noticeFiled tells them at once that it is asked for (R3), in one mail for all that an event asks. Who is asked to
// approve it knows already.
func (d *decider) noticeFiled() {
	var mails []*Mail
	for _, r := range d.out.Requests {
		if !r.MovesPower || r.State != AwaitingApproval || !d.filedNow(r) {
			continue
		}
		for _, c := range d.others(r) {
			if d.askedNow(c, r) || d.in != nil && d.in.Author.Key() == c.Address.Key() {
				continue
			}
			mails = d.addFiled(mails, c, r)
		}
	}
	d.out.Mails = append(d.out.Mails, mails...)
}

func (d *decider) addFiled(mails []*Mail, c *Contact, r *Request) []*Mail {
	var m *Mail
	for _, o := range mails {
		if o.To.Key() == c.Address.Key() {
			m = o
		}
	}
	if m == nil {
		m = &Mail{Kind: MailFiled, To: c.Address, ToName: c.Name, Language: c.Language, Ticket: d.ticketOf(r),
			Data: MailData{Client: d.s.Client.Name}}
		if q := d.requester(r); q != nil {
			m.Data.Requester = q.Name
		}
		mails = append(mails, m)
	}
	l := d.line(r, StatusWaiting)
	l.Number, l.Lacking = len(m.Data.Lines)+1, 0
	m.Data.Lines = append(m.Data.Lines, l)
	return mails
}

// filedNow reports whether this event sent the request on its way.
func (d *decider) filedNow(r *Request) bool {
	for _, o := range d.routed {
		if o == r {
			return true
		}
	}
	return false
}

// askedNow reports whether this event asks the contact to approve the request.
func (d *decider) askedNow(c *Contact, r *Request) bool {
	for _, a := range d.asks {
		if a.contact == c && a.stage == r.Stage {
			for _, o := range a.requests {
				if o == r {
					return true
				}
			}
		}
	}
	return false
}
