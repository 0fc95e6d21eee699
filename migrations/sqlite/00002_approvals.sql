-- +goose Up

-- When the stage or the details were asked for, how many reminders have gone out since, and whether staff stand in.
ALTER TABLE requests ADD COLUMN asked_at TIMESTAMP;
ALTER TABLE requests ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN escalated BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE requests SET asked_at = updated_at;

-- A stage can take several people. Each answer has a seat, counted from 1: of two simultaneous answers for one seat the
-- second cannot be stored, and nobody has two seats.
CREATE TABLE decisions_with_seats (
    request_id    INTEGER NOT NULL REFERENCES requests (id),
    stage         TEXT NOT NULL,
    round         INTEGER NOT NULL,
    answer        TEXT NOT NULL,
    approver_kind TEXT NOT NULL,
    approver_id   INTEGER NOT NULL,
    approver_name TEXT NOT NULL,
    inbound_id    INTEGER NOT NULL REFERENCES inbound_messages (id),
    decided_at    TIMESTAMP NOT NULL,
    seat          INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (request_id, stage, round, seat)
);
INSERT INTO decisions_with_seats (request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id, decided_at)
    SELECT request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id, decided_at FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_with_seats RENAME TO decisions;
CREATE UNIQUE INDEX decisions_once ON decisions (request_id, stage, round, approver_kind, approver_id);

-- Who decides for whom while they are absent, and until when.
CREATE TABLE delegations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id  INTEGER NOT NULL REFERENCES clients (id),
    request_id INTEGER NOT NULL REFERENCES requests (id),
    from_id    INTEGER NOT NULL REFERENCES contacts (id),
    to_id      INTEGER NOT NULL REFERENCES contacts (id),
    ends_at    TIMESTAMP NOT NULL,
    state      TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX delegations_live ON delegations (from_id) WHERE state IN ('held', 'active');
CREATE INDEX delegations_by_client ON delegations (client_id);

CREATE UNIQUE INDEX timers_digest ON timers (kind) WHERE kind = 'digest' AND fired_at IS NULL;

-- +goose Down
DROP INDEX timers_digest;
DELETE FROM timers WHERE request_id IS NULL;
DROP TABLE delegations;
CREATE TABLE decisions_without_seats (
    request_id    INTEGER NOT NULL REFERENCES requests (id),
    stage         TEXT NOT NULL,
    round         INTEGER NOT NULL,
    answer        TEXT NOT NULL,
    approver_kind TEXT NOT NULL,
    approver_id   INTEGER NOT NULL,
    approver_name TEXT NOT NULL,
    inbound_id    INTEGER NOT NULL REFERENCES inbound_messages (id),
    decided_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (request_id, stage, round)
);
INSERT INTO decisions_without_seats (request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id, decided_at)
    SELECT request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id, decided_at FROM decisions WHERE seat = 1;
DROP TABLE decisions;
ALTER TABLE decisions_without_seats RENAME TO decisions;
ALTER TABLE requests DROP COLUMN escalated;
ALTER TABLE requests DROP COLUMN reminders;
ALTER TABLE requests DROP COLUMN asked_at;
