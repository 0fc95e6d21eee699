//go:build !race

package message_test

const (
	huge     = 10 << 20 // the size of the largest mails of TestHostile
	measured = true     // whether their cost counts
)
