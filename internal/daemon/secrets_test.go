package daemon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

var (
	refsInMail  = regexp.MustCompile(`\b[act]\.([a-z2-7]{26})\b`)
	linksInMail = regexp.MustCompile(`/register/([a-z2-7]{26})`)
)

// After a run in which every kind of secret was used, none of them stands in the logs, debug ones included, in the files of
// the database, in the settings as they are printed, or in anything that is listed or exported. What is looked for is known
// to have been used, since it is taken from the mails.
func TestSecretsNowhere(t *testing.T) {
	t.Parallel()
	playSecrets(t, "", func(w *world) map[string][]byte {
		st := w.openStore() // so that there is a log beside the file
		defer st.Close()
		cfg := store.Config{Driver: "sqlite", Path: filepath.Join(w.dir, "countersign.db")}
		if err := store.Backup(t.Context(), cfg, filepath.Join(w.dir, "backup.db")); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(w.dir, "*.db*"))
		if err != nil || len(files) < 2 {
			t.Fatalf("no database files: %v", err)
		}
		places := map[string][]byte{}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			places["the file "+filepath.Base(f)] = data
		}
		if !bytes.Contains(places["the file backup.db"], []byte("Lena Vogt")) {
			t.Error("the backup holds nothing")
		}
		places["the database"] = places["the file countersign.db"]
		return places
	})
}

// playSecrets plays the run; stored gives the database as files, when the daemon has stopped.
func playSecrets(t *testing.T, database string, stored func(*world) map[string][]byte) {
	t.Helper()
	log := &lockedBuffer{}
	w := newWorld(t, setup{database: database, require: access.RequireChallenge, debugLog: log, extra: "metrics: {listen: \"127.0.0.1:0\"}\n"})
	w.zone.SetTXT("_dmarc.acme.example")
	w.send("sofia", lenaTechnician)
	maria := w.get("maria", "Lena Vogt", "APPROVE")
	w.get("otto", "APPROVE")
	w.write(unsigned(answer("maria", maria, "APPROVE"))) // held, with a token that is still good
	challenge := w.get("maria", didYouWrite)
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	link := w.get("jane", "/register/")
	w.register("jane", link)
	w.send("otto", "Please add Eve Stone <eve@contractor.example> as Secondary Contact. Reason: she audits the cage.")
	w.reply("petra", w.get("petra", "Eve Stone", "APPROVE"), "APPROVE")
	w.get("eve", "/register/") // a link that nobody has used
	w.rest()

	words := map[string]string{"the password": password}
	codes := map[string]string{"the code of the challenge": w.codeOf(challenge)}
	for _, who := range []string{"maria", "otto", "paul", "petra", "jane", "eve"} {
		for i, m := range w.deliveriesTo(who) {
			for j, found := range append(refsInMail.FindAllStringSubmatch(m.Text, -1), linksInMail.FindAllStringSubmatch(m.Text, -1)...) {
				words[fmt.Sprintf("token %d of mail %d to %s", j, i, who)] = found[1]
			}
			if code := codeInMail.FindStringSubmatch(m.Text); code != nil && strings.Contains(m.Subject, "registration code") {
				codes["the registration code of "+who] = code[1]
			}
		}
	}
	if len(words) < 8 || len(codes) < 2 {
		t.Fatalf("only %d tokens and %d codes were used", len(words), len(codes))
	}

	places := map[string][]byte{"the settings as printed": []byte(w.config().String() + fmt.Sprintf("%+v %#v", w.config().Submission, w.config().Mailboxes))}
	st := w.main.Store()
	list := func(name string, v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		places[name] = text
	}
	entries, err := st.Conversation(t.Context(), 1000)
	list("the conversation", entries, err)
	messages, err := st.Messages(t.Context(), "", 1000)
	list("the messages", messages, err)
	requests, err := st.Requests(t.Context(), 1000)
	list("the requests", requests, err)
	for _, r := range requests {
		trail, err := st.Trail(t.Context(), r.Ticket)
		list("the trail of "+r.Ticket, trail, err)
	}
	maps.Copy(places, w.pages())
	w.stop()
	places["the log"] = log.Bytes()
	maps.Copy(places, stored(w))
	maps.Copy(places, w.exports(requests, messages))
	key, err := os.ReadFile(filepath.Join(w.dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	words["the key"] = strings.TrimSpace(string(key))
	if !bytes.Contains(places["the log"], []byte("mail processed")) || !bytes.Contains(places["the database"], []byte("Lena Vogt")) {
		t.Fatal("what was looked through holds nothing")
	}
	for place, data := range places {
		for what, secret := range words {
			if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(secret))) {
				t.Errorf("%s holds %s", place, what)
			}
		}
		for what, code := range codes {
			if regexp.MustCompile(`(?:^|[^0-9A-Za-z])` + code + `(?:[^0-9A-Za-z]|$)`).Match(data) {
				t.Errorf("%s holds %s", place, what)
			}
		}
	}
}

