CREATE TABLE public.approval_codes (
    id bigint NOT NULL,
    approval_id bigint NOT NULL,
    session_digest text NOT NULL,
    salt text NOT NULL,
    code_digest text NOT NULL,
    tries integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.approval_codes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.approval_codes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.approval_lines (
    approval_id bigint NOT NULL,
    number integer NOT NULL,
    request_id bigint NOT NULL,
    round integer NOT NULL
);
CREATE TABLE public.approvals (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    stage text NOT NULL,
    approver_kind text NOT NULL,
    approver_id bigint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    token_digest text NOT NULL,
    text_digest text NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.approvals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.approvals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.canaries (
    mailbox text NOT NULL,
    outbound_id bigint,
    sent_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    returned bigint DEFAULT 0 NOT NULL,
    late_since timestamp with time zone,
    told boolean DEFAULT false NOT NULL,
    tell_at timestamp with time zone
);
CREATE TABLE public.challenges (
    id bigint NOT NULL,
    invitation_id bigint NOT NULL,
    session_digest text NOT NULL,
    salt text NOT NULL,
    code_digest text NOT NULL,
    tries integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.challenges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.challenges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.client_domains (
    client_id bigint NOT NULL,
    domain text NOT NULL
);
CREATE TABLE public.clients (
    id bigint NOT NULL,
    name text NOT NULL,
    role_model text NOT NULL,
    require text DEFAULT 'pass'::text NOT NULL,
    four_eyes boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.clients ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clients_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contact_grants (
    contact_id bigint NOT NULL,
    capability text NOT NULL
);
CREATE TABLE public.contact_roles (
    contact_id bigint NOT NULL,
    role text NOT NULL
);
CREATE TABLE public.contacts (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    address_key text NOT NULL,
    kind text DEFAULT 'person'::text NOT NULL,
    state text NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    badge text DEFAULT 'none'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    physical_access boolean DEFAULT false NOT NULL,
    lead boolean DEFAULT false NOT NULL,
    portal boolean DEFAULT true NOT NULL
);
ALTER TABLE public.contacts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.contacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.decisions (
    request_id bigint NOT NULL,
    stage text NOT NULL,
    round integer NOT NULL,
    answer text NOT NULL,
    approver_kind text NOT NULL,
    approver_id bigint NOT NULL,
    approver_name text NOT NULL,
    inbound_id bigint NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    seat integer DEFAULT 1 NOT NULL
);
CREATE TABLE public.delegations (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    request_id bigint NOT NULL,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.delegations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.delegations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.event_payloads (
    event_id bigint NOT NULL,
    salt text NOT NULL,
    payload text NOT NULL
);
CREATE TABLE public.events (
    id bigint NOT NULL,
    chain text NOT NULL,
    sequence bigint NOT NULL,
    ticket_id bigint,
    request_id bigint,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    payload_sum text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL
);
ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inbound_messages (
    id bigint NOT NULL,
    mailbox_id bigint NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    raw bytea,
    truncated boolean DEFAULT false NOT NULL,
    internal_date timestamp with time zone NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    disposition text DEFAULT 'pending'::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    author text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    message_id text DEFAULT ''::text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    class text DEFAULT ''::text NOT NULL,
    verdict text DEFAULT ''::text NOT NULL,
    evidence text DEFAULT ''::text NOT NULL,
    duplicate_key text DEFAULT ''::text NOT NULL,
    client_id bigint,
    ticket_id bigint,
    processed_at timestamp with time zone,
    filed_at timestamp with time zone,
    level text DEFAULT ''::text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    may boolean,
    move_other boolean DEFAULT false NOT NULL,
    handling text DEFAULT ''::text NOT NULL,
    handled_by text DEFAULT ''::text NOT NULL,
    handling_reason text DEFAULT ''::text NOT NULL,
    handling_contact_id bigint,
    held boolean DEFAULT false NOT NULL,
    confirmed boolean DEFAULT false NOT NULL,
    lane bigint DEFAULT 0 NOT NULL
);
ALTER TABLE public.inbound_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.inbound_messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.invitations (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    request_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    address text NOT NULL,
    address_key text NOT NULL,
    token_digest text NOT NULL,
    state text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone
);
ALTER TABLE public.invitations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.invitations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mailboxes (
    id bigint NOT NULL,
    name text NOT NULL,
    uidvalidity bigint DEFAULT 0 NOT NULL,
    last_uid bigint DEFAULT 0 NOT NULL,
    start_uid bigint DEFAULT 0 NOT NULL,
    read_since timestamp with time zone,
    started boolean DEFAULT false NOT NULL,
    seen bigint DEFAULT 0 NOT NULL,
    lease_owner text DEFAULT ''::text NOT NULL,
    lease_until timestamp with time zone
);
ALTER TABLE public.mailboxes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mailboxes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbound_messages (
    id bigint NOT NULL,
    ticket_id bigint,
    invitation_id bigint,
    kind text NOT NULL,
    sequence bigint NOT NULL,
    mail_from text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    words text NOT NULL,
    message_id_digest text NOT NULL,
    sealed bytea NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    run_at timestamp with time zone NOT NULL,
    not_after timestamp with time zone,
    last_error text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    client_id bigint,
    words_in text DEFAULT ''::text NOT NULL
);
ALTER TABLE public.outbound_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbound_messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.policy_acceptances (
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    policy text NOT NULL,
    version text NOT NULL,
    accepted_at timestamp with time zone NOT NULL
);
ALTER TABLE public.policy_acceptances ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.policy_acceptances_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.requests (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    "position" integer NOT NULL,
    client_id bigint NOT NULL,
    requester_id bigint,
    contact_id bigint,
    action text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    roles text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    stages text NOT NULL,
    stage text NOT NULL,
    round integer NOT NULL,
    rule text NOT NULL,
    rule_text text NOT NULL,
    outside boolean NOT NULL,
    moves_power boolean NOT NULL,
    held_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    reminders integer DEFAULT 0 NOT NULL,
    escalated boolean DEFAULT false NOT NULL,
    details text DEFAULT ''::text NOT NULL,
    staff_id bigint
);
ALTER TABLE public.requests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.requests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sender_challenges (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    inbound_id bigint NOT NULL,
    address text NOT NULL,
    address_key text NOT NULL,
    state text NOT NULL,
    token_digest text NOT NULL,
    salt text NOT NULL,
    code_digest text NOT NULL,
    tries integer NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE public.sender_challenges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sender_challenges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.settings (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.staff (
    id bigint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    address_key text NOT NULL,
    teams text NOT NULL,
    admin boolean DEFAULT false NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.staff ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.staff_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.submissions (
    portal text NOT NULL,
    key_digest text NOT NULL,
    body_digest text NOT NULL,
    response text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.tickets (
    id bigint NOT NULL,
    number text NOT NULL,
    client_id bigint NOT NULL,
    requester_id bigint,
    team text NOT NULL,
    subject text NOT NULL,
    message_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    staff_id bigint
);
ALTER TABLE public.tickets ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tickets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.timers (
    id bigint NOT NULL,
    kind text NOT NULL,
    request_id bigint,
    invitation_id bigint,
    round integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    fired_at timestamp with time zone,
    challenge_id bigint,
    outbound_id bigint
);
ALTER TABLE public.timers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.timers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.todos (
    id bigint NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    count integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);
ALTER TABLE public.todos ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.todos_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.visits (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
    request_id bigint NOT NULL,
    host_id bigint,
    uid text NOT NULL,
    sequence bigint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    company text NOT NULL,
    site text NOT NULL,
    escort boolean NOT NULL,
    reason text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state text NOT NULL
);
ALTER TABLE public.visits ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.visits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.approval_codes OVERRIDING SYSTEM VALUE VALUES (1, 1, 's', 'salt', 'code', 1, '2026-03-02 09:00:00+00', NULL, '2026-03-02 09:00:00+00');
INSERT INTO public.approval_lines VALUES (1, 1, 2, 1);
INSERT INTO public.approvals OVERRIDING SYSTEM VALUE VALUES (1, 1, 'client', 'contact', 3, 'Max Main', 'max@acme.example', '9deb65b8788f41ff94a217842017db2f843954fc0eb46110835903908e5a265f', 'text', 'open', '2026-03-02 09:00:00+00');
INSERT INTO public.canaries VALUES ('support', 1, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 5, NULL, false, NULL);
INSERT INTO public.challenges OVERRIDING SYSTEM VALUE VALUES (1, 1, 's', 'salt', 'c', 2, '2026-03-02 09:00:00+00', NULL, '2026-03-02 09:00:00+00');
INSERT INTO public.client_domains VALUES (1, 'acme.example');
INSERT INTO public.clients OVERRIDING SYSTEM VALUE VALUES (1, 'Acme Ltd', 'contact-levels', 'pass', true, '2026-03-02 09:00:00+00');
INSERT INTO public.contact_grants VALUES (2, '+billing:view');
INSERT INTO public.contact_roles VALUES (1, 'main_contact');
INSERT INTO public.contact_roles VALUES (2, 'technician');
INSERT INTO public.contact_roles VALUES (3, 'main_contact');
INSERT INTO public.contacts OVERRIDING SYSTEM VALUE VALUES (3, 1, 'Max Main', 'max@acme.example', 'max@acme.example', 'person', 'active', '', 'none', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', false, false, true);
INSERT INTO public.contacts OVERRIDING SYSTEM VALUE VALUES (2, 1, 'Tom Tech', 'tom@acme.example', 'tom@acme.example', 'person', 'invited', '', 'ordered', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', false, false, false);
INSERT INTO public.contacts OVERRIDING SYSTEM VALUE VALUES (4, 1, 'Rita Removed', 'rita@acme.example', 'rita@acme.example', 'person', 'removed', '', 'revoked', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', false, false, false);
INSERT INTO public.contacts OVERRIDING SYSTEM VALUE VALUES (1, 1, 'Mia Main', 'mia@acme.example', 'mia@acme.example', 'person', 'active', '', 'active', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', true, false, true);
INSERT INTO public.decisions VALUES (1, 'client', 1, 'approve', 'contact', 3, 'Max Main', 1, '2026-03-02 09:00:00+00', 1);
INSERT INTO public.decisions VALUES (1, 'security', 2, 'approve', 'staff', 1, 'Sam Staff', 1, '2026-03-02 09:00:00+00', 1);
INSERT INTO public.delegations OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 1, 3, '2026-03-02 09:00:00+00', 'active', '2026-03-02 09:00:00+00');
INSERT INTO public.event_payloads VALUES (1, '30313233343536373839616263646566', '{"by":"Max Main"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 'ticket:1', 1, 1, 1, 'decided', '2026-03-02 09:00:00+00', '230c768e3cd004ee32b3614086c9309122e3075873a68b505380e95e3e53c148', '', '514c88dc6a64eae08c1062cb174033f65229f35fbd6da1d60b3364965ea33628');
INSERT INTO public.goose_db_version VALUES (1, 0, true, '2026-11-22 18:07:01.731632');
INSERT INTO public.goose_db_version VALUES (2, 1, true, '2026-11-22 18:07:01.74151');
INSERT INTO public.goose_db_version VALUES (3, 2, true, '2026-11-22 18:07:01.940319');
INSERT INTO public.goose_db_version VALUES (4, 3, true, '2026-11-22 18:07:01.965222');
INSERT INTO public.goose_db_version VALUES (5, 4, true, '2026-11-22 18:07:01.984979');
INSERT INTO public.goose_db_version VALUES (6, 5, true, '2026-11-22 18:07:01.991932');
INSERT INTO public.goose_db_version VALUES (7, 6, true, '2026-11-22 18:07:02.019977');
INSERT INTO public.goose_db_version VALUES (8, 7, true, '2026-11-22 18:07:02.027106');
INSERT INTO public.goose_db_version VALUES (9, 8, true, '2026-11-22 18:07:02.045762');
INSERT INTO public.goose_db_version VALUES (10, 9, true, '2026-11-22 18:07:02.06012');
INSERT INTO public.goose_db_version VALUES (11, 10, true, '2026-11-22 18:07:02.067866');
INSERT INTO public.goose_db_version VALUES (12, 11, true, '2026-11-22 18:07:02.076582');
INSERT INTO public.goose_db_version VALUES (13, 12, true, '2026-11-22 18:07:02.089898');
INSERT INTO public.goose_db_version VALUES (14, 13, true, '2026-11-22 18:07:02.091584');
INSERT INTO public.goose_db_version VALUES (15, 14, true, '2026-11-22 18:07:02.09921');
INSERT INTO public.inbound_messages OVERRIDING SYSTEM VALUE VALUES (2, 1, 7, 2, 'd2', 9, '\x5375626a6563743a2079', false, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 'pending', '', 0, NULL, '', '', '', '', '', '', '', '', NULL, NULL, NULL, NULL, '', '', NULL, false, '', '', '', NULL, false, false, 0);
INSERT INTO public.inbound_messages OVERRIDING SYSTEM VALUE VALUES (3, 1, 7, 3, 'd3', 9, NULL, false, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 'left', 'newsletter', 1, NULL, 'news@shop.example', '', '', '', 'other', '', '', '', NULL, NULL, '2026-03-02 09:00:00+00', NULL, 'technician', 'technical', true, false, '', '', '', NULL, false, false, 0);
INSERT INTO public.inbound_messages OVERRIDING SYSTEM VALUE VALUES (4, 1, 7, 4, 'd4', 9, '\x5375626a6563743a207a', false, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 'dismissed', 'dismissed', 1, NULL, 'eve@stranger.example', '', '', '', '', '', '', '', NULL, NULL, '2026-03-02 09:00:00+00', NULL, '', '', NULL, false, 'dismiss', 'sam@provider.example', 'Spam', NULL, false, false, 0);
INSERT INTO public.inbound_messages OVERRIDING SYSTEM VALUE VALUES (1, 1, 7, 1, 'd1', 9, '\x5375626a6563743a2078', false, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 'applied', 'filed', 1, NULL, 'mia@acme.example', 'New technician', 'first@acme.example', 'Please add Tom', 'request', 'pass', 'dkim', 'k1', 1, 1, '2026-03-02 09:00:00+00', NULL, '', '', NULL, false, '', '', '', NULL, false, false, 1);
INSERT INTO public.invitations OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 2, 'tom@acme.example', 'tom@acme.example', 'a3013c082c75edc913598c3baac1afa18f7633fe8f014896ab2f1a72ff83d8ba', 'sent', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', NULL);
INSERT INTO public.mailboxes OVERRIDING SYSTEM VALUE VALUES (1, 'support', 7, 4, 1, '2026-03-02 09:00:00+00', true, 4, 'old', '2026-03-02 09:00:00+00');
INSERT INTO public.outbound_messages OVERRIDING SYSTEM VALUE VALUES (1, 1, NULL, 'approval', 1, 'support@provider.example', 'max@acme.example', 'Please decide', 'Dear Max', 'row', '\x00000000000000000000000025bdc5c0dbdf6a90fbcaa923c462ce8011c548299f9ab980', 'queued', 0, NULL, '2026-03-02 09:00:00+00', NULL, '', '2026-03-02 09:00:00+00', NULL, NULL, '{"de":"Sam Ops mitgeteilt"}');
INSERT INTO public.policy_acceptances OVERRIDING SYSTEM VALUE VALUES (1, 1, 'https://www.provider.example/badge', '2026-01', '2026-03-02 09:00:00+00');
INSERT INTO public.requests OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 1, 1, 2, 'add_user', 'Tom Tech', 'tom@acme.example', 'technician', 'Rack 4', 'invited', 'client security staff', '', 3, 'CL-03', 'A Main Contact may.', false, false, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 0, false, '', NULL);
INSERT INTO public.requests OVERRIDING SYSTEM VALUE VALUES (3, 1, 3, 1, 1, NULL, 'add_user', 'Kim Knapp', '', '', '', 'needs_details', '', '', 0, '', '', false, false, NULL, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 0, false, '', NULL);
INSERT INTO public.requests OVERRIDING SYSTEM VALUE VALUES (2, 1, 2, 1, 1, NULL, 'add_user', 'Zoe Zwei', 'zoe@acme.example', 'technician', 'Rack 5', 'awaiting_approval', 'client security staff', 'client', 1, 'CL-03', 'A Main Contact may.', false, false, NULL, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 1, true, '', NULL);
INSERT INTO public.requests OVERRIDING SYSTEM VALUE VALUES (4, 2, 1, 1, NULL, NULL, 'visit', 'Vera Visit', '', '', 'Rack 6', 'completed', '', '', 0, 'CL-16', 'A visit.', false, false, NULL, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', NULL, 0, false, '', 1);
INSERT INTO public.sender_challenges OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 1, 'mia@acme.example', 'mia@acme.example', 'passed', '', 'salt', 'code', 4, '\x00000000000000000000000025bdc5c0dbdf6a90fbcaa923c462ce8011c548299f9ab980', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00');
INSERT INTO public.settings VALUES ('ticket_number_2026', '1');
INSERT INTO public.staff OVERRIDING SYSTEM VALUE VALUES (1, 'Sam Staff', 'sam@provider.example', 'sam@provider.example', 'security support', true, '', '2026-03-02 09:00:00+00');
INSERT INTO public.submissions VALUES ('shop', 'k', 'b', '{}', '2026-03-02 09:00:00+00');
INSERT INTO public.tickets OVERRIDING SYSTEM VALUE VALUES (1, 'REQ-2026-00001', 1, 1, 'support', 'New technician', 'first@acme.example', '2026-03-02 09:00:00+00', NULL);
INSERT INTO public.tickets OVERRIDING SYSTEM VALUE VALUES (2, 'REQ-2026-00002', 1, NULL, 'support', 'A visit', 'second@provider.example', '2026-03-02 09:00:00+00', 1);
INSERT INTO public.timers OVERRIDING SYSTEM VALUE VALUES (1, 'expiry', 2, NULL, 1, '2026-03-02 09:00:00+00', 0, NULL, NULL, NULL, NULL);
INSERT INTO public.timers OVERRIDING SYSTEM VALUE VALUES (2, 'expiry', 3, NULL, 0, '2026-03-02 09:00:00+00', 0, NULL, NULL, NULL, NULL);
INSERT INTO public.timers OVERRIDING SYSTEM VALUE VALUES (3, 'invitation_expiry', 1, 1, 3, '2026-03-02 09:00:00+00', 0, NULL, NULL, NULL, NULL);
INSERT INTO public.timers OVERRIDING SYSTEM VALUE VALUES (4, 'digest', NULL, NULL, 0, '2026-03-02 09:00:00+00', 0, NULL, NULL, NULL, NULL);
INSERT INTO public.timers OVERRIDING SYSTEM VALUE VALUES (5, 'challenge_expiry', NULL, NULL, 0, '2026-03-02 09:00:00+00', 0, NULL, '2026-03-02 09:00:00+00', 1, NULL);
INSERT INTO public.todos OVERRIDING SYSTEM VALUE VALUES (1, 'storm', 'robot@acme.example', 3, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', NULL);
INSERT INTO public.visits OVERRIDING SYSTEM VALUE VALUES (1, 1, 4, 1, 'uid-1', 1, 'Vera Visit', '', 'Visit Ltd', 'Frankfurt', true, 'Rack 6', '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00', 'confirmed');
SELECT pg_catalog.setval('public.approval_codes_id_seq', 1, true);
SELECT pg_catalog.setval('public.approvals_id_seq', 1, true);
SELECT pg_catalog.setval('public.challenges_id_seq', 1, true);
SELECT pg_catalog.setval('public.clients_id_seq', 1, true);
SELECT pg_catalog.setval('public.contacts_id_seq', 4, true);
SELECT pg_catalog.setval('public.delegations_id_seq', 1, true);
SELECT pg_catalog.setval('public.events_id_seq', 1, true);
SELECT pg_catalog.setval('public.goose_db_version_id_seq', 15, true);
SELECT pg_catalog.setval('public.inbound_messages_id_seq', 4, true);
SELECT pg_catalog.setval('public.invitations_id_seq', 1, true);
SELECT pg_catalog.setval('public.mailboxes_id_seq', 1, true);
SELECT pg_catalog.setval('public.outbound_messages_id_seq', 1, true);
SELECT pg_catalog.setval('public.policy_acceptances_id_seq', 1, true);
SELECT pg_catalog.setval('public.requests_id_seq', 4, true);
SELECT pg_catalog.setval('public.sender_challenges_id_seq', 1, true);
SELECT pg_catalog.setval('public.staff_id_seq', 1, true);
SELECT pg_catalog.setval('public.tickets_id_seq', 2, true);
SELECT pg_catalog.setval('public.timers_id_seq', 5, true);
SELECT pg_catalog.setval('public.todos_id_seq', 1, true);
SELECT pg_catalog.setval('public.visits_id_seq', 1, true);
ALTER TABLE ONLY public.approval_codes
    ADD CONSTRAINT approval_codes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approval_lines
    ADD CONSTRAINT approval_lines_pkey PRIMARY KEY (approval_id, number);
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_token_digest_key UNIQUE (token_digest);
ALTER TABLE ONLY public.canaries
    ADD CONSTRAINT canaries_pkey PRIMARY KEY (mailbox);
ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.client_domains
    ADD CONSTRAINT client_domains_pkey PRIMARY KEY (client_id, domain);
ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_name_key UNIQUE (name);
ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_grants
    ADD CONSTRAINT contact_grants_pkey PRIMARY KEY (contact_id, capability);
ALTER TABLE ONLY public.contact_roles
    ADD CONSTRAINT contact_roles_pkey PRIMARY KEY (contact_id, role);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_client_id_address_key_key UNIQUE (client_id, address_key);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (request_id, stage, round, seat);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.event_payloads
    ADD CONSTRAINT event_payloads_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_chain_sequence_key UNIQUE (chain, sequence);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_mailbox_id_uidvalidity_uid_key UNIQUE (mailbox_id, uidvalidity, uid);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_digest_key UNIQUE (token_digest);
ALTER TABLE ONLY public.mailboxes
    ADD CONSTRAINT mailboxes_name_key UNIQUE (name);
ALTER TABLE ONLY public.mailboxes
    ADD CONSTRAINT mailboxes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbound_messages
    ADD CONSTRAINT outbound_messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.policy_acceptances
    ADD CONSTRAINT policy_acceptances_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_ticket_id_position_key UNIQUE (ticket_id, "position");
ALTER TABLE ONLY public.sender_challenges
    ADD CONSTRAINT sender_challenges_inbound_id_key UNIQUE (inbound_id);
ALTER TABLE ONLY public.sender_challenges
    ADD CONSTRAINT sender_challenges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_address_key_key UNIQUE (address_key);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (portal, key_digest);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_number_key UNIQUE (number);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.timers
    ADD CONSTRAINT timers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.todos
    ADD CONSTRAINT todos_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_uid_key UNIQUE (uid);
CREATE INDEX approval_codes_by_approval ON public.approval_codes USING btree (approval_id);
CREATE INDEX approval_lines_by_request ON public.approval_lines USING btree (request_id);
CREATE INDEX approvals_by_ticket ON public.approvals USING btree (ticket_id);
CREATE INDEX approvals_open ON public.approvals USING btree (approver_id) WHERE (state = 'open'::text);
CREATE INDEX challenges_by_invitation ON public.challenges USING btree (invitation_id);
CREATE INDEX client_domains_by_domain ON public.client_domains USING btree (domain);
CREATE INDEX clients_by_name ON public.clients USING btree (lower(name));
CREATE INDEX contacts_by_address ON public.contacts USING btree (address_key);
CREATE UNIQUE INDEX contacts_lead ON public.contacts USING btree (client_id) WHERE lead;
CREATE UNIQUE INDEX decisions_once ON public.decisions USING btree (request_id, stage, round, approver_kind, approver_id);
CREATE INDEX delegations_by_client ON public.delegations USING btree (client_id);
CREATE UNIQUE INDEX delegations_live ON public.delegations USING btree (from_id) WHERE (state = ANY (ARRAY['held'::text, 'active'::text]));
CREATE INDEX inbound_messages_by_digest ON public.inbound_messages USING btree (mailbox_id, digest);
CREATE INDEX inbound_messages_by_disposition ON public.inbound_messages USING btree (disposition);
CREATE INDEX inbound_messages_by_duplicate ON public.inbound_messages USING btree (duplicate_key) WHERE (duplicate_key <> ''::text);
CREATE INDEX inbound_messages_left ON public.inbound_messages USING btree (processed_at) WHERE (disposition = 'left'::text);
CREATE INDEX inbound_messages_pending ON public.inbound_messages USING btree (id) WHERE (disposition = 'pending'::text);
CREATE INDEX inbound_messages_quarantined ON public.inbound_messages USING btree (processed_at, stored_at) WHERE (disposition = 'quarantined'::text);
CREATE INDEX inbound_messages_released ON public.inbound_messages USING btree (ticket_id) WHERE (handling = 'release'::text);
CREATE INDEX inbound_messages_to_move ON public.inbound_messages USING btree (mailbox_id, id) WHERE ((filed_at IS NULL) AND move_other);
CREATE INDEX inbound_messages_unfiled ON public.inbound_messages USING btree (mailbox_id, id) WHERE ((filed_at IS NULL) AND (disposition = ANY (ARRAY['applied'::text, 'answered'::text, 'duplicate'::text, 'quarantined'::text])));
CREATE INDEX invitations_by_address ON public.invitations USING btree (address_key);
CREATE INDEX invitations_expired ON public.invitations USING btree (client_id, expires_at) WHERE (state = 'expired'::text);
CREATE UNIQUE INDEX invitations_live ON public.invitations USING btree (client_id, address_key) WHERE (state = ANY (ARRAY['queued'::text, 'sent'::text]));
CREATE INDEX outbound_messages_by_client ON public.outbound_messages USING btree (client_id, created_at, kind);
CREATE INDEX outbound_messages_by_mail_from ON public.outbound_messages USING btree (lower(mail_from));
CREATE INDEX outbound_messages_by_message_id ON public.outbound_messages USING btree (message_id_digest);
CREATE INDEX outbound_messages_by_recipient ON public.outbound_messages USING btree (recipient, created_at, kind);
CREATE INDEX outbound_messages_by_ticket ON public.outbound_messages USING btree (ticket_id, recipient, sequence);
CREATE INDEX outbound_messages_fifo ON public.outbound_messages USING btree (ticket_id, recipient, sequence) WHERE (state = 'queued'::text);
CREATE INDEX outbound_messages_inviting ON public.outbound_messages USING btree (invitation_id) WHERE ((state = 'queued'::text) AND (invitation_id IS NOT NULL));
CREATE INDEX outbound_messages_queued ON public.outbound_messages USING btree (run_at, id) WHERE (state = 'queued'::text);
CREATE INDEX outbound_messages_until ON public.outbound_messages USING btree (not_after) WHERE ((state = 'queued'::text) AND (not_after IS NOT NULL));
CREATE INDEX outbound_messages_withheld ON public.outbound_messages USING btree (id) WHERE (state = 'withheld'::text);
CREATE INDEX policy_acceptances_by_contact ON public.policy_acceptances USING btree (contact_id);
CREATE INDEX requests_open ON public.requests USING btree (client_id) WHERE (state = ANY (ARRAY['needs_details'::text, 'awaiting_approval'::text, 'approved'::text, 'invited'::text]));
CREATE INDEX requests_open_about ON public.requests USING btree (client_id, (
CASE
    WHEN ((octet_length(email) = length(email)) AND (substr(email, 1, 1) <> '"'::text)) THEN lower((email COLLATE "C"))
    ELSE '*'::text
END)) WHERE (state = ANY (ARRAY['needs_details'::text, 'awaiting_approval'::text, 'approved'::text, 'invited'::text]));
CREATE INDEX sender_challenges_by_address ON public.sender_challenges USING btree (address_key, created_at);
CREATE INDEX sender_challenges_by_token ON public.sender_challenges USING btree (token_digest) WHERE (state = 'open'::text);
CREATE INDEX submissions_by_age ON public.submissions USING btree (created_at);
CREATE UNIQUE INDEX timers_digest ON public.timers USING btree (kind) WHERE ((kind = 'digest'::text) AND (fired_at IS NULL));
CREATE INDEX timers_due ON public.timers USING btree (due_at, id) WHERE (fired_at IS NULL);
CREATE INDEX timers_of_digests ON public.timers USING btree (due_at) WHERE ((kind = 'digest'::text) AND (fired_at IS NOT NULL));
CREATE UNIQUE INDEX todos_open ON public.todos USING btree (kind, about) WHERE (done_at IS NULL);
CREATE INDEX visits_ahead ON public.visits USING btree (client_id) WHERE (state = 'confirmed'::text);
ALTER TABLE ONLY public.approval_codes
    ADD CONSTRAINT approval_codes_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.approvals(id);
ALTER TABLE ONLY public.approval_lines
    ADD CONSTRAINT approval_lines_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES public.approvals(id);
ALTER TABLE ONLY public.approval_lines
    ADD CONSTRAINT approval_lines_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.canaries
    ADD CONSTRAINT canaries_outbound_id_fkey FOREIGN KEY (outbound_id) REFERENCES public.outbound_messages(id);
ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(id);
ALTER TABLE ONLY public.client_domains
    ADD CONSTRAINT client_domains_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.contact_grants
    ADD CONSTRAINT contact_grants_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.contact_roles
    ADD CONSTRAINT contact_roles_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_inbound_id_fkey FOREIGN KEY (inbound_id) REFERENCES public.inbound_messages(id);
ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_from_id_fkey FOREIGN KEY (from_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_to_id_fkey FOREIGN KEY (to_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.event_payloads
    ADD CONSTRAINT event_payloads_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_handling_contact_id_fkey FOREIGN KEY (handling_contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_mailbox_id_fkey FOREIGN KEY (mailbox_id) REFERENCES public.mailboxes(id);
ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.outbound_messages
    ADD CONSTRAINT outbound_messages_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.outbound_messages
    ADD CONSTRAINT outbound_messages_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(id);
ALTER TABLE ONLY public.outbound_messages
    ADD CONSTRAINT outbound_messages_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.policy_acceptances
    ADD CONSTRAINT policy_acceptances_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_requester_id_fkey FOREIGN KEY (requester_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.sender_challenges
    ADD CONSTRAINT sender_challenges_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.sender_challenges
    ADD CONSTRAINT sender_challenges_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.sender_challenges
    ADD CONSTRAINT sender_challenges_inbound_id_fkey FOREIGN KEY (inbound_id) REFERENCES public.inbound_messages(id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_requester_id_fkey FOREIGN KEY (requester_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);
ALTER TABLE ONLY public.timers
    ADD CONSTRAINT timers_challenge_id_fkey FOREIGN KEY (challenge_id) REFERENCES public.sender_challenges(id);
ALTER TABLE ONLY public.timers
    ADD CONSTRAINT timers_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(id);
ALTER TABLE ONLY public.timers
    ADD CONSTRAINT timers_outbound_id_fkey FOREIGN KEY (outbound_id) REFERENCES public.outbound_messages(id);
ALTER TABLE ONLY public.timers
    ADD CONSTRAINT timers_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_host_id_fkey FOREIGN KEY (host_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.requests(id);
