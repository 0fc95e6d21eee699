-- +goose Up

-- A mail whose author is not proven waits here until the author sends back a code that was mailed to the address on file.
CREATE TABLE sender_challenges (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id    BIGINT NOT NULL REFERENCES clients (id),
    contact_id   BIGINT NOT NULL REFERENCES contacts (id),
    inbound_id   BIGINT NOT NULL UNIQUE REFERENCES inbound_messages (id), -- the one mail that the code is good for
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    state        TEXT NOT NULL, -- waiting, open, passed, failed, expired
    token_digest TEXT NOT NULL, -- of the reference in the mail with the code; empty while waiting
    salt         TEXT NOT NULL,
    code_digest  TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    sealed       BYTEA NOT NULL, -- the mail as it came, encrypted: it may hold tokens that are still good
    expires_at   TIMESTAMPTZ NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX sender_challenges_by_address ON sender_challenges (address_key, created_at);
CREATE INDEX sender_challenges_by_token ON sender_challenges (token_digest) WHERE state = 'open';
ALTER TABLE timers ADD COLUMN challenge_id BIGINT REFERENCES sender_challenges (id);
ALTER TABLE inbound_messages ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE; -- by a row of sender_challenges
ALTER TABLE inbound_messages ADD COLUMN confirmed BOOLEAN NOT NULL DEFAULT FALSE; -- its author sent the code back

-- What the budget of automatic answers is counted from.
ALTER TABLE outbound_messages ADD COLUMN client_id BIGINT REFERENCES clients (id);
CREATE INDEX outbound_messages_by_recipient ON outbound_messages (recipient, created_at, kind);
CREATE INDEX outbound_messages_by_client ON outbound_messages (client_id, created_at, kind);

-- A delivery report finds the mail that it is about by the reverse-path too. One that a server refused is decided on by a timer.
CREATE INDEX outbound_messages_by_mail_from ON outbound_messages (lower(mail_from));
ALTER TABLE timers ADD COLUMN outbound_id BIGINT REFERENCES outbound_messages (id);

-- What people have to look into, one row for however many mails are behind it.
CREATE TABLE todos (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       TEXT NOT NULL,
    about      TEXT NOT NULL, -- an address, for example
    count      INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    done_at    TIMESTAMPTZ
);
CREATE UNIQUE INDEX todos_open ON todos (kind, about) WHERE done_at IS NULL;

-- +goose Down
DROP TABLE todos;
ALTER TABLE timers DROP COLUMN outbound_id;
DROP INDEX outbound_messages_by_mail_from;
DROP INDEX outbound_messages_by_client;
DROP INDEX outbound_messages_by_recipient;
ALTER TABLE outbound_messages DROP COLUMN client_id;
ALTER TABLE inbound_messages DROP COLUMN confirmed;
ALTER TABLE inbound_messages DROP COLUMN held;
ALTER TABLE timers DROP COLUMN challenge_id;
DROP TABLE sender_challenges;
