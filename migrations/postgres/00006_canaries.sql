-- +goose Up

-- The newest canary of each mailbox: a mail to itself, which must come back in time.
CREATE TABLE canaries (
    mailbox     TEXT PRIMARY KEY, -- as in the config
    outbound_id BIGINT REFERENCES outbound_messages (id),
    sent_at     TIMESTAMPTZ NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL,
    returned_at TIMESTAMPTZ,
    returned    BIGINT NOT NULL DEFAULT 0, -- all that ever came back
    late_since  TIMESTAMPTZ, -- the first that did not come back in time, while none has come since
    told        BOOLEAN NOT NULL DEFAULT FALSE, -- the webhook knows of that
    tell_at     TIMESTAMPTZ -- when the webhook is tried again
);

-- +goose Down
DROP TABLE canaries;
