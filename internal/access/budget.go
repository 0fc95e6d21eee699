package access

import "slices"

// withinBudget takes an outcome back that would answer the author more often in a day than the provider wants: what is
// behind that is a loop, or a storm. The mail waits in quarantine, unanswered, and people get one to-do for all of them.
func (d *decider) withinBudget() {
	author := d.in.Author.Key()
	answers := slices.ContainsFunc(d.out.Mails, func(m *Mail) bool {
		return m.To.Key() == author && slices.Contains(AnswerKinds, m.Kind)
	})
	s := d.env.Settings
	over := func(count, limit int) bool { return limit > 0 && count >= limit }
	if !answers || !over(d.s.AnswersToAuthor, s.AnswersPerAddress) && !over(d.s.AnswersToClient, s.AnswersPerClient) {
		return
	}
	about := d.in.Author.String()
	if !over(d.s.AnswersToAuthor, s.AnswersPerAddress) {
		about = d.s.Client.Name
	}
	d.asks = nil
	d.out = &Outcome{Disposition: Quarantined, Reason: "more automatic answers in a day than the limit: a loop or a storm?",
		Todos: []Todo{{TodoStorm, about}}}
}
