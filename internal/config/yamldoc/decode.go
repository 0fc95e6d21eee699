package yamldoc

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Option teaches Decode a type.
type Option func(*decoder)

// Text reads every value of type T with parse. Its error becomes the text of the problem.
func Text[T any](parse func(string) (T, error)) Option {
	return func(d *decoder) {
		d.parse[reflect.TypeFor[T]()] = func(s string) (reflect.Value, error) {
			v, err := parse(s)
			return reflect.ValueOf(&v).Elem(), err
		}
	}
}

// Words reads every value of type T as one of words.
func Words[T ~string](words ...T) Option {
	return Text(func(s string) (T, error) {
		names := make([]string, len(words))
		for i, w := range words {
			if s == string(w) {
				return w, nil
			}
			names[i] = string(w)
		}
		return "", fmt.Errorf("%q is not known; write %s", s, Either(names))
	})
}

// Fresh makes every new list item or optional section of type T start from what fresh returns: its defaults.
func Fresh[T any](fresh func() T) Option {
	return func(d *decoder) {
		d.fresh[reflect.TypeFor[T]()] = func() reflect.Value { return reflect.ValueOf(fresh()) }
	}
}

// Either is "a", "a or b", "a, b or c".
func Either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

type decoder struct {
	*Document
	parse map[reflect.Type]func(string) (reflect.Value, error)
	fresh map[reflect.Type]func() reflect.Value
}

// Decode fills the struct that into points to. Keys are the yaml tags of its fields; what the file does not say stays as
// it is. It understands structs, pointers to structs, slices, strings, bools (true, yes, on and their opposites), ints,
// time.Duration and what the options add; a string is taken as it is written, so 1.10 stays 1.10.
func (d *Document) Decode(into any, options ...Option) {
	if d.root == nil {
		return
	}
	dec := &decoder{
		Document: d,
		parse:    map[reflect.Type]func(string) (reflect.Value, error){},
		fresh:    map[reflect.Type]func() reflect.Value{},
	}
	Text(parseDuration)(dec)
	for _, o := range options {
		o(dec)
	}
	dec.value("", d.root, reflect.ValueOf(into).Elem())
}

func (d *decoder) value(key string, n *yaml.Node, v reflect.Value) {
	d.lines[key] = n.Line
	if d.Bad(key) {
		return
	}
	if n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 {
		d.add(n.Line, key, "*aliases and !tags are not understood here; write the value out, in quotes if it starts so")
		return
	}
	parse, isText := d.parse[v.Type()]
	switch {
	case isText:
		d.scalar(key, n, v, parse)
	case v.Kind() == reflect.Pointer:
		if null(n) {
			return
		}
		p := reflect.New(v.Type().Elem())
		d.start(p.Elem())
		d.value(key, n, p.Elem())
		v.Set(p)
	case v.Kind() == reflect.Struct:
		d.mapping(key, n, v)
	case v.Kind() == reflect.Slice:
		d.sequence(key, n, v)
	default:
		d.scalar(key, n, v, basic(v.Type()))
	}
}

func (d *decoder) start(v reflect.Value) {
	if fresh, ok := d.fresh[v.Type()]; ok {
		v.Set(fresh())
	}
}

func (d *decoder) mapping(key string, n *yaml.Node, v reflect.Value) {
	if null(n) { // a section whose keys are all commented out
		return
	}
	if n.Kind != yaml.MappingNode {
		d.add(n.Line, key, "expected keys with values, found "+kind(n))
		return
	}
	fields, names := map[string]reflect.Value{}, []string(nil)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			fields[name] = v.Field(i)
			names = append(names, name)
		}
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		path := join(key, k.Value)
		field, known := fields[k.Value]
		switch first, twice := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			d.add(k.Line, key, "a key must be a plain word")
		case !known:
			d.add(k.Line, path, "this key is not known; known here: "+strings.Join(names, ", "))
		case twice:
			d.add(k.Line, path, fmt.Sprintf("this key stands already in line %d; keep one of them", first))
		default:
			seen[k.Value] = k.Line
			d.value(path, n.Content[i+1], field)
			d.lines[path] = k.Line
		}
	}
}

func (d *decoder) sequence(key string, n *yaml.Node, v reflect.Value) {
	if null(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.add(n.Line, key, "expected a list such as [a, b], found "+kind(n))
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.start(list.Index(i))
		d.value(index(key, i), item, list.Index(i))
	}
	v.Set(list)
}

func (d *decoder) scalar(key string, n *yaml.Node, v reflect.Value, parse func(string) (reflect.Value, error)) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.add(n.Line, key, "expected one value, found "+kind(n))
	case null(n):
		d.add(n.Line, key, "the value is missing; give one or remove the line")
	default:
		parsed, err := parse(n.Value)
		if err != nil {
			d.add(n.Line, key, err.Error())
			return
		}
		v.Set(parsed.Convert(v.Type()))
	}
}

func basic(t reflect.Type) func(string) (reflect.Value, error) {
	switch t.Kind() {
	case reflect.String:
		return func(s string) (reflect.Value, error) { return reflect.ValueOf(s), nil }
	case reflect.Bool:
		return parseBool
	case reflect.Int:
		return func(s string) (reflect.Value, error) {
			i, err := strconv.Atoi(s)
			if err != nil {
				err = fmt.Errorf("%q is no whole number", s)
			}
			return reflect.ValueOf(i), err
		}
	}
	panic("yamldoc: no reader for " + t.String())
}

// parseBool also takes the yes and no of YAML 1.1, which people write.
func parseBool(s string) (reflect.Value, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "on":
		return reflect.ValueOf(true), nil
	case "false", "no", "off":
		return reflect.ValueOf(false), nil
	}
	return reflect.ValueOf(false), fmt.Errorf("%q is neither yes nor no", s)
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration; write hours, minutes or seconds such as 168h, 10m or 1m30s", s)
	}
	return d, nil
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "one value"
	}
}
