-- Exact spend beside LiteLLM's floats, rows that are written once, and how far spend journals are
-- applied.

alter table "LiteLLM_VerificationToken" add column tollweir_spend integer;
alter table "LiteLLM_UserTable" add column tollweir_spend integer;
alter table "LiteLLM_TeamTable" add column tollweir_spend integer;
alter table "LiteLLM_TeamMembership" add column tollweir_spend integer;
alter table "LiteLLM_OrganizationTable" add column tollweir_spend integer;
alter table "LiteLLM_ProjectTable" add column tollweir_spend integer;
alter table "LiteLLM_EndUserTable" add column tollweir_spend integer;
alter table "LiteLLM_TagTable" add column tollweir_spend integer;
alter table "LiteLLM_DailyUserSpend" add column tollweir_spend integer;
alter table "LiteLLM_DailyTeamSpend" add column tollweir_spend integer;
alter table "LiteLLM_DailyOrganizationSpend" add column tollweir_spend integer;
alter table "LiteLLM_DailyEndUserSpend" add column tollweir_spend integer;
alter table "LiteLLM_DailyTagSpend" add column tollweir_spend integer;
alter table "LiteLLM_DeletedVerificationToken" add column tollweir_spend integer;
alter table "LiteLLM_DeletedTeamTable" add column tollweir_spend integer;

-- Where it is null, the float counts. No SQLite file is LiteLLM's, so none has spend yet.

alter table "LiteLLM_SpendLogs" add column record_id text;
alter table "LiteLLM_SpendLogs" add column tollweir_spend integer;
-- Either may be in request_id too, but only in one row.
alter table "LiteLLM_SpendLogs" add column tollweir_call_id text;
alter table "LiteLLM_SpendLogs" add column tollweir_response_id text;
create unique index if not exists tollweir_spend_record_id on "LiteLLM_SpendLogs" (record_id);
create index if not exists tollweir_spend_call_id on "LiteLLM_SpendLogs" (tollweir_call_id)
    where tollweir_call_id is not null;
create index if not exists tollweir_spend_response_id on "LiteLLM_SpendLogs" (tollweir_response_id)
    where tollweir_response_id is not null;
-- Beside LiteLLM's (api_key,"startTime"): what else rows are listed by.
create index if not exists tollweir_spend_user on "LiteLLM_SpendLogs" ("user", "startTime");
create index if not exists tollweir_spend_team on "LiteLLM_SpendLogs" (team_id, "startTime");

-- How many bytes of which file are applied.
create table if not exists tollweir_journal (
    file text primary key not null,
    process text not null,
    position integer not null
);
create index if not exists tollweir_journal_process_idx on tollweir_journal (process);
