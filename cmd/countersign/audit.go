package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/csvcell"
	"github.com/countersign/countersign/internal/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute every hash chain, and compare with checkpoints; exit code 1 when something was changed."`
	Export auditExportCmd `cmd:"" help:"Write the events of all tickets, or of one, with their hashes."`
}

type auditVerifyCmd struct {
	configFlag
	Checkpoint  []string `placeholder:"LINE" help:"A checkpoint that an earlier verify has printed. May be repeated."`
	Checkpoints string   `type:"existingfile" placeholder:"FILE" help:"A file in which lines that begin with the word checkpoint are such checkpoints."`
}

func (c *auditVerifyCmd) Help() string {
	return `A chain alone does not show that its end was cut off. So verify ends with a checkpoint of
the whole trail, one line. Keep it where who can change the database cannot: a later verify
that is given it tells whether anything up to it was changed, added, left out or cut off. A
running daemon takes one each day, writes it to its log and keeps it in the database, where
verify looks too; a copy of the log elsewhere is what proves the trail.

Example, once a day on another machine:
  ssh mail countersign audit verify --config C --checkpoints - < checkpoints.txt >> checkpoints.txt`
}

func (c *auditVerifyCmd) Run(ctx context.Context, s streams) error {
	before, err := c.checkpoints()
	if err != nil {
		return usageError{err}
	}
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	wrong, err := st.VerifyChains(ctx)
	if err != nil {
		return err
	}
	kept, err := st.KeptCheckpoints(ctx)
	if err != nil {
		return err
	}
	before = append(before, kept...)
	more, err := st.VerifyCheckpoints(ctx, before)
	if err != nil {
		return err
	}
	if wrong = append(wrong, more...); len(wrong) > 0 {
		for _, w := range wrong {
			fmt.Fprintln(s.out, w)
		}
		return fmt.Errorf("the audit trail is broken in %d places", len(wrong))
	}
	events, erased, err := st.AuditSize(ctx)
	if err != nil {
		return err
	}
	now, err := st.Checkpoint(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the audit trail is whole: %d events, %d of them erased, %d checkpoints hold\n%s\n", events, erased, len(before), now)
	return nil
}

// checkpoints reads those that the caller has kept.
func (c *auditVerifyCmd) checkpoints() ([]store.Checkpoint, error) {
	lines := c.Checkpoint
	if c.Checkpoints != "" {
		in := os.Stdin
		if c.Checkpoints != "-" {
			f, err := os.Open(c.Checkpoints)
			if err != nil {
				return nil, fmt.Errorf("--checkpoints: %w", err)
			}
			defer f.Close()
			in = f
		}
		scan := bufio.NewScanner(in)
		for scan.Scan() {
			if strings.HasPrefix(scan.Text(), "checkpoint ") {
				lines = append(lines, scan.Text())
			}
		}
		if err := scan.Err(); err != nil {
			return nil, fmt.Errorf("--checkpoints: %w", err)
		}
	}
	var all []store.Checkpoint
	for _, line := range lines {
		p, err := store.ParseCheckpoint(line)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

type auditExportCmd struct {
	configFlag
	Ticket string `placeholder:"REQ-…" help:"Only the events of this ticket."`
	Format string `enum:"ndjson,csv" default:"ndjson" help:"ndjson or csv."`
}

func (c *auditExportCmd) Help() string {
	return `Writes one event a line, in the order in which they were written. NDJSON holds all that the
hashes are made of, so that anybody can recompute them: docs/audit.md says how. It ends
with a checkpoint, unless it is of one ticket. CSV is for reading, in a spreadsheet.`
}

func (c *auditExportCmd) Run(ctx context.Context, s streams) error {
	st, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if c.Format == "csv" {
		err = exportCSV(ctx, s, st, c.Ticket)
	} else {
		err = exportJSON(ctx, s, st, c.Ticket)
	}
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no ticket %s; see: countersign request list", c.Ticket)
	}
	return err
}

func exportJSON(ctx context.Context, s streams, st *store.Store, ticket string) error {
	out := bufio.NewWriter(s.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := st.ExportEvents(ctx, ticket, func(e store.EventRecord) error { return enc.Encode(e) }); err != nil {
		return err
	}
	if ticket == "" {
		now, err := st.Checkpoint(ctx)
		if err != nil {
			return err
		}
		if err := enc.Encode(map[string]string{"checkpoint": now.String()}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func exportCSV(ctx context.Context, s streams, st *store.Store, ticket string) error {
	w := csv.NewWriter(s.out)
	if err := w.Write([]string{"id", "chain", "sequence", "ticket", "request_id", "kind", "at", "payload", "payload_sum", "previous", "hash"}); err != nil {
		return err
	}
	err := st.ExportEvents(ctx, ticket, func(e store.EventRecord) error {
		number := ""
		if e.Ticket != nil {
			number = *e.Ticket
		}
		payload := string(e.Payload)
		if e.Payload == nil {
			payload = "erased"
		}
		return w.Write([]string{strconv.FormatInt(e.ID, 10), e.Chain, strconv.FormatInt(e.Sequence, 10), number, strconv.FormatInt(e.RequestID, 10), e.Kind,
			e.At.Format(time.RFC3339Nano), csvcell.Guard(payload), e.PayloadSum, e.Previous, e.Hash})
	})
	w.Flush()
	return errors.Join(err, w.Error())
}
