// Package senderauth weighs the proof of a mail's author: Authentication-Results and alignment become a verdict with its evidence.
package senderauth
