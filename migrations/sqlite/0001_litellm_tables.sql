-- LiteLLM's tables, under its names (spec: management API, section 6). Types say what a text holds:
-- `timestamp text` is `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, `list text` a JSON array of texts.

-- Limits that several rows share.
create table if not exists "LiteLLM_BudgetTable" (
    "budget_id" text primary key not null,
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "soft_budget" real,
    "model_max_budget" json text,
    "allowed_models" list text default '[]',
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);

-- Virtual keys; `token` is the hash.
create table if not exists "LiteLLM_VerificationToken" (
    "token" text primary key not null,
    "key_name" text,
    "key_alias" text,
    "soft_budget_cooldown" boolean not null default 0,
    "spend" real not null default 0,
    "expires" timestamp text,
    "models" list text default '[]',
    "aliases" json text not null default '{}',
    "config" json text not null default '{}',
    "router_settings" json text,
    "user_id" text,
    "team_id" text,
    "agent_id" text,
    "project_id" text,
    "organization_id" text,
    "budget_id" text,
    "object_permission_id" text,
    "permissions" json text not null default '{}',
    "metadata" json text not null default '{}',
    "blocked" boolean,
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "allowed_cache_controls" list text default '[]',
    "allowed_routes" list text default '[]',
    "policies" list text default '[]',
    "access_group_ids" list text default '[]',
    "model_spend" json text not null default '{}',
    "model_max_budget" json text not null default '{}',
    "budget_limits" json text,
    "last_active" timestamp text,
    "rotation_count" integer not null default 0,
    "auto_rotate" boolean not null default 0,
    "rotation_interval" text,
    "last_rotation_at" timestamp text,
    "key_rotation_at" timestamp text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);
create index if not exists "LiteLLM_VerificationToken_user_id_team_id_idx"
    on "LiteLLM_VerificationToken" ("user_id", "team_id");
create index if not exists "LiteLLM_VerificationToken_team_id_idx"
    on "LiteLLM_VerificationToken" ("team_id");
create index if not exists "LiteLLM_VerificationToken_budget_reset_at_expires_idx"
    on "LiteLLM_VerificationToken" ("budget_reset_at", "expires");

-- Keys that were rotated and still work for a while.
create table if not exists "LiteLLM_DeprecatedVerificationToken" (
    "id" text primary key not null,
    "token" text not null,
    "active_token_id" text,
    "revoke_at" timestamp text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DeprecatedVerificationToken_token_key"
    on "LiteLLM_DeprecatedVerificationToken" ("token");
create index if not exists "LiteLLM_DeprecatedVerificationToken_token_revoke_at_idx"
    on "LiteLLM_DeprecatedVerificationToken" ("token", "revoke_at");
create index if not exists "LiteLLM_DeprecatedVerificationToken_revoke_at_idx"
    on "LiteLLM_DeprecatedVerificationToken" ("revoke_at");

-- Keys that were deleted, as they were.
create table if not exists "LiteLLM_DeletedVerificationToken" (
    "id" text primary key not null,
    "token" text not null,
    "key_name" text,
    "key_alias" text,
    "soft_budget_cooldown" boolean not null default 0,
    "spend" real not null default 0,
    "expires" timestamp text,
    "models" list text default '[]',
    "aliases" json text not null default '{}',
    "config" json text not null default '{}',
    "router_settings" json text,
    "user_id" text,
    "team_id" text,
    "agent_id" text,
    "project_id" text,
    "organization_id" text,
    "budget_id" text,
    "object_permission_id" text,
    "permissions" json text not null default '{}',
    "metadata" json text not null default '{}',
    "blocked" boolean,
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "allowed_cache_controls" list text default '[]',
    "allowed_routes" list text default '[]',
    "policies" list text default '[]',
    "access_group_ids" list text default '[]',
    "model_spend" json text not null default '{}',
    "model_max_budget" json text not null default '{}',
    "budget_limits" json text,
    "last_active" timestamp text,
    "rotation_count" integer not null default 0,
    "auto_rotate" boolean not null default 0,
    "rotation_interval" text,
    "last_rotation_at" timestamp text,
    "key_rotation_at" timestamp text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text,
    "deleted_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "deleted_by" text,
    "deleted_by_api_key" text,
    "litellm_changed_by" text
);
create index if not exists "LiteLLM_DeletedVerificationToken_token_idx"
    on "LiteLLM_DeletedVerificationToken" ("token");
create index if not exists "LiteLLM_DeletedVerificationToken_key_alias_idx"
    on "LiteLLM_DeletedVerificationToken" ("key_alias");
create index if not exists "LiteLLM_DeletedVerificationToken_user_id_idx"
    on "LiteLLM_DeletedVerificationToken" ("user_id");
create index if not exists "LiteLLM_DeletedVerificationToken_team_id_idx"
    on "LiteLLM_DeletedVerificationToken" ("team_id");
create index if not exists "LiteLLM_DeletedVerificationToken_organization_id_idx"
    on "LiteLLM_DeletedVerificationToken" ("organization_id");
create index if not exists "LiteLLM_DeletedVerificationToken_deleted_at_idx"
    on "LiteLLM_DeletedVerificationToken" ("deleted_at");
create index if not exists "LiteLLM_DeletedVerificationToken_created_at_idx"
    on "LiteLLM_DeletedVerificationToken" ("created_at");

-- Teams.
create table if not exists "LiteLLM_TeamTable" (
    "team_id" text primary key not null,
    "team_alias" text,
    "organization_id" text,
    "object_permission_id" text,
    "admins" list text default '[]',
    "members" list text default '[]',
    "members_with_roles" json text not null default '{}',
    "metadata" json text not null default '{}',
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "soft_budget" real,
    "spend" real not null default 0,
    "models" list text default '[]',
    "blocked" boolean not null default 0,
    "model_spend" json text not null default '{}',
    "model_max_budget" json text not null default '{}',
    "budget_limits" json text,
    "router_settings" json text,
    "team_member_permissions" list text default '[]',
    "access_group_ids" list text default '[]',
    "policies" list text default '[]',
    "default_team_member_models" list text default '[]',
    "model_id" integer,
    "allow_team_guardrail_config" boolean not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_TeamTable_model_id_key"
    on "LiteLLM_TeamTable" ("model_id");
create index if not exists "LiteLLM_TeamTable_organization_id_idx"
    on "LiteLLM_TeamTable" ("organization_id");
create index if not exists "LiteLLM_TeamTable_team_alias_idx"
    on "LiteLLM_TeamTable" ("team_alias");
create index if not exists "LiteLLM_TeamTable_created_at_idx"
    on "LiteLLM_TeamTable" ("created_at");

-- Teams that were deleted, as they were.
create table if not exists "LiteLLM_DeletedTeamTable" (
    "id" text primary key not null,
    "team_id" text not null,
    "team_alias" text,
    "organization_id" text,
    "object_permission_id" text,
    "admins" list text default '[]',
    "members" list text default '[]',
    "members_with_roles" json text not null default '{}',
    "metadata" json text not null default '{}',
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "soft_budget" real,
    "spend" real not null default 0,
    "models" list text default '[]',
    "blocked" boolean not null default 0,
    "model_spend" json text not null default '{}',
    "model_max_budget" json text not null default '{}',
    "budget_limits" json text,
    "router_settings" json text,
    "team_member_permissions" list text default '[]',
    "access_group_ids" list text default '[]',
    "policies" list text default '[]',
    "default_team_member_models" list text default '[]',
    "model_id" integer,
    "allow_team_guardrail_config" boolean not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "deleted_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "deleted_by" text,
    "deleted_by_api_key" text,
    "litellm_changed_by" text
);
create index if not exists "LiteLLM_DeletedTeamTable_team_id_idx"
    on "LiteLLM_DeletedTeamTable" ("team_id");
create index if not exists "LiteLLM_DeletedTeamTable_team_alias_idx"
    on "LiteLLM_DeletedTeamTable" ("team_alias");
create index if not exists "LiteLLM_DeletedTeamTable_organization_id_idx"
    on "LiteLLM_DeletedTeamTable" ("organization_id");
create index if not exists "LiteLLM_DeletedTeamTable_deleted_at_idx"
    on "LiteLLM_DeletedTeamTable" ("deleted_at");
create index if not exists "LiteLLM_DeletedTeamTable_created_at_idx"
    on "LiteLLM_DeletedTeamTable" ("created_at");

-- Users.
create table if not exists "LiteLLM_UserTable" (
    "user_id" text primary key not null,
    "user_alias" text,
    "team_id" text,
    "sso_user_id" text,
    "organization_id" text,
    "object_permission_id" text,
    "password" text,
    "user_email" text,
    "user_role" text,
    "teams" list text default '[]',
    "models" list text default '[]',
    "spend" real not null default 0,
    "metadata" json text not null default '{}',
    "max_budget" real,
    "budget_duration" text,
    "budget_reset_at" timestamp text,
    "max_parallel_requests" integer,
    "tpm_limit" integer,
    "rpm_limit" integer,
    "allowed_cache_controls" list text default '[]',
    "policies" list text default '[]',
    "model_spend" json text not null default '{}',
    "model_max_budget" json text not null default '{}',
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_UserTable_sso_user_id_key"
    on "LiteLLM_UserTable" ("sso_user_id");

-- What a user spends in a team.
create table if not exists "LiteLLM_TeamMembership" (
    "user_id" text not null,
    "team_id" text not null,
    "spend" real not null default 0,
    "total_spend" real not null default 0,
    "budget_id" text,
    primary key ("user_id", "team_id")
);

-- Organisations.
create table if not exists "LiteLLM_OrganizationTable" (
    "organization_id" text primary key not null,
    "organization_alias" text not null,
    "budget_id" text not null,
    "metadata" json text not null default '{}',
    "models" list text default '[]',
    "spend" real not null default 0,
    "model_spend" json text not null default '{}',
    "object_permission_id" text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);

create table if not exists "LiteLLM_OrganizationMembership" (
    "user_id" text not null,
    "organization_id" text not null,
    "user_role" text,
    "spend" real not null default 0,
    "budget_id" text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    primary key ("user_id", "organization_id")
);

-- Projects.
create table if not exists "LiteLLM_ProjectTable" (
    "project_id" text primary key not null,
    "project_alias" text,
    "description" text,
    "team_id" text,
    "budget_id" text,
    "metadata" json text not null default '{}',
    "models" list text default '[]',
    "spend" real not null default 0,
    "model_spend" json text not null default '{}',
    "model_rpm_limit" json text not null default '{}',
    "model_tpm_limit" json text not null default '{}',
    "blocked" boolean not null default 0,
    "object_permission_id" text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);

-- Customers: the end users that requests name.
create table if not exists "LiteLLM_EndUserTable" (
    "user_id" text primary key not null,
    "alias" text,
    "spend" real not null default 0,
    "allowed_model_region" text,
    "default_model" text,
    "budget_id" text,
    "object_permission_id" text,
    "blocked" boolean not null default 0
);

-- Tags with budgets.
create table if not exists "LiteLLM_TagTable" (
    "tag_name" text primary key not null,
    "description" text,
    "models" list text default '[]',
    "model_info" json text,
    "spend" real not null default 0,
    "budget_id" text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);

-- Teams' names for models.
create table if not exists "LiteLLM_ModelTable" (
    "id" integer primary key,
    "aliases" json text not null default '{}',
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);

-- Models that were added at run time.
create table if not exists "LiteLLM_ProxyModelTable" (
    "model_id" text primary key not null,
    "model_name" text not null,
    "litellm_params" json text not null default '{}',
    "model_info" json text,
    "blocked" boolean not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);

create table if not exists "LiteLLM_ObjectPermissionTable" (
    "object_permission_id" text primary key not null,
    "mcp_servers" list text default '[]',
    "mcp_access_groups" list text default '[]',
    "vector_stores" list text default '[]',
    "agents" list text default '[]',
    "agent_access_groups" list text default '[]',
    "models" list text default '[]',
    "blocked_tools" list text default '[]',
    "mcp_toolsets" list text default '[]',
    "search_tools" list text default '[]',
    "mcp_tool_permissions" json text
);

create table if not exists "LiteLLM_AccessGroupTable" (
    "access_group_id" text primary key not null,
    "access_group_name" text not null,
    "description" text,
    "access_model_names" list text default '[]',
    "access_mcp_server_ids" list text default '[]',
    "access_agent_ids" list text default '[]',
    "assigned_team_ids" list text default '[]',
    "assigned_key_ids" list text default '[]',
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);
create unique index if not exists "LiteLLM_AccessGroupTable_access_group_name_key"
    on "LiteLLM_AccessGroupTable" ("access_group_name");

-- One row a call.
create table if not exists "LiteLLM_SpendLogs" (
    "request_id" text primary key not null,
    "call_type" text not null,
    "api_key" text not null default '',
    "spend" real not null default 0,
    "total_tokens" integer not null default 0,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "startTime" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "endTime" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "completionStartTime" timestamp text,
    "request_duration_ms" integer,
    "model" text not null default '',
    "model_id" text,
    "model_group" text,
    "custom_llm_provider" text,
    "api_base" text,
    "user" text,
    "team_id" text,
    "organization_id" text,
    "end_user" text,
    "agent_id" text,
    "metadata" json text not null default '{}',
    "cache_hit" text,
    "cache_key" text,
    "request_tags" json text default '[]',
    "requester_ip_address" text,
    "messages" json text,
    "response" json text,
    "proxy_server_request" json text,
    "session_id" text,
    "status" text,
    "mcp_namespaced_tool_name" text
);
create index if not exists "LiteLLM_SpendLogs_startTime_idx"
    on "LiteLLM_SpendLogs" ("startTime");
create index if not exists "LiteLLM_SpendLogs_startTime_request_id_idx"
    on "LiteLLM_SpendLogs" ("startTime", "request_id");
create index if not exists "LiteLLM_SpendLogs_end_user_idx"
    on "LiteLLM_SpendLogs" ("end_user");
create index if not exists "LiteLLM_SpendLogs_session_id_idx"
    on "LiteLLM_SpendLogs" ("session_id");
create index if not exists "LiteLLM_SpendLogs_api_key_startTime_idx"
    on "LiteLLM_SpendLogs" ("api_key", "startTime");

-- Sums by day, model and key.
create table if not exists "LiteLLM_DailyUserSpend" (
    "id" text primary key not null,
    "user_id" text,
    "date" text not null,
    "api_key" text not null,
    "model" text,
    "model_group" text,
    "custom_llm_provider" text,
    "mcp_namespaced_tool_name" text,
    "endpoint" text,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "cache_read_input_tokens" integer not null default 0,
    "cache_creation_input_tokens" integer not null default 0,
    "api_requests" integer not null default 0,
    "successful_requests" integer not null default 0,
    "failed_requests" integer not null default 0,
    "spend" real not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DailyUserSpend_user_id_date_all_key"
    on "LiteLLM_DailyUserSpend" ("user_id", "date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint");
create index if not exists "LiteLLM_DailyUserSpend_date_idx"
    on "LiteLLM_DailyUserSpend" ("date");
create index if not exists "LiteLLM_DailyUserSpend_user_id_date_idx"
    on "LiteLLM_DailyUserSpend" ("user_id", "date");
create index if not exists "LiteLLM_DailyUserSpend_api_key_idx"
    on "LiteLLM_DailyUserSpend" ("api_key");
create index if not exists "LiteLLM_DailyUserSpend_model_idx"
    on "LiteLLM_DailyUserSpend" ("model");
create index if not exists "LiteLLM_DailyUserSpend_endpoint_idx"
    on "LiteLLM_DailyUserSpend" ("endpoint");

create table if not exists "LiteLLM_DailyTeamSpend" (
    "id" text primary key not null,
    "team_id" text,
    "date" text not null,
    "api_key" text not null,
    "model" text,
    "model_group" text,
    "custom_llm_provider" text,
    "mcp_namespaced_tool_name" text,
    "endpoint" text,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "cache_read_input_tokens" integer not null default 0,
    "cache_creation_input_tokens" integer not null default 0,
    "api_requests" integer not null default 0,
    "successful_requests" integer not null default 0,
    "failed_requests" integer not null default 0,
    "spend" real not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DailyTeamSpend_team_id_date_all_key"
    on "LiteLLM_DailyTeamSpend" ("team_id", "date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint");
create index if not exists "LiteLLM_DailyTeamSpend_date_idx"
    on "LiteLLM_DailyTeamSpend" ("date");
create index if not exists "LiteLLM_DailyTeamSpend_team_id_date_idx"
    on "LiteLLM_DailyTeamSpend" ("team_id", "date");
create index if not exists "LiteLLM_DailyTeamSpend_api_key_idx"
    on "LiteLLM_DailyTeamSpend" ("api_key");
create index if not exists "LiteLLM_DailyTeamSpend_model_idx"
    on "LiteLLM_DailyTeamSpend" ("model");
create index if not exists "LiteLLM_DailyTeamSpend_endpoint_idx"
    on "LiteLLM_DailyTeamSpend" ("endpoint");

create table if not exists "LiteLLM_DailyOrganizationSpend" (
    "id" text primary key not null,
    "organization_id" text,
    "date" text not null,
    "api_key" text not null,
    "model" text,
    "model_group" text,
    "custom_llm_provider" text,
    "mcp_namespaced_tool_name" text,
    "endpoint" text,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "cache_read_input_tokens" integer not null default 0,
    "cache_creation_input_tokens" integer not null default 0,
    "api_requests" integer not null default 0,
    "successful_requests" integer not null default 0,
    "failed_requests" integer not null default 0,
    "spend" real not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DailyOrganizationSpend_organization_id_date_all_key"
    on "LiteLLM_DailyOrganizationSpend" ("organization_id", "date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint");
create index if not exists "LiteLLM_DailyOrganizationSpend_date_idx"
    on "LiteLLM_DailyOrganizationSpend" ("date");
create index if not exists "LiteLLM_DailyOrganizationSpend_organization_id_date_idx"
    on "LiteLLM_DailyOrganizationSpend" ("organization_id", "date");
create index if not exists "LiteLLM_DailyOrganizationSpend_api_key_idx"
    on "LiteLLM_DailyOrganizationSpend" ("api_key");
create index if not exists "LiteLLM_DailyOrganizationSpend_model_idx"
    on "LiteLLM_DailyOrganizationSpend" ("model");
create index if not exists "LiteLLM_DailyOrganizationSpend_endpoint_idx"
    on "LiteLLM_DailyOrganizationSpend" ("endpoint");

create table if not exists "LiteLLM_DailyEndUserSpend" (
    "id" text primary key not null,
    "end_user_id" text,
    "date" text not null,
    "api_key" text not null,
    "model" text,
    "model_group" text,
    "custom_llm_provider" text,
    "mcp_namespaced_tool_name" text,
    "endpoint" text,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "cache_read_input_tokens" integer not null default 0,
    "cache_creation_input_tokens" integer not null default 0,
    "api_requests" integer not null default 0,
    "successful_requests" integer not null default 0,
    "failed_requests" integer not null default 0,
    "spend" real not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DailyEndUserSpend_end_user_id_date_all_key"
    on "LiteLLM_DailyEndUserSpend" ("end_user_id", "date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint");
create index if not exists "LiteLLM_DailyEndUserSpend_date_idx"
    on "LiteLLM_DailyEndUserSpend" ("date");
create index if not exists "LiteLLM_DailyEndUserSpend_end_user_id_date_idx"
    on "LiteLLM_DailyEndUserSpend" ("end_user_id", "date");
create index if not exists "LiteLLM_DailyEndUserSpend_api_key_idx"
    on "LiteLLM_DailyEndUserSpend" ("api_key");
create index if not exists "LiteLLM_DailyEndUserSpend_model_idx"
    on "LiteLLM_DailyEndUserSpend" ("model");
create index if not exists "LiteLLM_DailyEndUserSpend_endpoint_idx"
    on "LiteLLM_DailyEndUserSpend" ("endpoint");

create table if not exists "LiteLLM_DailyTagSpend" (
    "id" text primary key not null,
    "tag" text,
    "date" text not null,
    "api_key" text not null,
    "model" text,
    "model_group" text,
    "custom_llm_provider" text,
    "mcp_namespaced_tool_name" text,
    "endpoint" text,
    "prompt_tokens" integer not null default 0,
    "completion_tokens" integer not null default 0,
    "cache_read_input_tokens" integer not null default 0,
    "cache_creation_input_tokens" integer not null default 0,
    "api_requests" integer not null default 0,
    "successful_requests" integer not null default 0,
    "failed_requests" integer not null default 0,
    "spend" real not null default 0,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
);
create unique index if not exists "LiteLLM_DailyTagSpend_tag_date_all_key"
    on "LiteLLM_DailyTagSpend" ("tag", "date", "api_key", "model", "custom_llm_provider", "mcp_namespaced_tool_name", "endpoint");
create index if not exists "LiteLLM_DailyTagSpend_date_idx"
    on "LiteLLM_DailyTagSpend" ("date");
create index if not exists "LiteLLM_DailyTagSpend_tag_date_idx"
    on "LiteLLM_DailyTagSpend" ("tag", "date");
create index if not exists "LiteLLM_DailyTagSpend_api_key_idx"
    on "LiteLLM_DailyTagSpend" ("api_key");
create index if not exists "LiteLLM_DailyTagSpend_model_idx"
    on "LiteLLM_DailyTagSpend" ("model");
create index if not exists "LiteLLM_DailyTagSpend_endpoint_idx"
    on "LiteLLM_DailyTagSpend" ("endpoint");

-- Who changed what.
create table if not exists "LiteLLM_AuditLog" (
    "id" text primary key not null,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "changed_by" text not null default '',
    "changed_by_api_key" text not null default '',
    "action" text not null,
    "table_name" text not null,
    "object_id" text not null,
    "before_value" json text,
    "updated_values" json text
);

-- Settings that were changed at run time.
create table if not exists "LiteLLM_Config" (
    "param_name" text primary key not null,
    "param_value" json text
);

-- Credentials of providers, sealed.
create table if not exists "LiteLLM_CredentialsTable" (
    "credential_id" text primary key not null,
    "credential_name" text not null,
    "credential_values" json text not null default '{}',
    "credential_info" json text,
    "created_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "created_by" text,
    "updated_at" timestamp text not null default (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
    "updated_by" text
);
create unique index if not exists "LiteLLM_CredentialsTable_credential_name_key"
    on "LiteLLM_CredentialsTable" ("credential_name");
