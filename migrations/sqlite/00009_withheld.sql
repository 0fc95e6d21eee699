-- +goose Up

-- What the status counts among all mails that were ever sent.
CREATE INDEX outbound_messages_withheld ON outbound_messages (id) WHERE state = 'withheld';

-- +goose Down
DROP INDEX outbound_messages_withheld;
