package daemon_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/countersign/countersign/internal/access"
)

// attackFile is some attacks on one scene, as in testdata/attacks.
type attackFile struct {
	Scene   string   `yaml:"scene"`
	Worlds  []string `yaml:"worlds"` // where they are played; "reject" when empty
	Attacks []attack `yaml:"attacks"`
}

// attackWorlds differ in whose word about senders counts, and in what the domains say about themselves by DMARC: without a
// record a forged mail is not disproved, only unproven.
var attackWorlds = map[string]struct {
	setup setup
	weak  bool
}{
	"reject":      {},
	"weak":        {weak: true},
	"verify":      {setup: setup{sender: "{mode: verify}"}},
	"verify-weak": {setup: setup{sender: "{mode: verify}"}, weak: true},
	"both":        {setup: setup{sender: "{mode: both, authserv_id: " + mx + ", hops: 0}"}},
	"challenge":   {setup: setup{require: access.RequireChallenge}, weak: true},
}

// attack is one or more mails after which nothing may have changed: no contact, no request that was there, no decision,
// no invitation, no mail to anybody who is not concerned.
type attack struct {
	Name    string       `yaml:"name"`
	What    string       `yaml:"what"`
	Mails   []attackMail `yaml:"mails"`
	Becomes []string     `yaml:"becomes"` // what the last mail may become; anything but applied when empty
	Answers int          `yaml:"answers"` // how many mails may go out because of it; 3 when 0
}

// attackMail is a mail to the support mailbox. All texts are templates; see attackFuncs.
type attackMail struct {
	As       string   `yaml:"as"`       // whose honest mail it looks like where nothing else is said; mallo when empty
	From     string   `yaml:"from"`     // the From field
	Envelope string   `yaml:"envelope"` // MAIL FROM; the honest one when empty
	Signer   string   `yaml:"signer"`   // the domain that signs; "none", or the honest one when empty
	To       string   `yaml:"to"`
	Subject  string   `yaml:"subject"`
	Header   []string `yaml:"header"` // on top
	ID       string   `yaml:"id"`
	Type     string   `yaml:"type"` // Content-Type
	Body     string   `yaml:"body"`
	Raw      string   `yaml:"raw"` // the whole mail instead of all but the envelope and the signature
}

// scenes set up what an attack finds. Each returns the mails that attacks may know, by a name.
var scenes = map[string]func(*world) map[string]*received{
	"quiet":    func(*world) map[string]*received { return nil },
	"client":   clientScene,
	"staff":    staffScene,
	"invited":  invitedScene,
	"finished": finishedScene,
}

// clientScene: Sofia has asked for Lena, and Maria and Otto are asked to approve.
func clientScene(w *world) map[string]*received {
	w.send("sofia", lenaTechnician)
	known := map[string]*received{"maria": w.get("maria", "Lena Vogt", "APPROVE"), "otto": w.get("otto", "Lena Vogt", "APPROVE"),
		"sofia": w.get("sofia", "Lena Vogt")}
	return known
}

// staffScene: Maria and Ines have approved, and Paul and Petra are asked. Globex has a request of its own there.
func staffScene(w *world) map[string]*received {
	known := clientScene(w)
	w.reply("maria", known["maria"], "APPROVE")
	known["ines"] = w.get("ines", "Lena Vogt", "APPROVE")
	w.reply("ines", known["ines"], "APPROVE")
	known["paul"], known["petra"] = w.get("paul", "Lena Vogt", "APPROVE"), w.get("petra", "Lena Vogt", "APPROVE")
	w.send("gina", "Please add Gus Hill <gus@globex.example> as Secondary Contact. Reason: he runs our racks.")
	known["globex"] = w.get("paul", "Gus Hill", "APPROVE")
	return known
}

// invitedScene: Lena is invited, and has not registered.
func invitedScene(w *world) map[string]*received {
	known := staffScene(w)
	w.reply("paul", known["paul"], "APPROVE")
	known["lena"] = w.get("lena", "/register/")
	return known
}

