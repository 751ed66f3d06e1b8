-- Narrow sums by day: what LiteLLM's say of each key and model, added up once more, so that a year of
-- totals is a few thousand rows. Triggers on LiteLLM's sums keep them, whoever writes those.
create table if not exists tollweir_daily_models (
    date text not null,
    model text not null,
    provider text not null,
    spend numeric(38,0) not null,  -- picodollars
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    api_requests bigint not null,
    primary key (date, model, provider)
) with (fillfactor = 70);
create table if not exists tollweir_daily_keys (
    date text not null,
    api_key text not null,
    user_id text not null,
    spend numeric(38,0) not null,
    api_requests bigint not null,
    primary key (date, api_key, user_id)
) with (fillfactor = 70);
create table if not exists tollweir_daily_owners (
    kind text not null,  -- team, tag, end_user
    date text not null,
    owner text not null,
    spend numeric(38,0) not null,
    api_requests bigint not null,
    primary key (kind, date, owner)
) with (fillfactor = 70);

-- From which day on they are whole. What was there before is added up in the background, the latest day
-- first, and read from LiteLLM's sums until then (src/storage/daily_sums.cpp).
create table if not exists tollweir_daily_sums (since text not null);
insert into tollweir_daily_sums select case when
        exists (select from "LiteLLM_DailyUserSpend") or exists (select from "LiteLLM_DailyTeamSpend") or
        exists (select from "LiteLLM_DailyTagSpend") or exists (select from "LiteLLM_DailyEndUserSpend")
    then '9999-12-31' else '' end
    where not exists (select from tollweir_daily_sums);

-- Once a statement, however many rows it wrote. A function sees the rows before and after by names that
-- only events of its kind give it, so there is one for each. Sorted, so that writers wait for each other
-- in one order. `set search_path`, `security definer`: as in 0002.
do $$
declare
    kept record;
    event record;
    name text;
begin
    for kept in select * from (values
        ('User', 'models', 'tollweir_daily_models', 'date, model, provider',
            'date, coalesce(model, ''''), coalesce(custom_llm_provider, '''')',
            array['prompt_tokens', 'completion_tokens', 'api_requests']),
        ('User', 'keys', 'tollweir_daily_keys', 'date, api_key, user_id',
            'date, api_key, coalesce(user_id, '''')', array['api_requests']),
        ('Team', 'teams', 'tollweir_daily_owners', 'kind, date, owner',
            '''team'', date, coalesce(team_id, '''')', array['api_requests']),
        ('Tag', 'tags', 'tollweir_daily_owners', 'kind, date, owner',
            '''tag'', date, coalesce(tag, '''')', array['api_requests']),
        ('EndUser', 'end_users', 'tollweir_daily_owners', 'kind, date, owner',
            '''end_user'', date, coalesce(end_user_id, '''')', array['api_requests'])
        ) as list (of_table, label, into_table, keys, cells, counts)
    loop
        for event in select * from (values
            ('insert', 'new table as new_rows', 'select 1 as sign, * from new_rows'),
            ('update', 'old table as old_rows new table as new_rows',
                'select 1 as sign, * from new_rows union all select -1, * from old_rows'),
            ('delete', 'old table as old_rows', 'select -1 as sign, * from old_rows')
            ) as list (kind, seen, changed)
        loop
            name := format('tollweir_sum_%s_%s', kept.label, event.kind);
            execute format('create or replace function %I() returns trigger language plpgsql
                security definer set search_path from current as $body$
                begin
                    insert into %s as own (%s, spend%s)
                    select %s, sum(sign * coalesce(tollweir_spend, tollweir_picodollars(spend)))%s
                    from (%s) as changed group by 1, 2, 3 order by 1, 2, 3
                    on conflict (%s) do update set spend = own.spend + excluded.spend%s;
                    %s
                    return null;
                end $body$',
                name, kept.into_table, kept.keys,
                (select string_agg(', ' || c, '') from unnest(kept.counts) as c), kept.cells,
                (select string_agg(', sum(sign * ' || c || ')', '') from unnest(kept.counts) as c),
                event.changed, kept.keys,
                (select string_agg(format(', %1$s = own.%1$s + excluded.%1$s', c), '')
                    from unnest(kept.counts) as c),
                -- A name without sums is no longer listed.
                case event.kind when 'delete' then format('delete from %s where api_requests = 0
                    and date in (select date from old_rows);', kept.into_table) else '' end);
            execute format('drop trigger if exists %I on %I', name, 'LiteLLM_Daily' || kept.of_table || 'Spend');
            execute format('create trigger %I after %s on %I referencing %s for each statement
                execute function %I()',
                name, event.kind, 'LiteLLM_Daily' || kept.of_table || 'Spend', event.seen, name);
        end loop;
    end loop;
end
$$;
