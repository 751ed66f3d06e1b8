#include "providers/openai/openai_models.hpp"

namespace tollweir {
namespace {

constexpr ParamSet kPenalties = set_of({Param::presence_penalty, Param::frequency_penalty});
constexpr ParamSet kOSeriesRefuses =
    kPenalties | set_of({Param::top_p, Param::logprobs, Param::top_logprobs});
constexpr ParamSet kGpt5Refuses =
    kPenalties | set_of({Param::stop, Param::logit_bias, Param::audio, Param::prediction});

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// `ft:gpt-5-mini:org::id` -> `gpt-5-mini`.
std::string_view base_model(std::string_view model) {
    if (model.starts_with("ft:")) model.remove_prefix(3);
    return model.substr(0, model.find(':'));
}

// `name` itself or one of its variants: `o3`, `o3-mini`, but not `o30`.
bool is_or_extends(std::string_view model, std::string_view name) {
    return model.starts_with(name) && (model.size() == name.size() || model[name.size()] == '-');
}

bool is_o_series(std::string_view model) {
    return model.size() >= 2 && model[0] == 'o' && is_digit(model[1]) &&
           is_or_extends(model, model.substr(0, 2));
}

bool is_gpt5(std::string_view model) {
    constexpr std::string_view kName = "gpt-5";
    const bool has_minor = model.starts_with("gpt-5.");
    return (has_minor || is_or_extends(model, kName)) && !is_or_extends(model, "gpt-5-chat");
}

// The plain models of 5.1 and later do not reason unless asked; codex, pro and chat variants do.
bool thinks_only_when_asked(std::string_view model) {
    if (!model.starts_with("gpt-5.")) return false;
    for (const std::string_view variant : {"-codex", "-pro", "-chat"}) {
        if (model.contains(variant)) return false;
    }
    return true;
}

bool takes_stop(std::string_view model) {
    if (is_or_extends(model, "o3-mini")) return true;
    return !is_or_extends(model, "o3") && !is_or_extends(model, "o4-mini");
}

bool never_reasons(std::string_view model) {
    for (const std::string_view start : {"gpt-4", "gpt-3.5", "chatgpt-4o", "gpt-5-chat"}) {
        if (model.starts_with(start)) return true;
    }
    return false;
}

}  // namespace

OpenAiModelRules openai_model_rules(std::string_view name) {
    const auto model = base_model(name);
    OpenAiModelRules rules;
    if (is_o_series(model)) {
        rules.refused = kOSeriesRefuses | (takes_stop(model) ? 0 : bit(Param::stop));
        rules.renames_max_tokens = true;
        rules.fixes_temperature = true;
    } else if (is_gpt5(model)) {
        rules.refused = kGpt5Refuses;
        rules.renames_max_tokens = true;
        rules.fixes_temperature = true;
        rules.frees_temperature_without_effort = true;
        rules.thinks_only_when_asked = thinks_only_when_asked(model);
    } else if (never_reasons(model)) {
        rules.refused = bit(Param::reasoning_effort);
    }
    return rules;
}

}  // namespace tollweir
