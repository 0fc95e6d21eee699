-- +goose Up

-- What deciding on a mail looks for, however much there is.
CREATE INDEX invitations_expired ON invitations (client_id, expires_at) WHERE state = 'expired';
CREATE INDEX approval_lines_by_request ON approval_lines (request_id);
CREATE INDEX approvals_open ON approvals (approver_id) WHERE state = 'open';
CREATE INDEX outbound_messages_by_ticket ON outbound_messages (ticket_id, recipient, sequence);
CREATE INDEX clients_by_name ON clients (lower(name));

-- +goose Down
DROP INDEX clients_by_name;
DROP INDEX outbound_messages_by_ticket;
DROP INDEX approvals_open;
DROP INDEX approval_lines_by_request;
DROP INDEX invitations_expired;
