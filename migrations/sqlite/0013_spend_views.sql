-- What spend rows are also listed by, newest first. Failures are few. A key is listed by the name that it
-- had when the call was made, which PostgreSQL finds in the metadata.
alter table "LiteLLM_SpendLogs" add column tollweir_key_alias text;
update "LiteLLM_SpendLogs" set tollweir_key_alias = json_extract(metadata, '$.user_api_key_alias')
    where json_valid(metadata);
create index if not exists tollweir_spend_key_alias on "LiteLLM_SpendLogs" (tollweir_key_alias, "startTime")
    where tollweir_key_alias is not null;
create index if not exists tollweir_spend_model on "LiteLLM_SpendLogs" (model, "startTime");
create index if not exists tollweir_spend_end_user on "LiteLLM_SpendLogs" (end_user, "startTime")
    where end_user is not null;
create index if not exists tollweir_spend_failure on "LiteLLM_SpendLogs" ("startTime", request_id)
    where status = 'failure';

-- Every index costs every row that is written. No SQLite file is LiteLLM's, so those that are the
-- beginning of another one go; in PostgreSQL they are its own, and stay.
drop index if exists "LiteLLM_SpendLogs_startTime_idx";
drop index if exists "LiteLLM_SpendLogs_end_user_idx";
drop index if exists "LiteLLM_DailyUserSpend_user_id_date_idx";
drop index if exists "LiteLLM_DailyTeamSpend_team_id_date_idx";
drop index if exists "LiteLLM_DailyOrganizationSpend_organization_id_date_idx";
drop index if exists "LiteLLM_DailyEndUserSpend_end_user_id_date_idx";
drop index if exists "LiteLLM_DailyTagSpend_tag_date_idx";
-- And ids that another index has: most calls are found by their request_id, and most have no session
-- but themselves.
drop index if exists tollweir_spend_call_id;
drop index if exists tollweir_spend_response_id;
drop index if exists "LiteLLM_SpendLogs_session_id_idx";
create index if not exists tollweir_spend_other_call on "LiteLLM_SpendLogs" (tollweir_call_id)
    where tollweir_call_id <> request_id;
create index if not exists tollweir_spend_other_response on "LiteLLM_SpendLogs" (tollweir_response_id)
    where tollweir_response_id <> request_id;
create index if not exists tollweir_spend_session on "LiteLLM_SpendLogs" (session_id)
    where session_id is not record_id;