// finishedScene: Lena has registered.
func finishedScene(w *world) map[string]*received {
	known := invitedScene(w)
	w.register("lena", known["lena"])
	w.rest()
	if c := w.contactOf("lena"); c.State != access.ContactActive {
		w.t.Fatalf("Lena is %s", c.State)
	}
	return known
}

// TestAttacks plays every attack of testdata/attacks against the running daemon, by real SMTP and IMAP.
func TestAttacks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/attacks/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no attacks: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			f := loadAttacks(t, path)
			defined(t, len(f.Attacks)*len(f.Worlds))
			for _, world := range f.Worlds {
				t.Run(world, func(t *testing.T) { t.Parallel(); playAttacks(t, loadAttacks(t, path), world) })
			}
		})
	}
}

func playAttacks(t *testing.T, f attackFile, world string) {
	t.Helper()
	in, known := attackWorlds[world]
	scene := scenes[f.Scene]
	if !known || scene == nil {
		t.Fatalf("there is no world %q or no scene %q", world, f.Scene)
	}
	w := newWorld(t, in.setup)
	a := newAttacker(w, scene)
	if in.weak {
		for _, name := range domains {
			w.zone.SetTXT("_dmarc." + name)
		}
	}
	if in.setup.require == access.RequireChallenge { // who is on file is asked, and nothing more
		a.passes = []string{"sender_challenges"}
		a.codesTo = slices.Collect(maps.Keys(people))
		a.awaits = true
	}
	for i := range f.Attacks {
		at := &f.Attacks[i]
		if world != "reject" {
			at.Name += " (" + world + ")"
		}
		a.play(at)
	}
	a.honest()
}

func loadAttacks(t *testing.T, path string) attackFile {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f attackFile
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	names := map[string]bool{}
	if len(f.Worlds) == 0 {
		f.Worlds = []string{"reject"}
	}
	for _, a := range f.Attacks {
		if a.Name == "" || a.What == "" || len(a.Mails) == 0 || names[a.Name] {
			t.Fatalf("%s: attack %q has no name of its own, no description or no mail", path, a.Name)
		}
		names[a.Name] = true
	}
	return f
}

func (a *attacker) play(at *attack) {
	t := a.w.t
	t.Helper()
	a.begin(at.Name)
	a.deliver(at)
	a.w.rest()
	outcome := a.w.message()
	became, _, _ := strings.Cut(outcome, ":")
	if !slices.Contains(allowed(at), became) && !(a.awaits && strings.HasPrefix(outcome, "applied: awaiting_sender: ")) {
		a.accuse("the mail became %q, want %q", outcome, allowed(at))
	}
	if n, most := len(a.outgoing()), cmp.Or(at.Answers, 3); n > most {
		a.accuse("%d mails went out, more than %d", n, most)
	}
	a.end("mail", outcome)
}

// deliver hands over the mails; one that the MX does not take is an attack that was not played.
func (a *attacker) deliver(at *attack) {
	a.w.t.Helper()
	for i := range at.Mails {
		if err := a.send(at, &at.Mails[i]); err != nil {
			a.accuse("mail %d has not arrived: %v", i+1, err)
		}
	}
}

func allowed(at *attack) []string {
	if len(at.Becomes) > 0 {
		return at.Becomes
	}
	return []string{"quarantined", "left", "answered", "duplicate"}
}

// honest shows that the daemon still does its work after all attacks.
func (a *attacker) honest() {
	a.w.t.Helper()
	a.w.send("maria", janeSecondary)
	a.w.get("paul", "Jane Doe", "APPROVE")
}

