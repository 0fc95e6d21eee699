CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE clients (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    role_model TEXT NOT NULL,
    require    TEXT NOT NULL DEFAULT 'pass',
    four_eyes  BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE client_domains (
    client_id INTEGER NOT NULL REFERENCES clients (id),
    domain    TEXT NOT NULL,
    PRIMARY KEY (client_id, domain)
);
CREATE TABLE contacts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id   INTEGER NOT NULL REFERENCES clients (id),
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL, -- the form that addresses are compared by
    kind        TEXT NOT NULL DEFAULT 'person',
    state       TEXT NOT NULL,
    language    TEXT NOT NULL DEFAULT '',
    badge       TEXT NOT NULL DEFAULT 'none',
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL, physical_access BOOLEAN NOT NULL DEFAULT FALSE, lead BOOLEAN NOT NULL DEFAULT FALSE, portal BOOLEAN NOT NULL DEFAULT TRUE,
    UNIQUE (client_id, address_key)
);
CREATE TABLE contact_roles (
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    role       TEXT NOT NULL,
    PRIMARY KEY (contact_id, role)
);
CREATE TABLE staff (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    teams       TEXT NOT NULL, -- separated by blanks
    admin       BOOLEAN NOT NULL DEFAULT FALSE,
    language    TEXT NOT NULL DEFAULT '',
    created_at  TIMESTAMP NOT NULL
);
CREATE TABLE mailboxes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE, -- as in the config
    uidvalidity INTEGER NOT NULL DEFAULT 0,
    last_uid    INTEGER NOT NULL DEFAULT 0,
    start_uid   INTEGER NOT NULL DEFAULT 0, -- under this UIDVALIDITY, everything up to it is not ours
    read_since  TIMESTAMP, -- what is older is not ours under a new UIDVALIDITY either; NULL when all is
    started     BOOLEAN NOT NULL DEFAULT FALSE, -- there is a cursor
    seen        INTEGER NOT NULL DEFAULT 0, -- mails seen on the server, counted apart from their rows
    lease_owner TEXT NOT NULL DEFAULT '',
    lease_until TIMESTAMP
);
CREATE TABLE tickets (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    number       TEXT NOT NULL UNIQUE,
    client_id    INTEGER NOT NULL REFERENCES clients (id),
    team         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL
, requester_id INTEGER REFERENCES contacts (id), staff_id INTEGER REFERENCES staff (id));
CREATE TABLE inbound_messages (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id    INTEGER NOT NULL REFERENCES mailboxes (id),
    uidvalidity   INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    digest        TEXT NOT NULL, -- SHA-256 of the raw bytes
    size          INTEGER NOT NULL,
    raw           BLOB, -- dropped once the mail is left to people
    truncated     BOOLEAN NOT NULL DEFAULT FALSE,
    internal_date TIMESTAMP NOT NULL,
    stored_at     TIMESTAMP NOT NULL,
    disposition   TEXT NOT NULL DEFAULT 'pending',
    reason        TEXT NOT NULL DEFAULT '',
    attempts      INTEGER NOT NULL DEFAULT 0,
    lease_until   TIMESTAMP,
    author        TEXT NOT NULL DEFAULT '',
    subject       TEXT NOT NULL DEFAULT '',
    message_id    TEXT NOT NULL DEFAULT '',
    words         TEXT NOT NULL DEFAULT '', -- the author's own words of a mail that was acted on
    class         TEXT NOT NULL DEFAULT '',
    verdict       TEXT NOT NULL DEFAULT '',
    evidence      TEXT NOT NULL DEFAULT '',
    duplicate_key TEXT NOT NULL DEFAULT '',
    client_id     INTEGER REFERENCES clients (id),
    ticket_id     INTEGER REFERENCES tickets (id),
    processed_at  TIMESTAMP,
    filed_at      TIMESTAMP, level TEXT NOT NULL DEFAULT '', topic TEXT NOT NULL DEFAULT '', may BOOLEAN, move_other BOOLEAN NOT NULL DEFAULT FALSE, handling TEXT NOT NULL DEFAULT '', handled_by TEXT NOT NULL DEFAULT '', handling_reason TEXT NOT NULL DEFAULT '', handling_contact_id INTEGER REFERENCES contacts (id), held BOOLEAN NOT NULL DEFAULT FALSE, confirmed BOOLEAN NOT NULL DEFAULT FALSE, lane INTEGER NOT NULL DEFAULT 0,
    UNIQUE (mailbox_id, uidvalidity, uid)
);
CREATE TABLE requests (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id    INTEGER NOT NULL REFERENCES tickets (id),
    position     INTEGER NOT NULL,
    client_id    INTEGER NOT NULL REFERENCES clients (id),
    contact_id   INTEGER REFERENCES contacts (id),
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
    held_until   TIMESTAMP,
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL, asked_at TIMESTAMP, reminders INTEGER NOT NULL DEFAULT 0, escalated BOOLEAN NOT NULL DEFAULT FALSE, details TEXT NOT NULL DEFAULT '', requester_id INTEGER REFERENCES contacts (id), staff_id INTEGER REFERENCES staff (id),
    UNIQUE (ticket_id, position)
);
CREATE TABLE approvals (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id     INTEGER NOT NULL REFERENCES tickets (id),
    stage         TEXT NOT NULL,
    approver_kind TEXT NOT NULL,
    approver_id   INTEGER NOT NULL,
    name          TEXT NOT NULL,
    address       TEXT NOT NULL,
    token_digest  TEXT NOT NULL UNIQUE,
    text_digest   TEXT NOT NULL,
    state         TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL
);
CREATE TABLE approval_lines (
    approval_id INTEGER NOT NULL REFERENCES approvals (id),
    number      INTEGER NOT NULL,
    request_id  INTEGER NOT NULL REFERENCES requests (id),
    round       INTEGER NOT NULL,
    PRIMARY KEY (approval_id, number)
);
CREATE TABLE invitations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id    INTEGER NOT NULL REFERENCES clients (id),
    request_id   INTEGER NOT NULL REFERENCES requests (id),
    contact_id   INTEGER NOT NULL REFERENCES contacts (id),
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    token_digest TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    expires_at   TIMESTAMP NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    accepted_at  TIMESTAMP
);
CREATE TABLE challenges (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id  INTEGER NOT NULL REFERENCES invitations (id),
    session_digest TEXT NOT NULL,
    salt           TEXT NOT NULL,
    code_digest    TEXT NOT NULL,
    tries          INTEGER NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    used_at        TIMESTAMP,
    created_at     TIMESTAMP NOT NULL
);
CREATE TABLE outbound_messages (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id         INTEGER REFERENCES tickets (id),
    invitation_id     INTEGER REFERENCES invitations (id),
    kind              TEXT NOT NULL,
    sequence          INTEGER NOT NULL, -- first in, first out for each ticket and recipient
    mail_from         TEXT NOT NULL,
    recipient         TEXT NOT NULL,
    subject           TEXT NOT NULL,
    words             TEXT NOT NULL, -- what the console shows; no tokens
    message_id_digest TEXT NOT NULL,
    sealed            BLOB NOT NULL, -- encrypted until accepted; then the masked copy, encrypted too
    state             TEXT NOT NULL DEFAULT 'queued',
    attempts          INTEGER NOT NULL DEFAULT 0,
    lease_until       TIMESTAMP,
    run_at            TIMESTAMP NOT NULL,
    not_after         TIMESTAMP,
    last_error        TEXT NOT NULL DEFAULT '',
    created_at        TIMESTAMP NOT NULL,
    sent_at           TIMESTAMP
, client_id INTEGER REFERENCES clients (id), words_in TEXT NOT NULL DEFAULT '');
CREATE TABLE timers (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL,
    request_id    INTEGER REFERENCES requests (id),
    invitation_id INTEGER REFERENCES invitations (id),
    round         INTEGER NOT NULL,
    due_at        TIMESTAMP NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    lease_until   TIMESTAMP,
    fired_at      TIMESTAMP
, challenge_id INTEGER REFERENCES sender_challenges (id), outbound_id INTEGER REFERENCES outbound_messages (id));
CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chain       TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    ticket_id   INTEGER REFERENCES tickets (id),
    request_id  INTEGER REFERENCES requests (id),
    kind        TEXT NOT NULL,
    at          TIMESTAMP NOT NULL,
    payload_sum TEXT NOT NULL, -- SHA-256(salt || payload)
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL,
    UNIQUE (chain, sequence)
);
CREATE TABLE event_payloads (
    event_id INTEGER PRIMARY KEY REFERENCES events (id),
    salt     TEXT NOT NULL,
    payload  TEXT NOT NULL
);
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE "decisions" (
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
CREATE TABLE contact_grants (
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    capability TEXT NOT NULL, -- "+" or "-" and a capability
    PRIMARY KEY (contact_id, capability)
);
CREATE TABLE visits (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id  INTEGER NOT NULL REFERENCES clients (id),
    request_id INTEGER NOT NULL REFERENCES requests (id),
    host_id    INTEGER REFERENCES contacts (id),
    uid        TEXT NOT NULL UNIQUE,
    sequence   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL, -- '' where it is not known
    company    TEXT NOT NULL,
    site       TEXT NOT NULL,
    escort     BOOLEAN NOT NULL,
    reason     TEXT NOT NULL,
    starts_at  TIMESTAMP NOT NULL,
    ends_at    TIMESTAMP NOT NULL,
    state      TEXT NOT NULL
);
CREATE TABLE policy_acceptances (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id),
    policy      TEXT NOT NULL, -- its address
    version     TEXT NOT NULL,
    accepted_at TIMESTAMP NOT NULL
);
CREATE TABLE sender_challenges (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id    INTEGER NOT NULL REFERENCES clients (id),
    contact_id   INTEGER NOT NULL REFERENCES contacts (id),
    inbound_id   INTEGER NOT NULL UNIQUE REFERENCES inbound_messages (id), -- the one mail that the code is good for
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    state        TEXT NOT NULL, -- waiting, open, passed, failed, expired
    token_digest TEXT NOT NULL, -- of the reference in the mail with the code; empty while waiting
    salt         TEXT NOT NULL,
    code_digest  TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    sealed       BLOB NOT NULL, -- the mail as it came, encrypted: it may hold tokens that are still good
    expires_at   TIMESTAMP NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    ended_at     TIMESTAMP
);
CREATE TABLE todos (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    about      TEXT NOT NULL, -- an address, for example
    count      INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    done_at    TIMESTAMP
);
CREATE TABLE canaries (
    mailbox     TEXT PRIMARY KEY, -- as in the config
    outbound_id INTEGER REFERENCES outbound_messages (id),
    sent_at     TIMESTAMP NOT NULL,
    due_at      TIMESTAMP NOT NULL,
    returned_at TIMESTAMP,
    returned    INTEGER NOT NULL DEFAULT 0, -- all that ever came back
    late_since  TIMESTAMP, -- the first that did not come back in time, while none has come since
    told        BOOLEAN NOT NULL DEFAULT FALSE, -- the webhook knows of that
    tell_at     TIMESTAMP -- when the webhook is tried again
);
CREATE TABLE submissions (
    portal      TEXT NOT NULL, -- as in the config
    key_digest  TEXT NOT NULL, -- of the idempotency key
    body_digest TEXT NOT NULL,
    response    TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (portal, key_digest)
);
CREATE TABLE approval_codes (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    approval_id    INTEGER NOT NULL REFERENCES approvals (id),
    session_digest TEXT NOT NULL,
    salt           TEXT NOT NULL,
    code_digest    TEXT NOT NULL,
    tries          INTEGER NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    used_at        TIMESTAMP,
    created_at     TIMESTAMP NOT NULL
);
INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-11-22 18:06:59');
INSERT INTO goose_db_version VALUES (2, 1, 1, '2026-11-22 18:06:59');
INSERT INTO goose_db_version VALUES (3, 2, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (4, 3, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (5, 4, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (6, 5, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (7, 6, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (8, 7, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (9, 8, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (10, 9, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (11, 10, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (12, 11, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (13, 12, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (14, 13, 1, '2026-11-22 18:07:00');
INSERT INTO goose_db_version VALUES (15, 14, 1, '2026-11-22 18:07:00');
INSERT INTO clients VALUES (1, 'Acme Ltd', 'contact-levels', 'pass', 1, '2026-03-02 09:00:00+00:00');
INSERT INTO client_domains VALUES (1, 'acme.example');
INSERT INTO contacts VALUES (1, 1, 'Mia Main', 'mia@acme.example', 'mia@acme.example', 'person', 'active', '', 'active', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 1, 0, 1);
INSERT INTO contacts VALUES (2, 1, 'Tom Tech', 'tom@acme.example', 'tom@acme.example', 'person', 'invited', '', 'ordered', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 0, 0, 0);
INSERT INTO contacts VALUES (3, 1, 'Max Main', 'max@acme.example', 'max@acme.example', 'person', 'active', '', 'none', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 0, 0, 1);
INSERT INTO contacts VALUES (4, 1, 'Rita Removed', 'rita@acme.example', 'rita@acme.example', 'person', 'removed', '', 'revoked', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 0, 0, 0);
INSERT INTO contact_roles VALUES (1, 'main_contact');
INSERT INTO contact_roles VALUES (2, 'technician');
INSERT INTO contact_roles VALUES (3, 'main_contact');
INSERT INTO staff VALUES (1, 'Sam Staff', 'sam@provider.example', 'sam@provider.example', 'security support', 1, '', '2026-03-02 09:00:00+00:00');
INSERT INTO mailboxes VALUES (1, 'support', 7, 4, 1, '2026-03-02 09:00:00+00:00', 1, 4, 'old', '2026-03-02 09:00:00+00:00');
INSERT INTO tickets VALUES (1, 'REQ-2026-00001', 1, 'support', 'New technician', 'first@acme.example', '2026-03-02 09:00:00+00:00', 1, NULL);
INSERT INTO tickets VALUES (2, 'REQ-2026-00002', 1, 'support', 'A visit', 'second@provider.example', '2026-03-02 09:00:00+00:00', NULL, 1);
INSERT INTO inbound_messages VALUES (1, 1, 7, 1, 'd1', 9, 'Subject: x', 0, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 'applied', 'filed', 1, NULL, 'mia@acme.example', 'New technician', 'first@acme.example', 'Please add Tom', 'request', 'pass', 'dkim', 'k1', 1, 1, '2026-03-02 09:00:00+00:00', NULL, '', '', NULL, 0, '', '', '', NULL, 0, 0, 1);
INSERT INTO inbound_messages VALUES (2, 1, 7, 2, 'd2', 9, 'Subject: y', 0, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 'pending', '', 0, NULL, '', '', '', '', '', '', '', '', NULL, NULL, NULL, NULL, '', '', NULL, 0, '', '', '', NULL, 0, 0, 0);
INSERT INTO inbound_messages VALUES (3, 1, 7, 3, 'd3', 9, NULL, 0, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 'left', 'newsletter', 1, NULL, 'news@shop.example', '', '', '', 'other', '', '', '', NULL, NULL, '2026-03-02 09:00:00+00:00', NULL, 'technician', 'technical', 1, 0, '', '', '', NULL, 0, 0, 0);
INSERT INTO inbound_messages VALUES (4, 1, 7, 4, 'd4', 9, 'Subject: z', 0, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 'dismissed', 'dismissed', 1, NULL, 'eve@stranger.example', '', '', '', '', '', '', '', NULL, NULL, '2026-03-02 09:00:00+00:00', NULL, '', '', NULL, 0, 'dismiss', 'sam@provider.example', 'Spam', NULL, 0, 0, 0);
INSERT INTO requests VALUES (1, 1, 1, 1, 2, 'add_user', 'Tom Tech', 'tom@acme.example', 'technician', 'Rack 4', 'invited', 'client security staff', '', 3, 'CL-03', 'A Main Contact may.', 0, 0, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 0, 0, '', 1, NULL);
INSERT INTO requests VALUES (2, 1, 2, 1, NULL, 'add_user', 'Zoe Zwei', 'zoe@acme.example', 'technician', 'Rack 5', 'awaiting_approval', 'client security staff', 'client', 1, 'CL-03', 'A Main Contact may.', 0, 0, NULL, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 1, 1, '', 1, NULL);
INSERT INTO requests VALUES (3, 1, 3, 1, NULL, 'add_user', 'Kim Knapp', '', '', '', 'needs_details', '', '', 0, '', '', 0, 0, NULL, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 0, 0, '', 1, NULL);
INSERT INTO requests VALUES (4, 2, 1, 1, NULL, 'visit', 'Vera Visit', '', '', 'Rack 6', 'completed', '', '', 0, 'CL-16', 'A visit.', 0, 0, NULL, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', NULL, 0, 0, '', NULL, 1);
INSERT INTO approvals VALUES (1, 1, 'client', 'contact', 3, 'Max Main', 'max@acme.example', '9deb65b8788f41ff94a217842017db2f843954fc0eb46110835903908e5a265f', 'text', 'open', '2026-03-02 09:00:00+00:00');
INSERT INTO approval_lines VALUES (1, 1, 2, 1);
INSERT INTO invitations VALUES (1, 1, 1, 2, 'tom@acme.example', 'tom@acme.example', 'a3013c082c75edc913598c3baac1afa18f7633fe8f014896ab2f1a72ff83d8ba', 'sent', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', NULL);
INSERT INTO challenges VALUES (1, 1, 's', 'salt', 'c', 2, '2026-03-02 09:00:00+00:00', NULL, '2026-03-02 09:00:00+00:00');
INSERT INTO outbound_messages VALUES (1, 1, NULL, 'approval', 1, 'support@provider.example', 'max@acme.example', 'Please decide', 'Dear Max', 'row', X'00000000000000000000000025BDC5C0DBDF6A90FBCAA923C462CE8011C548299F9AB980', 'queued', 0, NULL, '2026-03-02 09:00:00+00:00', NULL, '', '2026-03-02 09:00:00+00:00', NULL, NULL, '{"de":"Sam Ops mitgeteilt"}');
INSERT INTO timers VALUES (1, 'expiry', 2, NULL, 1, '2026-03-02 09:00:00+00:00', 0, NULL, NULL, NULL, NULL);
INSERT INTO timers VALUES (2, 'expiry', 3, NULL, 0, '2026-03-02 09:00:00+00:00', 0, NULL, NULL, NULL, NULL);
INSERT INTO timers VALUES (3, 'invitation_expiry', 1, 1, 3, '2026-03-02 09:00:00+00:00', 0, NULL, NULL, NULL, NULL);
INSERT INTO timers VALUES (4, 'digest', NULL, NULL, 0, '2026-03-02 09:00:00+00:00', 0, NULL, NULL, NULL, NULL);
INSERT INTO timers VALUES (5, 'challenge_expiry', NULL, NULL, 0, '2026-03-02 09:00:00+00:00', 0, NULL, '2026-03-02 09:00:00+00:00', 1, NULL);
INSERT INTO events VALUES (1, 'ticket:1', 1, 1, 1, 'decided', '2026-03-02 09:00:00+00:00', '230c768e3cd004ee32b3614086c9309122e3075873a68b505380e95e3e53c148', '', '514c88dc6a64eae08c1062cb174033f65229f35fbd6da1d60b3364965ea33628');
INSERT INTO event_payloads VALUES (1, '30313233343536373839616263646566', '{"by":"Max Main"}');
INSERT INTO settings VALUES ('ticket_number_2026', '1');
INSERT INTO decisions VALUES (1, 'client', 1, 'approve', 'contact', 3, 'Max Main', 1, '2026-03-02 09:00:00+00:00', 1);
INSERT INTO decisions VALUES (1, 'security', 2, 'approve', 'staff', 1, 'Sam Staff', 1, '2026-03-02 09:00:00+00:00', 1);
INSERT INTO delegations VALUES (1, 1, 1, 1, 3, '2026-03-02 09:00:00+00:00', 'active', '2026-03-02 09:00:00+00:00');
INSERT INTO contact_grants VALUES (2, '+billing:view');
INSERT INTO visits VALUES (1, 1, 4, 1, 'uid-1', 1, 'Vera Visit', '', 'Visit Ltd', 'Frankfurt', 1, 'Rack 6', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 'confirmed');
INSERT INTO policy_acceptances VALUES (1, 1, 'https://www.provider.example/badge', '2026-01', '2026-03-02 09:00:00+00:00');
INSERT INTO sender_challenges VALUES (1, 1, 1, 1, 'mia@acme.example', 'mia@acme.example', 'passed', '', 'salt', 'code', 4, X'00000000000000000000000025BDC5C0DBDF6A90FBCAA923C462CE8011C548299F9AB980', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00');
INSERT INTO todos VALUES (1, 'storm', 'robot@acme.example', 3, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', NULL);
INSERT INTO canaries VALUES ('support', 1, '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', '2026-03-02 09:00:00+00:00', 5, NULL, 0, NULL);
INSERT INTO submissions VALUES ('shop', 'k', 'b', '{}', '2026-03-02 09:00:00+00:00');
INSERT INTO approval_codes VALUES (1, 1, 's', 'salt', 'code', 1, '2026-03-02 09:00:00+00:00', NULL, '2026-03-02 09:00:00+00:00');
CREATE INDEX contacts_by_address ON contacts (address_key);
CREATE INDEX inbound_messages_pending ON inbound_messages (id) WHERE disposition = 'pending';
CREATE INDEX inbound_messages_unfiled ON inbound_messages (mailbox_id, id)
    WHERE filed_at IS NULL AND disposition IN ('applied', 'answered', 'duplicate', 'quarantined');
CREATE INDEX inbound_messages_by_digest ON inbound_messages (mailbox_id, digest);
CREATE INDEX inbound_messages_by_duplicate ON inbound_messages (duplicate_key) WHERE duplicate_key <> '';
CREATE INDEX inbound_messages_by_disposition ON inbound_messages (disposition);
CREATE INDEX requests_open ON requests (client_id) WHERE state IN ('needs_details', 'awaiting_approval', 'approved', 'invited');
CREATE INDEX approvals_by_ticket ON approvals (ticket_id);
CREATE UNIQUE INDEX invitations_live ON invitations (client_id, address_key) WHERE state IN ('queued', 'sent');
CREATE INDEX invitations_by_address ON invitations (address_key);
CREATE INDEX challenges_by_invitation ON challenges (invitation_id);
CREATE INDEX outbound_messages_queued ON outbound_messages (run_at, id) WHERE state = 'queued';
CREATE INDEX outbound_messages_fifo ON outbound_messages (ticket_id, recipient, sequence) WHERE state = 'queued';
CREATE INDEX outbound_messages_by_message_id ON outbound_messages (message_id_digest);
CREATE INDEX timers_due ON timers (due_at, id) WHERE fired_at IS NULL;
CREATE UNIQUE INDEX decisions_once ON decisions (request_id, stage, round, approver_kind, approver_id);
CREATE UNIQUE INDEX delegations_live ON delegations (from_id) WHERE state IN ('held', 'active');
CREATE INDEX delegations_by_client ON delegations (client_id);
CREATE UNIQUE INDEX timers_digest ON timers (kind) WHERE kind = 'digest' AND fired_at IS NULL;
CREATE UNIQUE INDEX contacts_lead ON contacts (client_id) WHERE lead;
CREATE INDEX visits_ahead ON visits (client_id) WHERE state = 'confirmed';
CREATE INDEX policy_acceptances_by_contact ON policy_acceptances (contact_id);
CREATE INDEX inbound_messages_to_move ON inbound_messages (mailbox_id, id) WHERE filed_at IS NULL AND move_other;
CREATE INDEX inbound_messages_released ON inbound_messages (ticket_id) WHERE handling = 'release';
CREATE INDEX sender_challenges_by_address ON sender_challenges (address_key, created_at);
CREATE INDEX sender_challenges_by_token ON sender_challenges (token_digest) WHERE state = 'open';
CREATE INDEX outbound_messages_by_recipient ON outbound_messages (recipient, created_at, kind);
CREATE INDEX outbound_messages_by_client ON outbound_messages (client_id, created_at, kind);
CREATE INDEX outbound_messages_by_mail_from ON outbound_messages (lower(mail_from));
CREATE UNIQUE INDEX todos_open ON todos (kind, about) WHERE done_at IS NULL;
CREATE INDEX submissions_by_age ON submissions (created_at);
CREATE INDEX invitations_expired ON invitations (client_id, expires_at) WHERE state = 'expired';
CREATE INDEX approval_lines_by_request ON approval_lines (request_id);
CREATE INDEX approvals_open ON approvals (approver_id) WHERE state = 'open';
CREATE INDEX outbound_messages_by_ticket ON outbound_messages (ticket_id, recipient, sequence);
CREATE INDEX clients_by_name ON clients (lower(name));
CREATE INDEX outbound_messages_withheld ON outbound_messages (id) WHERE state = 'withheld';
CREATE INDEX client_domains_by_domain ON client_domains (domain);
CREATE INDEX approval_codes_by_approval ON approval_codes (approval_id);
CREATE INDEX timers_of_digests ON timers (due_at) WHERE kind = 'digest' AND fired_at IS NOT NULL;
CREATE INDEX inbound_messages_left ON inbound_messages (processed_at) WHERE disposition = 'left';
CREATE INDEX inbound_messages_quarantined ON inbound_messages (processed_at, stored_at) WHERE disposition = 'quarantined';
CREATE INDEX requests_open_about ON requests (client_id, CASE WHEN length(CAST(email AS BLOB)) = length(email) AND substr(email, 1, 1) <> '"' THEN lower(email) ELSE '*' END)
    WHERE state IN ('needs_details', 'awaiting_approval', 'approved', 'invited');
CREATE INDEX outbound_messages_until ON outbound_messages (not_after) WHERE state = 'queued' AND not_after IS NOT NULL;
CREATE INDEX outbound_messages_inviting ON outbound_messages (invitation_id) WHERE state = 'queued' AND invitation_id IS NOT NULL;
