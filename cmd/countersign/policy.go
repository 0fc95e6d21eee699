package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/policy"
)

// loadModel is the role model that a --role-model names: the id of a built-in one, or a file.
func loadModel(name string) (*policy.Model, error) {
	if slices.Contains(policy.BuiltinIDs(), name) {
		return policy.Builtin(name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, usageError{fmt.Errorf("--role-model %s: name a file, or one of the built-in models %s: %w",
			name, strings.Join(policy.BuiltinIDs(), ", "), err)}
	}
	m, err := policy.Load(name, data)
	if err != nil {
		return nil, usageError{err}
	}
	return m, nil
}

type policyCmd struct {
	Show    policyShowCmd    `cmd:"" help:"Show a role model as a table: who may ask what for whom, and who approves it."`
	Explain policyExplainCmd `cmd:"" help:"Say why somebody may or may not ask something, and who approves it."`
	Test    policyTestCmd    `cmd:"" help:"Play golden cases on a role model; exit code 1 when an answer differs."`
	Replay  policyReplayCmd  `cmd:"" help:"Say which stored requests another role model would have decided differently."`
}

// modelFlag is the flag of every command about one role model.
type modelFlag struct {
	RoleModel string `required:"" placeholder:"M" help:"Role model: the id of a built-in one (contact-levels, authorisation-list, account-contacts, client-representatives), or a file."`
}
