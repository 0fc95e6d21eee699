-- +goose Up

-- What portals have asked, so that the same once more is answered as the first time.
CREATE TABLE submissions (
    portal      TEXT NOT NULL, -- as in the config
    key_digest  TEXT NOT NULL, -- of the idempotency key
    body_digest TEXT NOT NULL,
    response    TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (portal, key_digest)
);
CREATE INDEX submissions_by_age ON submissions (created_at);

-- +goose Down
DROP TABLE submissions;
