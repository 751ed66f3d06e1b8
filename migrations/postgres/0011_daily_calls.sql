-- Sums by day of what LiteLLM's do not tell apart: kinds of calls, and what the cache answered. They
-- begin with this migration: adding up the rows of before would hold up the start.
create table if not exists tollweir_daily_calls (
    date text not null,
    user_id text not null,
    api_key text not null,
    call_type text not null,
    model text not null,
    calls bigint not null default 0,
    failed bigint not null default 0,
    from_cache bigint not null default 0,
    cached_tokens bigint not null default 0,     -- completion tokens of calls that the cache answered
    generated_tokens bigint not null default 0,  -- and of the others
    primary key (date, user_id, api_key, call_type, model)
);
