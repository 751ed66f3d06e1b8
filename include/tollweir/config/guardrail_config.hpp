#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/secret.hpp"

namespace tollweir {

enum class GuardrailMode : std::uint8_t {
    pre_call,
    during_call,
    post_call,
    logging_only,
    pre_mcp_call,
    during_mcp_call
};

/// A check of prompts or answers; an item of `guardrails`.
struct Guardrail {
    std::string name;
    std::string kind;  // `presidio`, `generic_guardrail_api`
    std::vector<GuardrailMode> modes;
    std::vector<std::pair<std::string, std::vector<GuardrailMode>>> modes_by_tag;
    bool is_default = false;  // runs without being asked for
    Secret api_key;
    std::string api_base;
    std::vector<std::pair<std::string, Secret>> headers;
    std::vector<std::string> forwarded_headers;  // `extra_headers`: of the client, lower case
    bool fails_open = false;                     // `unreachable_fallback: fail_open`
    std::chrono::milliseconds timeout{5'000};
    std::string params_json = "{}";  // all parameters; secret
    std::string info_json = "{}";    // `guardrail_info`

    friend bool operator==(const Guardrail&, const Guardrail&) = default;
};

/// LiteLLM's older form; an item of `litellm_settings.guardrails`.
struct GuardrailGroup {
    std::string name;
    std::vector<std::string> callbacks;
    bool is_default = false;

    friend bool operator==(const GuardrailGroup&, const GuardrailGroup&) = default;
};

struct GuardrailConfig {
    std::vector<Guardrail> guardrails;
    std::vector<GuardrailGroup> groups;
    bool restores_masked_names = false;  // output_parse_pii
    // A list of words or users, or a file of them: as written; empty: none.
    std::vector<std::string> banned_keywords;
    std::vector<std::string> blocked_users;
    std::string llamaguard_model;
    std::string moderations_model;
    std::string presidio_recognizers_file;

    friend bool operator==(const GuardrailConfig&, const GuardrailConfig&) = default;
};

}  // namespace tollweir
