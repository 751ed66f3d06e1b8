#include "config/deployment_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/api_base.hpp"
#include "config/body_defaults.hpp"
#include "config/include_files.hpp"
#include "config/scalar.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostPerMinute = 1'000'000'000'000;

/// One entry while it is read. `params` is the entry's `litellm_params` with what stands elsewhere
/// taken in: the credential's values, `rpm` and `tpm` of the entry.
struct Entry {
    const DeploymentContext& context;
    Section params;
    Section info;
    std::string group;
    const ProviderEntry* provider = nullptr;

    const Environment& environment() const { return context.load.environment; }
};

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

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
    return merged;
}

/// `model_info`, also where tools nest it in `litellm_params`.
Node merged_info(const Section& entry, const Node& params) {
    Node info;
    info.kind = Node::Kind::map;
    if (const Node* own = entry.map("model_info")) info = *own;
    const Node* nested = params.find("model_info");
    if (nested != nullptr && nested->kind == Node::Kind::map) add_absent(info, *nested);
    return info;
}

bool is_for_this_environment(const Entry& entry) {
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

std::string unknown_provider_message(std::string why, std::string_view prefix) {
    std::vector<std::string_view> names;
    for (const auto& known : providers()) names.push_back(known.provider->name());
    const std::string hint = did_you_mean(prefix, names);
    if (!hint.empty()) return "no provider is called `" + std::string(prefix) + "`" + hint;
    if (why.ends_with('.')) why.pop_back();
    return why;
}

void warn_of_alias(const Entry& entry, std::string_view prefix, std::string_view key) {
    const auto* found = find_provider(prefix);
    if (found == nullptr || found->provider->name() == prefix) return;
    entry.params.warn(key, "the provider `" + std::string(prefix) + "` is `" +
                               std::string(found->provider->name()) + "` in LiteLLM");
}

std::optional<std::string> api_base_text(const Entry& entry) {
    auto base = entry.params.text("api_base");
    const auto alias = entry.params.text("base_url");
    if (base && alias && *base != *alias)
        entry.params.warn("base_url", "left out: `api_base` is given too");
    if (!base) base = alias;
    if (base && trimmed(*base).empty()) return std::nullopt;
    return base;
}

bool resolve_provider(Entry& entry, Deployment& deployment) {
    const auto model = entry.params.text("model");
    if (!model || model->empty()) {
        if (entry.params.find("model") == nullptr || model)
            entry.params.error("model",
                               "is missing; write `provider/model`, for example "
                               "openai/gpt-4o");
        return false;
    }
    if (has_control_character(*model)) {
        entry.params.error("model", "holds a control character");
        return false;
    }
    const std::string custom = entry.params.text("custom_llm_provider").value_or("");
    const std::string base = api_base_text(entry).value_or("");
    auto resolved = resolve_model(*model, custom, base);
    const std::string_view prefix = custom.empty()
                                        ? std::string_view(*model).substr(0, model->find('/'))
                                        : std::string_view(custom);
    const std::string_view key = custom.empty() ? "model" : "custom_llm_provider";
    if (!resolved) {
        const bool has_prefix = !custom.empty() || model->contains('/');
        entry.params.error(key, unknown_provider_message(resolved.error().message,
                                                         has_prefix ? prefix : std::string_view()));
        return false;
    }
    if (!custom.empty() || model->contains('/')) warn_of_alias(entry, prefix, key);
    entry.provider = resolved->provider;
    deployment.model_string = *model;
    deployment.model = std::move(resolved->model);
    deployment.provider = resolved->provider->provider;
    return true;
}

std::string first_variable(const Entry& entry, std::span<const std::string_view> names) {
    for (const auto name : names) {
        const auto value = entry.environment()(std::string(name));
        if (value && !trimmed(*value).empty()) return std::string(trimmed(*value));
    }
    return {};
}

std::string joined(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names) out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

/// Whether the provider's adapter is built: else there is nothing to call (501).
bool offers_anything(const Provider& provider) {
    for (std::size_t i = 0; i < kEndpointCount; ++i)
        if (provider.dialect(static_cast<Endpoint>(i))) return true;
    return false;
}

void take_base(const Entry& entry, std::string_view text, std::string_view key,
               Deployment& deployment) {
    auto base = parse_api_base(trimmed(text));
    if (!base) {
        entry.params.error(key, "not a usable URL: " + base.error());
        return;
    }
    deployment.origin = std::move(base->origin);
    deployment.base_path = std::move(base->path);
    deployment.base_query = std::move(base->query);
    deployment.api_base = std::move(base->text);
}

/// Returns whether the address is the provider's own public one.
bool read_address(const Entry& entry, Deployment& deployment) {
    const auto& defaults = entry.provider->defaults;
    if (const auto written = api_base_text(entry)) {
        take_base(entry, *written, entry.params.find("api_base") ? "api_base" : "base_url",
                  deployment);
        return false;
    }
    const std::string from_variable = first_variable(entry, defaults.base_names);
    if (!from_variable.empty()) {
        take_base(entry, from_variable, "api_base", deployment);
        return false;
    }
    if (!defaults.base.empty()) {
        take_base(entry, defaults.base, "api_base", deployment);
        return deployment.origin.tls;
    }
    const bool is_needed = offers_anything(*deployment.provider) && !deployment.mock_response;
    if (is_needed)
        entry.params.error("api_base", "is missing: " + std::string(deployment.provider->name()) +
                                           " has no address of its own; give api_base or set " +
                                           joined(defaults.base_names));
    return false;
}

void read_key(const Entry& entry, bool is_public, Deployment& deployment) {
    const auto written = entry.params.text("api_key");
    std::string key = written ? std::string(trimmed(*written)) : std::string();
    if (written && !key.empty() && key.size() != written->size())
        entry.params.warn("api_key", "the blanks around the value are left out");
    if (key.empty()) key = first_variable(entry, entry.provider->defaults.key_names);
    if (key.empty()) key = entry.provider->defaults.default_key;
    if (has_control_character(key)) {
        entry.params.error("api_key", "holds a line end or control character");
        return;
    }
    const Node* node = entry.params.node()->find("api_key");
    const bool is_told = node != nullptr && !node->variable.empty();  // "... is not set"
    const bool is_missed =
        is_public && !is_told && !deployment.wildcard && !deployment.mock_response;
    if (key.empty() && is_missed)
        entry.params.warn("api_key", "no key: calls will be refused until api_key is given or " +
                                         joined(entry.provider->defaults.key_names) + " is set");
    deployment.api_key = Secret(std::move(key));
}

bool is_header_token(std::string_view name) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.contains(c);
    });
}

