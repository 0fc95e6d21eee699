// Package realservers runs throw-away PostgreSQL, Dovecot, OpenDKIM, OpenDMARC and Postfix for tests, each in its own directory and on free ports.
//
// The servers come from the distribution and read nothing of the machine's own configuration. Each is stopped by
// t.Cleanup, and dies with the test process even when that is killed. A missing program is a failed test, never a
// skipped one: the message names the package to install. PostgreSQL and Dovecot also run for an ordinary user; Postfix
// needs root, because its master must become several users.
package realservers

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// startTimeout is how long a server may take until it answers; a machine under load needs seconds.
const startTimeout = 30 * time.Second

// stopTimeout is how long a server may take to end before it is killed.
const stopTimeout = 10 * time.Second

// find returns the path of a server program.
func find(t testing.TB, program, packages string, patterns ...string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, pattern := range patterns {
		// Several versions may be installed: the last is the newest.
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[len(found)-1]
		}
	}
	t.Fatalf("%s is missing; install it: apt-get install -y --no-install-recommends %s", program, packages)
	return ""
}

// account is the user a server runs as.
type account struct {
	name, group string
	uid, gid    int
	credential  *syscall.Credential // nil when that is who we are
}

// unprivileged is the first of names that exists, when we are root, else ourselves.
func unprivileged(t testing.TB, names ...string) account {
	t.Helper()
	if os.Getuid() != 0 {
		return lookUp(t, "")
	}
	for _, name := range names {
		if _, err := user.Lookup(name); err == nil {
			a := lookUp(t, name)
			a.credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
			return a
		}
	}
	t.Fatalf("none of the users %q exists", names)
	return account{}
}

func lookUp(t testing.TB, name string) account {
	t.Helper()
	var u *user.User
	var err error
	if name == "" {
		u, err = user.Current()
	} else {
		u, err = user.Lookup(name)
	}
	if err != nil {
		t.Fatal(err)
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		t.Fatal(err)
	}
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("user %s has the ids %q and %q", u.Username, u.Uid, u.Gid)
	}
	return account{name: u.Username, group: g.Name, uid: uid, gid: gid}
}

// newDir makes a directory that owner can reach, which t.TempDir is not. Its path is short: sockets live in it.
func newDir(t testing.TB, owner account) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "real")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	give(t, dir, owner)
	return dir
}

// give hands everything below path to owner.
func give(t testing.TB, path string, owner account) {
	t.Helper()
	err := filepath.WalkDir(path, func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, owner.uid, owner.gid)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freePorts returns n different free loopback ports. Somebody else could take one before the server does; nobody does.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	quit   syscall.Signal
	exited chan struct{}
	output string // file with what it prints
}

// launch starts a server in dir as owner. It dies with us, by the signal quit; replace makes it die with the test.
func launch(t testing.TB, owner account, quit syscall.Signal, dir, path string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(path, args...), quit: quit, exited: make(chan struct{})}
	p.cmd.Dir = dir
	// A file and not a pipe: Wait would wait for every descendant that still holds the pipe.
	p.output = filepath.Join(dir, "output")
	output, err := os.OpenFile(p.output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner.credential, Pdeathsig: quit, Setpgid: true}
	started := make(chan error)
	go func() {
		// The kernel sends Pdeathsig when the thread that started the child ends, not the process. A goroutine that ends
		// locked ends its thread, which may have started others' children before.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.exited)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ended is in its log
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return p
}

// replace makes p the process that earlier was, if there was one: the test ends that one when it ends, and in its turn.
func (p *process) replace(t testing.TB, earlier *process) *process {
	if earlier == nil {
		t.Cleanup(p.stop)
		return p
	}
	*earlier = *p
	return earlier
}

// stop ends the server and waits for it. Stopping twice does nothing.
func (p *process) stop() {
	select {
	case <-p.exited:
		return
	default:
	}
	_ = p.cmd.Process.Signal(p.quit) // fails only if it has just ended
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
	}
	// The whole group, also after an orderly end: Dovecot's imap processes outlive their master by ten seconds, with
	// their clients' connections and mailboxes open.
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // fails only if none is left
	<-p.exited
}

// await polls ready until it succeeds: a server of another process has no other way to tell.
func (p *process) await(t testing.TB, log string, ready func() error) {
	t.Helper()
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-p.exited:
			t.Fatalf("%s ended at once: %s%s", p.cmd.Path, tail(p.output), tail(log))
		case <-deadline.C:
			t.Fatalf("%s did not come up: %v\n%s", p.cmd.Path, err, tail(log))
		}
	}
}

// tail is the end of a log file, for a failure message.
func tail(log string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	return string(text[max(0, len(text)-4000):])
}

// greets connects and expects a greeting.
func greets(address, greeting string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	b := make([]byte, len(greeting))
	n, err := conn.Read(b)
	if err != nil {
		return err
	}
	if got := string(b[:n]); got != greeting {
		return fmt.Errorf("%s greets with %q", address, got)
	}
	return nil
}
