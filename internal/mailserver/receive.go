package mailserver

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// envelopeOf is what SMTP says of one message (RFC 5321 section 2.3.1).
type envelopeOf struct {
	helo     string
	remote   net.Addr
	tls      bool
	user     string // the authenticated user; "" from the world
	mailFrom string
	rcpts    []string
}

// receive judges a message, puts the trace fields on top and delivers one copy per recipient. From the top a copy has
// Return-Path, Delivered-To, Authentication-Results and Received: the verdict stands above the Received of this hop, as
// where a milter writes it.
func (s *Server) receive(env envelopeOf, raw []byte) error {
	at := s.now()
	var results []string
	if env.user != "" {
		results = append(results, "auth=pass smtp.auth="+env.user)
	}
	if env.user != "" && s.sign != nil {
		if author, ok := soleAuthor(raw); !ok || !strings.EqualFold(author, env.user) {
			return reply(550, smtp.EnhancedCode{5, 7, 1}, "Send with your own address in From")
		}
		var err error
		if raw, err = s.sign(env.user, raw); err != nil {
			return err
		}
	}
	if env.user == "" || s.sign != nil {
		results = append(results, authenticate(raw, env.mailFrom, s.lookupTXT)...)
	}
	verdict := "Authentication-Results: " + s.hostname + ";\r\n\t" + strings.Join(results, ";\r\n\t") + "\r\n"
	raw = stripAuthenticationResults(raw, s.hostname)
	id := s.queueID.Add(1)
	for _, to := range env.rcpts {
		var b bytes.Buffer
		fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", env.mailFrom, to)
		b.WriteString(verdict)
		b.WriteString(s.received(env, to, id, at))
		b.Write(raw)
		a, err := s.account(to)
		if err != nil {
			return err
		}
		if err := a.deliver(b.Bytes(), at); err != nil {
			return err
		}
		s.deliveries.add(Delivery{To: to, MailFrom: env.mailFrom, Raw: b.Bytes(), At: at})
	}
	return nil
}

// received is the Received field of this hop (RFC 5321 section 4.4, RFC 3848 for the protocol names).
func (s *Server) received(env envelopeOf, to string, id uint64, at time.Time) string {
	with := "ESMTP"
	if env.tls {
		with += "S"
	}
	if env.user != "" {
		with += "A"
	}
	helo := env.helo
	if !plainDomain(helo) {
		helo = "unknown"
	}
	host, _, err := net.SplitHostPort(env.remote.String())
	if err != nil {
		host = env.remote.String()
	}
	return fmt.Sprintf("Received: from %s ([%s])\r\n\tby %s with %s id %08d\r\n\tfor <%s>; %s\r\n",
		helo, host, s.hostname, with, id, to, at.Format(time.RFC1123Z))
}

// plainDomain tells whether a name that the sender chose can stand in a trace field as it is.
func plainDomain(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}
