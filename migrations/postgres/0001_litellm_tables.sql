-- LiteLLM's tables, under its names (spec: management API, section 6). A database of LiteLLM's is taken
-- over as it stands: what is there is left alone, what an older version lacks is added. Each table is
-- made with its key alone; the columns follow, so that they stand here once.

-- Limits that several rows share.
create table if not exists "LiteLLM_BudgetTable" ("budget_id" text primary key);
alter table "LiteLLM_BudgetTable"
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "soft_budget" double precision,
    add column if not exists "model_max_budget" jsonb,
    add column if not exists "allowed_models" text[] default '{}',
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- Virtual keys; `token` is the hash.
create table if not exists "LiteLLM_VerificationToken" ("token" text primary key);
alter table "LiteLLM_VerificationToken"
    add column if not exists "key_name" text,
    add column if not exists "key_alias" text,
    add column if not exists "soft_budget_cooldown" boolean not null default false,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "expires" timestamp(3),
    add column if not exists "models" text[] default '{}',
    add column if not exists "aliases" jsonb not null default '{}',
    add column if not exists "config" jsonb not null default '{}',
    add column if not exists "router_settings" jsonb,
    add column if not exists "user_id" text,
    add column if not exists "team_id" text,
    add column if not exists "agent_id" text,
    add column if not exists "project_id" text,
    add column if not exists "organization_id" text,
    add column if not exists "budget_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "permissions" jsonb not null default '{}',
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "blocked" boolean,
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "allowed_cache_controls" text[] default '{}',
    add column if not exists "allowed_routes" text[] default '{}',
    add column if not exists "policies" text[] default '{}',
    add column if not exists "access_group_ids" text[] default '{}',
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_max_budget" jsonb not null default '{}',
    add column if not exists "budget_limits" jsonb,
    add column if not exists "last_active" timestamp(3),
    add column if not exists "rotation_count" integer not null default 0,
    add column if not exists "auto_rotate" boolean not null default false,
    add column if not exists "rotation_interval" text,
    add column if not exists "last_rotation_at" timestamp(3),
    add column if not exists "key_rotation_at" timestamp(3),
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- Keys that were rotated and still work for a while.
create table if not exists "LiteLLM_DeprecatedVerificationToken" ("id" text primary key);
alter table "LiteLLM_DeprecatedVerificationToken"
    add column if not exists "token" text not null,
    add column if not exists "active_token_id" text,
    add column if not exists "revoke_at" timestamp(3),
    add column if not exists "created_at" timestamp(3) not null default current_timestamp;

-- Keys that were deleted, as they were.
create table if not exists "LiteLLM_DeletedVerificationToken" ("id" text primary key);
alter table "LiteLLM_DeletedVerificationToken"
    add column if not exists "token" text not null,
    add column if not exists "key_name" text,
    add column if not exists "key_alias" text,
    add column if not exists "soft_budget_cooldown" boolean not null default false,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "expires" timestamp(3),
    add column if not exists "models" text[] default '{}',
    add column if not exists "aliases" jsonb not null default '{}',
    add column if not exists "config" jsonb not null default '{}',
    add column if not exists "router_settings" jsonb,
    add column if not exists "user_id" text,
    add column if not exists "team_id" text,
    add column if not exists "agent_id" text,
    add column if not exists "project_id" text,
    add column if not exists "organization_id" text,
    add column if not exists "budget_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "permissions" jsonb not null default '{}',
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "blocked" boolean,
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "allowed_cache_controls" text[] default '{}',
    add column if not exists "allowed_routes" text[] default '{}',
    add column if not exists "policies" text[] default '{}',
    add column if not exists "access_group_ids" text[] default '{}',
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_max_budget" jsonb not null default '{}',
    add column if not exists "budget_limits" jsonb,
    add column if not exists "last_active" timestamp(3),
    add column if not exists "rotation_count" integer not null default 0,
    add column if not exists "auto_rotate" boolean not null default false,
    add column if not exists "rotation_interval" text,
    add column if not exists "last_rotation_at" timestamp(3),
    add column if not exists "key_rotation_at" timestamp(3),
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text,
    add column if not exists "deleted_at" timestamp(3) not null default current_timestamp,
    add column if not exists "deleted_by" text,
    add column if not exists "deleted_by_api_key" text,
    add column if not exists "litellm_changed_by" text;

