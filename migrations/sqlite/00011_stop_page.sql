-- +goose Up

-- Codes of the page on which an approver answers STOP, as challenges are those of registration.
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
CREATE INDEX approval_codes_by_approval ON approval_codes (approval_id);

-- +goose Down
DROP TABLE approval_codes;
