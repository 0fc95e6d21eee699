package interpret_test

import (
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
)

// models are the roles of the models that the program brings.
var models = builtinModels()

func builtinModels() map[string][]interpret.Role {
	all := map[string][]interpret.Role{}
	for _, id := range policy.BuiltinIDs() {
		m, err := policy.Builtin(id)
		if err != nil {
			panic(err)
		}
		for _, r := range m.Roles {
			all[id] = append(all[id], interpret.Role{ID: r.ID, Title: r.Title, Aliases: r.Aliases})
		}
	}
	return all
}
