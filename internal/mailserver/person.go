package mailserver

// Move moves those messages of a mailbox that choose holds for to another one, as a person does with a mail program, and
// returns how many there were.
func (s *Server) Move(address, from, to string, choose func(raw []byte) bool) (int, error) {
	a, err := s.account(address)
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	source, err := a.find(from)
	if err != nil {
		return 0, err
	}
	target, err := a.find(to)
	if err != nil {
		return 0, err
	}
	chosen := map[*storedMessage]bool{}
	for _, msg := range source.messages {
		if choose(msg.raw) {
			chosen[msg] = true
			target.append(msg.raw, msg.internalDate, msg.flags.list())
		}
	}
	source.expunge(func(m *storedMessage) bool { return chosen[m] })
	a.changed.raise()
	return len(chosen), nil
}
