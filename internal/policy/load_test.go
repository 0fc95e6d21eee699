package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLoadErrors loads each file of testdata/bad and expects the errors that stand in the .error file beside it: models
// must fail as expected, not by chance.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d bad models", len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".error")
			if err != nil {
				t.Fatal(err)
			}
			m, err := Load(name+".yaml", data)
			if m != nil || err == nil {
				t.Fatalf("Load gives %v, %v", m, err)
			}
			if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func small(t *testing.T) *Model {
	t.Helper()
	data, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Load("good.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLoad(t *testing.T) {
	t.Parallel()
	want := &Model{
		ID: "small", Title: "Small", Version: "3",
		Roles: []Role{
			{ID: "boss", Title: "Boss", Aliases: []string{"Chief"}, Rank: 5, Capabilities: []string{"ticket:*", "site:enter"},
				WithPhysicalAccess: []string{"visit:self"}, Holders: Holders{Min: 1, Max: 1, Then: "clerk"}, Approves: []Stage{StageClient, StageSecurityImpact}, Badge: BadgeRequired},
			{ID: "clerk", Title: "Clerk", Rank: 3, Capabilities: []string{"billing:view"}, Approves: []Stage{StageClient}, Badge: BadgeNone},
			{ID: "user", Title: "User", Rank: 1, Badge: BadgeNone},
		},
		Rules: []Rule{
			{ID: "S-1", Action: ActionAddUser, For: []string{"user"}, By: []string{"boss", "clerk"}, Stages: []Stage{StageClient, StageStaff}, Text: "Bosses and clerks add users."},
			{ID: "S-2", Action: ActionAddUser, For: []string{"boss", "clerk"}, By: []string{"clerk"}, Stages: []Stage{StageClient, StageSecurityImpact, StageStaff}, Text: "Clerks name bosses."},
			{ID: "S-2", Action: ActionChangeRole, For: []string{"boss", "clerk"}, By: []string{"clerk"}, Stages: []Stage{StageClient, StageSecurityImpact, StageStaff}, Text: "Clerks name bosses."},
			{ID: "S-4", Action: ActionChangeDetails, For: []string{"*"}, By: []string{"clerk", "user"}, Stages: []Stage{StageStaff}, Checklist: ChecklistSecurity,
				When: When{Self: new(false), Details: []Detail{DetailName}, Asked: new(false), Holds: []string{"users:*"}, PhysicalAccess: new(true),
					Admitted: new(false), Listed: new(true), Lead: new(false)}, Text: "With all conditions."},
			{ID: "S-3", Action: ActionChangeRole, For: []string{"user"}, By: []string{"clerk"}, Stages: []Stage{StageStaff}, Text: "Clerks change users."},
		},
		Otherwise: Otherwise{"S-0", "No, {level}."}, Reject: RejectEnds,
	}
	m := small(t)
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("model (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"boss", "clerk"}, m.Approvers(StageClient)); diff != "" {
		t.Errorf("approvers (-want +got):\n%s", diff)
	}
	if got := m.Approvers(StageStaff); got != nil {
		t.Errorf("approvers of stage staff: %q", got)
	}
	if r, ok := m.Role("king"); ok {
		t.Errorf("there is a role %v", r)
	}
}

// TestRaisingOneself: who raises their own role needs another authority, whatever their own.
func TestRaisingOneself(t *testing.T) {
	t.Parallel()
	m := small(t)
	q := Question{Action: ActionChangeRole, ActorRoles: []string{"clerk"}, SubjectRoles: []string{"clerk"}, Roles: []string{"boss"}}
	other := Answer{Allowed: true, Rule: "S-2", Reason: "Clerks name bosses.", MayAsk: []string{"clerk"},
		Stages: []Stage{StageSecurityImpact, StageStaff}, ClientSkipped: true, MovesPower: true}
	if diff := cmp.Diff(other, m.Decide(q)); diff != "" {
		t.Errorf("raising another (-want +got):\n%s", diff)
	}
	q.Self = true
	self := other
	self.Stages, self.ClientSkipped = []Stage{StageClient, StageSecurityImpact, StageStaff}, false
	if diff := cmp.Diff(self, m.Decide(q)); diff != "" {
		t.Errorf("raising oneself (-want +got):\n%s", diff)
	}
}

// TestDecideLeavesModel: the stages of an answer are the caller's.
func TestDecideLeavesModel(t *testing.T) {
	t.Parallel()
	m := small(t)
	a := m.Decide(Question{Action: ActionAddUser, ActorRoles: []string{"clerk"}, Roles: []string{"boss"}})
	for i := range a.Stages {
		a.Stages[i] = "spoilt"
	}
	if diff := cmp.Diff(small(t), m); diff != "" {
		t.Errorf("the model changed (-want +got):\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml", "models/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Load("fuzz.yaml", data)
		if (m == nil) == (err == nil) {
			t.Fatalf("Load gives %v, %v", m, err)
		}
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if strings.HasPrefix(line, "fuzz.yaml:") {
					return
				}
			}
			t.Fatalf("an error without a line: %v", err)
		}
		for _, r := range m.Roles {
			a := m.Decide(Question{Action: ActionAddUser, ActorRoles: []string{r.ID}, Roles: []string{r.ID}})
			if a.Rule == "" {
				t.Fatalf("no rule for %s", r.ID)
			}
		}
	})
}
