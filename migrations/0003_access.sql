-- Who may come in: users, their sessions, keys for machines, and who was turned away.
-- Passwords and key secrets are kept as Argon2id hashes, tokens as SHA-256 only.

CREATE TABLE users (
    name                text        NOT NULL,
    role                text        NOT NULL,
    password_hash       text        NOT NULL,
    disabled            boolean     NOT NULL DEFAULT false,
    created_at          timestamptz NOT NULL,
    created_by          text        NOT NULL,
    password_changed_at timestamptz NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (name),
    CONSTRAINT users_role_check
        CHECK (role IN ('admin', 'finance', 'approver', 'operator', 'auditor', 'dashboard'))
);

-- One per sign-in. Refreshing keeps the session; ending it ends every token of it.
CREATE TABLE sessions (
    id             uuid        NOT NULL,
    user_name      text        NOT NULL,
    started_at     timestamptz NOT NULL,
    client_address text,
    expires_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_user_name_fkey FOREIGN KEY (user_name) REFERENCES users (name) ON DELETE CASCADE
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_user_name ON sessions (user_name);

-- A refresh token that has been used stays, marked, so that using it again is noticed.
CREATE TABLE session_tokens (
    token_hash bytea       NOT NULL,
    session    uuid        NOT NULL,
    kind       text        NOT NULL,
    expires_at timestamptz NOT NULL,
    rotated_at timestamptz,
    CONSTRAINT session_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT session_tokens_session_fkey FOREIGN KEY (session) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT session_tokens_kind_check CHECK (kind IN ('access', 'refresh')),
    CONSTRAINT session_tokens_token_hash_check CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX session_tokens_session ON session_tokens (session);

CREATE TABLE api_keys (
    id          text        NOT NULL,
    name        text        NOT NULL,
    role        text        NOT NULL,
    secret_hash text        NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text        NOT NULL,
    revoked_at  timestamptz,
    revoked_by  text,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    -- The name is the actor in the journal, so it is never given to another key.
    CONSTRAINT api_keys_name_key UNIQUE (name),
    CONSTRAINT api_keys_role_check
        CHECK (role IN ('admin', 'finance', 'approver', 'operator', 'auditor', 'dashboard'))
);

-- Attempts since the window began, per user name and per client address. A success takes its attempt back.
CREATE TABLE sign_in_attempts (
    subject           text        NOT NULL,
    window_started_at timestamptz NOT NULL,
    attempts          integer     NOT NULL,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (subject)
);
CREATE INDEX sign_in_attempts_window_started_at ON sign_in_attempts (window_started_at);

-- Every request turned away with 401 or 403; the same by the same within a minute is one row with a count.
CREATE TABLE access_refusals (
    minute          timestamptz NOT NULL,
    principal       text        NOT NULL,
    client_address  text        NOT NULL,
    route           text        NOT NULL,
    reason          text        NOT NULL,
    count           bigint      NOT NULL,
    last_at         timestamptz NOT NULL,
    last_request_id text        NOT NULL,
    CONSTRAINT access_refusals_pkey PRIMARY KEY (minute, principal, client_address, route, reason)
);
