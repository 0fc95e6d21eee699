package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Overlay is FS with the files of dir in place of those of the same path. A folder mail/LANGUAGE or web/LANGUAGE that is not in
// FS is a new language. Any other file that replaces nothing is an error, since it is a slip of the pen.
func Overlay(dir fs.FS) (fs.FS, error) {
	var errs []error
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		if _, err := fs.Stat(FS, name); err != nil && !ofNewLanguage(name) {
			errs = append(errs, fmt.Errorf("%s replaces no template of the program; see docs/mails.md for their names", name))
		}
		return nil
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("reading the folder of templates: %w", err)
	}
	return overlay{dir}, nil
}

// ofNewLanguage reports whether name is mail/LANGUAGE/FILE or web/LANGUAGE/FILE with a file that English has.
func ofNewLanguage(name string) bool {
	parts := strings.Split(name, "/")
	if len(parts) != 3 || parts[0] != "mail" && parts[0] != "web" {
		return false
	}
	_, err := fs.Stat(FS, parts[0]+"/en/"+parts[2])
	return err == nil
}

type overlay struct{ dir fs.FS }

// Open opens the file of dir, or else that of FS.
func (o overlay) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(o.dir, name); err == nil && !info.IsDir() {
		return o.dir.Open(name)
	}
	f, err := FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.dir.Open(name)
	}
	return f, err
}

// ReadDir lists the files of both.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	base, baseErr := fs.ReadDir(FS, name)
	over, err := fs.ReadDir(o.dir, name)
	if err != nil {
		return base, baseErr
	}
	for _, e := range over {
		if i := slices.IndexFunc(base, func(b fs.DirEntry) bool { return b.Name() == e.Name() }); i >= 0 {
			base[i] = e
			continue
		}
		base = append(base, e)
	}
	slices.SortFunc(base, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return base, nil
}
