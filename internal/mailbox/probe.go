package mailbox

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
)

// ProbeStep is how far a Probe came.
type ProbeStep string

// The steps of a Probe, in their order.
const (
	ProbeConnect ProbeStep = "connect" // TCP, TLS and greeting
	ProbeSignIn  ProbeStep = "sign in" // and select the mailbox
	ProbeFolders ProbeStep = "folders"
	ProbeDone    ProbeStep = "done"
)

// Probe is what a server says of a mailbox.
type Probe struct {
	Step                ProbeStep // the one that failed, or ProbeDone
	Messages            uint32
	Move, UIDPlus, Idle bool
	Missing             []string // folders that are not there yet; they are made when they are first needed
}

// Try signs in to the mailbox of cfg, selects it, looks for its folders, and changes nothing.
func Try(ctx context.Context, cfg Config) (Probe, error) {
	cfg = cfg.withDefaults()
	cfg.ReadOnly = true
	p := Probe{Step: ProbeConnect}
	if err := cfg.check(); err != nil {
		return p, err
	}
	s, err := connect(ctx, cfg)
	if err != nil {
		return p, err
	}
	defer s.close()
	p.Step = ProbeSignIn
	if err := s.open(ctx); err != nil {
		return p, err
	}
	p.Messages = s.selected.NumMessages
	p.Move, p.UIDPlus, p.Idle = s.caps.Has(imap.CapMove), s.caps.Has(imap.CapUIDPlus), s.caps.Has(imap.CapIdle)
	p.Step = ProbeFolders
	prefix, delim, err := s.hierarchy(ctx)
	if err != nil {
		return p, fmt.Errorf("looking for folders: %w", err)
	}
	for _, configured := range []string{cfg.Processed, cfg.Quarantine} {
		name := folderName(configured, prefix, delim)
		found, err := s.list(ctx, name)
		if err != nil {
			return p, fmt.Errorf("looking for folders: %w", err)
		}
		if len(found) == 0 {
			p.Missing = append(p.Missing, name)
		}
	}
	p.Step = ProbeDone
	return p, nil
}
