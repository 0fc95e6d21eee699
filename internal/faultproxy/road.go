package faultproxy

import (
	"io"
	"net"
	"time"
)

// road is the way to an end of a connection, on which bytes are for that long. Closing it leaves the connection open.
func road(to net.Conn, away time.Duration) io.WriteCloser {
	if away == 0 {
		return straight{to}
	}
	r := &longRoad{away: away, parcels: make(chan parcel, 1024), arrived: make(chan struct{})}
	go r.carry(to)
	return r
}

type straight struct{ io.Writer }

func (straight) Close() error { return nil }

type longRoad struct {
	away    time.Duration
	parcels chan parcel
	arrived chan struct{} // all there will be
}

type parcel struct {
	due   time.Time
	bytes []byte
}

func (r *longRoad) Write(b []byte) (int, error) {
	r.parcels <- parcel{time.Now().Add(r.away), append([]byte(nil), b...)}
	return len(b), nil
}

// Close waits until everything has arrived.
func (r *longRoad) Close() error {
	close(r.parcels)
	<-r.arrived
	return nil
}

func (r *longRoad) carry(to io.Writer) {
	defer close(r.arrived)
	for p := range r.parcels {
		<-time.After(time.Until(p.due))
		_, _ = to.Write(p.bytes) // an end that is gone is noticed by whoever reads from it
	}
}