/// Headers that frame the message or name the host: the gateway writes them.
bool is_own_header(std::string_view name) {
    static constexpr std::array<std::string_view, 11> kOwn = {"host",
                                                              "content-length",
                                                              "transfer-encoding",
                                                              "connection",
                                                              "keep-alive",
                                                              "te",
                                                              "trailer",
                                                              "upgrade",
                                                              "expect",
                                                              "proxy-connection",
                                                              "accept-encoding"};
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return std::ranges::find(kOwn, lower) != kOwn.end();
}

void read_headers(const Section& headers, Deployment& deployment) {
    if (!headers.present()) return;
    for (const auto& entry : headers.node()->members) {
        if (entry.value.is_null()) continue;
        const auto value = as_text(entry.value);
        if (!is_header_token(entry.key)) {
            headers.error(entry.key, "not a name for an HTTP header");
        } else if (is_own_header(entry.key)) {
            headers.error(entry.key, "the gateway writes this header itself");
        } else if (!value) {
            headers.error(entry.key, "expected text, found " + describe(entry.value, entry.key));
        } else if (has_control_character(*value)) {
            headers.error(entry.key, "holds a line end or control character");
        } else if (std::ranges::find(deployment.extra_headers, entry.key, [](const auto& header) {
                       return header.first;
                   }) == deployment.extra_headers.end()) {
            deployment.extra_headers.emplace_back(entry.key, trimmed(*value));
        }
    }
}