-- Teams.
create table if not exists "LiteLLM_TeamTable" ("team_id" text primary key);
alter table "LiteLLM_TeamTable"
    add column if not exists "team_alias" text,
    add column if not exists "organization_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "admins" text[] default '{}',
    add column if not exists "members" text[] default '{}',
    add column if not exists "members_with_roles" jsonb not null default '{}',
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "soft_budget" double precision,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "models" text[] default '{}',
    add column if not exists "blocked" boolean not null default false,
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_max_budget" jsonb not null default '{}',
    add column if not exists "budget_limits" jsonb,
    add column if not exists "router_settings" jsonb,
    add column if not exists "team_member_permissions" text[] default '{}',
    add column if not exists "access_group_ids" text[] default '{}',
    add column if not exists "policies" text[] default '{}',
    add column if not exists "default_team_member_models" text[] default '{}',
    add column if not exists "model_id" integer,
    add column if not exists "allow_team_guardrail_config" boolean not null default false,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

-- Teams that were deleted, as they were.
create table if not exists "LiteLLM_DeletedTeamTable" ("id" text primary key);
alter table "LiteLLM_DeletedTeamTable"
    add column if not exists "team_id" text not null,
    add column if not exists "team_alias" text,
    add column if not exists "organization_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "admins" text[] default '{}',
    add column if not exists "members" text[] default '{}',
    add column if not exists "members_with_roles" jsonb not null default '{}',
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "soft_budget" double precision,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "models" text[] default '{}',
    add column if not exists "blocked" boolean not null default false,
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_max_budget" jsonb not null default '{}',
    add column if not exists "budget_limits" jsonb,
    add column if not exists "router_settings" jsonb,
    add column if not exists "team_member_permissions" text[] default '{}',
    add column if not exists "access_group_ids" text[] default '{}',
    add column if not exists "policies" text[] default '{}',
    add column if not exists "default_team_member_models" text[] default '{}',
    add column if not exists "model_id" integer,
    add column if not exists "allow_team_guardrail_config" boolean not null default false,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "deleted_at" timestamp(3) not null default current_timestamp,
    add column if not exists "deleted_by" text,
    add column if not exists "deleted_by_api_key" text,
    add column if not exists "litellm_changed_by" text;

-- Users.
create table if not exists "LiteLLM_UserTable" ("user_id" text primary key);
alter table "LiteLLM_UserTable"
    add column if not exists "user_alias" text,
    add column if not exists "team_id" text,
    add column if not exists "sso_user_id" text,
    add column if not exists "organization_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "password" text,
    add column if not exists "user_email" text,
    add column if not exists "user_role" text,
    add column if not exists "teams" text[] default '{}',
    add column if not exists "models" text[] default '{}',
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "max_budget" double precision,
    add column if not exists "budget_duration" text,
    add column if not exists "budget_reset_at" timestamp(3),
    add column if not exists "max_parallel_requests" integer,
    add column if not exists "tpm_limit" bigint,
    add column if not exists "rpm_limit" bigint,
    add column if not exists "allowed_cache_controls" text[] default '{}',
    add column if not exists "policies" text[] default '{}',
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_max_budget" jsonb not null default '{}',
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

-- What a user spends in a team.
create table if not exists "LiteLLM_TeamMembership" ("user_id" text not null, "team_id" text not null, primary key ("user_id", "team_id"));
alter table "LiteLLM_TeamMembership"
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "total_spend" double precision not null default 0,
    add column if not exists "budget_id" text;

-- Organisations.
create table if not exists "LiteLLM_OrganizationTable" ("organization_id" text primary key);
alter table "LiteLLM_OrganizationTable"
    add column if not exists "organization_alias" text not null,
    add column if not exists "budget_id" text not null,
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "models" text[] default '{}',
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "object_permission_id" text,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

create table if not exists "LiteLLM_OrganizationMembership" ("user_id" text not null, "organization_id" text not null, primary key ("user_id", "organization_id"));
alter table "LiteLLM_OrganizationMembership"
    add column if not exists "user_role" text,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "budget_id" text,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

