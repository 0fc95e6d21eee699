-- +goose Up

-- Mails of one lane are applied in the order of their arrival: a client, 0 for a mail that may concern any of them, or -1 for one
-- that concerns none.
ALTER TABLE inbound_messages ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;

-- A client by the domain of somebody who is not known.
CREATE INDEX client_domains_by_domain ON client_domains (domain);

-- +goose Down
DROP INDEX client_domains_by_domain;
ALTER TABLE inbound_messages DROP COLUMN lane;
