-- Bills that passed their customers' credit limits. Written by the projection "credit_alerts".

CREATE TABLE credit_alerts (
    bill             text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    policy           text             NOT NULL,
    note             bigint,
    currency         text COLLATE "C" NOT NULL,
    credit_limit     numeric          NOT NULL,
    exposure         numeric          NOT NULL,
    date             date             NOT NULL,
    acknowledged     boolean          NOT NULL,
    remark           text,
    raised_position  bigint           NOT NULL,
    raised_at        timestamptz      NOT NULL,
    raised_by        text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT credit_alerts_pkey PRIMARY KEY (bill),
    CONSTRAINT credit_alerts_policy_check CHECK (policy IN ('warn', 'block')),
    CONSTRAINT credit_alerts_exposure_check CHECK (exposure > credit_limit),
    CONSTRAINT credit_alerts_remark_check CHECK ((remark IS NOT NULL) = acknowledged)
);
CREATE INDEX credit_alerts_raised_position ON credit_alerts (raised_position);
CREATE INDEX credit_alerts_customer ON credit_alerts (customer, raised_position);
CREATE INDEX credit_alerts_date ON credit_alerts (date, raised_position);
CREATE INDEX credit_alerts_waiting ON credit_alerts (raised_position) WHERE NOT acknowledged;
