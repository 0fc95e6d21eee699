package interpret_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// published is a mail that others published, with what they know of it.
type published struct {
	ID, EML, Kind string
	Auto          bool
	Recipients    []struct {
		Address, Status string
		Stated          *bool `json:"address_in_dsn"`
	}
}

// eachPublished reads every mail of a set from the folder that COUNTERSIGN_FIXTURES names; false if it is not set.
func eachPublished(t *testing.T, set string, visit func(c published, got interpret.Reading)) bool {
	t.Helper()
	root := os.Getenv("COUNTERSIGN_FIXTURES")
	if root == "" {
		t.Log("COUNTERSIGN_FIXTURES is not set: the published mails are not read")
		return false
	}
	dir := filepath.Join(root, "sets", set)
	f, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c published
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, c.EML))
		if err != nil {
			t.Fatal(err)
		}
		m, err := message.Parse(raw)
		if err != nil {
			t.Logf("%s: %v", c.ID, err)
			continue
		}
		visit(c, interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return true
}

// rate counts how many of a kind are right.
type rate struct{ right, all int }

func (r *rate) count(ok bool) {
	r.all++
	if ok {
		r.right++
	}
}

func (r rate) atLeast(t *testing.T, what string, percent float64) {
	t.Helper()
	got := 100 * float64(r.right) / float64(max(r.all, 1))
	t.Logf("%s: %d of %d, %.1f %%", what, r.right, r.all, got)
	if got < percent {
		t.Errorf("%s: %.1f %%, want at least %.1f %%", what, got, percent)
	}
}

func TestPublishedBounces(t *testing.T) {
	t.Parallel()
	var classes, others, inFields, inProse, statuses rate
	read := eachPublished(t, "bounce", func(c published, got interpret.Reading) {
		switch c.Kind {
		case "bounce":
			classes.count(got.Class == interpret.ClassBounce)
		case "not-bounce":
			others.count(got.Class != interpret.ClassBounce)
		default:
			others.count(got.Class == interpret.ClassBounce || got.Class == interpret.ClassAuto)
		}
		want, stated := map[string]string{}, true
		for _, r := range c.Recipients {
			if r.Address != "" {
				want[strings.ToLower(r.Address)] = r.Status
			}
			stated = stated && (r.Stated == nil || *r.Stated)
		}
		if len(want) == 0 || c.Kind != "bounce" && c.Kind != "delayed" {
			return
		}
		found, right := map[string]string{}, true
		if got.Bounce != nil {
			for _, r := range got.Bounce.Recipients {
				found[r.Address] = r.Status
			}
		}
		same := len(found) == len(want)
		for a, status := range want {
			_, ok := found[a]
			same = same && ok
			right = right && found[a] == status
		}
		if stated {
			inFields.count(same)
		} else {
			inProse.count(same)
		}
		statuses.count(right)
	})
	if !read {
		return
	}
	classes.atLeast(t, "class of bounces", 99.5)
	others.atLeast(t, "class of other reports", 100)
	inFields.atLeast(t, "recipients in fields", 100)
	// Of the rest, the truth of two differs from the mail's own text, and one is a report that a person forwards.
	inProse.atLeast(t, "recipients in prose", 96.5)
	// Some mails state no status where the published truth has a code of its own: 5.0.9xx.
	statuses.atLeast(t, "recipients with status", 75.5)
}

func TestPublishedMachines(t *testing.T) {
	t.Parallel()
	var autos rate
	if !eachPublished(t, "auto-reply", func(c published, got interpret.Reading) {
		autos.count((got.Class == interpret.ClassAuto) == c.Auto)
	}) {
		return
	}
	autos.atLeast(t, "class of automatic answers", 100)
	var wrong []string
	eachPublished(t, "reply-text", func(c published, got interpret.Reading) {
		if got.Class == interpret.ClassAuto || got.Class == interpret.ClassBounce {
			wrong = append(wrong, c.ID)
		}
	})
	if diff := cmp.Diff([]string(nil), wrong); diff != "" {
		t.Errorf("mails of people taken for a machine's: %s", diff)
	}
}
