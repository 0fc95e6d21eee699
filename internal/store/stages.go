package store

import (
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

// stageWords writes the stages of a request in their order; "client:2" is one that takes two people.
func stageWords(r *access.Request) string {
	var words []string
	for _, s := range r.Stages {
		word := string(s)
		if n := r.Quorum.Of(s); n > 1 {
			word += ":" + strconv.Itoa(n)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func stagesOf(words string) (stages []policy.Stage, quorum policy.Quorum) {
	for _, word := range strings.Fields(words) {
		name, people, several := strings.Cut(word, ":")
		s := policy.Stage(name)
		stages = append(stages, s)
		if n, err := strconv.Atoi(people); several && err == nil {
			if quorum == nil {
				quorum = policy.Quorum{}
			}
			quorum[s] = n
		}
	}
	return stages, quorum
}
