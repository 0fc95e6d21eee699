-- +goose Up

-- Times are UTC and always bound by the program. A client's row is the lock of everything below it.

CREATE TABLE clients (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    role_model TEXT NOT NULL,
    require    TEXT NOT NULL DEFAULT 'pass',
    four_eyes  BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE client_domains (
    client_id BIGINT NOT NULL REFERENCES clients (id),
    domain    TEXT NOT NULL,
    PRIMARY KEY (client_id, domain)
);

CREATE TABLE contacts (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id   BIGINT NOT NULL REFERENCES clients (id),
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL, -- the form that addresses are compared by
    kind        TEXT NOT NULL DEFAULT 'person',
    state       TEXT NOT NULL,
    language    TEXT NOT NULL DEFAULT '',
    badge       TEXT NOT NULL DEFAULT 'none',
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (client_id, address_key)
);
CREATE INDEX contacts_by_address ON contacts (address_key);

CREATE TABLE contact_roles (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    role       TEXT NOT NULL,
    PRIMARY KEY (contact_id, role)
);

CREATE TABLE staff (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    teams       TEXT NOT NULL, -- separated by blanks
    admin       BOOLEAN NOT NULL DEFAULT FALSE,
    language    TEXT NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE mailboxes (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE, -- as in the config
    uidvalidity BIGINT NOT NULL DEFAULT 0,
    last_uid    BIGINT NOT NULL DEFAULT 0,
    start_uid   BIGINT NOT NULL DEFAULT 0, -- under this UIDVALIDITY, everything up to it is not ours
    read_since  TIMESTAMPTZ, -- what is older is not ours under a new UIDVALIDITY either; NULL when all is
    started     BOOLEAN NOT NULL DEFAULT FALSE, -- there is a cursor
    seen        BIGINT NOT NULL DEFAULT 0, -- mails seen on the server, counted apart from their rows
    lease_owner TEXT NOT NULL DEFAULT '',
    lease_until TIMESTAMPTZ
);

CREATE TABLE tickets (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number       TEXT NOT NULL UNIQUE,
    client_id    BIGINT NOT NULL REFERENCES clients (id),
    requester_id BIGINT NOT NULL REFERENCES contacts (id),
    team         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE inbound_messages (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mailbox_id    BIGINT NOT NULL REFERENCES mailboxes (id),
    uidvalidity   BIGINT NOT NULL,
    uid           BIGINT NOT NULL,
    digest        TEXT NOT NULL, -- SHA-256 of the raw bytes
    size          BIGINT NOT NULL,
    raw           BYTEA, -- dropped once the mail is left to people
    truncated     BOOLEAN NOT NULL DEFAULT FALSE,
    internal_date TIMESTAMPTZ NOT NULL,
    stored_at     TIMESTAMPTZ NOT NULL,
    disposition   TEXT NOT NULL DEFAULT 'pending',
    reason        TEXT NOT NULL DEFAULT '',
    attempts      INTEGER NOT NULL DEFAULT 0,
    lease_until   TIMESTAMPTZ,
    author        TEXT NOT NULL DEFAULT '',
    subject       TEXT NOT NULL DEFAULT '',
    message_id    TEXT NOT NULL DEFAULT '',
    words         TEXT NOT NULL DEFAULT '', -- the author's own words of a mail that was acted on
    class         TEXT NOT NULL DEFAULT '',
    verdict       TEXT NOT NULL DEFAULT '',
    evidence      TEXT NOT NULL DEFAULT '',
    duplicate_key TEXT NOT NULL DEFAULT '',
    client_id     BIGINT REFERENCES clients (id),
    ticket_id     BIGINT REFERENCES tickets (id),
    processed_at  TIMESTAMPTZ,
    filed_at      TIMESTAMPTZ,
    UNIQUE (mailbox_id, uidvalidity, uid)
);
CREATE INDEX inbound_messages_pending ON inbound_messages (id) WHERE disposition = 'pending';
CREATE INDEX inbound_messages_unfiled ON inbound_messages (mailbox_id, id)
    WHERE filed_at IS NULL AND disposition IN ('applied', 'answered', 'duplicate', 'quarantined');
CREATE INDEX inbound_messages_by_digest ON inbound_messages (mailbox_id, digest);
CREATE INDEX inbound_messages_by_duplicate ON inbound_messages (duplicate_key) WHERE duplicate_key <> '';
CREATE INDEX inbound_messages_by_disposition ON inbound_messages (disposition);

CREATE TABLE requests (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id    BIGINT NOT NULL REFERENCES tickets (id),
    position     INTEGER NOT NULL,
    client_id    BIGINT NOT NULL REFERENCES clients (id),
    requester_id BIGINT NOT NULL REFERENCES contacts (id),
    contact_id   BIGINT REFERENCES contacts (id),
    action       TEXT NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    roles        TEXT NOT NULL, -- role ids separated by blanks
    reason       TEXT NOT NULL,
    state        TEXT NOT NULL,
    stages       TEXT NOT NULL, -- separated by blanks, in order
    stage        TEXT NOT NULL,
    round        INTEGER NOT NULL,
    rule         TEXT NOT NULL,
    rule_text    TEXT NOT NULL,
    outside      BOOLEAN NOT NULL,
    moves_power  BOOLEAN NOT NULL,
    held_until   TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (ticket_id, position)
);
CREATE INDEX requests_open ON requests (client_id) WHERE state IN ('needs_details', 'awaiting_approval', 'approved', 'invited');

CREATE TABLE approvals (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id     BIGINT NOT NULL REFERENCES tickets (id),
    stage         TEXT NOT NULL,
    approver_kind TEXT NOT NULL,
    approver_id   BIGINT NOT NULL,
    name          TEXT NOT NULL,
    address       TEXT NOT NULL,
    token_digest  TEXT NOT NULL UNIQUE,
    text_digest   TEXT NOT NULL,
    state         TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX approvals_by_ticket ON approvals (ticket_id);

CREATE TABLE approval_lines (
    approval_id BIGINT NOT NULL REFERENCES approvals (id),
    number      INTEGER NOT NULL,
    request_id  BIGINT NOT NULL REFERENCES requests (id),
    round       INTEGER NOT NULL,
    PRIMARY KEY (approval_id, number)
);

-- One answer for each stage and round of a request: the second of two simultaneous answers cannot be stored.
CREATE TABLE decisions (
    request_id    BIGINT NOT NULL REFERENCES requests (id),
    stage         TEXT NOT NULL,
    round         INTEGER NOT NULL,
    answer        TEXT NOT NULL,
    approver_kind TEXT NOT NULL,
    approver_id   BIGINT NOT NULL,
    approver_name TEXT NOT NULL,
    inbound_id    BIGINT NOT NULL REFERENCES inbound_messages (id),
    decided_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (request_id, stage, round)
);

CREATE TABLE invitations (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id    BIGINT NOT NULL REFERENCES clients (id),
    request_id   BIGINT NOT NULL REFERENCES requests (id),
    contact_id   BIGINT NOT NULL REFERENCES contacts (id),
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    token_digest TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    accepted_at  TIMESTAMPTZ
);
CREATE UNIQUE INDEX invitations_live ON invitations (client_id, address_key) WHERE state IN ('queued', 'sent');
CREATE INDEX invitations_by_address ON invitations (address_key);

CREATE TABLE challenges (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invitation_id  BIGINT NOT NULL REFERENCES invitations (id),
    session_digest TEXT NOT NULL,
    salt           TEXT NOT NULL,
    code_digest    TEXT NOT NULL,
    tries          INTEGER NOT NULL,
    expires_at     TIMESTAMPTZ NOT NULL,
    used_at        TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX challenges_by_invitation ON challenges (invitation_id);

CREATE TABLE outbound_messages (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id         BIGINT REFERENCES tickets (id),
    invitation_id     BIGINT REFERENCES invitations (id),
    kind              TEXT NOT NULL,
    sequence          BIGINT NOT NULL, -- first in, first out for each ticket and recipient
    mail_from         TEXT NOT NULL,
    recipient         TEXT NOT NULL,
    subject           TEXT NOT NULL,
    words             TEXT NOT NULL, -- what the console shows; no tokens
    message_id_digest TEXT NOT NULL,
    sealed            BYTEA NOT NULL, -- encrypted until accepted; then the masked copy, encrypted too
    state             TEXT NOT NULL DEFAULT 'queued',
    attempts          INTEGER NOT NULL DEFAULT 0,
    lease_until       TIMESTAMPTZ,
    run_at            TIMESTAMPTZ NOT NULL,
    not_after         TIMESTAMPTZ,
    last_error        TEXT NOT NULL DEFAULT '',
    created_at        TIMESTAMPTZ NOT NULL,
    sent_at           TIMESTAMPTZ
);
CREATE INDEX outbound_messages_queued ON outbound_messages (run_at, id) WHERE state = 'queued';
CREATE INDEX outbound_messages_fifo ON outbound_messages (ticket_id, recipient, sequence) WHERE state = 'queued';
CREATE INDEX outbound_messages_by_message_id ON outbound_messages (message_id_digest);

CREATE TABLE timers (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          TEXT NOT NULL,
    request_id    BIGINT REFERENCES requests (id),
    invitation_id BIGINT REFERENCES invitations (id),
    round         INTEGER NOT NULL,
    due_at        TIMESTAMPTZ NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    lease_until   TIMESTAMPTZ,
    fired_at      TIMESTAMPTZ
);
CREATE INDEX timers_due ON timers (due_at, id) WHERE fired_at IS NULL;

-- Append-only. A hash chain for each ticket ("ticket:42") and one for the system; what happened lies apart, salted, so
-- that it can be erased while the chain still proves that something was there.
CREATE TABLE events (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain       TEXT NOT NULL,
    sequence    BIGINT NOT NULL,
    ticket_id   BIGINT REFERENCES tickets (id),
    request_id  BIGINT REFERENCES requests (id),
    kind        TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    payload_sum TEXT NOT NULL, -- SHA-256(salt || payload)
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL,
    UNIQUE (chain, sequence)
);

CREATE TABLE event_payloads (
    event_id BIGINT PRIMARY KEY REFERENCES events (id),
    salt     TEXT NOT NULL,
    payload  TEXT NOT NULL
);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE settings, event_payloads, events, timers, outbound_messages, challenges, invitations, decisions, approval_lines,
    approvals, requests, inbound_messages, tickets, mailboxes, staff, contact_roles, contacts, client_domains, clients;
