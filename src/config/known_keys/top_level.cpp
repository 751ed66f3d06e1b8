#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Source: spec/config.md, section 4; `users` and `teams`: section 7.5.
// clang-format off
constexpr KnownKey kTop[] = {
    {"include", texts, active, "", "Other files, relative to this one: mappings merge, lists append, single values of theirs win."},
    {"environment_variables", map, active, "", "Variables that references of this configuration see first."},
    {"model_list", list, active, "", "The deployments; entries of one `model_name` form a group."},
    {"credential_list", list, active, "", "Credentials that deployments share by name."},
    {"litellm_settings", map, active, "", "Behaviour of calls: parameters, retries, cache, callbacks, budgets."},
    {"router_settings", map, active, "", "How a deployment is chosen, and what happens when it fails."},
    {"general_settings", map, active, "", "The server: keys, database, access, health, alerts."},
    {"tollweir_settings", map, active, "", "What LiteLLM has no key for."},
    {"guardrails", list, later, "", "Checks of prompts and answers."},
    {"callback_settings", map, later, "", "Options of each callback, by its name."},
    {"assistant_settings", map, later, "", "Whose assistants and threads are served."},
    {"files_settings", list, later, "", "Credentials for files and batches, one a provider."},
    {"finetune_settings", list, later, "", "Credentials for fine-tuning jobs, one a provider."},
    {"default_vertex_config", map, later, "", "Project, location and credentials for the Vertex pass-through."},
    {"search_tools", list, later, "", "Web searches that clients may ask for by name."},
    {"users", list, active, "", "Users of the gateway with their budgets.", "in LiteLLM they are made through the management API"},
    {"teams", list, active, "", "Teams of users with their budgets.", "in LiteLLM they are made through the management API"},
    {"prompts", list, later, "", "Prompt templates."},
    {"policies", any, later, "", "Named sets of guardrails."},
    {"policy_attachments", list, later, "", "What each policy applies to."},
    {"vector_store_registry", list, later, "", "Vector stores that requests may name."},
    {"agent_list", list, later, "", "Agents served at /a2a."},
    {"mcp_servers", map, later, "", "MCP servers behind the gateway."},
    {"mcp_tools", list, later, "", "Tools served at /mcp."},
    {"master_key", secret, active, "", "Read here too.", "it belongs in `general_settings`"},
};

constexpr KnownKey kCredential[] = {
    {"credential_name", text, active, "", "The name that `litellm_credential_name` gives."},
    {"credential_values", map, active, "", "`api_key`, `api_base` and others; for what the deployment does not say itself."},
    {"credential_info", map, active, "", "A description for people."},
};

constexpr KnownKey kGuardrail[] = {
    {"guardrail_name", text, later, "", "The name that requests, keys and teams give."},
    {"litellm_params", map, later, "", "Which guardrail, when, and its own parameters."},
    {"guardrail_info", any, later, "", "Shown to those who list guardrails."},
};

constexpr KnownKey kGuardrailParams[] = {
    {"guardrail", text, later, "", "Whose: `presidio`, `bedrock`, `generic_guardrail_api`, ..."},
    {"mode", any, later, "", "`pre_call`, `during_call`, `post_call`, `logging_only`: one, a list, or `{tags: {tag: mode}, default: mode}`."},
    {"default_on", boolean, later, "false", "Whether it runs without being asked for."},
    {"api_key", secret, later, "", "Key of the guardrail's service."},
    {"api_base", url, later, "", "Address of the guardrail's service."},
    {"headers", map, later, "", "Headers sent to the service."},
    {"extra_headers", texts, later, "", "Headers of the client that are sent on to the service."},
    {"additional_provider_specific_params", map, later, "", "Sent to the generic service with each call."},
    {"unreachable_fallback", choice, later, "fail_closed", "`fail_closed` or `fail_open`: what happens when the service is away."},
    {"timeout", seconds, later, "5", "How long one check may take."},
};

constexpr KnownKey kCallback[] = {
    {"callback_type", text, later, "", "`generic_api`: an HTTP endpoint."},
    {"message_logging", boolean, later, "true", "Whether prompts and answers are sent."},
    {"endpoint", url, later, "", "Where events are posted."},
    {"headers", map, later, "", "Headers of the posts."},
    {"event_types", texts, later, "", "`llm_api_success`, `llm_api_failure`; both where absent."},
    {"log_format", choice, later, "json_array", "`json_array`, `ndjson` or `single`."},
    {"batch_size", integer, later, "", "Events a post; DEFAULT_BATCH_SIZE where absent."},
    {"flush_interval", seconds, later, "", "How long events wait for company; DEFAULT_FLUSH_INTERVAL_SECONDS where absent."},
};