void read_mock(const Entry& entry, Deployment& deployment) {
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

std::int64_t per_minute(const Entry& entry, std::string_view key) {
    const auto value = entry.params.integer(key, 0, kMostPerMinute);
    if (value && *value == 0) entry.params.warn(key, "0 counts as not given");
    return value.value_or(0);
}

void read_times(const Entry& entry, Deployment& deployment) {
    constexpr milliseconds kShortest{1};
    deployment.timeout = entry.params.duration("timeout", kShortest);
    const auto alias = entry.params.duration("request_timeout", kShortest);
    if (!deployment.timeout) deployment.timeout = alias;
    deployment.stream_timeout = entry.params.duration("stream_timeout", kShortest);
    if (const auto seconds = entry.context.load.overrides.request_timeout)
        deployment.timeout = milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

void read_body_fields(const Entry& entry, Deployment& deployment) {
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

void read_routing(const Entry& entry, Deployment& deployment) {
    deployment.weight = entry.params.number("weight", 0, 1e9).value_or(0);
    deployment.order =
        static_cast<int>(entry.params.integer("order", -1'000'000, 1'000'000).value_or(0));
    deployment.rpm = per_minute(entry, "rpm");
    deployment.tpm = per_minute(entry, "tpm");
}

void read_versions(const Entry& entry, Deployment& deployment) {
    deployment.api_version = entry.params.text("api_version").value_or("");
    if (deployment.api_version.empty() && deployment.provider->name() == "azure")
        deployment.api_version = entry.environment()("AZURE_API_VERSION").value_or("");
    if (has_control_character(deployment.api_version))
        entry.params.error("api_version", "holds a control character");
}

void read_info(const Entry& entry, Deployment& deployment) {
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
std::vector<std::string> organizations(const Entry& entry, const Deployment& deployment) {
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
std::optional<Common> read_common(Entry& entry) {
    const std::size_t errors = entry.params.findings().error_count();
    Common common;
    Deployment& deployment = common.deployment;
    deployment.group = entry.group;
    deployment.wildcard = entry.group.contains('*');
    if (!resolve_provider(entry, deployment)) return std::nullopt;
    read_mock(entry, deployment);
    read_key(entry, read_address(entry, deployment), deployment);
    read_versions(entry, deployment);
    for (const std::string_view key : {"extra_headers", "headers"})
        read_headers(Section(entry.params.map(key), entry.params.path(key), "extra_headers",
                             entry.params.findings()),
                     deployment);
    read_body_fields(entry, deployment);
    deployment.drop_params =
        entry.params.boolean("drop_params").value_or(entry.context.drop_params);
    deployment.additional_drop_params = entry.params.texts("additional_drop_params");
    deployment.allowed_openai_params = entry.params.texts("allowed_openai_params");
    read_times(entry, deployment);
    read_routing(entry, deployment);
    read_info(entry, deployment);
    common.organizations = organizations(entry, deployment);
    if (entry.params.findings().error_count() != errors) return std::nullopt;
    return common;
}

void set_member(Node& map, const std::string& key, Node value) {
    if (Node* own = map.find(key)) {
        *own = std::move(value);
    } else {
        map.members.push_back({key, value.at, std::move(value)});
    }
}

/// The parameters of one deployment as `/model/info` shows them.
Node shown_params(const Entry& entry, const Deployment& deployment) {
    Node params = without_secrets(*entry.params.node());
    std::erase_if(params.members, [](const Member& member) { return member.key == "model_info"; });
    for (const std::string_view key : {"api_base", "base_url"})
        if (Node* base = params.find(key); base != nullptr && base->kind == Node::Kind::text)
            base->text = deployment.api_base;  // a query may hold a key
    if (!deployment.organization.empty())
        set_member(params, "organization", text_node(deployment.organization, params.at));
    return params;
}

void finish(const Entry& entry, std::size_t nth, Deployment& deployment) {
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

/// Warnings that concern the file's own text, once an entry.
void check_entry_keys(const Section& entry) {
    entry.check_keys();
    const Section params(entry.find("litellm_params"), entry.path("litellm_params"),
                         "litellm_params", entry.findings());
    params.check_known_keys();
    const Section info(entry.find("model_info"), entry.path("model_info"), "model_info",
                       entry.findings());
    info.check_known_keys();
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
    check_entry_keys(section);
    const auto group = read_group_name(section);
    if (section.map("litellm_params") == nullptr) {
        if (section.find("litellm_params") == nullptr)
            section.error("litellm_params", "is missing; it needs `model` at least");
        return {};
    }
    const std::size_t errors = findings.error_count();
    const Node params = merged_params(context, section);
    const Node info = merged_info(section, params);
    Entry entry{context,
                Section(&params, section.path("litellm_params"), "litellm_params", findings),
                Section(&info, section.path("model_info"), "model_info", findings),
                group.value_or(""), nullptr};
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
