package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// fileNeeds says what is asked of a file.
type fileNeeds int

const (
	mayBeAbsent fileNeeds = 1 << iota // it is made later
	secretFile                        // others should not be able to read it
)

// file resolves a file name against the folder of the configuration and looks whether the file can be used.
func (c *checker) file(key string, name *string, needs fileNeeds) {
	if *name == "" || c.doc.Bad(key) {
		if c.doc.Has(key) {
			c.doc.Problem(key, "the file name is empty")
		}
		return
	}
	if !filepath.IsAbs(*name) {
		*name = filepath.Join(c.dir, *name)
	}
	info, err := os.Stat(*name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && needs&mayBeAbsent != 0:
		if folder, err := os.Stat(filepath.Dir(*name)); err != nil || !folder.IsDir() {
			c.doc.Problem(key, "the folder %s does not exist; make it or name another file", filepath.Dir(*name))
		}
	case err != nil:
		c.doc.Problem(key, "the file cannot be read: %v", err)
	case info.IsDir():
		c.doc.Problem(key, "%s is a folder; name a file", *name)
	case needs&secretFile != 0 && info.Mode().Perm()&0o004 != 0:
		c.warn(key, "every user of this machine can read the file; chmod o-r %s", *name)
	}
}

// localFolder resolves the name of a folder that may be left out, and must be there if it is given.
func (c *checker) localFolder(key string, name *string) {
	if !c.doc.Has(key) || c.doc.Bad(key) {
		return
	}
	if *name == "" {
		c.doc.Problem(key, "the name of the folder is empty")
		return
	}
	if !filepath.IsAbs(*name) {
		*name = filepath.Join(c.dir, *name)
	}
	if info, err := os.Stat(*name); err != nil || !info.IsDir() {
		c.doc.Problem(key, "%s is no folder; make it, or name another", *name)
	}
}

// secret takes a required secret from key or from the file that key_file names, without the file's final line end.
func (c *checker) secret(key string, value *Secret, file *string) {
	name := key[strings.LastIndex(key, ".")+1:]
	switch {
	case c.doc.Has(key) && c.doc.Has(key+"_file"):
		c.doc.Problem(key+"_file", "give %s or %s_file, not both", name, name)
	case c.doc.Has(key + "_file"):
		c.file(key+"_file", file, secretFile)
		if c.doc.Bad(key + "_file") {
			return
		}
		data, err := os.ReadFile(*file)
		if err != nil {
			c.doc.Problem(key+"_file", "the file cannot be read: %v", err)
			return
		}
		*value = Secret(strings.TrimRight(string(data), "\r\n"))
		if *value == "" {
			c.doc.Problem(key+"_file", "%s is empty; it must hold the %s", *file, name)
		}
	case *value == "":
		c.doc.Problem(key, "missing; give %s_file: FILE, or %s: ${VARIABLE}", name, name)
	}
}
