// Package metrics writes numbers in the Prometheus text format, and counts durations for it.
package metrics

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ContentType is that of a Page.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Kind is what a number is.
type Kind string

// The kinds. A Counter only grows while the program runs.
const (
	Gauge   Kind = "gauge"
	Counter Kind = "counter"
)

// Sample is one number, told from others of its name by the value of one label; "" where there is only one.
type Sample struct {
	Label string
	Value float64
}

// Page is what is exposed at one instant. The zero value is empty.
type Page struct{ b strings.Builder }

// Add writes numbers of one name. label is the label's name, "" where there is none; with no samples nothing is written.
func (p *Page) Add(kind Kind, name, help, label string, samples ...Sample) {
	if len(samples) == 0 {
		return
	}
	fmt.Fprintf(&p.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	for _, s := range samples {
		labels := ""
		if label != "" {
			labels = "{" + label + "=\"" + escape.Replace(s.Label) + "\"}"
		}
		fmt.Fprintf(&p.b, "%s%s %s\n", name, labels, number(s.Value))
	}
}

// String is the page.
func (p *Page) String() string { return p.b.String() }

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// bounds are the upper ends of a Histogram's buckets, in seconds.
var bounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Histogram counts durations. The zero value is ready; its methods are safe for concurrent use.
type Histogram struct {
	mu      sync.Mutex
	buckets [14]uint64 // one for each bound, and one for what is longer
	sum     float64
}

// Observe counts a duration.
func (h *Histogram) Observe(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := 0
	for i < len(bounds) && d.Seconds() > bounds[i] {
		i++
	}
	h.buckets[i]++
	h.sum += d.Seconds()
}

// AddHistogram writes a histogram.
func (p *Page) AddHistogram(name, help string, h *Histogram) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fmt.Fprintf(&p.b, "# HELP %s %s\n# TYPE %s histogram\n", name, help, name)
	var n uint64
	for i, b := range bounds {
		n += h.buckets[i]
		fmt.Fprintf(&p.b, "%s_bucket{le=\"%s\"} %d\n", name, number(b), n)
	}
	n += h.buckets[len(bounds)]
	fmt.Fprintf(&p.b, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %s\n%s_count %d\n", name, n, name, number(h.sum), name, n)
}
