-- Exact spend beside LiteLLM's floats, rows that are written once, and how far spend journals are
-- applied. LiteLLM may go on with its tables: what is added may be null, and where it writes a float
-- itself, the exact amount gives way to it.

-- Of a float in dollars; nothing a sum could go on from counts as 0.
create or replace function tollweir_picodollars(dollars double precision) returns numeric
    language sql stable parallel safe as $$
    -- By its text, which has all digits; a cast would keep 15 of them. NaN is above all numbers.
    select case when dollars between -1e24 and 1e24
        then round(dollars::text::numeric * 1000000000000) else 0 end
$$;

-- Another program has set the float: until the next batch of spend, it is what counts.
create or replace function tollweir_spend_was_set() returns trigger language plpgsql as $$
begin
    new.tollweir_spend := null;
    return new;
end
$$;

do $$
declare
    counted text;
begin
    foreach counted in array array[
        'VerificationToken', 'UserTable', 'TeamTable', 'TeamMembership', 'OrganizationTable',
        'ProjectTable', 'EndUserTable', 'TagTable', 'DailyUserSpend', 'DailyTeamSpend',
        'DailyOrganizationSpend', 'DailyEndUserSpend', 'DailyTagSpend']
    loop
        counted := 'LiteLLM_' || counted;
        execute format('alter table %I add column if not exists tollweir_spend numeric(38,0)', counted);
        -- Sums by day may be millions, too: where theirs is null, the float counts until they change.
        if counted not like '%Daily%' then
            execute format('update %I set tollweir_spend = tollweir_picodollars(spend)
                where tollweir_spend is null and spend <> 0', counted);
        end if;
        execute format('drop trigger if exists tollweir_spend_was_set on %I', counted);
        execute format('create trigger tollweir_spend_was_set before update of spend on %I
            for each row when (new.spend is distinct from old.spend
                and new.tollweir_spend is not distinct from old.tollweir_spend)
            execute function tollweir_spend_was_set()', counted);
    end loop;
end
$$;
alter table "LiteLLM_DeletedVerificationToken" add column if not exists tollweir_spend numeric(38,0);
alter table "LiteLLM_DeletedTeamTable" add column if not exists tollweir_spend numeric(38,0);

-- Whether a row changed but for its spend (0002) is asked of each row that spend is added to, and costs
-- more than all else in a batch: whoever does nothing else says so for its transaction.
do $$
declare
    watched record;
begin
    for watched in
        select tgrelid::regclass as on_table, pg_get_triggerdef(pg_trigger.oid) as made
        from pg_trigger join pg_class on pg_class.oid = tgrelid
            join pg_namespace on pg_namespace.oid = relnamespace
        where tgname = 'tollweir_changed' and nspname = current_schema()
    loop
        execute format('drop trigger tollweir_changed on %s', watched.on_table);
        execute replace(watched.made, ' WHEN (',
            ' WHEN (current_setting(''tollweir.adds_spend'', true) is distinct from ''on'' and ');
    end loop;
end
$$;

-- Rows of LiteLLM keep null in all of these: there may be millions, and what a float says of one call
-- is exact enough to be read as coalesce(tollweir_spend, tollweir_picodollars(spend)).
alter table "LiteLLM_SpendLogs"
    add column if not exists record_id text,
    add column if not exists tollweir_spend numeric(38,0),
    -- Either may be in request_id too, but only in one row.
    add column if not exists tollweir_call_id text,
    add column if not exists tollweir_response_id text;
-- Their indexes: 0013.

-- How many bytes of which file are applied.
create table if not exists tollweir_journal (
    file text primary key,
    process text not null,
    position bigint not null
) with (fillfactor = 70);
create index if not exists tollweir_journal_process_idx on tollweir_journal (process);
