package replytext_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/replytext"
)

func TestSplitOwn(t *testing.T) {
	t.Parallel()
	const quote = "> Hello,\n> 1. Jane Doe\n"
	for name, c := range map[string]struct{ text, own string }{
		"plain":              {"Approved.\n", "Approved."},
		"gmail":              {"Approved.\n\nOn Mon, 2 Nov 2026 at 10:00, Support <s@provider.example>\nwrote:\n\n" + quote, "Approved."},
		"gmail three lines":  {"Yes\n\nOn Mon, 2 Nov 2026 at 10:00, Support\n<support@provider.example>\nwrote:\n\n" + quote, "Yes"},
		"german":             {"Ja\n\nAm Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Support <s@provider.example>:\n\n" + quote, "Ja"},
		"french":             {"Oui\n\nLe 02/11/2026 à 10:00, Support a écrit :\n" + quote, "Oui"},
		"dutch":              {"Ja\n\nOp 02-11-2026 om 10:00 schreef Support:\n" + quote, "Ja"},
		"russian":            {"Да\n\nВы писали 2 ноября 2026 г., 10:00:00:\n\nS> Hello\nS> you\n", "Да"},
		"turkish":            {"Evet\n\nSupport <s@provider.example>, 2 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:\n\n" + quote, "Evet"},
		"bottom post":        {"On Mon, 2 Nov 2026 at 10:00, Support wrote:\n" + quote + "\nFine.\n", "Fine."},
		"outlook":            {"Fine.\n\nFrom: Support <s@provider.example>\nSent: Monday\nTo: Ann\nSubject: x\n\nAPPROVE\n", "Fine."},
		"outlook german":     {"Gut.\n\nVon: Support <s@provider.example>\nGesendet: Montag\nAn: Ann\nBetreff: x\n\nAPPROVE\n", "Gut."},
		"outlook rule":       {"Fine.\n\n________________________________\nFrom: Support <s@provider.example>\nSent: Monday\n\nAPPROVE\n", "Fine."},
		"foxmail":            {"同意\n\n发件人： Support\n发送时间： 2026-12-08 16:00\n收件人： ann\n\nAPPROVE\n", "同意"},
		"notes":              {"Fine.\n\nFrom:        \"Support\" <s@provider.example>\nTo:        Ann\nDate:        05/10/2026\n\nAPPROVE\n", "Fine."},
		"original message":   {"No.\n\n-----Original Message-----\nFrom: Support\nSubject: x\n\nAPPROVE\n", "No."},
		"zoho":               {"Ok.\n\n---- On Wed, 30 Dec 2026 11:20:14 +0530 Support <s@provider.example> wrote ---\n\nAPPROVE\n", "Ok."},
		"yahoo":              {"Ok.\n\n    On Thursday, October 8, 2026 at 06:41:33 AM GMT-5, Support <s@provider.example> wrote:  \n \n APPROVE\n", "Ok."},
		"forwarded":          {"See below.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@acme.example>\n\nAPPROVE\n", "See below."},
		"signature":          {"Approved.\n\n-- \nAnn Lee\nCEO\n", "Approved."},
		"closing":            {"Approved.\n\nBest regards\n\nAnn Lee\nCEO\n", "Approved."},
		"closing and name":   {"Approved.\n\nCheers, Ann\n", "Approved."},
		"name":               {"Approved.\n\nAnn\n", "Approved."},
		"slash name":         {"Approved.\n\n/Ann\n", "Approved."},
		"initials":           {"Approved.\n\nA.L.\n", "Approved."},
		"iphone":             {"Approved.\n\nSent from my iPhone\n", "Approved."},
		"outlook for ios":    {"Approved.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", "Approved."},
		"iphone portuguese":  {"1 no\n2 yes\n\nEnviado do meu iPhone\n", "1 no\n2 yes"},
		"disclaimer":         {"Approved.\n\nThis e-mail and any files transmitted with it are confidential and intended solely for the addressee.\n", "Approved."},
		"banner":             {"CAUTION: This e-mail originated from outside Acme. Do not click links.\n\nApproved.\n", "Approved."},
		"thanks in the text": {"Thanks for asking. Approved.\n", "Thanks for asking. Approved."},
		"postscript":         {"Approve 1.\n\nRegards\nAnn\n\nPS: not 2\n", "Approve 1.\n\nPS: not 2"},
		"labels after name":  {"Regards\nAnn\n\nName: Jane Doe\nRole: Technician\n", "Regards\nAnn\n\nName: Jane Doe\nRole: Technician"},
		"openpgp":            {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nApproved.\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n", "Approved."},
		"openpgp, no end":    {"Approved.\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n", "Approved.\n-----BEGIN PGP SIGNATURE-----\n\niQEz"},
		"invisible":          {"\ufeffApproved\u200b.\n", "Approved."},
		"empty":              {"", ""},
	} {
		if got := replytext.SplitBy(c.text, "Ann Lee").Own; got != c.own {
			t.Errorf("%s: own words %q, want %q", name, got, c.own)
		}
	}
}

func TestSplitParts(t *testing.T) {
	t.Parallel()
	got := replytext.Split("On Mon, 2 Nov 2026 at 10:00, Support wrote:\n> 1. Jane\n\nYes.\n\n> 2. Raj\n\nNo.\n\n-- \nAnn\n")
	want := replytext.Parts{
		Own:       "Yes.\nNo.",
		Quoted:    "On Mon, 2 Nov 2026 at 10:00, Support wrote:\n1. Jane\n2. Raj",
		Signature: "--\nAnn",
		Interleaved: []replytext.Answer{
			{Quote: "1. Jane", Own: "Yes."},
			{Quote: "2. Raj", Own: "No."},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSplitForwardedAndDisclaimer(t *testing.T) {
	t.Parallel()
	got := replytext.Split("Please do this.\n\nNOTICE: Nothing in this e-mail constitutes an approval of any offer whatsoever.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@acme.example>\n\nAdd Jane.\n")
	if got.Own != "Please do this." || !strings.Contains(got.Forwarded, "Add Jane.") || got.Quoted != "" || !strings.HasPrefix(got.Disclaimer, "NOTICE") {
		t.Errorf("%+q", got)
	}
}

func TestSplitComments(t *testing.T) {
	t.Parallel()
	text := "Hi, see my comments below.\n\n/Ann\n\nFrom: Support <s@provider.example>\nSent: Monday\n\n1. Jane\n[Ann] Approved\n2. Raj\n[Bob] Approved\n"
	got := replytext.SplitBy(text, "Ann Lee")
	if got.Own != "Hi, see my comments below.\n[Ann] Approved" {
		t.Errorf("own words %q", got.Own)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"jane@x.example<mailto:jane@x.example>":  "jane@x.example",
		"jane@x.example <mailto:JANE@x.example>": "jane@x.example",
		"jane@x.example<mailto:eve@y.example>":   "jane@x.example <eve@y.example>",
		"Jane Doe<mailto:jane@x.example>":        "Jane Doe <jane@x.example>",
		"Outlook<https://aka.ms/o0ukef>":         "Outlook",
		"a\u00a0b\r\nc":                          "a b\nc",
	} {
		if got := replytext.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestSplitBounds: a long text is taken apart in time, and none of its end is taken for own words.
func TestSplitBounds(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"On Mon 2 Nov 2026 10:00, a@b.example\n", "On Mon 2 Nov 2026 10:00 x:\n", "From: a\n", "From: a\n\nx: y\n", "x <\n", "1 2026 10:00 <\n",
		"Best regards,\nBob\n\n", "----- a b -----\n\n", "sent from x\n", "\n", "ps: x\n", "a", "> ", "<", "```\n",
	} {
		text := strings.Repeat(line, (1<<20)/len(line)) + "\nAPPROVE"
		begin := time.Now()
		if p := replytext.SplitBy(text, "Ann Lee"); strings.Contains(p.Own, "APPROVE") {
			t.Errorf("the end of %q is taken for own words", line)
		}
		if d := time.Since(begin); d > 20*time.Second { // some tenths of a second on an idle machine
			t.Errorf("%v for 1 MB of %q", d, line)
		}
	}
}

// subsequence says whether the words of every own line stand at the begin of a line of the text, in order.
func subsequence(own, text string) bool {
	lines := strings.Split(replytext.Clean(text), "\n")
	for _, o := range strings.Split(own, "\n") {
		o = strings.TrimSpace(o)
		if o == "" {
			continue
		}
		for len(lines) > 0 && !strings.Contains(lines[0], o) {
			lines = lines[1:]
		}
		if len(lines) == 0 {
			return false
		}
		lines = lines[1:]
	}
	return true
}

// FuzzSplit: no panic, and what is quoted throughout leaves no own words.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{
		"Yes\n\nOn Mon, 2 Nov 2026 at 10:00, Support wrote:\n> x\n", "From: a\nSent: b\n\nc", "-- \nAnn", "> a\nb\n> c",
		"-----Original Message-----\nFrom: a", "Von: a\nGesendet: b", "Cheers,\nAnn\nPS: no", "[Ann] yes",
		"yes On 4 Apr 2026, b@c.example wrote:\n> x", "Thanks\n\nSent from my iPhone\n\nx", "> a (b\nc)\n> d", "```\n-- \n```", "-----\nwww.b.example",
		"a@b.example:\n\nx", "Ann Lee wrote\non 2 Nov 2026 10:00:\nx", ">>> a@b.example\n2 Nov 2026 10:00 >>>\nx", "x &nbsp;y",
		"-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----",
	} {
		f.Add(s, "Ann Lee")
	}
	f.Fuzz(func(t *testing.T, text, author string) {
		p := replytext.SplitBy(text, author)
		if !subsequence(p.Own, text) {
			t.Errorf("own words %q are no lines of %q", p.Own, text)
		}
		for _, begin := range []string{"On Mon, 2 Nov 2026 at 10:00, Ann <a@b.example> wrote:\n\n", "-----Original Message-----\n", "________________\nFrom: a@b.example\nSent: Monday\n\n"} {
			for _, line := range strings.Split(replytext.Split("No.\n\n"+begin+text).Own, "\n") {
				if line != "No." && !strings.Contains(text, ">") && !strings.Contains(text, "＞") {
					t.Errorf("own words %q below %q", line, begin)
				}
			}
		}
		quoted := "> " + strings.NewReplacer("\r\n", "\n> ", "\n", "\n> ", "\r", "\n> ", "\u2028", "\n> ").Replace(text)
		if p := replytext.Split(quoted); p.Own != "" {
			t.Errorf("own words %q out of a quote", p.Own)
		}
		if p := replytext.SplitBy(quoted, author); p.Own != "" {
			t.Errorf("own words %q of %q out of a quote", p.Own, author)
		}
	})
}
