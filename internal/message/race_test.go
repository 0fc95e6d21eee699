//go:build race

package message_test

// The race detector takes memory and time of its own: it is run for races only.
const (
	huge     = 1 << 20 // the size of the largest mails of TestHostile
	measured = false   // whether their cost counts
)
