package daemon_test

import (
	"fmt"
	"net/smtp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/message"
)

// outgoing is what went out since the attack began.
func (a *attacker) outgoing() (list []mailserver.Delivery) {
	for _, d := range a.w.mail.Deliveries()[a.sent:] {
		if !inbound(d.To) {
			list = append(list, d)
		}
	}
	return list
}

var inboundTo = regexp.MustCompile(`^(support(\+[^@]*)?|accounting)@provider\.example$`)

// inbound reports whether an address is a mailbox's of the daemon, subaddressed or not.
func inbound(to string) bool { return inboundTo.MatchString(to) }

// misdirected says what is wrong with a mail that went out: nothing goes to strangers, no secret but to whom it belongs, and
// no word about a client to another one.
func (a *attacker) misdirected(d mailserver.Delivery) (wrong []string) {
	if !a.insider(d.To) {
		wrong = append(wrong, "a mail went to "+d.To)
	}
	m, err := message.Parse(d.Raw)
	if err != nil {
		return append(wrong, "we sent a mail that cannot be read: "+err.Error())
	}
	if m.AuthorErr != nil || m.Author.Address.Key() != support {
		wrong = append(wrong, fmt.Sprintf("we sent a mail with the author %v (%v)", m.Author, m.AuthorErr))
	}
	if strings.Contains(string(d.Raw), "/register/") && nickname(d.To) != "lena" {
		wrong = append(wrong, "an invitation went to "+d.To)
	}
	if codeIn.MatchString(m.Text) && !slices.Contains(a.codesTo, nickname(d.To)) {
		wrong = append(wrong, "a code went to "+d.To)
	}
	owners := a.owners()
	for _, secret := range secretsIn(d.Raw) {
		if owner := owners[secret]; owner != d.To {
			wrong = append(wrong, fmt.Sprintf("a token of %s went to %s", owner, d.To))
		}
	}
	return append(wrong, a.gossip(d.To, m)...)
}

// insider reports whether an address may hear of things at all: of contacts and staff as they were before the attack, and
// of whoever has a mail in the scene.
func (a *attacker) insider(to string) bool {
	if a.known[nickname(to)] != nil {
		return true
	}
	for key, row := range a.before {
		if (strings.HasPrefix(key, "contacts ") || strings.HasPrefix(key, "staff ")) && strings.Contains(row, fmt.Sprintf("address=%q ", to)) {
			return true
		}
	}
	return false
}

var secretIn = regexp.MustCompile(`(?:\b[act]\.|/register/)([a-z2-7]{26})\b`)

// secretsIn are the tokens anywhere in a mail: header, text and HTML.
func secretsIn(raw []byte) (list []string) {
	m, err := message.Parse(raw)
	if err != nil {
		return nil
	}
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	for _, found := range secretIn.FindAllStringSubmatch(strings.ReplaceAll(head, "\r\n ", "")+"\n"+m.Text+"\n"+m.HTMLText, -1) {
		list = append(list, found[1])
	}
	return list
}

// owners says whom each token was mailed to first.
func (a *attacker) owners() map[string]string {
	owners := map[string]string{}
	for _, d := range a.w.mail.Deliveries() {
		if inbound(d.To) {
			continue
		}
		for _, secret := range secretsIn(d.Raw) {
			if owners[secret] == "" {
				owners[secret] = d.To
			}
		}
	}
	return owners
}

// gossip finds names and addresses of one client's people in a mail to another client's, unless the attack itself has
// named them.
func (a *attacker) gossip(to string, m *message.Message) (wrong []string) {
	_, host, _ := strings.Cut(to, "@")
	if host != "acme.example" && host != "globex.example" {
		return nil
	}
	var said strings.Builder
	for _, d := range a.w.mail.Deliveries()[a.sent:] {
		if in, err := message.Parse(d.Raw); err == nil && inbound(d.To) {
			said.WriteString(in.Subject + "\n" + in.Text + "\n" + in.HTMLText + "\n")
		}
	}
	for _, p := range people {
		_, theirs, _ := strings.Cut(p.address, "@")
		if theirs == host || theirs != "acme.example" && theirs != "globex.example" {
			continue
		}
		for _, words := range []string{p.name, p.address} {
			if strings.Contains(m.Subject+"\n"+m.Text+"\n"+m.HTMLText, words) && !strings.Contains(said.String(), words) {
				wrong = append(wrong, fmt.Sprintf("%s was told of %s", to, words))
			}
		}
	}
	return wrong
}

// TestAttackOracleMails sends what must not be sent, plays what does not arrive, and plays nothing at all: each is noticed.
func TestAttackOracleMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	a := newAttacker(w, invitedScene)
	mail := func(from, to, text string) []string {
		a.begin("oracle")
		raw := "From: " + from + "\r\nTo: " + to + "\r\nSubject: Approval needed\r\nMessage-ID: <o@provider.example>\r\n\r\n" + text + "\r\n"
		if err := smtp.SendMail(w.mail.SMTPAddr(), nil, from, []string{to}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		out := a.outgoing()
		if len(out) != 1 {
			t.Fatalf("%d mails are out", len(out))
		}
		return a.misdirected(out[0])
	}
	w.mail.AddUser("support@stranger.example", password)
	link := linkIn.FindStringSubmatch(a.known["lena"].Text)[1]
	for name, wrong := range map[string][]string{
		"an approval mail to a stranger":      mail(support, people["mallo"].address, "Please answer APPROVE"),
		"one to a stranger's support":         mail(support, "support@stranger.example", "Please answer APPROVE"),
		"one to an outsider":                  mail(support, people["eve"].address, "Please answer APPROVE"),
		"a new link in other hands":           mail(support, people["maria"].address, "https://x.example/register/abc"),
		"a mail in another's name":            mail(people["otto"].address, people["maria"].address, "hello"),
		"an approver's token":                 mail(support, people["otto"].address, refIn.FindString(a.known["maria"].Text)),
		"an approver's Message-ID":            mail(support, people["otto"].address, "<"+a.known["maria"].MessageID+">"),
		"a code":                              mail(support, people["maria"].address, "Your code:\r\n\r\n    123 456\r\n"),
		"a newcomer to another client":        mail(support, people["gina"].address, "We have invited Lena Vogt."),
		"another client's approver's address": mail(support, people["gina"].address, "Ask maria@acme.example."),
	} {
		if len(wrong) != 1 {
			t.Errorf("%s: the oracle says %q", name, wrong)
		}
	}
	if wrong := mail(support, people["maria"].address, "http://127.0.0.1:8025"+link); len(wrong) != 2 {
		t.Errorf("the invitee's link in other hands: the oracle says %q", wrong)
	}
	for _, to := range []string{"maria", "paul", "lena"} {
		if wrong := mail(support, people[to].address, refIn.FindString(a.known[to].Text)); len(wrong) > 0 {
			t.Errorf("a mail to %s: the oracle says %q", to, wrong)
		}
	}

	for name, play := range map[string]func(){
		"an attack that does nothing":       func() {},
		"an attack that the server refuses": func() { a.deliver(&attack{Name: "refused", Mails: []attackMail{{Body: strings.Repeat("x", 3<<20)}}}) },
	} {
		a.begin(name)
		play()
		if a.judge(); len(a.wrong) == 0 {
			t.Errorf("%s: the oracle says nothing", name)
		}
	}
}
