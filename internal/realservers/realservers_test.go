package realservers

import (
	"io"
	"os/exec"
	"syscall"
	"testing"
)

// TestOthersLiveOn: what a test itself has started, and what is to die with it, does not die when a server ends. The kernel
// sends Pdeathsig when the thread that started the child ends, and not when the process does.
func TestOthersLiveOn(t *testing.T) {
	type other struct {
		cmd  *exec.Cmd
		stop io.Closer
	}
	var others []other
	var servers []*process
	for range 20 {
		cmd := exec.Command("cat")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		others = append(others, other{cmd, stdin})
		servers = append(servers, launch(t, account{}, syscall.SIGTERM, t.TempDir(), "sleep", "1000"))
	}
	for _, s := range servers {
		s.stop()
	}
	for _, o := range others {
		if err := o.stop.Close(); err != nil {
			t.Error(err)
		}
		if err := o.cmd.Wait(); err != nil {
			t.Errorf("ended before its time: %v", err)
		}
	}
}
