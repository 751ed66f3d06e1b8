#include "config/policy_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/core/capability.hpp"
#include "tollweir/core/price_field.hpp"

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

/// What `model_info` may say of a model, beside prices.
bool describes(std::string_view field) {
    return field == "mode" || field == "max_tokens" || field == "max_input_tokens" ||
           field == "max_output_tokens" || find_capability_field(field).has_value();
}

/// One that no price of the table has: it is kept from the upstream, and must be an amount.
void check_unknown_cost(const Section& section, const Member& entry) {
    const auto price = as_number(entry.value);
    if (price && std::isfinite(*price) && *price >= 0) return;
    section.findings().error(
        entry.value.at, section.path(entry.key),
        "expected a price in dollars, 0 or more, found " + describe(entry.value));
}

void take_override(const Section& section, const Member& entry,
                   std::vector<PriceOverride>& overrides) {
    auto json = to_json(entry.value);
    ModelPrice scratch;
    const auto set = set_price_field(scratch, entry.key, json);
    const bool is_number = json != "null";  // else .inf or .nan
    if (!set || !is_number) {
        // Limits and the mode are read, and their errors told, where the request needs them.
        const bool is_price = is_price_name(entry.key);
        const auto expected = set ? "expected a finite price in dollars" : set.error().message;
        if (is_price || find_capability_field(entry.key))
            section.findings().error(entry.value.at, section.path(entry.key),
                                     expected + ", found " + describe(entry.value));
        return;
    }
    if (std::ranges::find(overrides, entry.key, &PriceOverride::first) == overrides.end())
        overrides.emplace_back(entry.key, std::move(json));
}

void read_overrides(const Section& section, bool is_info, std::vector<PriceOverride>& overrides) {
    for (const auto& entry : section.entries()) {
        if (entry.value.is_null()) continue;
        if (is_price_name(entry.key) || (is_info && describes(entry.key))) {
            take_override(section, entry, overrides);
        } else if (names_cost(entry.key)) {
            check_unknown_cost(section, entry);
        }
    }
}

}  // namespace

bool names_cost(std::string_view key) {
    return key.contains("_cost_") || key.ends_with("_cost") || is_price_name(key);
}

void read_policy(const DeploymentEntry& entry, Deployment& deployment) {
    DeploymentPolicy& policy = deployment.policy;
    read_limits(entry.params, entry.info, policy);
    read_visibility(entry.params, entry.info, policy);
    read_switches(entry, policy);
    read_facts(entry.info, policy);
    read_cloud(entry.params, policy);
    read_overrides(entry.params, false, deployment.price_overrides);
    read_overrides(entry.info, true, deployment.price_overrides);
}

}  // namespace tollweir
