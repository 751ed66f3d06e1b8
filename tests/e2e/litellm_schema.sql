-- A database as an older LiteLLM leaves it, with rows: written from the list of its tables (spec of the
-- management API, section 6), in the shape that Prisma gives tables. What later versions added is left
-- out here and there, so that a take-over has something to add; one index has an older name.

create table "LiteLLM_BudgetTable" (
    "budget_id" text not null,
    "max_budget" double precision,
    "soft_budget" double precision,
    "max_parallel_requests" integer,
    "tpm_limit" bigint,
    "rpm_limit" bigint,
    "model_max_budget" jsonb,
    "budget_duration" text,
    "budget_reset_at" timestamp(3),
    "created_at" timestamp(3) not null default current_timestamp,
    "created_by" text not null,
    "updated_at" timestamp(3) not null default current_timestamp,
    "updated_by" text not null,
    constraint "LiteLLM_BudgetTable_pkey" primary key ("budget_id")
);

create table "LiteLLM_VerificationToken" (
    "token" text not null,
    "key_name" text,
    "key_alias" text,
    "soft_budget_cooldown" boolean not null default false,
    "spend" double precision not null default 0.0,
    "expires" timestamp(3),
    "models" text[],
    "aliases" jsonb not null default '{}',
    "config" jsonb not null default '{}',
    "user_id" text,
    "team_id" text,
    "permissions" jsonb not null default '{}',
    "max_parallel_requests" integer,
    "metadata" jsonb not null default '{}',
    "blocked" boolean,
    "tpm_limit" bigint,
    "rpm_limit" bigint,
    "max_budget" double precision,
    "budget_duration" text,
    "budget_reset_at" timestamp(3),
    "allowed_cache_controls" text[] default array[]::text[],
    "model_spend" jsonb not null default '{}',
    "model_max_budget" jsonb not null default '{}',
    "budget_id" text,
    "created_at" timestamp(3) default current_timestamp,
    constraint "LiteLLM_VerificationToken_pkey" primary key ("token"),
    constraint "LiteLLM_VerificationToken_budget_id_fkey" foreign key ("budget_id")
        references "LiteLLM_BudgetTable" ("budget_id") on delete set null on update cascade
);

create table "LiteLLM_TeamTable" (
    "team_id" text not null,
    "team_alias" text,
    "organization_id" text,
    "admins" text[],
    "members" text[],
    "members_with_roles" jsonb not null default '{}',
    "metadata" jsonb not null default '{}',
    "max_budget" double precision,
    "spend" double precision not null default 0.0,
    "models" text[],
    "max_parallel_requests" integer,
    "tpm_limit" bigint,
    "rpm_limit" bigint,
    "budget_duration" text,
    "budget_reset_at" timestamp(3),
    "blocked" boolean not null default false,
    "created_at" timestamp(3) not null default current_timestamp,
    "updated_at" timestamp(3) not null default current_timestamp,
    "model_spend" jsonb not null default '{}',
    "model_max_budget" jsonb not null default '{}',
    "model_id" integer,
    constraint "LiteLLM_TeamTable_pkey" primary key ("team_id")
);
create unique index "LiteLLM_TeamTable_model_id_key" on "LiteLLM_TeamTable" ("model_id");

create table "LiteLLM_UserTable" (
    "user_id" text not null,
    "user_alias" text,
    "team_id" text,
    "teams" text[] default array[]::text[],
    "user_role" text,
    "max_budget" double precision,
    "spend" double precision not null default 0.0,
    "user_email" text,
    "models" text[],
    "max_parallel_requests" integer,
    "tpm_limit" bigint,
    "rpm_limit" bigint,
    "budget_duration" text,
    "budget_reset_at" timestamp(3),
    "allowed_cache_controls" text[] default array[]::text[],
    "model_spend" jsonb not null default '{}',
    "model_max_budget" jsonb not null default '{}',
    constraint "LiteLLM_UserTable_pkey" primary key ("user_id")
);

create table "LiteLLM_EndUserTable" (
    "user_id" text not null,
    "alias" text,
    "spend" double precision not null default 0.0,
    "budget_id" text,
    "blocked" boolean not null default false,
    constraint "LiteLLM_EndUserTable_pkey" primary key ("user_id")
);

create table "LiteLLM_SpendLogs" (
    "request_id" text not null,
    "call_type" text not null,
    "api_key" text not null default '',
    "spend" double precision not null default 0.0,
    "total_tokens" integer not null default 0,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "startTime" timestamp(3) not null,
    "endTime" timestamp(3) not null,
    "completionStartTime" timestamp(3),
    "model" text not null default '',
    "model_id" text default '',
    "model_group" text default '',
    "api_base" text default '',
    "user" text default '',
    "metadata" jsonb default '{}',
    "cache_hit" text default '',
    "cache_key" text default '',
    "request_tags" jsonb default '[]',
    "team_id" text,
    "end_user" text,
    "requester_ip_address" text,
    constraint "LiteLLM_SpendLogs_pkey" primary key ("request_id")
);
create index "LiteLLM_SpendLogs_startTime_idx" on "LiteLLM_SpendLogs" ("startTime");
create index "spend_logs_by_end_user" on "LiteLLM_SpendLogs" ("end_user");

create table "LiteLLM_Config" (
    "param_name" text not null,
    "param_value" jsonb,
    constraint "LiteLLM_Config_pkey" primary key ("param_name")
);

create table "_prisma_migrations" (id text primary key, migration_name text not null);
insert into "_prisma_migrations" values ('1', '20240101000000_init');

insert into "LiteLLM_BudgetTable" (budget_id, max_budget, budget_duration, tpm_limit, created_by, updated_by)
    values ('b-small', 0.1, '30d', 9007199254740993, 'admin', 'admin');
insert into "LiteLLM_TeamTable" (team_id, team_alias, members, members_with_roles, max_budget, spend, models)
    values ('t-search', 'Search "1"', '{u-lena,"u, 2"}', '[{"role": "admin", "user_id": "u-lena"}]',
        100, 12.345678901234567, '{gpt-4o-mini,m}');
insert into "LiteLLM_UserTable" (user_id, user_email, user_role, teams, spend)
    values ('u-lena', 'lena@example.org', 'internal_user', '{t-search}', 3.5);
-- The hashes of sk-takeover-open and sk-takeover-blocked.
insert into "LiteLLM_VerificationToken"
        (token, key_name, key_alias, models, team_id, user_id, spend, max_budget, budget_id, metadata, blocked,
         expires)
    values
        ('1fba9c0b2341575e2e8952b0f2a7189f4275e487b56b87bc6ec548f05b1914c4', 'sk-...open', 'ci-runner', '{m}',
         't-search', 'u-lena', 0.41, 10, 'b-small', '{"tags": ["batch"], "note": "Zoë"}', null, null),
        ('03e2a6aacc1b9256c6717a9ce8ce31e54d05543fa4a7ee9270a197c5323f606d', 'sk-...cked', 'old', '{}',
         null, null, 0, null, null, '{}', true, '2030-01-02 03:04:05.678');
insert into "LiteLLM_EndUserTable" (user_id, spend) values ('cust-77', 0.25);
insert into "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens, "startTime", "endTime", model)
    values ('chatcmpl-1', 'acompletion', 'h', 1.35e-05, 12, '2026-11-20 03:07:45.12', '2026-11-20 03:07:46', 'm');
insert into "LiteLLM_Config" values ('general_settings', '{"a": 1}');
