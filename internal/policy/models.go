package policy

import (
	"fmt"
	"slices"
)

// Models are the role models that clients can have: the built-in ones, and after them a provider's own.
type Models struct{ all []*Model }

// NewModels adds a provider's own models to the built-in ones. An id that another one has already is an error.
func NewModels(own ...*Model) (*Models, error) {
	ms := &Models{}
	for _, id := range BuiltinIDs() {
		m, err := Builtin(id)
		if err != nil {
			return nil, err
		}
		ms.all = append(ms.all, m)
	}
	for _, m := range own {
		if ms.Model(m.ID) != nil {
			return nil, fmt.Errorf("there are two role models with the id %q: give yours another role_model.id", m.ID)
		}
		ms.all = append(ms.all, m)
	}
	return ms, nil
}

// Model is the model with the id, nil if there is none.
func (ms *Models) Model(id string) *Model {
	if i := slices.IndexFunc(ms.all, func(m *Model) bool { return m.ID == id }); i >= 0 {
		return ms.all[i]
	}
	return nil
}

// All are the models in their order.
func (ms *Models) All() []*Model { return slices.Clone(ms.all) }

// IDs are the ids of the models in their order.
func (ms *Models) IDs() []string {
	var ids []string
	for _, m := range ms.all {
		ids = append(ids, m.ID)
	}
	return ids
}

// RoleIDs are the ids of the roles of the model with the id, highest rank first; ok is false where there is no such model.
func (ms *Models) RoleIDs(id string) (ids []string, ok bool) {
	m := ms.Model(id)
	if m == nil {
		return nil, false
	}
	for _, r := range m.Roles {
		ids = append(ids, r.ID)
	}
	return ids, true
}
