package senderauth

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/message"
)

// TestPublishedSignatures compares with DKIM verdicts that other projects publish with their tests. Mails that only ARC
// vouches for prove nothing: a chain may be sealed by anybody.
func TestPublishedSignatures(t *testing.T) {
	t.Parallel()
	root := os.Getenv("COUNTERSIGN_FIXTURES")
	if root == "" {
		t.Log("COUNTERSIGN_FIXTURES is not set: the published signatures are not compared")
		return
	}
	dir := filepath.Join(root, "sets", "auth-results")
	file, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	type expected struct {
		DKIM     []string
		DKIMLast string `json:"dkim_last"`
		DKIMAny  string `json:"dkim_any"`
	}
	signatures, sealed := 0, 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct {
			ID, EML, Kind string
			Records       map[string]string `json:"dns_txt"`
			At            int64
			Expected      expected
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, c.EML))
		if err != nil {
			t.Fatal(err)
		}
		m, err := message.Parse(raw)
		if err != nil {
			continue // the set's own empty mail: it is quarantined before anybody weighs it
		}
		z := &zone{txt: c.Records}
		var e Evidence
		k := &checker{ctx: t.Context(), mail: Mail{Raw: raw, Fields: m.Fields, At: time.Unix(c.At, 0)}, dns: z, e: &e}
		got := k.signatures()
		// The library looks at its own clock too, and some of the mails are years old.
		valid := func(s signature) bool {
			return s.err == nil || strings.Contains(s.err.Error(), "signature has expired")
		}
		switch {
		case len(c.Expected.DKIM) > 0:
			signatures++
			for i, want := range c.Expected.DKIM {
				if want == "pass" && (i >= len(got) || !valid(got[i])) {
					t.Errorf("%s: signature %d is not valid: %v", c.ID, i, e.Considered)
				}
			}
		case c.Expected.DKIMLast == "pass":
			signatures++
			if len(got) == 0 || !valid(got[len(got)-1]) {
				t.Errorf("%s: the last signature is not valid: %v", c.ID, e.Considered)
			}
		case c.Kind == "arc" && c.Expected.DKIMAny == "":
			sealed++
			w := weighRaw(t, string(raw), Config{Mode: OwnChecks}, z)
			if w.Verdict == Pass && w.Method != MethodDKIM {
				t.Errorf("%s: passes by %s", c.ID, w.Method)
			}
			for _, s := range got {
				if len(m.Fields) > 0 && s.err == nil && w.Verdict == Pass && s.domain != w.Domain {
					t.Errorf("%s: proved is %s", c.ID, w.Domain)
				}
			}
			if len(got) == 0 && w.Verdict == Pass {
				t.Errorf("%s: passes without a signature", c.ID)
			}
		}
	}
	if err := lines.Err(); err != nil || signatures == 0 || sealed == 0 {
		t.Fatalf("%d signatures and %d sealed mails: %v", signatures, sealed, err)
	}
	t.Logf("%d signed and %d sealed mails compared", signatures, sealed)
}
