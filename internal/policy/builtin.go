package policy

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed models/*.yaml
var models embed.FS

const modelExt = ".yaml"

// Builtin loads the built-in model with the id. The error names the ids there are.
func Builtin(id string) (*Model, error) {
	name := path.Join("models", id+modelExt)
	data, err := models.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("loading role model %q: there are %s: %w", id, strings.Join(BuiltinIDs(), ", "), fs.ErrNotExist)
	}
	return Load(name, data)
}

// BuiltinIDs are the ids of the built-in models, sorted.
func BuiltinIDs() []string {
	// The pattern is constant and matches the directory that go:embed demands.
	names, _ := fs.Glob(models, "models/*"+modelExt)
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = strings.TrimSuffix(path.Base(name), modelExt)
	}
	return ids
}
