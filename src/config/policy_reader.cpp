#include "config/policy_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1};

std::optional<Pattern> compile(const Section& section, std::string_view key,
                               const std::string& text) {
    auto pattern = Pattern::compile(text);
    if (pattern) return std::move(*pattern);
    section.error(key, "`" + text.substr(0, 60) + "` is no regular expression: " + pattern.error());
    return std::nullopt;
}

void read_limits(const Section& params, const Section& info, DeploymentPolicy& policy) {
    policy.num_retries = params.limit("num_retries");
    policy.allowed_fails = params.limit("allowed_fails");
    const auto of_info = info.limit("allowed_fails");
    if (!policy.allowed_fails) policy.allowed_fails = of_info;
    const ErrorCounts own = read_allowed_fails(
        Section(params.map("allowed_fails_policy"), params.path("allowed_fails_policy"),
                "litellm_params.allowed_fails_policy", params.findings()));
    const ErrorCounts nested = read_allowed_fails(
        Section(info.map("allowed_fails_policy"), info.path("allowed_fails_policy"),
                "model_info.allowed_fails_policy", info.findings()));
    policy.allowed_fails_by_error = own == ErrorCounts{} ? nested : own;
    policy.cooldown_time = params.duration("cooldown_time", milliseconds(0));
    policy.max_parallel_requests = params.limit("max_parallel_requests");
    policy.max_budget = params.dollars("max_budget");
    policy.budget_duration = params.period("budget_duration");
    policy.max_file_bytes = params.megabytes("max_file_size_mb");
}

/// `["api_key", {"api_base": "^https://...$"}]`.
std::vector<ClientSideParam> read_client_side_params(const Section& params) {
    constexpr std::string_view kKey = "configurable_clientside_auth_params";
    std::vector<ClientSideParam> found;
    const Node* list = params.list(kKey);
    if (list == nullptr) return found;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        const Node* pattern = item.members.size() == 1 ? &item.members[0].value : nullptr;
        if (const auto name = as_text(item)) {
            found.push_back({*name, std::nullopt});
        } else if (pattern != nullptr && pattern->kind == Node::Kind::text) {
            if (auto compiled = compile(params, kKey, pattern->text))
                found.push_back({item.members[0].key, std::move(compiled)});
        } else {
            params.findings().error(
                item.at, item_path(params.path(kKey), i),
                "expected the name of a parameter, or `name: pattern`, found " + describe(item));
        }
    }
    return found;
}

void read_visibility(const Section& params, const Section& info, DeploymentPolicy& policy) {
    static constexpr std::array<std::string_view, 2> kTiers = {"free", "paid"};
    policy.tags = params.texts("tags");
    for (const auto& text : params.texts("tag_regex"))
        if (auto pattern = compile(params, "tag_regex", text))
            policy.tag_patterns.push_back(std::move(*pattern));
    policy.region = params.text("region_name").value_or("");
    policy.silent_model = params.text("silent_model").value_or("");
    policy.access_groups = info.texts("access_groups");
    policy.team_id = info.text("team_id").value_or("");
    policy.team_public_model_name = info.text("team_public_model_name").value_or("");
    if (const auto tier = info.one_of("tier", kTiers)) policy.tier = kTiers[*tier];
}

void read_switches(const DeploymentEntry& entry, DeploymentPolicy& policy) {
    const Section& params = entry.params;
    policy.client_side_params = read_client_side_params(params);
    set_from(params.boolean("use_in_pass_through"), policy.use_in_pass_through);
    policy.modify_params = params.boolean("modify_params").value_or(entry.context.modify_params);
    set_from(params.boolean("merge_reasoning_content_in_choices"), policy.merge_reasoning);
    set_from(params.boolean("mock_timeout"), policy.mock_timeout);
    if (const Node* sources = params.list("dataSources"))
        policy.data_sources_json = to_json(*sources);
}