-- Projects.
create table if not exists "LiteLLM_ProjectTable" ("project_id" text primary key);
alter table "LiteLLM_ProjectTable"
    add column if not exists "project_alias" text,
    add column if not exists "description" text,
    add column if not exists "team_id" text,
    add column if not exists "budget_id" text,
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "models" text[] default '{}',
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "model_spend" jsonb not null default '{}',
    add column if not exists "model_rpm_limit" jsonb not null default '{}',
    add column if not exists "model_tpm_limit" jsonb not null default '{}',
    add column if not exists "blocked" boolean not null default false,
    add column if not exists "object_permission_id" text,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- Customers: the end users that requests name.
create table if not exists "LiteLLM_EndUserTable" ("user_id" text primary key);
alter table "LiteLLM_EndUserTable"
    add column if not exists "alias" text,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "allowed_model_region" text,
    add column if not exists "default_model" text,
    add column if not exists "budget_id" text,
    add column if not exists "object_permission_id" text,
    add column if not exists "blocked" boolean not null default false;

-- Tags with budgets.
create table if not exists "LiteLLM_TagTable" ("tag_name" text primary key);
alter table "LiteLLM_TagTable"
    add column if not exists "description" text,
    add column if not exists "models" text[] default '{}',
    add column if not exists "model_info" jsonb,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "budget_id" text,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

-- Teams' names for models.
create table if not exists "LiteLLM_ModelTable" ("id" serial primary key);
alter table "LiteLLM_ModelTable"
    add column if not exists "aliases" jsonb not null default '{}',
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- Models that were added at run time.
create table if not exists "LiteLLM_ProxyModelTable" ("model_id" text primary key);
alter table "LiteLLM_ProxyModelTable"
    add column if not exists "model_name" text not null,
    add column if not exists "litellm_params" jsonb not null default '{}',
    add column if not exists "model_info" jsonb,
    add column if not exists "blocked" boolean not null default false,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

create table if not exists "LiteLLM_ObjectPermissionTable" ("object_permission_id" text primary key);
alter table "LiteLLM_ObjectPermissionTable"
    add column if not exists "mcp_servers" text[] default '{}',
    add column if not exists "mcp_access_groups" text[] default '{}',
    add column if not exists "vector_stores" text[] default '{}',
    add column if not exists "agents" text[] default '{}',
    add column if not exists "agent_access_groups" text[] default '{}',
    add column if not exists "models" text[] default '{}',
    add column if not exists "blocked_tools" text[] default '{}',
    add column if not exists "mcp_toolsets" text[] default '{}',
    add column if not exists "search_tools" text[] default '{}',
    add column if not exists "mcp_tool_permissions" jsonb;

create table if not exists "LiteLLM_AccessGroupTable" ("access_group_id" text primary key);
alter table "LiteLLM_AccessGroupTable"
    add column if not exists "access_group_name" text not null,
    add column if not exists "description" text,
    add column if not exists "access_model_names" text[] default '{}',
    add column if not exists "access_mcp_server_ids" text[] default '{}',
    add column if not exists "access_agent_ids" text[] default '{}',
    add column if not exists "assigned_team_ids" text[] default '{}',
    add column if not exists "assigned_key_ids" text[] default '{}',
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- One row a call.
create table if not exists "LiteLLM_SpendLogs" ("request_id" text primary key);
alter table "LiteLLM_SpendLogs"
    add column if not exists "call_type" text not null,
    add column if not exists "api_key" text not null default '',
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "total_tokens" integer not null default 0,
    add column if not exists "prompt_tokens" integer not null default 0,
    add column if not exists "completion_tokens" integer not null default 0,
    add column if not exists "startTime" timestamp(3) not null default current_timestamp,
    add column if not exists "endTime" timestamp(3) not null default current_timestamp,
    add column if not exists "completionStartTime" timestamp(3),
    add column if not exists "request_duration_ms" integer,
    add column if not exists "model" text not null default '',
    add column if not exists "model_id" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "api_base" text,
    add column if not exists "user" text,
    add column if not exists "team_id" text,
    add column if not exists "organization_id" text,
    add column if not exists "end_user" text,
    add column if not exists "agent_id" text,
    add column if not exists "metadata" jsonb not null default '{}',
    add column if not exists "cache_hit" text,
    add column if not exists "cache_key" text,
    add column if not exists "request_tags" jsonb default '[]',
    add column if not exists "requester_ip_address" text,
    add column if not exists "messages" jsonb,
    add column if not exists "response" jsonb,
    add column if not exists "proxy_server_request" jsonb,
    add column if not exists "session_id" text,
    add column if not exists "status" text,
    add column if not exists "mcp_namespaced_tool_name" text;

