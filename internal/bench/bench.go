// Package bench measures the program from outside: a mailbox is drained over real IMAP into a real database.
package bench
