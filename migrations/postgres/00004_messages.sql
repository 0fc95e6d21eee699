-- +goose Up

-- Mail that is left to people: who wrote it, what it seems to be about, whether that level may ask it (NULL: not known),
-- and whether it goes to a mailbox of its own.
ALTER TABLE inbound_messages ADD COLUMN level TEXT NOT NULL DEFAULT ''; -- role ids separated by blanks
ALTER TABLE inbound_messages ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound_messages ADD COLUMN may BOOLEAN;
ALTER TABLE inbound_messages ADD COLUMN move_other BOOLEAN NOT NULL DEFAULT FALSE;

-- What staff ordered for a mail in quarantine.
ALTER TABLE inbound_messages ADD COLUMN handling TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound_messages ADD COLUMN handled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound_messages ADD COLUMN handling_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE inbound_messages ADD COLUMN handling_contact_id BIGINT REFERENCES contacts (id);

CREATE INDEX inbound_messages_to_move ON inbound_messages (mailbox_id, id) WHERE filed_at IS NULL AND move_other;
CREATE INDEX inbound_messages_released ON inbound_messages (ticket_id) WHERE handling = 'release';

-- +goose Down
DROP INDEX inbound_messages_released;
DROP INDEX inbound_messages_to_move;
ALTER TABLE inbound_messages DROP COLUMN handling_contact_id;
ALTER TABLE inbound_messages DROP COLUMN handling_reason;
ALTER TABLE inbound_messages DROP COLUMN handled_by;
ALTER TABLE inbound_messages DROP COLUMN handling;
ALTER TABLE inbound_messages DROP COLUMN move_other;
ALTER TABLE inbound_messages DROP COLUMN may;
ALTER TABLE inbound_messages DROP COLUMN topic;
ALTER TABLE inbound_messages DROP COLUMN level;
