-- +goose Up

-- What a mail out says, in the languages other than English: a JSON object of texts by tag, empty for none.
ALTER TABLE outbound_messages ADD COLUMN words_in TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE outbound_messages DROP COLUMN words_in;
