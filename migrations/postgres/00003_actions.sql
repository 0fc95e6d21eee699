-- +goose Up

-- What a contact may beyond the roles: the flag and the mark of an authorisation list, and grants of the contact's own.
ALTER TABLE contacts ADD COLUMN physical_access BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN lead BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN portal BOOLEAN NOT NULL DEFAULT TRUE;
CREATE UNIQUE INDEX contacts_lead ON contacts (client_id) WHERE lead;

CREATE TABLE contact_grants (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    capability TEXT NOT NULL, -- "+" or "-" and a capability
    PRIMARY KEY (contact_id, capability)
);

-- +goose Down
DROP TABLE contact_grants;
DROP INDEX contacts_lead;
ALTER TABLE contacts DROP COLUMN portal;
ALTER TABLE contacts DROP COLUMN lead;
ALTER TABLE contacts DROP COLUMN physical_access;
