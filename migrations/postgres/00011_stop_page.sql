-- +goose Up

-- Codes of the page on which an approver answers STOP, as challenges are those of registration.
CREATE TABLE approval_codes (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    approval_id    BIGINT NOT NULL REFERENCES approvals (id),
    session_digest TEXT NOT NULL,
    salt           TEXT NOT NULL,
    code_digest    TEXT NOT NULL,
    tries          INTEGER NOT NULL,
    expires_at     TIMESTAMPTZ NOT NULL,
    used_at        TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX approval_codes_by_approval ON approval_codes (approval_id);

-- +goose Down
DROP TABLE approval_codes;