void read_facts(const Section& info, DeploymentPolicy& policy) {
    policy.max_tokens = info.limit("max_tokens");
    policy.max_input_tokens = info.limit("max_input_tokens");
    policy.max_output_tokens = info.limit("max_output_tokens");
    policy.health_check_model = info.text("health_check_model").value_or("");
    policy.health_check_voice = info.text("health_check_voice").value_or("");
    policy.health_check_timeout = info.duration("health_check_timeout", kShortest);
    policy.background_health_check =
        !info.boolean("disable_background_health_check").value_or(false);
    const Section tokenizer = info.section("custom_tokenizer");
    if (!tokenizer.present()) return;
    CustomTokenizer custom;
    custom.identifier = tokenizer.text("identifier").value_or("");
    custom.revision = tokenizer.text("revision").value_or("");
    custom.auth_token = tokenizer.secret("auth_token");
    policy.tokenizer = std::make_shared<const CustomTokenizer>(std::move(custom));
}

/// Null where none of it is given: of a thousand deployments few have any.
std::shared_ptr<const AwsAccess> read_aws(const Section& params) {
    AwsAccess aws;
    const auto text = [&](std::string_view key) { return params.text(key).value_or(""); };
    aws.access_key_id = params.secret("aws_access_key_id");
    aws.secret_access_key = params.secret("aws_secret_access_key");
    aws.session_token = params.secret("aws_session_token");
    aws.web_identity_token = params.secret("aws_web_identity_token");
    aws.region = text("aws_region_name");
    aws.profile = text("aws_profile_name");
    aws.role = text("aws_role_name");
    aws.session_name = text("aws_session_name");
    aws.sts_endpoint = params.url("aws_sts_endpoint").value_or("");
    aws.external_id = text("aws_external_id");
    aws.bedrock_endpoint = params.url("aws_bedrock_runtime_endpoint").value_or("");
    return aws == AwsAccess{} ? nullptr : std::make_shared<const AwsAccess>(std::move(aws));
}

void read_cloud(const Section& params, DeploymentPolicy& policy) {
    policy.aws = read_aws(params);
    VertexAccess vertex = read_vertex(params);
    if (vertex != VertexAccess{})
        policy.vertex = std::make_shared<const VertexAccess>(std::move(vertex));
    policy.watsonx_region = params.text("watsonx_region_name").value_or("");
}

using Costs = std::vector<std::pair<std::string, std::string>>;

/// A price as a decimal text that JSON could hold.
void take_cost(const Section& section, const std::string& name, const Node& node, Costs& costs) {
    const auto value = as_number(node);
    if (!value || !std::isfinite(*value) || *value < 0) {
        section.findings().error(node.at, section.path(name),
                                 "expected a price in dollars, 0 or more, found " + describe(node));
        return;
    }
    std::string text(trimmed(node.text));
    if (!is_json_number(text)) {
        text.clear();
        JsonWriter(text).number(*value);
    }
    if (std::ranges::find(costs, name, &Costs::value_type::first) == costs.end())
        costs.emplace_back(name, std::move(text));
}

/// Some prices are mappings: `search_context_cost_per_query: {search_context_size_low: 0.03}`.
void read_costs(const Section& section, Costs& costs) {
    for (const auto& entry : section.entries()) {
        if (!names_cost(entry.key) || entry.value.is_null()) continue;
        if (entry.value.kind != Node::Kind::map) {
            take_cost(section, entry.key, entry.value, costs);
            continue;
        }
        for (const auto& part : entry.value.members)
            if (!part.value.is_null())
                take_cost(section, entry.key + '.' + part.key, part.value, costs);
    }
}

}  // namespace

bool names_cost(std::string_view key) {
    return key.contains("_cost_") || key.ends_with("_cost");
}

void read_policy(const DeploymentEntry& entry, Deployment& deployment) {
    DeploymentPolicy& policy = deployment.policy;
    read_limits(entry.params, entry.info, policy);
    read_visibility(entry.params, entry.info, policy);
    read_switches(entry, policy);
    read_facts(entry.info, policy);
    read_cloud(entry.params, policy);
    read_costs(entry.params, deployment.cost_overrides);
    read_costs(entry.info, deployment.cost_overrides);
}

}  // namespace tollweir