-- Sums by day, model and key.
create table if not exists "LiteLLM_DailyUserSpend" ("id" text primary key);
alter table "LiteLLM_DailyUserSpend"
    add column if not exists "user_id" text,
    add column if not exists "date" text not null,
    add column if not exists "api_key" text not null,
    add column if not exists "model" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "mcp_namespaced_tool_name" text,
    add column if not exists "endpoint" text,
    add column if not exists "prompt_tokens" bigint not null default 0,
    add column if not exists "completion_tokens" bigint not null default 0,
    add column if not exists "cache_read_input_tokens" bigint not null default 0,
    add column if not exists "cache_creation_input_tokens" bigint not null default 0,
    add column if not exists "api_requests" bigint not null default 0,
    add column if not exists "successful_requests" bigint not null default 0,
    add column if not exists "failed_requests" bigint not null default 0,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

create table if not exists "LiteLLM_DailyTeamSpend" ("id" text primary key);
alter table "LiteLLM_DailyTeamSpend"
    add column if not exists "team_id" text,
    add column if not exists "date" text not null,
    add column if not exists "api_key" text not null,
    add column if not exists "model" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "mcp_namespaced_tool_name" text,
    add column if not exists "endpoint" text,
    add column if not exists "prompt_tokens" bigint not null default 0,
    add column if not exists "completion_tokens" bigint not null default 0,
    add column if not exists "cache_read_input_tokens" bigint not null default 0,
    add column if not exists "cache_creation_input_tokens" bigint not null default 0,
    add column if not exists "api_requests" bigint not null default 0,
    add column if not exists "successful_requests" bigint not null default 0,
    add column if not exists "failed_requests" bigint not null default 0,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

create table if not exists "LiteLLM_DailyOrganizationSpend" ("id" text primary key);
alter table "LiteLLM_DailyOrganizationSpend"
    add column if not exists "organization_id" text,
    add column if not exists "date" text not null,
    add column if not exists "api_key" text not null,
    add column if not exists "model" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "mcp_namespaced_tool_name" text,
    add column if not exists "endpoint" text,
    add column if not exists "prompt_tokens" bigint not null default 0,
    add column if not exists "completion_tokens" bigint not null default 0,
    add column if not exists "cache_read_input_tokens" bigint not null default 0,
    add column if not exists "cache_creation_input_tokens" bigint not null default 0,
    add column if not exists "api_requests" bigint not null default 0,
    add column if not exists "successful_requests" bigint not null default 0,
    add column if not exists "failed_requests" bigint not null default 0,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

create table if not exists "LiteLLM_DailyEndUserSpend" ("id" text primary key);
alter table "LiteLLM_DailyEndUserSpend"
    add column if not exists "end_user_id" text,
    add column if not exists "date" text not null,
    add column if not exists "api_key" text not null,
    add column if not exists "model" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "mcp_namespaced_tool_name" text,
    add column if not exists "endpoint" text,
    add column if not exists "prompt_tokens" bigint not null default 0,
    add column if not exists "completion_tokens" bigint not null default 0,
    add column if not exists "cache_read_input_tokens" bigint not null default 0,
    add column if not exists "cache_creation_input_tokens" bigint not null default 0,
    add column if not exists "api_requests" bigint not null default 0,
    add column if not exists "successful_requests" bigint not null default 0,
    add column if not exists "failed_requests" bigint not null default 0,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

