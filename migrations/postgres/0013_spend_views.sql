-- deferred
-- The indexes of spend rows. A database that is taken over may hold many millions of them, and no row
-- may wait while they are indexed, neither ours nor LiteLLM's: where the table is large, these statements
-- run one by one, outside a transaction, while the gateway serves (src/storage/migrations.cpp). The
-- script asks which of them are needed.
with wanted (place, kind, name, columns, condition) as (values
    -- Rows are written once it is there: it tells which were written before.
    (1, 'unique', 'tollweir_spend_record_id', '(record_id)', ' WHERE (record_id IS NOT NULL)'),
    -- LiteLLM's own, where an older version made the table.
    (2, '', 'LiteLLM_SpendLogs_startTime_idx', '("startTime")', ''),
    (3, '', 'LiteLLM_SpendLogs_startTime_request_id_idx', '("startTime", request_id)', ''),
    (4, '', 'LiteLLM_SpendLogs_end_user_idx', '(end_user)', ''),
    (5, '', 'LiteLLM_SpendLogs_session_id_idx', '(session_id)', ''),
    (6, '', 'LiteLLM_SpendLogs_api_key_startTime_idx', '(api_key, "startTime")', ''),
    -- What else rows are found and listed by, newest first. Failures are few.
    -- Most ids of calls and of answers are the row's request_id, which has its index.
    (7, '', 'tollweir_spend_call_id', '(tollweir_call_id)', ' WHERE (tollweir_call_id <> request_id)'),
    (8, '', 'tollweir_spend_response_id', '(tollweir_response_id)',
        ' WHERE (tollweir_response_id <> request_id)'),
    (9, '', 'tollweir_spend_user', '("user", "startTime")', ''),
    (10, '', 'tollweir_spend_team', '(team_id, "startTime")', ''),
    (11, '', 'tollweir_spend_model', '(model, "startTime")', ''),
    (12, '', 'tollweir_spend_end_user', '(end_user, "startTime")', ' WHERE (end_user IS NOT NULL)'),
    (13, '', 'tollweir_spend_failure', '("startTime", request_id)', ' WHERE (status = ''failure''::text)'),
    -- A key by the name that it had when the call was made.
    (14, '', 'tollweir_spend_key_alias', '(((metadata ->> ''user_api_key_alias''::text)), "startTime")', '')),
present (name, is_valid, defined) as (
    select relname, indisvalid, split_part(pg_get_indexdef(indexrelid), ' USING btree ', 2)
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = '"LiteLLM_SpendLogs"'::regclass),
steps (place, statement) as (
    -- Left behind by a build that was cut off.
    select 0, format('drop index concurrently %I', present.name)
    from present join wanted on wanted.name = present.name where not is_valid
    union all
    select place, format('create %s index concurrently %I on "LiteLLM_SpendLogs" %s%s',
        kind, wanted.name, columns, condition)
    from wanted
    where not exists (select from present where is_valid
        and (present.name = wanted.name or defined = columns || condition)))
select statement from steps order by place;
