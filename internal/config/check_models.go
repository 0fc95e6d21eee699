package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/policy"
)

// roleModels reads the provider's own role models. What is wrong with one stands, with its file and line, below the key
// that names the file.
func (c *checker) roleModels() {
	for i := range c.cfg.RoleModels {
		key, name := fmt.Sprintf("role_models[%d]", i), &c.cfg.RoleModels[i]
		if *name == "" || c.doc.Bad(key) {
			c.doc.Problem(key, "the file name is empty")
			continue
		}
		if !filepath.IsAbs(*name) {
			*name = filepath.Join(c.dir, *name)
		}
		files, err := modelFiles(*name)
		if err != nil {
			c.doc.Problem(key, "the file cannot be read: %v", err)
			continue
		}
		if len(files) == 0 {
			c.doc.Problem(key, "the folder %s holds no *.yaml file; put a role model there or name a file", *name)
		}
		for _, file := range files {
			c.roleModel(key, file)
		}
	}
}

// modelFiles is the file itself, or the *.yaml files of a folder in their order.
func modelFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	files, err := filepath.Glob(filepath.Join(name, "*.yaml"))
	slices.Sort(files)
	return files, err
}

func (c *checker) roleModel(key, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		c.doc.Problem(key, "the file cannot be read: %v", err)
		return
	}
	m, err := policy.Load(file, data)
	if err != nil {
		c.doc.Problem(key, "this role model cannot be used:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		return
	}
	with := append(slices.Clone(c.cfg.Models), m)
	if _, err := policy.NewModels(with...); err != nil {
		c.doc.Problem(key, "%s: %v", file, err)
		return
	}
	c.cfg.Models = with
}
