package config

import (
	"fmt"
	"strings"
	"time"
)

// StartMode is which mail is read when a mailbox is seen for the first time.
type StartMode string

// The start modes.
const (
	StartNow   StartMode = "now"
	StartAll   StartMode = "all"
	StartSince StartMode = "since"
)

// Start is which mail is read when a mailbox is seen for the first time: what comes from now on, all that is there, or
// what arrived on or after the day Since (midnight UTC; zero in the other modes).
type Start struct {
	Mode  StartMode
	Since time.Time
}

// String is the form that the configuration file uses.
func (s Start) String() string {
	if s.Mode == StartSince {
		return "since " + s.Since.Format(time.DateOnly)
	}
	return string(s.Mode)
}

func parseStart(text string) (Start, error) {
	switch mode := StartMode(text); mode {
	case StartNow, StartAll:
		return Start{Mode: mode}, nil
	}
	if date, ok := strings.CutPrefix(text, "since "); ok {
		if day, err := time.Parse(time.DateOnly, strings.TrimSpace(date)); err == nil {
			return Start{Mode: StartSince, Since: day}, nil
		}
	}
	return Start{}, fmt.Errorf("%q is not known; write now, all or since and a day such as since 2026-01-31", text)
}
