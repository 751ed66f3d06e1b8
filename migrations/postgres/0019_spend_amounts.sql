-- deferred
-- Rows by what they cost, for those that hardly any row does (as 0013).
with present (name, is_valid) as (
    select relname, indisvalid from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = '"LiteLLM_SpendLogs"'::regclass and relname = 'tollweir_spend_amount'),
steps (place, statement) as (
    select 0, format('drop index concurrently %I', name) from present where not is_valid
    union all
    select 1, 'create index concurrently tollweir_spend_amount on "LiteLLM_SpendLogs" (spend, "startTime")'
    where not exists (select from present where is_valid))
select statement from steps order by place;
