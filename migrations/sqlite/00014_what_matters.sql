-- +goose Up

-- Open requests are looked for by the address that they are about: a mail asks about a few people, and its client may have many
-- open requests. Addresses that the database compares otherwise than we do are all found by '*'.
CREATE INDEX requests_open_about ON requests (client_id, CASE WHEN length(CAST(email AS BLOB)) = length(email) AND substr(email, 1, 1) <> '"' THEN lower(email) ELSE '*' END)
    WHERE state IN ('needs_details', 'awaiting_approval', 'approved', 'invited');

-- Queued mails that may be outdated, which each claim of mails to send looks for: not all that wait, with their text.
CREATE INDEX outbound_messages_until ON outbound_messages (not_after) WHERE state = 'queued' AND not_after IS NOT NULL;
CREATE INDEX outbound_messages_inviting ON outbound_messages (invitation_id) WHERE state = 'queued' AND invitation_id IS NOT NULL;

-- +goose Down
DROP INDEX outbound_messages_inviting;
DROP INDEX outbound_messages_until;
DROP INDEX requests_open_about;
