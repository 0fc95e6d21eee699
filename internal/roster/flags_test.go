package roster

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }

// What one format writes, both formats read back as it was.
func TestWriteContacts(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{CSV, YAML} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			email, err := parseAddress("otto@acme.example")
			if err != nil {
				t.Fatal(err)
			}
			want := []Contact{{Client: "Acme Colo", Name: `Otto "the", Lang`, Email: email, Roles: []string{"technician"}, Kind: Person,
				Language: "de", Badge: BadgeActive, PhysicalAccess: yes(), Lead: no(), Portal: yes(), Grants: []string{"+service:order", "-ticket:*"}}}
			var b bytes.Buffer
			if err := WriteContacts(&b, want, format); err != nil {
				t.Fatal(err)
			}
			got, err := ParseContacts("c", b.Bytes(), format, target(""))
			if err != nil {
				t.Fatalf("%v\n%s", err, &b)
			}
			got.Contacts[0].Line = 0
			if diff := cmp.Diff(want, got.Contacts); diff != "" {
				t.Errorf("read back (-want +got):\n%s\n%s", diff, &b)
			}
		})
	}
}

func TestFlagsAreStrict(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		format     Format
		text, want string
	}{
		"flag_csv":  {CSV, "name,email,roles,physical_access\nA,a@acme.example,technician,maybe\n", `c:2: physical_access: "maybe" is neither yes nor no`},
		"flag_yaml": {YAML, "contacts:\n- {name: A, email: a@acme.example, roles: [technician], lead: maybe}\n", `lead: "maybe" is neither yes nor no`},
		"grant_csv": {CSV, "name,email,roles,grants\nA,a@acme.example,technician,+fly:high\n", `c:2: grants: grant "+fly:high": there is no such capability`},
		"grant_twice": {YAML, "contacts:\n- {name: A, email: a@acme.example, roles: [technician], grants: [-ticket:*, -ticket:*]}\n",
			"grants: -ticket:* stands here twice"},
		"two_leads": {CSV, "name,email,roles,lead\nA,a@acme.example,technician,yes\nB,b@acme.example,technician,yes\n",
			"c:3: lead: the client's lead contact stands already in line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseContacts("c", []byte(tc.text), tc.format, target("Acme Colo"))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