create table if not exists "LiteLLM_DailyTagSpend" ("id" text primary key);
alter table "LiteLLM_DailyTagSpend"
    add column if not exists "tag" text,
    add column if not exists "date" text not null,
    add column if not exists "api_key" text not null,
    add column if not exists "model" text,
    add column if not exists "model_group" text,
    add column if not exists "custom_llm_provider" text,
    add column if not exists "mcp_namespaced_tool_name" text,
    add column if not exists "endpoint" text,
    add column if not exists "prompt_tokens" bigint not null default 0,
    add column if not exists "completion_tokens" bigint not null default 0,
    add column if not exists "cache_read_input_tokens" bigint not null default 0,
    add column if not exists "cache_creation_input_tokens" bigint not null default 0,
    add column if not exists "api_requests" bigint not null default 0,
    add column if not exists "successful_requests" bigint not null default 0,
    add column if not exists "failed_requests" bigint not null default 0,
    add column if not exists "spend" double precision not null default 0,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp;

-- Who changed what.
create table if not exists "LiteLLM_AuditLog" ("id" text primary key);
alter table "LiteLLM_AuditLog"
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "changed_by" text not null default '',
    add column if not exists "changed_by_api_key" text not null default '',
    add column if not exists "action" text not null,
    add column if not exists "table_name" text not null,
    add column if not exists "object_id" text not null,
    add column if not exists "before_value" jsonb,
    add column if not exists "updated_values" jsonb;

-- Settings that were changed at run time.
create table if not exists "LiteLLM_Config" ("param_name" text primary key);
alter table "LiteLLM_Config"
    add column if not exists "param_value" jsonb;

-- Credentials of providers, sealed.
create table if not exists "LiteLLM_CredentialsTable" ("credential_id" text primary key);
alter table "LiteLLM_CredentialsTable"
    add column if not exists "credential_name" text not null,
    add column if not exists "credential_values" jsonb not null default '{}',
    add column if not exists "credential_info" jsonb,
    add column if not exists "created_at" timestamp(3) not null default current_timestamp,
    add column if not exists "created_by" text,
    add column if not exists "updated_at" timestamp(3) not null default current_timestamp,
    add column if not exists "updated_by" text;

-- Indexes, where there is none over the same columns: LiteLLM's names for them have changed.
do $$
declare
    wanted record;
