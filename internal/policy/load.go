package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads a model file; name is how errors call it. All problems are reported at once (errors.Join), each as
// "name:line: problem". Besides unknown keys and words these are contradictions: a role that nobody can grant, a rule that
// nobody can satisfy, two rules for one case, a word for two roles.
func Load(name string, data []byte) (*Model, error) {
	l := loader{name: name, source: map[string]int{}}
	var file modelFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(&file)
	if syntax := l.addYAML(err); syntax {
		return nil, l.err()
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		l.addf(more.Line, "one document is expected")
	}
	m := l.model(file)
	if len(l.problems) > 0 {
		return nil, l.err()
	}
	return m, nil
}

// The file as written. Leaves know their lines.
type (
	modelFile struct {
		RoleModel headFile      `yaml:"role_model"`
		Roles     []roleFile    `yaml:"roles"`
		Rules     []ruleFile    `yaml:"rules"`
		Otherwise otherwiseFile `yaml:"otherwise"`
	}
	headFile struct {
		ID      word `yaml:"id"`
		Title   word `yaml:"title"`
		Version word `yaml:"version"`
		Reject  word `yaml:"reject"`
	}
	roleFile struct {
		ID           word        `yaml:"id"`
		Title        word        `yaml:"title"`
		Aliases      words       `yaml:"aliases"`
		Rank         int         `yaml:"rank"`
		Capabilities words       `yaml:"capabilities"`
		WithAccess   words       `yaml:"with_physical_access"`
		Holders      holdersFile `yaml:"holders"`
		Approves     words       `yaml:"approves"`
		Badge        word        `yaml:"badge"`
		Portal       word        `yaml:"portal"`
	}
	holdersFile struct {
		Min  int  `yaml:"min"`
		Max  int  `yaml:"max"`
		Then word `yaml:"then"`
	}
	ruleFile struct {
		ID     word     `yaml:"id"`
		Action words    `yaml:"action"` // several actions make as many rules
		For    words    `yaml:"for"`
		By     words    `yaml:"by"`
		Stages stages   `yaml:"stages"`
		Check  word     `yaml:"checklist"`
		When   whenFile `yaml:"when"`
		Refuse bool     `yaml:"refuse"`
		Text   word     `yaml:"text"`
	}
	whenFile struct {
		Self    *bool `yaml:"self"`
		Details words `yaml:"details"`
		Asked   *bool `yaml:"asked"`
		Holds   words `yaml:"holds"`
		Access  *bool `yaml:"physical_access"`
		Admit   *bool `yaml:"admitted"`
		Listed  *bool `yaml:"listed"`
		Lead    *bool `yaml:"lead"`
	}
	otherwiseFile struct {
		ID   word `yaml:"id"`
		Text word `yaml:"text"`
	}
)

// word is a string and the line on which it stands.
type word struct {
	value string
	line  int
	bad   bool // something else stands there, which is reported already
}

// UnmarshalYAML keeps the line.
func (w *word) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		*w = word{line: n.Line, bad: true}
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: one word or text is expected", n.Line)}}
	}
	*w = word{value: strings.TrimSpace(n.Value), line: n.Line}
	return nil
}

// words is a list of words, or a single one.
type words []word

// UnmarshalYAML keeps the lines.
func (ws *words) UnmarshalYAML(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var errs yaml.TypeError
	for _, item := range items {
		var w word
		var bad *yaml.TypeError
		if errors.As(w.UnmarshalYAML(item), &bad) {
			errs.Errors = append(errs.Errors, bad.Errors...)
		}
		*ws = append(*ws, w)
	}
	if len(errs.Errors) > 0 {
		return &errs
	}
	return nil
}

func (ws words) values() []string {
	var s []string
	for _, w := range ws {
		s = append(s, w.value)
	}
	return s
}

// loader gathers the problems of one file.
type loader struct {
	name     string
	problems []problem
	source   map[string]int // role id → line
	lines    []int          // of Model.Rules
}

type problem struct {
	line int
	text string
}

func (l *loader) addf(line int, format string, args ...any) {
	l.problems = append(l.problems, problem{line, fmt.Sprintf(format, args...)})
}

// err joins the problems in the order of the file.
func (l *loader) err() error {
	slices.SortStableFunc(l.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	var errs []error
	for _, p := range slices.Compact(l.problems) {
		errs = append(errs, fmt.Errorf("%s:%d: %s", l.name, max(p.line, 1), p.text))
	}
	return errors.Join(errs...)
}

var (
	yamlLine    = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (.*) not found in type .*$`)
	yamlType    = regexp.MustCompile(`^cannot unmarshal \S+ (.*) into (?:policy\.)?(\S+)$`)
)

// addYAML takes over the decoder's errors, rid of Go's type names. It reports whether nothing could be read at all.
func (l *loader) addYAML(err error) bool {
	var types *yaml.TypeError
	switch {
	case err == nil:
		return false
	case errors.Is(err, io.EOF):
		l.addf(1, "the file is empty")
		return true
	case !errors.As(err, &types):
		l.addYAMLLine(err.Error())
		return true
	}
	for _, e := range types.Errors {
		l.addYAMLLine(e)
	}
	return false
}

func (l *loader) addYAMLLine(e string) {
	line, text := 1, strings.TrimPrefix(e, "yaml: ")
	if m := yamlLine.FindStringSubmatch(e); m != nil {
		fmt.Sscan(m[1], &line)
		text = m[2]
	}
	if m := yamlUnknown.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("unknown key %q", m[1])
	}
	if m := yamlType.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s does not fit here", m[1])
	}
	l.addf(line, "%s", text)
}
