#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "providers/upstream_error.hpp"

namespace tollweir {
namespace {

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (auto& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

struct NamedClass {
    std::string_view name;
    ErrorKind kind;
};

// Codes and types that say what happened; the generic ones (invalid_request_error, api_error,
// server_error) are left out, since the text knows better. Lower case.
constexpr std::array kNames{
    NamedClass{"context_length_exceeded", ErrorKind::context_window_exceeded},
    NamedClass{"content_policy_violation", ErrorKind::content_policy_violation},
    NamedClass{"content_filter", ErrorKind::content_policy_violation},
    NamedClass{"responsibleaipolicyviolation", ErrorKind::content_policy_violation},
    NamedClass{"moderation_blocked", ErrorKind::content_policy_violation},
    NamedClass{"invalid_api_key", ErrorKind::authentication},
    NamedClass{"authentication_error", ErrorKind::authentication},
    NamedClass{"unsupported_country_region_territory", ErrorKind::permission_denied},
    NamedClass{"request_forbidden", ErrorKind::permission_denied},
    NamedClass{"permission_error", ErrorKind::permission_denied},
    NamedClass{"model_not_found", ErrorKind::not_found},
    NamedClass{"deploymentnotfound", ErrorKind::not_found},
    NamedClass{"not_found_error", ErrorKind::not_found},
    NamedClass{"notfounderror", ErrorKind::not_found},
    NamedClass{"rate_limit_exceeded", ErrorKind::rate_limited},
    NamedClass{"rate_limit_error", ErrorKind::rate_limited},
    NamedClass{"ratelimiterror", ErrorKind::rate_limited},
    NamedClass{"throttling_error", ErrorKind::rate_limited},
    NamedClass{"insufficient_quota", ErrorKind::rate_limited},
    NamedClass{"budget_exceeded", ErrorKind::rate_limited},
    NamedClass{"timeout_error", ErrorKind::timeout},
    NamedClass{"overloaded_error", ErrorKind::internal},
    NamedClass{"billing_error", ErrorKind::bad_request},
};

// Source: spec/providers-openai-family.md 8 and spec/providers-anthropic-bedrock-google.md 1.
constexpr std::array<std::string_view, 14> kContextTexts{
    "maximum context length is",
    "model's maximum context limit",
    "exceed context limit",
    "longer than the model's context length",
    "input tokens exceed the configured limit",
    "exceeds the available context size",
    "prompt is too long",
    "prompt: length",
    "exceeds the maximum number of tokens allowed",
    "input is too long",
    "too many input tokens",
    "expected maxlength:",
    "context_length_exceeded",
    "maximum context window",
};
constexpr std::array<std::string_view, 6> kPolicyTexts{
    "content_policy_violation",  "responsibleaipolicyviolation",
    "content management policy", "rejected as a result of our safety system",
    "content filtering policy",  "the response was blocked",
};
constexpr std::array<std::string_view, 6> kRateTexts{
    "rate limit",       "rate-limit", "rate_limit", "ratelimit", "service tier capacity exceeded",
    "request too large"};

bool contains_any(std::string_view text, std::span<const std::string_view> wanted) {
    return std::ranges::any_of(wanted, [text](auto word) { return text.contains(word); });
}

bool is_word_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_';
}

// 429 as a word of its own.
bool names_429(std::string_view text) {
    for (auto at = text.find("429"); at != std::string_view::npos; at = text.find("429", at + 1)) {
        const bool begins = at == 0 || !is_word_char(text[at - 1]);
        const bool ends = at + 3 == text.size() || !is_word_char(text[at + 3]);
        if (begins && ends) return true;
    }
    return false;
}

const NamedClass* find_name(std::string_view name) {
    const auto lower = lower_case(name);
    const auto found = std::ranges::find(kNames, lower, &NamedClass::name);
    return found == kNames.end() ? nullptr : &*found;
}

}  // namespace

ErrorKind classify_error(int status, std::initializer_list<std::string_view> names,
                         std::string_view message) {
    bool says_string_too_long = false;
    for (const auto name : names) {
        if (const auto* named = find_name(name)) return named->kind;
        says_string_too_long = says_string_too_long || name == "string_above_max_length";
    }
    const auto text = lower_case(message);
    says_string_too_long = says_string_too_long || text.contains("string_above_max_length");
    if (!says_string_too_long && contains_any(text, kContextTexts)) {
        return ErrorKind::context_window_exceeded;
    }
    if (contains_any(text, kPolicyTexts)) return ErrorKind::content_policy_violation;
    // Below 500 the words may be the echo of a prompt.
    if (status >= 500) {
        if (contains_any(text, kRateTexts) || names_429(text)) return ErrorKind::rate_limited;
        if (text.contains("timed out")) return ErrorKind::timeout;
    }
    return kind_of_status(status);
}

}  // namespace tollweir
