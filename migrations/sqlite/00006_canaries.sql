-- +goose Up

-- The newest canary of each mailbox: a mail to itself, which must come back in time.
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

-- +goose Down
DROP TABLE canaries;
