-- Narrow sums by day: what LiteLLM's say of each key and model, added up once more, so that a year of
-- totals is a few thousand rows. Nobody but the spend writer writes LiteLLM's sums in this file, so it
-- writes these, too: triggers, which PostgreSQL has for that, would see each row alone and cost the
-- writer a third more.
create table if not exists tollweir_daily_models (
    date text not null,
    model text not null,
    provider text not null,
    spend integer not null,  -- picodollars, held at the end of the integers as those that are added up
    prompt_tokens integer not null,
    completion_tokens integer not null,
    api_requests integer not null,
    primary key (date, model, provider)
) without rowid;
create table if not exists tollweir_daily_keys (
    date text not null,
    api_key text not null,
    user_id text not null,
    spend integer not null,
    api_requests integer not null,
    primary key (date, api_key, user_id)
) without rowid;
create table if not exists tollweir_daily_owners (
    kind text not null,  -- team, tag, end_user
    date text not null,
    owner text not null,
    spend integer not null,
    api_requests integer not null,
    primary key (kind, date, owner)
) without rowid;

-- From which day on they are whole. What was there before is added up in the background, the latest day
-- first, and read from LiteLLM's sums until then (src/storage/daily_sums.cpp).
create table if not exists tollweir_daily_sums (since text not null);
insert into tollweir_daily_sums select case when
        exists (select 1 from "LiteLLM_DailyUserSpend") or exists (select 1 from "LiteLLM_DailyTeamSpend") or
        exists (select 1 from "LiteLLM_DailyTagSpend") or exists (select 1 from "LiteLLM_DailyEndUserSpend")
    then '9999-12-31' else '' end
    where not exists (select 1 from tollweir_daily_sums);
