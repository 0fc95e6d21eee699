package daemon

import (
	"testing"
	"time"
)

func TestExpiring(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		left  time.Duration
		grade Grade
		text  string
	}{
		{14 * 24 * time.Hour, Fine, "its certificate ends in 14 days, on 2026-12-06"},
		{14*24*time.Hour - time.Second, Doubt, "its certificate ends in 13 days, on 2026-12-06"},
		{time.Hour, Doubt, "its certificate ends in 0 days, on 2026-11-22"},
		{-time.Hour, Doubt, "its certificate ends in -1 days, on 2026-11-22"},
	} {
		got := expiring("submission", now.Add(c.left), now)
		if got.Grade != c.grade || got.Text != c.text || (got.Mend == "") != (c.grade == Fine) {
			t.Errorf("%s left: %+v, want %s, %s", c.left, got, c.grade, c.text)
		}
	}
}

// Only a new end is news.
func TestCertificatesSeen(t *testing.T) {
	t.Parallel()
	var c certificates
	end := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	if !c.seen("submission", end) || c.seen("submission", end) || !c.seen("submission", end.AddDate(0, 3, 0)) || !c.seen("mailbox support", end) {
		t.Error("what is news about certificates is not told apart")
	}
	if all := c.all(); len(all) != 2 || !all["submission"].Equal(end.AddDate(0, 3, 0)) {
		t.Errorf("the ends are %v", all)
	}
}