begin
    for wanted in select * from (values
        ('LiteLLM_VerificationToken', 'LiteLLM_VerificationToken_user_id_team_id_idx', '{user_id,team_id}', false),
        ('LiteLLM_VerificationToken', 'LiteLLM_VerificationToken_team_id_idx', '{team_id}', false),
        ('LiteLLM_VerificationToken', 'LiteLLM_VerificationToken_budget_reset_at_expires_idx', '{budget_reset_at,expires}', false),
        ('LiteLLM_DeprecatedVerificationToken', 'LiteLLM_DeprecatedVerificationToken_token_key', '{token}', true),
        ('LiteLLM_DeprecatedVerificationToken', 'LiteLLM_DeprecatedVerificationToken_token_revoke_at_idx', '{token,revoke_at}', false),
        ('LiteLLM_DeprecatedVerificationToken', 'LiteLLM_DeprecatedVerificationToken_revoke_at_idx', '{revoke_at}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_token_idx', '{token}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_key_alias_idx', '{key_alias}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_user_id_idx', '{user_id}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_team_id_idx', '{team_id}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_organization_id_idx', '{organization_id}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_deleted_at_idx', '{deleted_at}', false),
        ('LiteLLM_DeletedVerificationToken', 'LiteLLM_DeletedVerificationToken_created_at_idx', '{created_at}', false),
        ('LiteLLM_TeamTable', 'LiteLLM_TeamTable_model_id_key', '{model_id}', true),
        ('LiteLLM_TeamTable', 'LiteLLM_TeamTable_organization_id_idx', '{organization_id}', false),
        ('LiteLLM_TeamTable', 'LiteLLM_TeamTable_team_alias_idx', '{team_alias}', false),
        ('LiteLLM_TeamTable', 'LiteLLM_TeamTable_created_at_idx', '{created_at}', false),
        ('LiteLLM_DeletedTeamTable', 'LiteLLM_DeletedTeamTable_team_id_idx', '{team_id}', false),
        ('LiteLLM_DeletedTeamTable', 'LiteLLM_DeletedTeamTable_team_alias_idx', '{team_alias}', false),
        ('LiteLLM_DeletedTeamTable', 'LiteLLM_DeletedTeamTable_organization_id_idx', '{organization_id}', false),
        ('LiteLLM_DeletedTeamTable', 'LiteLLM_DeletedTeamTable_deleted_at_idx', '{deleted_at}', false),
        ('LiteLLM_DeletedTeamTable', 'LiteLLM_DeletedTeamTable_created_at_idx', '{created_at}', false),
        ('LiteLLM_UserTable', 'LiteLLM_UserTable_sso_user_id_key', '{sso_user_id}', true),
        ('LiteLLM_AccessGroupTable', 'LiteLLM_AccessGroupTable_access_group_name_key', '{access_group_name}', true),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_user_id_date_all_key', '{user_id,date,api_key,model,custom_llm_provider,mcp_namespaced_tool_name,endpoint}', true),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_date_idx', '{date}', false),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_user_id_date_idx', '{user_id,date}', false),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_api_key_idx', '{api_key}', false),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_model_idx', '{model}', false),
        ('LiteLLM_DailyUserSpend', 'LiteLLM_DailyUserSpend_endpoint_idx', '{endpoint}', false),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_team_id_date_all_key', '{team_id,date,api_key,model,custom_llm_provider,mcp_namespaced_tool_name,endpoint}', true),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_date_idx', '{date}', false),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_team_id_date_idx', '{team_id,date}', false),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_api_key_idx', '{api_key}', false),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_model_idx', '{model}', false),
        ('LiteLLM_DailyTeamSpend', 'LiteLLM_DailyTeamSpend_endpoint_idx', '{endpoint}', false),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_organization_id_date_all_key', '{organization_id,date,api_key,model,custom_llm_provider,mcp_namespaced_tool_name,endpoint}', true),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_date_idx', '{date}', false),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_organization_id_date_idx', '{organization_id,date}', false),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_api_key_idx', '{api_key}', false),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_model_idx', '{model}', false),
        ('LiteLLM_DailyOrganizationSpend', 'LiteLLM_DailyOrganizationSpend_endpoint_idx', '{endpoint}', false),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_end_user_id_date_all_key', '{end_user_id,date,api_key,model,custom_llm_provider,mcp_namespaced_tool_name,endpoint}', true),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_date_idx', '{date}', false),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_end_user_id_date_idx', '{end_user_id,date}', false),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_api_key_idx', '{api_key}', false),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_model_idx', '{model}', false),
        ('LiteLLM_DailyEndUserSpend', 'LiteLLM_DailyEndUserSpend_endpoint_idx', '{endpoint}', false),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_tag_date_all_key', '{tag,date,api_key,model,custom_llm_provider,mcp_namespaced_tool_name,endpoint}', true),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_date_idx', '{date}', false),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_tag_date_idx', '{tag,date}', false),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_api_key_idx', '{api_key}', false),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_model_idx', '{model}', false),
        ('LiteLLM_DailyTagSpend', 'LiteLLM_DailyTagSpend_endpoint_idx', '{endpoint}', false),
        ('LiteLLM_CredentialsTable', 'LiteLLM_CredentialsTable_credential_name_key', '{credential_name}', true)
    ) as list (on_table, index_name, columns, is_unique)
    loop
        continue when exists (
            select from pg_index
            where indrelid = quote_ident(wanted.on_table)::regclass
                and (indisunique or not wanted.is_unique) and indpred is null
                and wanted.columns::text[] = array(
                    select attname::text
                    from unnest(indkey::int2[]) with ordinality as part (number, place)
                    join pg_attribute on attrelid = indrelid and attnum = part.number
                    order by part.place));
        execute format('create %s index if not exists %I on %I (%s)',
            case when wanted.is_unique then 'unique' else '' end, wanted.index_name, wanted.on_table,
            (select string_agg(quote_ident(name), ', ') from unnest(wanted.columns::text[]) as name));
    end loop;
end
$$;
