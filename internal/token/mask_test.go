package token

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What mayBeSecret rules out is no secret.
func TestNothingSecretIsRuledOut(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"a", "T", "c", ".", "/", "%", "2", "f", "F", "=\n", "=\r\n", "\n", "=", "r", "egister", "R", "register/", "=2F", tokenA,
		strings.ToUpper(tokenA), tokenA[:9] + "=\r\n" + tokenA[9:], " ", "x"})
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(strings.Join(rapid.SliceOfN(piece, 1, 9).Draw(t, "pieces"), ""))
		for i, c := range s {
			for _, soft := range []bool{true, false} {
				if _, ok := matchSecret(s, i, c, soft); ok && !mayBeSecret(s, i, c) {
					t.Errorf("there is a secret at %d of %q", i, s)
				}
			}
		}
	})
}
