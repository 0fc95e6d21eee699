package store

import (
	"maps"
	"slices"
)

// Statements are the texts that the store has run.
func (s *Store) Statements() []string {
	texts := map[string]bool{}
	for _, p := range []*pool{s.db, s.read} {
		p.mu.RLock()
		for text := range p.byText {
			texts[text] = true
		}
		p.mu.RUnlock()
	}
	return slices.Sorted(maps.Keys(texts))
}
