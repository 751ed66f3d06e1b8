-- Who keeps a copy of a row (key cache, models) must hear when it changes, also when another program
-- changed it: triggers write a line into `tollweir_change`, which is read often and pruned. The
-- triggers are made after all migrations (src/storage/change_triggers.cpp), since SQLite has no way to
-- compare whole rows.

create table if not exists tollweir_change (
    seq integer primary key autoincrement,
    table_name text not null,
    -- Of a key of several columns: their values in order, with U+001F between.
    row_id text not null,
    changed_at timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);

create table if not exists tollweir_watched_table (
    table_name text primary key not null,
    id_columns text not null  -- names with commas between
);
insert or replace into tollweir_watched_table (table_name, id_columns) values
    ('LiteLLM_VerificationToken', 'token'),
    ('LiteLLM_DeprecatedVerificationToken', 'token'),
    ('LiteLLM_TeamTable', 'team_id'),
    ('LiteLLM_UserTable', 'user_id'),
    ('LiteLLM_TeamMembership', 'user_id,team_id'),
    ('LiteLLM_OrganizationTable', 'organization_id'),
    ('LiteLLM_OrganizationMembership', 'user_id,organization_id'),
    ('LiteLLM_ProjectTable', 'project_id'),
    ('LiteLLM_BudgetTable', 'budget_id'),
    ('LiteLLM_EndUserTable', 'user_id'),
    ('LiteLLM_TagTable', 'tag_name'),
    ('LiteLLM_AccessGroupTable', 'access_group_id'),
    ('LiteLLM_ObjectPermissionTable', 'object_permission_id'),
    ('LiteLLM_ProxyModelTable', 'model_id'),
    ('LiteLLM_Config', 'param_name'),
    ('LiteLLM_CredentialsTable', 'credential_name');

-- What changes with each batch of spend: nobody need hear of that, and each cached key would be
-- dropped. A later migration that adds such a column adds its name.
create table if not exists tollweir_quiet_column (name text primary key not null);
insert or replace into tollweir_quiet_column (name) values
    ('spend'), ('total_spend'), ('model_spend'), ('tollweir_spend'), ('tollweir_total_spend'), ('tollweir_model_spend'), ('last_active'), ('updated_at');
