-- Price plans with their versions. Written by the projection "price_plans".

CREATE TABLE price_plans (
    code             text COLLATE "C" NOT NULL,
    name             text             NOT NULL,
    -- Versions count from 1.
    latest_version   bigint           NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT price_plans_pkey PRIMARY KEY (code)
);

CREATE TABLE price_plan_versions (
    plan             text COLLATE "C" NOT NULL,
    version          bigint           NOT NULL,
    effective_from   date             NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    -- JSON, as the event has it.
    terms            text             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    CONSTRAINT price_plan_versions_pkey PRIMARY KEY (plan, version)
);

-- What customers are billed by from a day on. Written by the projection "subscriptions".
-- A change voids those for later days that were recorded before it; their rows stay.
CREATE TABLE subscriptions (
    customer         text COLLATE "C" NOT NULL,
    effective_from   date             NOT NULL,
    -- Null: no plan.
    plan             text COLLATE "C",
    changed_position bigint           NOT NULL,
    changed_at       timestamptz      NOT NULL,
    changed_by       text             NOT NULL,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (customer, effective_from)
);
