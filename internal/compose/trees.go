package compose

import (
	texttemplate "text/template"
	"text/template/parse"
)

// trees are parsed templates by the names that their files define.
type trees map[string]*parse.Tree

// parseTrees reads the definitions of one file.
func parseTrees(file, source string, funcs texttemplate.FuncMap) (trees, error) {
	set, err := texttemplate.New(file).Funcs(funcs).Parse(source)
	if err != nil {
		return nil, err
	}
	t := trees{}
	for _, d := range set.Templates() {
		t[d.Name()] = d.Tree
	}
	return t, nil
}

// add lays definitions over those there are; as in text/template, empty ones replace none.
func (t trees) add(more trees) {
	for name, tree := range more {
		if t[name] == nil || !parse.IsEmptyTree(tree.Root) {
			t[name] = tree
		}
	}
}

// copied are trees that html/template can write into.
func (t trees) copied() trees {
	c := make(trees, len(t))
	for name, tree := range t {
		c[name] = tree.Copy()
	}
	return c
}

// calls are the templates that are called below a node, each as often as it is.
func calls(n parse.Node) []*parse.TemplateNode {
	branch := func(b *parse.BranchNode) []*parse.TemplateNode { return append(calls(b.List), calls(b.ElseList)...) }
	switch n := n.(type) {
	case *parse.ListNode:
		var all []*parse.TemplateNode
		if n != nil {
			for _, child := range n.Nodes {
				all = append(all, calls(child)...)
			}
		}
		return all
	case *parse.IfNode:
		return branch(&n.BranchNode)
	case *parse.RangeNode:
		return branch(&n.BranchNode)
	case *parse.WithNode:
		return branch(&n.BranchNode)
	case *parse.TemplateNode:
		return []*parse.TemplateNode{n}
	}
	return nil
}

// kindTrees are the definitions of one kind of mail, each under its name after the kind's prefix: its own, and those that
// all share but that call one of its own, as the layout calls the body. So one set of templates holds all kinds, and what
// they share is there once.
type kindTrees struct {
	prefix      string
	own, shared trees
	calling     map[string]bool // shared, and call one of own
}

func newKindTrees(prefix string, own, shared trees) *kindTrees {
	k := &kindTrees{prefix: prefix, own: own, shared: shared, calling: map[string]bool{}}
	for again := true; again; {
		again = false
		for name, tree := range shared {
			if k.isOwn(name) {
				continue
			}
			for _, call := range calls(tree.Root) {
				if k.isOwn(call.Name) {
					k.calling[name], again = true, true
					break
				}
			}
		}
	}
	return k
}

func (k *kindTrees) isOwn(name string) bool { return k.own[name] != nil || k.calling[name] }

// into adds to set what the template called root needs and set has not yet, and returns its name there; "" if nothing
// defines it.
func (k *kindTrees) into(set trees, root string) string {
	tree, name := k.shared[root], root
	if k.own[root] != nil {
		tree, name = k.own[root], k.prefix+root
	} else if k.calling[root] {
		tree, name = tree.Copy(), k.prefix+root
	}
	if tree == nil {
		return ""
	}
	if set[name] != nil {
		return name
	}
	set[name] = tree
	for _, call := range calls(tree.Root) {
		if called := k.into(set, call.Name); called != "" {
			call.Name = called
		}
	}
	return name
}
