-- +goose Up

-- What a contact may beyond the roles: the flag and the mark of an authorisation list, and grants of the contact's own.
ALTER TABLE contacts ADD COLUMN physical_access BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN lead BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN portal BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE contacts SET portal = FALSE WHERE state IN ('proposed', 'invited', 'removed');
CREATE UNIQUE INDEX contacts_lead ON contacts (client_id) WHERE lead;

CREATE TABLE contact_grants (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    capability TEXT NOT NULL, -- "+" or "-" and a capability
    PRIMARY KEY (contact_id, capability)
);

-- What a request says beyond name, address, roles and reason: JSON, '' where it says nothing.
ALTER TABLE requests ADD COLUMN details TEXT NOT NULL DEFAULT '';

-- Staff may ask on a client's behalf (R14): then there is no requester among its contacts.
ALTER TABLE tickets ALTER COLUMN requester_id DROP NOT NULL;
ALTER TABLE requests ALTER COLUMN requester_id DROP NOT NULL;
ALTER TABLE tickets ADD COLUMN staff_id BIGINT REFERENCES staff (id);
ALTER TABLE requests ADD COLUMN staff_id BIGINT REFERENCES staff (id);

-- Confirmed visits. What was asked stands in the request; a later request may move the visit, whose calendar entry keeps its uid.
CREATE TABLE visits (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id  BIGINT NOT NULL REFERENCES clients (id),
    request_id BIGINT NOT NULL REFERENCES requests (id),
    host_id    BIGINT REFERENCES contacts (id),
    uid        TEXT NOT NULL UNIQUE,
    sequence   BIGINT NOT NULL,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL, -- '' where it is not known
    company    TEXT NOT NULL,
    site       TEXT NOT NULL,
    escort     BOOLEAN NOT NULL,
    reason     TEXT NOT NULL,
    starts_at  TIMESTAMPTZ NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL,
    state      TEXT NOT NULL
);
CREATE INDEX visits_ahead ON visits (client_id) WHERE state = 'confirmed';

-- Which version of the badge policy a badge holder accepted, and when (CL-15).
CREATE TABLE policy_acceptances (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id  BIGINT NOT NULL REFERENCES contacts (id),
    policy      TEXT NOT NULL, -- its address
    version     TEXT NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX policy_acceptances_by_contact ON policy_acceptances (contact_id);

-- +goose Down
DROP TABLE policy_acceptances;
DROP TABLE visits;
ALTER TABLE requests DROP COLUMN staff_id;
ALTER TABLE tickets DROP COLUMN staff_id;
ALTER TABLE requests DROP COLUMN details;
DROP TABLE contact_grants;
DROP INDEX contacts_lead;
ALTER TABLE contacts DROP COLUMN portal;
ALTER TABLE contacts DROP COLUMN lead;
ALTER TABLE contacts DROP COLUMN physical_access;
