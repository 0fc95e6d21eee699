package killtest

import (
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/load"
)

// crew is the daemons of a scene.
type crew struct {
	*scene
	members []*member
}

// member is a daemon. Where there are several, each has a way of its own to the database.
type member struct {
	file  string
	way   *faultproxy.Proxy // nil for the straight one
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended
}

// crew writes the configurations of some daemons, and one for commands.
func (s *scene) crew(n int) *crew {
	s.t.Helper()
	database, imap, submission := s.system.config(s.dir)
	write := func(file, database string) {
		s.write(file, fmt.Sprintf(config, load.Support, database, imap, submission, load.MX, s.system.hops()))
	}
	write("config.yaml", database)
	if n == 1 {
		return &crew{s, []*member{{file: "config.yaml"}}}
	}
	c := &crew{scene: s}
	for i := range n {
		p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(s.system.port())))
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { _ = p.Close() }) // the test is over
		m := &member{file: fmt.Sprintf("config-%d.yaml", i), way: p}
		write(m.file, strings.Replace(database, fmt.Sprintf(":%d/", s.system.port()), fmt.Sprintf(":%d/", p.Port()), 1))
		c.members = append(c.members, m)
	}
	return c
}

func (m *member) lives() bool {
	if m.cmd == nil {
		return false
	}
	select {
	case <-m.ended:
		return false
	default:
		return true
	}
}

// check tells of one that has crashed. Otherwise it was killed or stopped, or its database was away when it started.
func (m *member) check(s *scene) {
	s.t.Helper()
	if m.cmd == nil {
		return
	}
	if m.cmd.ProcessState.ExitCode() > 1 {
		s.t.Errorf("a daemon ended with %v\n%s", m.err, s.output.String())
	}
}

// start starts those that do not live, as a supervisor does.
func (c *crew) start() {
	c.t.Helper()
	for _, m := range c.members {
		if m.lives() {
			continue
		}
		m.check(c.scene)
		m.cmd, m.ended = c.command(m.file, &c.output), make(chan struct{})
		if err := m.cmd.Start(); err != nil {
			c.t.Fatal(err)
		}
		go func() {
			m.err = m.cmd.Wait()
			close(m.ended)
		}()
	}
}

// kill ends one of them.
func (c *crew) kill() {
	m := c.members[c.random.IntN(len(c.members))]
	if err := m.cmd.Process.Kill(); err != nil && m.lives() {
		c.t.Fatalf("the daemon cannot be killed: %v\n%s", err, c.output.String())
	}
	<-m.ended
}

// cutOff cuts one of several off from the database, every third time.
func (c *crew) cutOff() {
	if m := c.members[c.random.IntN(len(c.members))]; m.way != nil && c.random.IntN(3) == 0 {
		m.way.Hold()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.disturbed["cut off"]++
	}
}

func (c *crew) heal() {
	for _, m := range c.members {
		if m.way != nil {
			m.way.Release()
		}
	}
}

// stop stops them softly, and returns those that lived.
func (c *crew) stop() []*member {
	c.t.Helper()
	return c.ask(syscall.SIGTERM)
}

// ask sends those that live a signal that ends them, and returns them.
func (c *crew) ask(sig syscall.Signal) (living []*member) {
	c.t.Helper()
	for _, m := range c.members {
		if m.lives() {
			living = append(living, m)
			signal(c.t, m.cmd, sig)
		}
	}
	for _, m := range living {
		<-m.ended
	}
	return living
}

// gone says how the last one ended when none lives.
func (c *crew) gone() error {
	if slices.ContainsFunc(c.members, (*member).lives) {
		return nil
	}
	return fmt.Errorf("no daemon lives: the last ended with %v", c.members[len(c.members)-1].cmd.ProcessState)
}

// end stops them when they are at rest: nothing may go wrong.
func (c *crew) end() {
	c.t.Helper()
	living := c.stop()
	if len(living) == 0 {
		c.t.Errorf("no daemon lives at the end\n%s", c.output.String())
	}
	for _, m := range living {
		if m.err != nil {
			c.t.Errorf("a daemon ended with %v\n%s", m.err, c.output.String())
		}
	}
}

// endLeases lets the time pass for which the claims of the dead last, while nobody lives who has any.
func (s *scene) endLeases() {
	s.t.Helper()
	for _, table := range []string{"inbound_messages", "outbound_messages", "timers", "mailboxes"} {
		if _, err := s.database().Exec(`UPDATE ` + table + ` SET lease_until = NULL WHERE lease_until IS NOT NULL`); err != nil {
			s.t.Fatal(err)
		}
	}
}