// send hands a mail to the MX, which may refuse it.
func (a *attacker) send(at *attack, m *attackMail) error {
	w := a.w
	w.t.Helper()
	fill := func(text string) string {
		tpl, err := template.New(at.Name).Option("missingkey=error").Funcs(a.funcs()).Parse(text)
		if err != nil {
			w.t.Fatalf("%s: %v", at.Name, err)
		}
		var b strings.Builder
		if err := tpl.Execute(&b, nil); err != nil {
			w.t.Fatalf("%s: %v", at.Name, err)
		}
		return b.String()
	}
	set(&m.As, "mallo")
	p := people[m.As]
	_, host, _ := strings.Cut(p.address, "@")
	w.mu.Lock()
	w.written++
	n := w.written
	w.mu.Unlock()
	set(&m.From, fmt.Sprintf("%s <%s>", p.name, p.address))
	set(&m.Envelope, p.address)
	set(&m.Signer, host)
	set(&m.To, support)
	set(&m.Subject, "Access")
	set(&m.ID, fmt.Sprintf("attack.%d@%s", n, host))
	set(&m.Type, "text/plain; charset=utf-8")
	text := fill(m.Raw)
	to := fill(m.To)
	if text == "" {
		var b strings.Builder
		for _, f := range m.Header {
			b.WriteString(strings.TrimRight(fill(f), "\n") + "\n")
		}
		fmt.Fprintf(&b, "From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%s>\nMIME-Version: 1.0\nContent-Type: %s\n\n%s\n", fill(m.From), to,
			fill(m.Subject), w.clock.Now().Format(time.RFC1123Z), fill(m.ID), fill(m.Type), fill(m.Body))
		text = b.String()
	}
	raw := []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
	if m.Signer != "none" {
		signed, err := domain(m.Signer).Sign(raw)
		if err == nil {
			raw = signed // what cannot be signed comes unsigned
		}
	}
	if i, j := strings.IndexByte(to, '<'), strings.IndexByte(to, '>'); i >= 0 && j > i {
		to = to[i+1 : j]
	}
	if err := smtp.SendMail(w.mail.SMTPAddr(), nil, fill(m.Envelope), []string{to}, raw); err != nil {
		w.mu.Lock()
		w.written--
		w.mu.Unlock()
		return err
	}
	return nil
}

// funcs are what the texts of attacks can name: parts of the mails that the attacker has got hold of, and what cannot be
// typed.
func (a *attacker) funcs() template.FuncMap {
	mail := func(name string) *received {
		m := a.known[name]
		if m == nil {
			a.w.t.Fatalf("the scene has no mail %q", name)
		}
		return m
	}
	return template.FuncMap{
		"ref":     func(name string) string { return refIn.FindString(mail(name).Text) },                        // the line "Ref: …"
		"replyto": func(name string) string { return replyTo(mail(name)) },                                      // with the token
		"id":      func(name string) string { return mail(name).MessageID },                                     // with the token
		"quote":   func(name string) string { return quoted(mail(name)) },                                       // as mail programs quote
		"text":    func(name string) string { return mail(name).Text },                                          // the whole text
		"raw":     func(name string) string { return strings.ReplaceAll(string(mail(name).raw), "\r\n", "\n") }, // the whole mail
		"ticket":  func(name string) string { return ticketIn.FindString(mail(name).Subject) },                  // REQ-…
		"link": func(name string) string {
			return "http://127.0.0.1:8025" + linkIn.FindStringSubmatch(mail(name).Text)[1]
		},
		"answers": func(name string) string {
			return "In-Reply-To: <" + mail(name).MessageID + ">\nReferences: <" + mail(name).MessageID + ">"
		},
		"repeat": strings.Repeat,
		"char":   func(c int) string { return string(rune(c)) },
		"byte":   func(c int) string { return string([]byte{byte(c)}) },
		"nested": nested,
		"base64": func(text string) string { // in lines, as bodies are
			return base64Line.ReplaceAllString(base64.StdEncoding.EncodeToString([]byte(text)), "$0\n")
		},
	}
}

// nested is a multipart body with depth levels around a text.
func nested(depth int, text string) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "--n%d\nContent-Type: multipart/mixed; boundary=n%d\n\n", i, i+1)
	}
	fmt.Fprintf(&b, "--n%d\nContent-Type: text/plain\n\n%s\n--n%d--\n", depth, text, depth)
	return b.String()
}

var (
	refIn      = regexp.MustCompile(`(?m)^Ref: .*$`)
	base64Line = regexp.MustCompile(`.{76}`)
	ticketIn   = regexp.MustCompile(`REQ-\d{4}-\d{5}`)
)
