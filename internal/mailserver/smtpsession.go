package mailserver

import (
	"errors"
	"io"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// maxMessageBytes is the largest message taken.
const maxMessageBytes = 60 << 20

// smtpSession is one client connection on the MX port.
type smtpSession struct {
	server   *Server
	conn     *smtp.Conn
	user     string // who has authenticated; "" on the MX port
	mailFrom string
	rcpts    []string
}

// submissionSession is one client connection on the submission port: nothing is taken before AUTH.
type submissionSession struct{ smtpSession }

func (s *Server) newMXSession(c *smtp.Conn) (smtp.Session, error) {
	return &smtpSession{server: s, conn: c}, nil
}

func (s *Server) newSubmissionSession(c *smtp.Conn) (smtp.Session, error) {
	return &submissionSession{smtpSession{server: s, conn: c}}, nil
}

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// AuthMechanisms are those offered.
func (x *submissionSession) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth begins an exchange.
func (x *submissionSession) Auth(mech string) (sasl.Server, error) {
	authenticate := func(user, password string) error {
		a, ok := x.server.login(user, password)
		if !ok {
			return smtp.ErrAuthFailed
		}
		x.user = a.address
		return nil
	}
	switch mech {
	case sasl.Plain:
		return sasl.NewPlainServer(func(identity, user, password string) error {
			if identity != "" && identity != user {
				return smtp.ErrAuthFailed
			}
			return authenticate(user, password)
		}), nil
	case sasl.Login:
		return &loginServer{authenticate: authenticate}, nil
	default:
		return nil, smtp.ErrAuthUnknownMechanism
	}
}

// Mail begins a message of an authenticated user.
func (x *submissionSession) Mail(from string, options *smtp.MailOptions) error {
	if x.user == "" {
		return reply(530, smtp.EnhancedCode{5, 7, 0}, "Authentication required")
	}
	return x.smtpSession.Mail(from, options)
}

// Mail begins a message.
func (x *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if !plainPath(from) {
		return reply(553, smtp.EnhancedCode{5, 1, 7}, "Quoted local parts are not supported")
	}
	x.mailFrom = from
	return nil
}

// Rcpt takes a local recipient.
func (x *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !plainPath(to) {
		return reply(553, smtp.EnhancedCode{5, 1, 3}, "Quoted local parts are not supported")
	}
	if reject := x.server.currentFaults().RejectRcpt; reject != nil {
		if err := asReply(reject(to)); err != nil {
			return err
		}
	}
	if _, err := x.server.account(to); err != nil {
		return reply(550, smtp.EnhancedCode{5, 1, 1}, "No such user here")
	}
	x.rcpts = append(x.rcpts, to)
	return nil
}

// Data takes the message and delivers it.
func (x *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return asReply(err)
	}
	faults := x.server.currentFaults()
	if faults.FailData != nil {
		if err := asReply(faults.FailData(x.mailFrom, x.rcpts)); err != nil {
			return err
		}
	}
	_, isTLS := x.conn.TLSConnectionState()
	err = x.server.receive(envelopeOf{
		helo:     x.conn.Hostname(),
		remote:   x.conn.Conn().RemoteAddr(),
		tls:      isTLS,
		user:     x.user,
		mailFrom: x.mailFrom,
		rcpts:    x.rcpts,
	}, raw)
	if err != nil {
		return err
	}
	if faults.DropAfterData != nil && faults.DropAfterData(x.mailFrom, x.rcpts) {
		cutConn(x.conn.Conn())
	}
	return nil
}

// Reset forgets the message in progress.
func (x *smtpSession) Reset() { x.mailFrom, x.rcpts = "", nil }

// Logout ends the session; there is nothing to free.
func (x *smtpSession) Logout() error { return nil }

// asReply unwraps the SMTP reply in an error: go-smtp itself looks at the outermost error only.
func asReply(err error) error {
	var smtpErr *smtp.SMTPError
	if errors.As(err, &smtpErr) {
		return smtpErr
	}
	return err
}

// plainPath tells whether a path can stand in trace fields as it is. The syntax characters of RFC 5322, which only a
// quoted local part may hold, are the stuff of header injection.
func plainPath(path string) bool {
	return !strings.ContainsFunc(path, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;,\"`, r)
	})
}

// loginServer is the server side of the LOGIN mechanism, which go-sasl lacks.
type loginServer struct {
	authenticate   func(user, password string) error
	user           string
	asked, hasUser bool
}

// Next takes the user name, which may come with AUTH itself, then the password.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil && !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	case !l.hasUser:
		l.user, l.asked, l.hasUser = string(response), true, true
		return []byte("Password:"), false, nil
	default:
		if err := l.authenticate(l.user, string(response)); err != nil {
			return nil, false, err
		}
		return nil, true, nil
	}
}
