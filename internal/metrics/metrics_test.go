package metrics

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	t.Parallel()
	var p Page
	p.Add(Gauge, "a_up", "Whether it is up.", "", Sample{Value: 1})
	p.Add(Counter, "b_total", "How many.", "mailbox", Sample{"support", 3}, Sample{"a\"b\\c\nd", 1500000.25})
	p.Add(Gauge, "none", "Nothing.", "x")
	want := `# HELP a_up Whether it is up.
# TYPE a_up gauge
a_up 1
# HELP b_total How many.
# TYPE b_total counter
b_total{mailbox="support"} 3
b_total{mailbox="a\"b\\c\nd"} 1.50000025e+06
`
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Buckets are cumulative, and a duration on a bound is within it.
func TestHistogram(t *testing.T) {
	t.Parallel()
	var h Histogram
	for _, d := range []time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Second, time.Minute} {
		h.Observe(d)
	}
	var p Page
	p.AddHistogram("x_seconds", "How long.", &h)
	for _, line := range []string{"# TYPE x_seconds histogram", `x_seconds_bucket{le="0.001"} 1`, `x_seconds_bucket{le="0.0025"} 2`,
		`x_seconds_bucket{le="2.5"} 2`, `x_seconds_bucket{le="5"} 3`, `x_seconds_bucket{le="10"} 3`, `x_seconds_bucket{le="+Inf"} 4`,
		"x_seconds_sum 63.003", "x_seconds_count 4"} {
		if !strings.Contains(p.String(), line+"\n") {
			t.Errorf("the line %q is missing from\n%s", line, &p)
		}
	}
}
