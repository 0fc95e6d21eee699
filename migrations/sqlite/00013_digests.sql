-- +goose Up

-- When the last digest was, which every start looks for among all timers there ever were, and what a digest tells of the time since.
CREATE INDEX timers_of_digests ON timers (due_at) WHERE kind = 'digest' AND fired_at IS NOT NULL;
CREATE INDEX inbound_messages_left ON inbound_messages (processed_at) WHERE disposition = 'left';
CREATE INDEX inbound_messages_quarantined ON inbound_messages (processed_at, stored_at) WHERE disposition = 'quarantined';

-- +goose Down
DROP INDEX inbound_messages_quarantined;
DROP INDEX inbound_messages_left;
DROP INDEX timers_of_digests;
