package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// listFlag is the flag of every listing.
type listFlag struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// list prints a listing as a table, or as one JSON array.
func list[T any](s streams, asJSON bool, all []T, head []string, row func(T) []string) error {
	if asJSON {
		return printJSON(s, all)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, v := range all {
		cells := row(v)
		for i := range cells {
			cells[i] = strings.Map(visible, cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// visible keeps what strangers wrote from steering the terminal.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r), r == '\u200c', r == '\u200d':
		return r
	}
	return -1
}

func printJSON(s streams, v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
