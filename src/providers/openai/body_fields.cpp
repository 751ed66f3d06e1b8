#include "providers/openai/body_fields.hpp"

#include <algorithm>
#include <array>

namespace tollweir {
namespace {

struct Field {
    std::string_view name;
    FieldFacts facts;
};

constexpr Field param(std::string_view name, Param id) {
    return {name, {FieldMeaning::param, id}};
}
constexpr Field field(std::string_view name, FieldMeaning meaning) {
    return {name, {meaning, Param::count}};
}
constexpr Field control(std::string_view name) {
    return field(name, FieldMeaning::control);
}

// Control fields: spec/data-plane.md 2.3 and 2.4.
constexpr std::array kFields{
    param("audio", Param::audio),
    param("best_of", Param::best_of),
    param("dimensions", Param::dimensions),
    param("echo", Param::echo),
    param("encoding_format", Param::encoding_format),
    param("frequency_penalty", Param::frequency_penalty),
    param("function_call", Param::function_call),
    param("functions", Param::functions),
    param("logit_bias", Param::logit_bias),
    param("logprobs", Param::logprobs),
    param("max_completion_tokens", Param::max_completion_tokens),
    param("max_tokens", Param::max_tokens),
    param("messages", Param::messages),
    param("metadata", Param::metadata),
    param("modalities", Param::modalities),
    param("moderation", Param::moderation),
    param("n", Param::n),
    param("parallel_tool_calls", Param::parallel_tool_calls),
    param("prediction", Param::prediction),
    param("presence_penalty", Param::presence_penalty),
    param("prompt_cache_key", Param::prompt_cache_key),
    param("prompt_cache_options", Param::prompt_cache_options),
    param("prompt_cache_retention", Param::prompt_cache_retention),
    param("reasoning_effort", Param::reasoning_effort),
    param("response_format", Param::response_format),
    param("safety_identifier", Param::safety_identifier),
    param("seed", Param::seed),
    param("service_tier", Param::service_tier),
    param("stop", Param::stop),
    param("store", Param::store),
    param("stream", Param::stream),
    param("stream_options", Param::stream_options),
    param("suffix", Param::suffix),
    param("temperature", Param::temperature),
    param("thinking", Param::thinking),
    param("tool_choice", Param::tool_choice),
    param("tools", Param::tools),
    param("top_logprobs", Param::top_logprobs),
    param("top_p", Param::top_p),
    param("user", Param::user),
    param("verbosity", Param::verbosity),
    param("web_search_options", Param::web_search_options),

    field("api_base", FieldMeaning::credential),
    field("api_key", FieldMeaning::credential),
    field("base_url", FieldMeaning::credential),

    field("drop_params", FieldMeaning::drop_params),
    field("additional_drop_params", FieldMeaning::additional_drop_params),
    field("allowed_openai_params", FieldMeaning::allowed_openai_params),

    control("api_version"),
    control("cache"),
    control("caching"),
    control("content_policy_fallbacks"),
    control("context_window_fallbacks"),
    control("disable_fallbacks"),
    control("failure_callback"),
    control("fallbacks"),
    control("fastest_response"),
    control("guardrails"),
    control("max_fallbacks"),
    control("max_retries"),
    control("mock_delay"),
    control("mock_response"),
    control("mock_timeout"),
    control("no-log"),
    control("num_retries"),
    control("priority"),
    control("stream_timeout"),
    control("success_callback"),
    control("tags"),
    control("timeout"),
    control("turn_off_message_logging"),
    control("user_config"),
};

// Families of control fields: LiteLLM's own names, its test switches, and the variables with which
// a request may configure a logging callback (data-plane.md 12.2).
constexpr std::array<std::string_view, 7> kControlPrefixes{
    "litellm_", "mock_testing_", "langfuse_", "langsmith_", "arize_", "humanloop_", "gcs_"};

constexpr std::size_t kMaxNameLength = 32;

// The fields ordered by the length of their names, so that a look-up compares with the few names
// that are as long: it runs for every member of every request.
struct ByLength {
    std::array<Field, kFields.size()> fields = kFields;
    std::array<std::uint8_t, kMaxNameLength + 2> begin{};  // where each length begins

    constexpr ByLength() {
        std::ranges::sort(fields, {}, [](const Field& f) { return f.name.size(); });
        std::size_t at = 0;
        for (std::size_t length = 0; length < begin.size(); ++length) {
            while (at < fields.size() && fields[at].name.size() < length) ++at;
            begin[length] = static_cast<std::uint8_t>(at);
        }
    }
};
constexpr ByLength kByLength;

static_assert(std::ranges::all_of(kFields,
                                  [](const Field& f) { return f.name.size() <= kMaxNameLength; }));

}  // namespace

FieldFacts field_facts(std::string_view name) {
    // First letters before the rest: a comparison of texts is a call.
    if (name.empty()) return {};
    if (name.size() <= kMaxNameLength) {
        for (auto i = kByLength.begin[name.size()]; i < kByLength.begin[name.size() + 1]; ++i) {
            const auto& known = kByLength.fields[i];
            if (known.name.front() == name.front() && known.name == name) return known.facts;
        }
    }
    for (const auto prefix : kControlPrefixes) {
        if (prefix.front() == name.front() && name.starts_with(prefix))
            return {FieldMeaning::control, Param::count};
    }
    return {};
}

std::string_view name_of(Param wanted) {
    const auto found =
        std::ranges::find(kFields, wanted, [](const Field& f) { return f.facts.param; });
    return found == kFields.end() ? std::string_view() : found->name;
}

std::vector<std::string_view> names_of(ParamSet params) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kParamCount; ++i) {
        const auto param = static_cast<Param>(i);
        if ((params & bit(param)) != 0) names.push_back(name_of(param));
    }
    return names;
}

}  // namespace tollweir
