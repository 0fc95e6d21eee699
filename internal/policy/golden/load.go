package golden

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/countersign/countersign/internal/policy"
)

// The file as written.
type (
	goldenFile struct {
		RoleModel string            `yaml:"role_model"`
		Cases     []caseFile        `yaml:"cases"`
		Elsewhere map[string]string `yaml:"elsewhere"`
	}
	caseFile struct {
		Row          words          `yaml:"row"`
		Name         string         `yaml:"name"`
		As           words          `yaml:"as"`
		Grants       words          `yaml:"grants"`
		Badge        string         `yaml:"badge"`
		Action       string         `yaml:"action"`
		Self         bool           `yaml:"self"`
		Subject      words          `yaml:"subject"`
		Becomes      words          `yaml:"becomes"`
		Details      words          `yaml:"details"`
		Access       bool           `yaml:"physical_access"`
		Admitted     bool           `yaml:"admitted"`
		Unlisted     bool           `yaml:"unlisted"`
		Lead         bool           `yaml:"lead"`
		Answer       string         `yaml:"answer"`
		Rule         string         `yaml:"rule"`
		ApprovedBy   words          `yaml:"approved_by"`
		MayAsk       words          `yaml:"may_ask"`
		OwnAuthority *yes           `yaml:"own_authority"`
		MovesPower   *yes           `yaml:"moves_power"`
		Checklist    string         `yaml:"checklist"`
		Others       map[string]int `yaml:"others"`
		Full         words          `yaml:"full"`
		Vacant       words          `yaml:"vacant"`
		Can          words          `yaml:"can"`
		Cannot       words          `yaml:"cannot"`
		Topics       map[string]yes `yaml:"topics"`
	}
)

// words is a list, or one word.
type words []string

// UnmarshalYAML takes both; an empty list is not nil.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	list := []string{}
	if err := n.Decode(&list); err != nil {
		return err
	}
	*w = list
	return nil
}

// yes is yes or no.
type yes bool

// UnmarshalYAML takes the two words only, as answers are written.
func (y *yes) UnmarshalYAML(n *yaml.Node) error {
	if n.Value != "yes" && n.Value != "no" {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: yes or no is expected, not %q", n.Line, n.Value)}}
	}
	*y = n.Value == "yes"
	return nil
}

// Load reads a file of golden cases; name is how errors call it. All problems are one error, each as "name:line: problem".
func Load(name string, data []byte) (*File, error) {
	var file goldenFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var types *yaml.TypeError
	switch err := dec.Decode(&file); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s:1: the file is empty", name)
	case errors.As(err, &types):
		var errs []error
		for _, e := range types.Errors {
			errs = append(errs, yamlProblem(name, e))
		}
		return nil, errors.Join(errs...)
	case err != nil:
		return nil, yamlProblem(name, err.Error())
	}
	var root yaml.Node
	_ = yaml.Unmarshal(data, &root) // it was read above
	lines := caseLines(&root)
	f := &File{RoleModel: file.RoleModel, Elsewhere: file.Elsewhere}
	var errs []error
	for i, c := range file.Cases {
		if why := c.problem(); why != "" {
			errs = append(errs, fmt.Errorf("%s:%d: %s", name, lines[i], why))
		}
		f.Cases = append(f.Cases, c.toCase(lines[i]))
	}
	if f.RoleModel == "" {
		errs = append(errs, fmt.Errorf("%s:1: role_model is missing; give the id of the model", name))
	}
	if len(f.Cases) == 0 {
		errs = append(errs, fmt.Errorf("%s:1: there are no cases", name))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return f, nil
}

// caseLines are the lines on which the cases begin.
func caseLines(root *yaml.Node) []int {
	var lines []int
	top := root.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value == "cases" {
			for _, c := range top.Content[i+1].Content {
				lines = append(lines, c.Line)
			}
		}
	}
	return lines
}

// problem is what a case lacks, or has too much.
func (c caseFile) problem() string {
	about := c.Self || c.Lead || c.Unlisted || c.Admitted || len(c.Subject)+len(c.Becomes)+len(c.Details) > 0
	expects := c.Rule != "" || c.ApprovedBy != nil || c.MayAsk != nil || c.OwnAuthority != nil || c.MovesPower != nil || c.Checklist != ""
	switch {
	case c.Name == "":
		return "the case's name is missing"
	case len(c.Row) == 0:
		return "the case's row is missing; give the id of the sentence that it shows"
	case c.Badge != "" && c.Badge != "active" && c.Badge != "none":
		return fmt.Sprintf("badge is active or none, not %q", c.Badge)
	case c.Action == "" && (about || expects || c.Answer != "" || c.Others != nil):
		return "the case's action is missing"
	case c.Action == "" && len(c.Can)+len(c.Cannot)+len(c.Topics) == 0:
		return "the case expects nothing; give an action and an answer, or can, cannot or topics"
	case c.Action != "" && c.Answer != "yes" && c.Answer != "no":
		return fmt.Sprintf("answer is yes or no, not %q", c.Answer)
	case c.Others == nil && len(c.Full)+len(c.Vacant) > 0:
		return "full and vacant need others: how many others hold each role"
	}
	for topic := range c.Topics {
		if !slices.Contains(policy.Topics(), topic) {
			return fmt.Sprintf("unknown topic %q; there are %s", topic, strings.Join(policy.Topics(), ", "))
		}
	}
	for _, capability := range slices.Concat(c.Can, c.Cannot) {
		if policy.CheckGrant("+"+capability) != nil || strings.HasSuffix(capability, policy.Any) {
			return fmt.Sprintf("unknown capability %q", capability)
		}
	}
	return ""
}

func (c caseFile) toCase(line int) Case {
	var topics map[string]bool
	for t, y := range c.Topics {
		if topics == nil {
			topics = map[string]bool{}
		}
		topics[t] = bool(y)
	}
	return Case{Line: line, Row: c.Row, Name: c.Name, Answer: c.Answer, Rule: c.Rule, ApprovedBy: c.ApprovedBy, MayAsk: c.MayAsk,
		OwnAuthority: (*bool)(c.OwnAuthority), MovesPower: (*bool)(c.MovesPower), Checklist: c.Checklist,
		Others: c.Others, Full: c.Full, Vacant: c.Vacant, Can: c.Can, Cannot: c.Cannot, Topics: topics,
		Ask: Ask{As: c.As, Grants: c.Grants, Badge: c.Badge == "active", Action: c.Action, Self: c.Self, Subject: c.Subject,
			Becomes: c.Becomes, Details: c.Details, PhysicalAccess: c.Access, Admitted: c.Admitted, Unlisted: c.Unlisted, Lead: c.Lead}}
}

var (
	yamlLine    = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (.*) not found in type .*$`)
	yamlType    = regexp.MustCompile(`^cannot unmarshal \S+ (.*) into \S+$`)
)

// yamlProblem is the decoder's error with its line, rid of Go's type names.
func yamlProblem(name, e string) error {
	line, text := "1", strings.TrimPrefix(e, "yaml: ")
	if m := yamlLine.FindStringSubmatch(e); m != nil {
		line, text = m[1], m[2]
	}
	if m := yamlUnknown.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("unknown key %q", m[1])
	}
	if m := yamlType.FindStringSubmatch(text); m != nil {
		text = m[1] + " does not fit here"
	}
	return fmt.Errorf("%s:%s: %s", name, line, text)
}