// taciturn are the commands that tell nothing of what is stored: they are files, orders or programs that run on.
var taciturn = []string{"demo", "serve", "init", "migrate", "parse", "policy show", "policy explain", "policy test", "client import", "contact import",
	"contact add", "contact edit", "staff add", "message release", "message dismiss", "message ticket", "message replay", "outgoing send", "outgoing drop", "todo done", "backup", "restore",
	"portal token", "templates render", "version"}

var commandInHelp = regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)(?: {2,}.*)?$`)

// exports are all that the command line lists, shows and exports. A command that is known to neither list fails the test.
func (w *world) exports(requests []access.RequestView, messages []store.MessageView) map[string][]byte {
	w.t.Helper()
	program, cfg := filepath.Join(w.dir, "countersign"), filepath.Join(w.dir, "test.yaml")
	if out, err := exec.CommandContext(w.t.Context(), "go", "build", "-o", program, "github.com/countersign/countersign/cmd/countersign").CombinedOutput(); err != nil {
		w.t.Fatalf("building the program: %v\n%s", err, out)
	}
	if err := os.WriteFile(cfg, []byte(w.configText()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	commands := []string{"client list", "client list --json", "client show Acme", "contact list", "contact list --json", "contact export",
		"contact export --format yaml", "contact show maria@acme.example", "staff list", "staff list --json", "request list", "request list --json",
		"message list", "message list --json", "policy replay --model account-contacts --client Acme --all", "outgoing list", "outgoing list --json", "todo list", "todo list --json", "outgoing list", "outgoing list --json", "status", "status --json",
		"audit verify", "audit export", "audit export --format csv", "check"}
	for _, r := range requests {
		commands = append(commands, "request show "+r.Ticket, "request show --json "+r.Ticket)
	}
	for _, m := range messages {
		commands = append(commands, fmt.Sprintf("message show %d --json", m.ID), fmt.Sprintf("message show %d --raw", m.ID))
	}
	help, err := exec.CommandContext(w.t.Context(), program, "--help").Output()
	if err != nil {
		w.t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(help), "\nCommands:\n")
	for _, found := range commandInHelp.FindAllStringSubmatch(list, -1) {
		played := func(c string) bool { return c == found[1] || strings.HasPrefix(c, found[1]+" ") }
		if slices.ContainsFunc(commands, played) == slices.Contains(taciturn, found[1]) {
			w.t.Errorf("countersign %s: is it to be looked through for secrets?", found[1])
		}
	}
	places := map[string][]byte{}
	for _, c := range commands {
		cmd := exec.CommandContext(w.t.Context(), program, append(strings.Fields(c), "--config", cfg)...)
		out, err := cmd.CombinedOutput()
		if err != nil && c != "check" && !strings.HasPrefix(c, "status") { // which find what needs a human
			w.t.Fatalf("countersign %s: %v\n%s", c, err, out)
		}
		if len(out) == 0 && !strings.HasPrefix(c, "todo list") && c != "outgoing list" {
			w.t.Errorf("countersign %s says nothing", c)
		}
		places["countersign "+c] = out
	}
	return places
}

// pages are all that the daemon shows to whoever is at the machine.
func (w *world) pages() map[string][]byte {
	w.t.Helper()
	places := map[string][]byte{}
	p := &page{w: w, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	for path, holds := range map[string]string{"/": "Lena Vogt", "/conversation": "Lena Vogt", "/healthz": "ok"} {
		p.do(http.MethodGet, path, nil)
		if !strings.Contains(p.body, holds) {
			w.t.Errorf("the page %s holds no %q", path, holds)
		}
		places["the page "+path] = []byte(p.body)
	}
	_, metrics := httpGet(w.t, "http://"+w.main.MetricsAddr()+"/metrics")
	if !strings.Contains(metrics, "countersign_mails") {
		w.t.Errorf("the metrics say %q", metrics)
	}
	places["the metrics"] = []byte(metrics)
	return places
}
