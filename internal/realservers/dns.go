package realservers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// DNSServer answers for TXT records, over UDP and TCP, on port 53 of a loopback address of its own, since the resolver of
// the C library knows no other port.
type DNSServer struct {
	IP string

	records map[string]string // by lower-case names without the final dot
}

// DNS starts a server with these TXT records by their names. All other names do not exist. It needs root.
func DNS(t testing.TB, records map[string]string) *DNSServer {
	t.Helper()
	s := &DNSServer{records: maps.Clone(records)}
	var packets net.PacketConn
	var streams net.Listener
	for try := 0; ; try++ {
		s.IP = fmt.Sprintf("127.%d.%d.%d", 64+rand.N(64), rand.N(256), 1+rand.N(254))
		address := net.JoinHostPort(s.IP, "53")
		var err error
		if packets, err = net.ListenPacket("udp4", address); err == nil {
			if streams, err = net.Listen("tcp4", address); err == nil {
				break
			}
			_ = packets.Close() // nothing was sent
		}
		if try == 5 {
			t.Fatalf("listening for DNS (this needs root): %v", err)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { s.servePackets(packets) })
	wg.Go(func() { s.serveStreams(streams, &wg) })
	t.Cleanup(func() {
		if err := errors.Join(packets.Close(), streams.Close()); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return s
}

func (s *DNSServer) servePackets(conn net.PacketConn) {
	b := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return // closed
		}
		if answer, err := s.answer(b[:n]); err == nil {
			_, _ = conn.WriteTo(answer, from) // who asked asks again
		}
	}
}

func (s *DNSServer) serveStreams(l net.Listener, wg *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		wg.Go(func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second)) // a connection that fails is asked anew
			for {
				var size [2]byte
				if _, err := io.ReadFull(conn, size[:]); err != nil {
					return
				}
				question := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(conn, question); err != nil {
					return
				}
				answer, err := s.answer(question)
				if err != nil {
					return
				}
				if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
					return
				}
			}
		})
	}
}

// answer replies to one question.
func (s *DNSServer) answer(question []byte) ([]byte, error) {
	var p dnsmessage.Parser
	head, err := p.Start(question)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RecursionAvailable: true,
		RecursionDesired: head.RecursionDesired}, Questions: []dnsmessage.Question{q}}
	record, ok := s.records[name]
	switch {
	case !ok:
		m.RCode = dnsmessage.RCodeNameError
		for n := range s.records {
			if strings.HasSuffix(n, "."+name) {
				m.RCode = dnsmessage.RCodeSuccess // there is something below it
			}
		}
	case q.Type == dnsmessage.TypeTXT:
		var parts []string
		for ; len(record) > 255; record = record[255:] {
			parts = append(parts, record[:255])
		}
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60},
			Body: &dnsmessage.TXTResource{TXT: append(parts, record)}}}
	}
	return m.Pack()
}
