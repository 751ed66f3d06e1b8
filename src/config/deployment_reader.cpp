#include "config/deployment_reader.hpp"

#include <algorithm>
#include <optional>

#include "config/body_defaults.hpp"
#include "config/client_name.hpp"
#include "config/policy_reader.hpp"
#include "config/text_rules.hpp"
#include "config/upstream_access.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostPerMinute = 1'000'000'000'000;

void add_absent(Node& into, const Node& from) {
    for (const auto& entry : from.members) {
        Node* own = into.find(entry.key);
        if (own == nullptr)
            into.members.push_back(entry);
        else if (own->is_null())
            *own = entry.value;
    }
}

void take_credential(const DeploymentContext& context, const Section& params, Node& merged) {
    const auto name = params.text("litellm_credential_name");
    if (!name) return;
    const auto found = context.credentials.find(*name);
    if (found != context.credentials.end()) {
        add_absent(merged, *found->second);
        return;
    }
    std::vector<std::string_view> names;
    for (const auto& [known, values] : context.credentials) names.push_back(known);
    params.error("litellm_credential_name", "`credential_list` has no credential called `" +
                                                name->substr(0, 80) + "`" +
                                                did_you_mean(*name, names));
}

/// The entry's `litellm_params` with all that belongs to them.
Node merged_params(const DeploymentContext& context, const Section& entry) {
    const Node* own = entry.find("litellm_params");
    Node merged = *own;
    for (const std::string_view key : {"rpm", "tpm"}) {
        const Member* top = entry.node()->member(key);
        const Node* inner = merged.find(key);
        if (top == nullptr || (inner != nullptr && !inner->is_null())) continue;
        std::erase_if(merged.members, [&](const Member& member) { return member.key == key; });
        merged.members.push_back(*top);
    }
    const Section params(own, entry.path("litellm_params"), "litellm_params", entry.findings());
    take_credential(context, params, merged);
    if (context.defaults != nullptr) add_absent(merged, *context.defaults);
    return merged;
}

/// `model_info`, also where tools nest it in `litellm_params`.
Node merged_info(const Section& entry, const Node& params) {
    const Section section(&params, entry.path("litellm_params"), "litellm_params",
                          entry.findings());
    Node info = map_node();
    if (const Node* own = entry.map("model_info")) info = *own;
    if (const Node* nested = section.map("model_info")) add_absent(info, *nested);
    return info;
}

bool is_for_this_environment(const DeploymentEntry& entry) {
    static const std::vector<std::string_view> kEnvironments = {"development", "staging",
                                                                "production"};
    const auto listed = entry.info.texts("supported_environments");
    for (const auto& name : listed)
        if (std::ranges::find(kEnvironments, name) == kEnvironments.end())
            entry.info.error("supported_environments",
                             "no environment is called `" + name.substr(0, 60) +
                                 "`; there are development, staging and production" +
                                 did_you_mean(name, kEnvironments));
    if (listed.empty()) return true;
    const auto current = entry.environment()("LITELLM_ENVIRONMENT");
    if (!current || current->empty()) {
        entry.info.warn("supported_environments",
                        "LITELLM_ENVIRONMENT is not set, so this deployment is left out");
        return false;
    }
    return std::ranges::find(listed, *current) != listed.end();
}

void read_mock(const DeploymentEntry& entry, Deployment& deployment) {
    const Node* mock = entry.params.find("mock_response");
    if (mock != nullptr) {
        const bool is_usable = mock->kind == Node::Kind::text || mock->kind == Node::Kind::map;
        if (is_usable) deployment.mock_response = to_json(*mock);
        if (!is_usable)
            entry.params.error("mock_response",
                               "expected text or a mapping, found " + describe(*mock));
    }
    deployment.mock_delay =
        entry.params.duration("mock_delay", milliseconds(0)).value_or(milliseconds(0));
}

std::int64_t per_minute(const DeploymentEntry& entry, std::string_view key) {
    const auto value = entry.params.integer(key, 0, kMostPerMinute);
    if (value && *value == 0) entry.params.warn(key, "0 counts as not given");
    return value.value_or(0);
}

