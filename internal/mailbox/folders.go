package mailbox

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// folder returns what a folder is called on this server. At the first use in a session it makes sure that it exists: a
// mailbox whose mail is not filed gets no folders.
func (s *session) folder(ctx context.Context, target FilingTarget) (string, error) {
	if name, ok := s.folders[target]; ok {
		return name, nil
	}
	prefix, delim, err := s.hierarchy(ctx)
	if err != nil {
		return "", err
	}
	name := map[FilingTarget]string{FileProcessed: s.cfg.Processed, FileQuarantine: s.cfg.Quarantine, FileOther: s.cfg.Other}[target]
	name = folderName(name, prefix, delim)
	if err := s.createFolder(ctx, name); err != nil {
		return "", err
	}
	s.folders[target] = name
	return name, nil
}

// hierarchy asks for the prefix and the delimiter of the personal namespace (RFC 2342): some servers keep all folders
// below "INBOX.".
func (s *session) hierarchy(ctx context.Context) (prefix string, delim rune, err error) {
	if s.caps.Has(imap.CapNamespace) {
		data, err := watched(ctx, s, "asking for the namespace", func() (*imap.NamespaceData, error) {
			return s.client.Namespace().Wait()
		})
		if err != nil {
			return "", 0, err
		}
		if len(data.Personal) > 0 {
			return data.Personal[0].Prefix, data.Personal[0].Delim, nil
		}
	}
	// An empty name asks for the delimiter alone (RFC 9051 section 6.3.9).
	root, err := s.list(ctx, "")
	if err != nil {
		return "", 0, err
	}
	if len(root) > 0 {
		delim = root[0].Delim
	}
	return "", delim, nil
}

// folderName turns a configured name, with "/" between levels, into the server's.
func folderName(name, prefix string, delim rune) string {
	if delim != 0 {
		name = strings.ReplaceAll(name, "/", string(delim))
	}
	if strings.HasPrefix(name, prefix) {
		return name
	}
	return prefix + name
}

func (s *session) createFolder(ctx context.Context, folder string) error {
	found, err := s.list(ctx, folder)
	if err != nil {
		return err
	}
	for _, f := range found {
		if f.Mailbox == folder {
			return nil
		}
	}
	err = watchedErr(ctx, s, "creating "+folder, func() error { return s.client.Create(folder, nil).Wait() })
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeAlreadyExists {
		return nil // another daemon was faster
	}
	return err
}

func (s *session) list(ctx context.Context, pattern string) ([]*imap.ListData, error) {
	return watched(ctx, s, "listing "+strconv.Quote(pattern), func() ([]*imap.ListData, error) {
		return s.client.List("", pattern, nil).Collect()
	})
}