constexpr KnownKey kAssistants[] = {
    {"custom_llm_provider", choice, later, "", "`openai` or `azure`."},
    {"litellm_params", map, later, "", "Credentials for it."},
};

constexpr KnownKey kProviderAccess[] = {
    {"custom_llm_provider", text, later, "", "Whose credentials these are."},
    {"api_key", secret, later, "", ""},
    {"api_base", url, later, "", ""},
    {"api_version", text, later, "", ""},
};

constexpr KnownKey kVertex[] = {
    {"vertex_project", text, later, "", ""},
    {"vertex_location", text, later, "", ""},
    {"vertex_credentials", secret, later, "", "A path, or the JSON of a service account."},
};

constexpr KnownKey kSearchTool[] = {
    {"search_tool_name", text, later, "", "The name that clients give."},
    {"litellm_params", map, later, "", ""},
    {"search_tool_info", map, later, "", "A description for people."},
};

constexpr KnownKey kSearchParams[] = {
    {"search_provider", text, later, "", "Whose search it is."},
    {"api_key", secret, later, "", ""},
    {"api_base", url, later, "", ""},
    {"timeout", seconds, later, "", ""},
    {"max_retries", integer, later, "", ""},
};

constexpr KnownKey kUser[] = {
    {"user_id", text, active, "", "The user's id; required."},
    {"user_email", text, active, "", ""},
    {"user_alias", text, active, "", ""},
    {"user_role", text, active, "", ""},
    {"models", texts, active, "", "Models the user may call; `*` stands for all."},
    {"spend_limit", dollars, active, "", "Budget in USD.", "in LiteLLM it is `max_budget`"},
    {"max_budget", dollars, active, "", "Budget in USD."},
    {"duration", period, active, "", "When the budget begins anew.", "in LiteLLM it is `budget_duration`"},
    {"budget_duration", period, active, "", "When the budget begins anew."},
    {"rpm_limit", integer, active, "", "Requests a minute."},
    {"tpm_limit", integer, active, "", "Tokens a minute."},
    {"aliases", map, active, "{}", "Names that its keys may ask for, and what they get; for keys without aliases of their own."},
    {"config", map, active, "{}", "Without effect: LiteLLM has deprecated it."},
    {"metadata", map, active, "{}", "Free."},
};

constexpr KnownKey kTeam[] = {
    {"team_id", text, active, "", "The team's id; required."},
    {"team_alias", text, active, "", "Its name for people."},
    {"members", texts, active, "[]", "Ids of its users."},
    {"models", texts, active, "", "Models the team may call."},
    {"spend_limit", dollars, active, "", "Budget in USD.", "in LiteLLM it is `max_budget`"},
    {"max_budget", dollars, active, "", "Budget in USD."},
    {"duration", period, active, "", "When the budget begins anew.", "in LiteLLM it is `budget_duration`"},
    {"budget_duration", period, active, "", "When the budget begins anew."},
    {"rpm_limit", integer, active, "", "Requests a minute."},
    {"tpm_limit", integer, active, "", "Tokens a minute."},
    {"metadata", map, active, "{}", "Free."},
};

constexpr KeyTable kTables[] = {
    {"", kTop},
    {"credential_list[]", kCredential},
    {"guardrails[]", kGuardrail},
    {"guardrails[].litellm_params", kGuardrailParams, true},
    {"callback_settings.*", kCallback, true},
    {"assistant_settings", kAssistants},
    {"assistant_settings.litellm_params", kProviderAccess, true},
    {"files_settings[]", kProviderAccess, true},
    {"finetune_settings[]", kProviderAccess, true},
    {"default_vertex_config", kVertex},
    {"search_tools[]", kSearchTool},
    {"search_tools[].litellm_params", kSearchParams, true},
    {"users[]", kUser},
    {"teams[]", kTeam},
};
// clang-format on

}  // namespace

std::span<const KeyTable> top_level_tables() {
    return kTables;
}

}  // namespace tollweir
