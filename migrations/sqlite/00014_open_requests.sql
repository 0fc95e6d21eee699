-- +goose Up

-- Open requests are looked for by the address that they are about: a mail asks about a few people, and its client may have many
-- open requests. Addresses that the database compares otherwise than we do are all found by '*'.
CREATE INDEX requests_open_about ON requests (client_id, CASE WHEN length(CAST(email AS BLOB)) = length(email) AND substr(email, 1, 1) <> '"' THEN lower(email) ELSE '*' END)
    WHERE state IN ('needs_details', 'awaiting_approval', 'approved', 'invited');

-- +goose Down
DROP INDEX requests_open_about;
