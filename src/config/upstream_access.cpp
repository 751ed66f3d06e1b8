#include "config/upstream_access.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "config/azure_credential.hpp"
#include "config/scalar.hpp"
#include "config/text_rules.hpp"
#include "tollweir/config/api_base.hpp"
#include "tollweir/config/nearest.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

std::string unknown_provider_message(std::string why, std::string_view prefix) {
    std::vector<std::string_view> names;
    for (const auto& known : providers()) names.push_back(known.provider->name());
    const std::string hint = did_you_mean(prefix, names);
    if (!hint.empty()) return "no provider is called `" + std::string(prefix) + "`" + hint;
    if (why.ends_with('.')) why.pop_back();
    return why;
}

void warn_of_alias(const DeploymentEntry& entry, std::string_view prefix, std::string_view key) {
    const auto* found = find_provider(prefix);
    if (found == nullptr || found->provider->name() == prefix) return;
    entry.params.warn(key, "the provider `" + std::string(prefix) + "` is `" +
                               std::string(found->provider->name()) + "` in LiteLLM");
}

std::optional<std::string> api_base_text(const DeploymentEntry& entry) {
    auto base = entry.params.text("api_base");
    const auto alias = entry.params.text("base_url");
    if (base && alias && *base != *alias)
        entry.params.warn("base_url", "left out: `api_base` is given too");
    if (!base) base = alias;
    if (base && trimmed(*base).empty()) return std::nullopt;
    return base;
}

std::string first_variable(const DeploymentEntry& entry, std::span<const std::string_view> names) {
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

void take_base(const DeploymentEntry& entry, std::string_view text, std::string_view key,
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
bool read_address(const DeploymentEntry& entry, Deployment& deployment) {
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
    if (const auto base = default_base(defaults, deployment.model); !base.empty()) {
        take_base(entry, base, "api_base", deployment);
        return deployment.origin.tls;
    }
    const bool is_needed = offers_anything(*deployment.provider) && !deployment.mock_response;
    if (is_needed)
        entry.params.error("api_base", "is missing: " + std::string(deployment.provider->name()) +
                                           " has no address of its own; give api_base or set " +
                                           joined(defaults.base_names));
    return false;
}

void read_key(const DeploymentEntry& entry, bool is_public, Deployment& deployment) {
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
    const bool is_told =
        node != nullptr && node->origin == Node::Origin::reference;  // "... is not set"
    const bool is_missed =
        is_public && !is_told && !deployment.wildcard && !deployment.mock_response;
    if (key.empty() && is_missed)
        entry.params.warn("api_key", "no key: calls will be refused until api_key is given or " +
                                         joined(entry.provider->defaults.key_names) + " is set");
    deployment.api_key = Secret(std::move(key));
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
    return std::ranges::find(kOwn, lower_case(name)) != kOwn.end();
}

void read_headers(const Section& headers, Deployment& deployment) {
    if (!headers.present()) return;
    for (const auto& entry : headers.node()->members) {
        if (entry.value.is_null()) continue;
        const auto value = as_text(entry.value);
        if (!is_header_name(entry.key)) {
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

}  // namespace

bool resolve_provider(DeploymentEntry& entry, Deployment& deployment) {
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

void read_access(const DeploymentEntry& entry, Deployment& deployment) {
    const bool is_public = read_address(entry, deployment);
    if (entry.provider->defaults.is_azure) {
        read_azure_credential(entry, deployment);
    } else {
        read_key(entry, is_public, deployment);
    }
    for (const std::string_view key : {"extra_headers", "headers"})
        read_headers(Section(entry.params.map(key), entry.params.path(key), "extra_headers",
                             entry.params.findings()),
                     deployment);
}

}  // namespace tollweir
