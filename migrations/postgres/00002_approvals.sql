-- +goose Up

-- When the stage or the details were asked for, how many reminders have gone out since, and whether staff stand in.
ALTER TABLE requests ADD COLUMN asked_at TIMESTAMPTZ;
ALTER TABLE requests ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN escalated BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE requests SET asked_at = updated_at;

-- A stage can take several people. Each answer has a seat, counted from 1: of two simultaneous answers for one seat the
-- second cannot be stored, and nobody has two seats.
ALTER TABLE decisions ADD COLUMN seat INTEGER NOT NULL DEFAULT 1;
ALTER TABLE decisions DROP CONSTRAINT decisions_pkey;
ALTER TABLE decisions ADD PRIMARY KEY (request_id, stage, round, seat);
CREATE UNIQUE INDEX decisions_once ON decisions (request_id, stage, round, approver_kind, approver_id);

-- Who decides for whom while they are absent, and until when.
CREATE TABLE delegations (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id  BIGINT NOT NULL REFERENCES clients (id),
    request_id BIGINT NOT NULL REFERENCES requests (id),
    from_id    BIGINT NOT NULL REFERENCES contacts (id),
    to_id      BIGINT NOT NULL REFERENCES contacts (id),
    ends_at    TIMESTAMPTZ NOT NULL,
    state      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX delegations_live ON delegations (from_id) WHERE state IN ('held', 'active');
CREATE INDEX delegations_by_client ON delegations (client_id);

CREATE UNIQUE INDEX timers_digest ON timers (kind) WHERE kind = 'digest' AND fired_at IS NULL;

-- +goose Down
DROP INDEX timers_digest;
DELETE FROM timers WHERE request_id IS NULL;
DROP TABLE delegations;
DELETE FROM decisions WHERE seat > 1;
DROP INDEX decisions_once;
ALTER TABLE decisions DROP CONSTRAINT decisions_pkey;
ALTER TABLE decisions DROP COLUMN seat;
ALTER TABLE decisions ADD PRIMARY KEY (request_id, stage, round);
ALTER TABLE requests DROP COLUMN escalated;
ALTER TABLE requests DROP COLUMN reminders;
ALTER TABLE requests DROP COLUMN asked_at;
