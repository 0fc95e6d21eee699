package message

import "sync"

// scratch holds the buffers that one Parse works in. Nothing in them outlives the call.
type scratch struct {
	decoded []byte // a part without its transfer encoding
	utf8    []byte // the same in UTF-8
	joined  []byte // the same without the line breaks of format=flowed
	clean   []byte // the same as its author saw it
	html    htmlReader
	fields  []Field // of the header of a part
	budget  budget
}

// maxKept bounds what a buffer may weigh to be used again for the next mail.
const maxKept = 256 << 10

var scratches = sync.Pool{New: func() any { return &scratch{} }}

// release gives the buffers back. A large one is left to the garbage collector.
func (s *scratch) release() {
	for _, buf := range []*[]byte{&s.decoded, &s.utf8, &s.joined, &s.clean} {
		if cap(*buf) > maxKept {
			*buf = nil
		}
	}
	if !s.html.small() {
		s.html = htmlReader{}
	}
	clear(s.fields[:cap(s.fields)])
	if s.fields = s.fields[:0]; cap(s.fields) > 100 {
		s.fields = nil
	}
	s.html.m.src, s.html.m.text, s.html.m.attrs, s.html.styles.text = nil, nil, attributes{}, nil
	scratches.Put(s)
}
