package main

import (
	"crypto/rand"
	"fmt"

	"github.com/countersign/countersign/internal/token"
)

type portalCmd struct {
	Token portalTokenCmd `cmd:"" help:"Make a token for a portal of yours that may ask over HTTP."`
}

type portalTokenCmd struct{}

func (c *portalTokenCmd) Help() string {
	return `Prints a token, which the portal keeps secret and sends as Authorization: Bearer TOKEN,
and its digest, which stands under portals in the config. The token itself is stored nowhere.`
}

func (c *portalTokenCmd) Run(s streams) error {
	t, err := token.Mint(rand.Reader)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "token:        %s\ntoken_digest: %s\n", t.Reveal(), t.Digest())
	return nil
}
