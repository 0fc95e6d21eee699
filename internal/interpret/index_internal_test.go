package interpret

import (
	"reflect"
	"strings"
	"testing"
)

// TestIndexHoldsNoPointers keeps what is kept for as long as the program lives free of what a collector would follow.
func TestIndexHoldsNoPointers(t *testing.T) {
	t.Parallel()
	for _, element := range []any{node{}, ways{}, sense{}, langLists{}, edge{}, tail{}, runOnPhrase{}, wordSlot{}, phrase{}, ownPhrase{}} {
		if kind := reflect.TypeOf(element); pointers(kind) {
			t.Errorf("%s has pointers", kind)
		}
	}
}

func pointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if pointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return pointers(t.Elem())
	}
	return t.Kind() < reflect.Bool || t.Kind() > reflect.Complex128
}

// TestWordTable puts in words of all lengths, which differ in one place, and looks for them and for others.
func TestWordTable(t *testing.T) {
	t.Parallel()
	var table wordTable
	var words []string
	for size := range 40 {
		for at := range max(1, size) {
			words = append(words, strings.Repeat("a", at)+"b"+strings.Repeat("a", max(0, size-at-1)))
		}
	}
	for i, w := range words {
		if n := table.add(w); int(n) != table.len() || n != table.add(w) {
			t.Errorf("word %d, %q, has number %d and then %d", i, w, n, table.add(w))
		}
	}
	table.pack()
	for _, w := range words {
		if n := table.of(w); n == 0 || table.word(n) != w {
			t.Errorf("%q has number %d", w, n)
		}
		if n := table.of(w + "c"); n > 0 {
			t.Errorf("%q is taken for %q", w+"c", table.word(n))
		}
	}
	if n := table.of(""); n > 0 {
		t.Errorf("no word is taken for %q", table.word(n))
	}
}
