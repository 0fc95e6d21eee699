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
