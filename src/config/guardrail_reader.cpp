#include <algorithm>
#include <array>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 6> kModes = {
    "pre_call", "during_call", "post_call", "logging_only", "pre_mcp_call", "during_mcp_call"};
constexpr std::array<std::string_view, 2> kFallbacks = {"fail_closed", "fail_open"};

// Source: spec/data-plane.md, section 13.
constexpr std::array<std::string_view, 29> kKinds = {"aporia",
                                                     "bedrock",
                                                     "guardrails_ai",
                                                     "lakera",
                                                     "lakera_v2",
                                                     "presidio",
                                                     "hide-secrets",
                                                     "hiddenlayer",
                                                     "aim",
                                                     "pangea",
                                                     "lasso",
                                                     "pillar",
                                                     "grayswan",
                                                     "panw_prisma_airs",
                                                     "azure/prompt_shield",
                                                     "azure/text_moderations",
                                                     "model_armor",
                                                     "openai_moderation",
                                                     "noma",
                                                     "tool_permission",
                                                     "zscaler_ai_guard",
                                                     "javelin",
                                                     "enkryptai",
                                                     "ibm_guardrails",
                                                     "litellm_content_filter",
                                                     "onyx",
                                                     "prompt_security",
                                                     "qualifire",
                                                     "generic_guardrail_api"};

std::vector<GuardrailMode> read_mode_words(const Section& section, std::string_view key) {
    std::vector<GuardrailMode> modes;
    for (const auto& word : section.texts_or_one(key)) {
        const auto* found = std::ranges::find(kModes, word);
        if (found == kModes.end()) {
            const std::vector<std::string_view> names(kModes.begin(), kModes.end());
            section.error(
                key, "no mode is called `" + word.substr(0, 60) + "`" + did_you_mean(word, names));
        } else {
            modes.push_back(static_cast<GuardrailMode>(found - kModes.begin()));
        }
    }
    return modes;
}

/// A word, a list of words, or `{tags: {tag: mode}, default: mode}`.
void read_modes(const Section& params, Guardrail& guardrail) {
    const Node* mode = params.find("mode");
    if (mode == nullptr) {
        params.error("mode", "is missing: when it runs, such as pre_call");
        return;
    }
    if (mode->kind != Node::Kind::map) {
        guardrail.modes = read_mode_words(params, "mode");
        return;
    }
    const Section forms = params.section("mode");
    guardrail.modes = read_mode_words(forms, "default");
    const Section tags = forms.section("tags");
    for (const auto& entry : tags.entries())
        guardrail.modes_by_tag.emplace_back(entry.key, read_mode_words(tags, entry.key));
}

std::string read_kind(const Section& params) {
    const auto kind = params.text("guardrail");
    if (!kind || kind->empty()) {
        if (kind || params.find("guardrail") == nullptr)
            params.error("guardrail", "is missing: which guardrail it is");
        return {};
    }
    if (std::ranges::find(kKinds, *kind) != kKinds.end()) return *kind;
    const bool is_python = *kind == "custom_code" || kind->contains('.');
    if (is_python) {
        params.error("guardrail", "`" + kind->substr(0, 80) +
                                      "` is Python code, which cannot run here; use "
                                      "`generic_guardrail_api` to ask a service of your own");
        return {};
    }
    const std::vector<std::string_view> names(kKinds.begin(), kKinds.end());
    params.warn("guardrail", "no guardrail is called `" + kind->substr(0, 60) + "`" +
                                 did_you_mean(*kind, names));
    return *kind;
}

Guardrail read_guardrail(const Section& item) {
    Guardrail guardrail;
    guardrail.name = item.text("guardrail_name").value_or("");
    if (guardrail.name.empty() && item.find("guardrail_name") == nullptr)
        item.error("guardrail_name", "is missing: the name that requests give");
    guardrail.info_json = item.json("guardrail_info");
    if (guardrail.info_json.empty()) guardrail.info_json = "{}";
    const Section params = item.section("litellm_params");
    if (!params.present()) {
        if (item.find("litellm_params") == nullptr)
            item.error("litellm_params", "is missing: which guardrail, and when");
        return guardrail;
    }
    guardrail.kind = read_kind(params);
    read_modes(params, guardrail);
    set_from(params.boolean("default_on"), guardrail.is_default);
    guardrail.api_key = params.secret("api_key");
    guardrail.api_base = params.url("api_base").value_or("");
    guardrail.headers = params.headers("headers");
    guardrail.forwarded_headers = params.header_names("extra_headers");
    params.map("additional_provider_specific_params");
    guardrail.fails_open = params.one_of("unreachable_fallback", kFallbacks).value_or(0) == 1;
    set_from(params.duration("timeout", milliseconds(1)), guardrail.timeout);
    guardrail.params_json = to_json(*params.node());
    return guardrail;
}

/// `[{name: {callbacks: [...], default_on: true}}]`.
std::vector<GuardrailGroup> read_groups(const Section& litellm) {
    std::vector<GuardrailGroup> groups;
    for (const Section& item : litellm.items("guardrails")) {
        for (const auto& entry : item.entries()) {
            const Section fields = item.entry(entry.key);
            GuardrailGroup group;
            group.name = entry.key;
            group.callbacks = fields.texts("callbacks");
            set_from(fields.boolean("default_on"), group.is_default);
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

}  // namespace

GuardrailConfig read_guardrails(const LoadContext& context) {
    const Section top(&context.root, "", "", context.findings);
    const Section litellm = section_of(context, "litellm_settings");
    const Section router = section_of(context, "router_settings");
    GuardrailConfig config;
    for (const Section& item : top.items("guardrails"))
        config.guardrails.push_back(read_guardrail(item));
    for (const Section& item : router.items("guardrail_list"))
        config.guardrails.push_back(read_guardrail(item));
    config.groups = read_groups(litellm);
    set_from(litellm.boolean("output_parse_pii"), config.restores_masked_names);
    config.banned_keywords = litellm.texts_or_one("banned_keywords_list");
    config.blocked_users = litellm.texts_or_one("blocked_user_list");
    config.llamaguard_model = litellm.text("llamaguard_model_name").value_or("");
    config.moderations_model = litellm.text("openai_moderations_model_name").value_or("");
    config.presidio_recognizers_file = litellm.text("presidio_ad_hoc_recognizers").value_or("");
    return config;
}

}  // namespace tollweir