void read_times(const DeploymentEntry& entry, Deployment& deployment) {
    constexpr milliseconds kShortest{1};
    deployment.timeout = entry.params.duration("timeout", kShortest);
    const auto alias = entry.params.duration("request_timeout", kShortest);
    if (!deployment.timeout) deployment.timeout = alias;
    deployment.stream_timeout = entry.params.duration("stream_timeout", kShortest);
    if (const auto seconds = entry.context.load.overrides.request_timeout)
        deployment.timeout = milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

void read_body_fields(const DeploymentEntry& entry, Deployment& deployment) {
    deployment.defaults = read_body_defaults(entry.params);
    deployment.extra_body =
        read_json_fields(Section(entry.params.map("extra_body"), entry.params.path("extra_body"),
                                 "extra_body", entry.params.findings()));
    const auto& overrides = entry.context.load.overrides;
    if (overrides.temperature) {
        std::string json;
        JsonWriter(json).number(*overrides.temperature);
        set_field(deployment.extra_body, "temperature", std::move(json));
    }
    if (overrides.max_tokens)
        set_field(deployment.extra_body, "max_tokens", std::to_string(*overrides.max_tokens));
}

void read_routing(const DeploymentEntry& entry, Deployment& deployment) {
    deployment.weight = entry.params.number("weight", 0, 1e9).value_or(0);
    deployment.order =
        static_cast<int>(entry.params.integer("order", -1'000'000, 1'000'000).value_or(0));
    deployment.rpm = per_minute(entry, "rpm");
    deployment.tpm = per_minute(entry, "tpm");
}

void read_versions(const DeploymentEntry& entry, Deployment& deployment) {
    deployment.api_version = entry.params.text("api_version").value_or("");
    if (deployment.api_version.empty() && entry.provider->defaults.is_azure)
        deployment.api_version = entry.environment()("AZURE_API_VERSION").value_or("");
    if (has_control_character(deployment.api_version))
        entry.params.error("api_version", "holds a control character");
}

void read_info(const DeploymentEntry& entry, Deployment& deployment) {
    static const std::vector<std::string_view> kModes = {
        "chat",         "completion", "embedding",        "image_generation", "audio_transcription",
        "audio_speech", "rerank",     "responses",        "realtime",         "batch",
        "moderation",   "ocr",        "video_generation", "moderations"};
    deployment.mode = entry.info.text("mode").value_or("");
    if (!deployment.mode.empty() && std::ranges::find(kModes, deployment.mode) == kModes.end())
        entry.info.warn("mode", "no mode is called `" + deployment.mode.substr(0, 60) + "`" +
                                    did_you_mean(deployment.mode, kModes));
    deployment.base_model = entry.info.text("base_model").value_or("");
    if (deployment.base_model.empty())
        deployment.base_model = entry.params.text("base_model").value_or("");
}

/// `organization`, as one text or several; one empty text where there is none.
std::vector<std::string> organizations(const DeploymentEntry& entry, const Deployment& deployment) {
    const Node* node = entry.params.find("organization");
    std::vector<std::string> names;
    if (node != nullptr && node->kind == Node::Kind::list) {
        names = entry.params.texts("organization");
    } else if (auto one = entry.params.text("organization")) {
        names.push_back(std::move(*one));
    }
    if (names.empty() && deployment.provider->name() == "openai")
        names.push_back(entry.environment()("OPENAI_ORGANIZATION").value_or(""));
    if (names.empty()) names.emplace_back();
    for (const auto& name : names)
        if (has_control_character(name))
            entry.params.error("organization", "holds a line end or control character");
    return names;
}

/// What the deployments of an entry have in common, and the organization of each.
struct Common {
    Deployment deployment;
    std::vector<std::string> organizations;
};

/// Nothing after errors.
std::optional<Common> read_common(DeploymentEntry& entry) {
    const std::size_t errors = entry.params.findings().error_count();
    Common common;
    Deployment& deployment = common.deployment;
    deployment.group = entry.group;
    deployment.wildcard = entry.group.contains('*');  // what its access is read by
    if (!resolve_provider(entry, deployment)) return std::nullopt;
    read_mock(entry, deployment);
    read_access(entry, deployment);
    read_versions(entry, deployment);
    read_body_fields(entry, deployment);
    deployment.drop_params =
        entry.params.boolean("drop_params").value_or(entry.context.drop_params);
    deployment.additional_drop_params = entry.params.texts("additional_drop_params");
    deployment.allowed_openai_params = entry.params.texts("allowed_openai_params");
    read_times(entry, deployment);
    read_routing(entry, deployment);
    read_info(entry, deployment);
    read_policy(entry, deployment);
    deployment.wildcard = client_name(deployment).contains('*');  // a team may call it otherwise
    common.organizations = organizations(entry, deployment);
    if (entry.params.findings().error_count() != errors) return std::nullopt;
    return common;
}

/// The parameters of one deployment as `/model/info` shows them.
Node shown_params(const DeploymentEntry& entry, const Deployment& deployment) {
    Node params = without_secrets(*entry.params.node());
    std::erase_if(params.members, [](const Member& member) { return member.key == "model_info"; });
    for (const std::string_view key : {"api_base", "base_url"})
        if (Node* base = params.find(key); base != nullptr && base->kind == Node::Kind::text)
            base->text = deployment.api_base;  // a query may hold a key
    if (!deployment.organization.empty())
        set_member(params, "organization", text_node(deployment.organization, params.at));
    return params;
}

void finish(const DeploymentEntry& entry, std::size_t nth, Deployment& deployment) {
    const Node params = shown_params(entry, deployment);
    deployment.params_json = to_json(params);
    const auto written = entry.info.text("id");
    if (written && !written->empty()) {
        deployment.id = nth == 0 ? *written : *written + '-' + std::to_string(nth + 1);
        entry.context.ids.claim(deployment.id, entry.info.find("id")->at, entry.info.path("id"));
    } else {
        deployment.id = entry.context.ids.make(deployment.group, params);
    }
    Node info = without_secrets(*entry.info.node());
    set_member(info, "id", text_node(deployment.id));
    if (info.find("db_model") == nullptr) {
        Node no;
        no.kind = Node::Kind::boolean;
        set_member(info, "db_model", std::move(no));
    }
    deployment.info_json = to_json(info);
}

std::optional<std::string> read_group_name(const Section& entry) {
    auto name = entry.text("model_name");
    if (entry.find("model_name") != nullptr && !name) return std::nullopt;
    if (!name || name->empty()) {
        entry.error("model_name", "is missing: the name that clients ask for");
        return std::nullopt;
    }
    if (has_control_character(*name) || name->size() > 512) {
        entry.error("model_name", "holds a control character or is longer than 512 bytes");
        return std::nullopt;
    }
    return name;
}

}  // namespace

