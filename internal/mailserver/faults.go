package mailserver

import (
	"context"
	"errors"
)

// Faults are the ways in which the server misbehaves. The zero value is a healthy server. The functions are called from
// several goroutines; they may block, which delays the reply.
type Faults struct {
	// RejectRcpt refuses a RCPT on either SMTP port. A *smtp.SMTPError becomes the reply, any other error a 451.
	RejectRcpt func(rcpt string) error
	// FailData refuses a message after its end was received, before anything is delivered. A *smtp.SMTPError becomes the
	// reply, any other error a 554.
	FailData func(mailFrom string, rcpts []string) error
	// DropAfterData cuts the connection after the message was delivered, before the 250.
	DropAfterData func(mailFrom string, rcpts []string) bool
	// RefuseIMAP and RefuseSMTP (both SMTP ports) close new connections before the greeting.
	RefuseIMAP, RefuseSMTP bool
	// NoMove hides MOVE (RFC 6851) from new IMAP connections.
	NoMove bool
	// IdleDeaf accepts IDLE and announces nothing until it ends.
	IdleDeaf bool
}

// SetFaults replaces the current faults; SetFaults(Faults{}) heals the server.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	s.faults = f
	accounts := make([]*account, 0, len(s.accounts))
	for _, a := range s.accounts {
		accounts = append(accounts, a)
	}
	s.mu.Unlock()
	for _, a := range accounts {
		a.mu.Lock()
		a.changed.raise() // what IDLE held back while deaf is announced
		a.mu.Unlock()
	}
}

func (s *Server) currentFaults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// CutIMAP drops all IMAP connections, without a BYE.
func (s *Server) CutIMAP() { s.imap.cut() }

// CutSMTP drops all connections on both SMTP ports.
func (s *Server) CutSMTP() {
	s.mx.cut()
	s.submission.cut()
}

// StopIMAP frees the IMAP port, so that connecting is refused, and drops the connections.
func (s *Server) StopIMAP() error { return s.imap.stop() }

// StartIMAP listens on the IMAP port again.
func (s *Server) StartIMAP(ctx context.Context) error { return s.imap.start(ctx) }

// StopSMTP frees both SMTP ports, so that connecting is refused, and drops the connections.
func (s *Server) StopSMTP() error { return errors.Join(s.mx.stop(), s.submission.stop()) }

// StartSMTP listens on both SMTP ports again.
func (s *Server) StartSMTP(ctx context.Context) error {
	return errors.Join(s.mx.start(ctx), s.submission.start(ctx))
}

// Snapshot keeps the present state of a mailbox. restore brings it back, as restoring a backup does on a server that keeps
// its UIDVALIDITY (which RFC 9051 section 2.3.1.1 forbids), and drops all IMAP connections.
func (s *Server) Snapshot(address, mailbox string) (restore func(), err error) {
	a, err := s.account(address)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	m, err := a.find(mailbox)
	if err != nil {
		return nil, err
	}
	kept := m.copy()
	return func() {
		a.mu.Lock()
		a.mailboxes[kept.name] = kept.copy()
		a.changed.raise()
		a.mu.Unlock()
		s.CutIMAP()
	}, nil
}

// ResetUIDValidity gives the mailbox a new UIDVALIDITY and its messages new UIDs from 1, as after a restore from backup,
// and drops all IMAP connections: a selected mailbox cannot change its UIDVALIDITY (RFC 9051 section 2.3.1.1).
func (s *Server) ResetUIDValidity(address, mailbox string) error {
	a, err := s.account(address)
	if err != nil {
		return err
	}
	err = a.resetUIDValidity(mailbox)
	s.CutIMAP()
	return err
}
