package policy

import (
	"errors"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// maxQuorum bounds how many people a stage can take: with more of them nothing would ever be approved.
const maxQuorum = 9

// stages is a rule's list of stages. Each is a word, or "word: number" where it takes several people.
type stages []stageFile

type stageFile struct {
	word
	people word // empty for one
}

// UnmarshalYAML keeps the lines.
func (ss *stages) UnmarshalYAML(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var errs yaml.TypeError
	take := func(w *word, n *yaml.Node) {
		var bad *yaml.TypeError
		if errors.As(w.UnmarshalYAML(n), &bad) {
			errs.Errors = append(errs.Errors, bad.Errors...)
		}
	}
	for _, item := range items {
		var s stageFile
		switch {
		case item.Kind == yaml.MappingNode && len(item.Content) == 2:
			take(&s.word, item.Content[0])
			take(&s.people, item.Content[1])
		case item.Kind == yaml.MappingNode:
			errs.Errors = append(errs.Errors, fmt.Sprintf("line %d: one stage and how many people it takes are expected, such as client: 2", item.Line))
			continue
		default:
			take(&s.word, item)
		}
		*ss = append(*ss, s)
	}
	if len(errs.Errors) > 0 {
		return &errs
	}
	return nil
}

// addStages takes a rule's stages over, in stage order.
func (l *loader) addStages(r *Rule, file stages) {
	named := map[Stage]bool{}
	for _, f := range file {
		s := oneOf(l, "stage", stageOrder, f.word)
		if named[s] && !f.bad {
			l.addf(f.line, "stage %q is there twice", s)
		}
		named[s] = true
		r.Stages = append(r.Stages, s)
		if f.people.line == 0 || f.people.bad {
			continue
		}
		n, err := strconv.Atoi(f.people.value)
		if err != nil || n < 1 || n > maxQuorum {
			l.addf(f.people.line, "stage %q takes 1 to %d people, not %q", s, maxQuorum, f.people.value)
			continue
		}
		if n > 1 {
			if r.Quorum == nil {
				r.Quorum = Quorum{}
			}
			r.Quorum[s] = n
		}
	}
	r.Stages = sortStages(r.Stages)
}