std::vector<Deployment> read_deployments(const DeploymentContext& context, const Node& node,
                                         const std::string& path) {
    Findings& findings = context.load.findings;
    const Section section(&node, path, "model_list[]", findings);
    if (node.is_null()) findings.error(node.at, path, "expected a mapping, found nothing");
    if (!section.present()) return {};
    const auto group = read_group_name(section);
    if (section.map("litellm_params") == nullptr) {
        if (section.find("litellm_params") == nullptr)
            section.error("litellm_params", "is missing; it needs `model` at least");
        return {};
    }
    const std::size_t errors = findings.error_count();
    const Node params = merged_params(context, section);
    const Node info = merged_info(section, params);
    DeploymentEntry entry{
        context, Section(&params, section.path("litellm_params"), "litellm_params", findings),
        Section(&info, section.path("model_info"), "model_info", findings), group.value_or(""),
        nullptr};
    if (!is_for_this_environment(entry)) return {};
    auto common = read_common(entry);
    if (!common || !group || findings.error_count() != errors) return {};

    std::vector<Deployment> deployments;
    for (auto& organization : common->organizations) {
        Deployment deployment = common->deployment;
        deployment.organization = std::move(organization);
        finish(entry, deployments.size(), deployment);
        deployments.push_back(std::move(deployment));
    }
    return deployments;
}

}  // namespace tollweir
