-- Who keeps a copy of a row (key cache, models) must hear when it changes, also when another program
-- changed it: triggers write a line into `tollweir_change`, which is read each second and pruned, and
-- notify those who listen, so that they read it at once.

create table if not exists tollweir_change (
    seq bigint generated always as identity primary key,
    table_name text not null,
    -- Of a key of several columns: their values in order, with U+001F between.
    row_id text not null,
    -- A line may become visible after one with a higher `seq`; its transaction tells.
    xid bigint not null default txid_current(),
    changed_at timestamp not null default current_timestamp
);
create index if not exists tollweir_change_xid_idx on tollweir_change (xid);
create index if not exists tollweir_change_changed_at_idx on tollweir_change (changed_at);

-- A row without what changes with each batch of spend: nobody need hear of that, and each cached key
-- would be dropped. A later migration that adds such a column makes this anew.
create or replace function tollweir_without_spend(whole jsonb) returns jsonb
    language sql immutable parallel safe as $$
    select whole - '{spend,total_spend,model_spend,tollweir_spend,tollweir_total_spend,tollweir_model_spend,last_active,updated_at}'::text[]
$$;

-- `set search_path`: programs whose own is another one change these tables too; `security definer`: and
-- so do roles without rights on tables of ours.
create or replace function tollweir_note_change() returns trigger
    language plpgsql security definer set search_path from current as $$
declare
    before text;
    now text;
begin
    if tg_op <> 'INSERT' then
        select string_agg(to_jsonb(old) ->> name, chr(31) order by place) into before
        from unnest(tg_argv) with ordinality as key (name, place);
    end if;
    if tg_op <> 'DELETE' then
        select string_agg(to_jsonb(new) ->> name, chr(31) order by place) into now
        from unnest(tg_argv) with ordinality as key (name, place);
    end if;
    insert into tollweir_change (table_name, row_id)
        select tg_table_name, id
        from (select before as id union select now) as ids
        where id is not null;
    perform pg_notify('tollweir_change', left(tg_table_name || ':' || coalesce(now, before), 2000));
    return null;
end
$$;

do $$
declare
    watched record;
    arguments text;
begin
    for watched in select * from (values
        ('LiteLLM_VerificationToken', '{token}'),
        ('LiteLLM_DeprecatedVerificationToken', '{token}'),
        ('LiteLLM_TeamTable', '{team_id}'),
        ('LiteLLM_UserTable', '{user_id}'),
        ('LiteLLM_TeamMembership', '{user_id,team_id}'),
        ('LiteLLM_OrganizationTable', '{organization_id}'),
        ('LiteLLM_OrganizationMembership', '{user_id,organization_id}'),
        ('LiteLLM_ProjectTable', '{project_id}'),
        ('LiteLLM_BudgetTable', '{budget_id}'),
        ('LiteLLM_EndUserTable', '{user_id}'),
        ('LiteLLM_TagTable', '{tag_name}'),
        ('LiteLLM_AccessGroupTable', '{access_group_id}'),
        ('LiteLLM_ObjectPermissionTable', '{object_permission_id}'),
        ('LiteLLM_ProxyModelTable', '{model_id}'),
        ('LiteLLM_Config', '{param_name}'),
        ('LiteLLM_CredentialsTable', '{credential_name}')
    ) as list (on_table, key)
    loop
        select string_agg(quote_literal(name), ', ') into arguments
        from unnest(watched.key::text[]) as name;
        execute format('drop trigger if exists tollweir_added_or_removed on %I', watched.on_table);
        execute format('create trigger tollweir_added_or_removed after insert or delete on %I
            for each row execute function tollweir_note_change(%s)', watched.on_table, arguments);
        execute format('drop trigger if exists tollweir_changed on %I', watched.on_table);
        execute format('create trigger tollweir_changed after update on %I
            for each row when (tollweir_without_spend(to_jsonb(old))
                is distinct from tollweir_without_spend(to_jsonb(new)))
            execute function tollweir_note_change(%s)', watched.on_table, arguments);
    end loop;
end
$$;
