#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "providers/openai/param_lists.hpp"
#include "providers/openai/quirks.hpp"
#include "tollweir/core/endpoint.hpp"

namespace tollweir {

constexpr unsigned on(Endpoint endpoint) {
    return 1u << static_cast<unsigned>(endpoint);
}

/// How addresses and credentials are put together.
enum class Addressing : std::uint8_t {
    openai,    // base + endpoint, `Authorization: Bearer`
    azure,     // base + deployment + endpoint + api-version, `api-key` or a token
    azure_ai,  // Azure's model catalogue: base + models + endpoint, the same credentials
};

/// Models (their names hold one of `words`, blanks between; no words: every model) that have no use
/// for a parameter which the row has otherwise.
struct ModelException {
    std::string_view words;
    ParamSet refused = 0;  // an error unless dropped by settings
    ParamSet dropped = 0;  // left out without a word
};

/// A parameter that is called otherwise upstream.
struct Rename {
    Param param;
    std::string_view name;
};

/// Values beyond are moved to the nearest one within; a row that says nothing moves none.
struct TemperatureRange {
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    double least_if_several = least;  // with n > 1
};

/// Families of models that reason, by words of their names in lower case.
/// Source: LiteLLM's model table, `supports_reasoning`, as of 2026-08-01.
inline constexpr std::string_view kReasoningFamilies =
    "gpt-oss gpt-5 deepseek-r1 deepseek-reasoner deepseek-v3.1 deepseek-v3p1 deepseek-v3.2 "
    "deepseek-v3p2 deepseek-v4 qwen3 qwq glm-4.5 glm-4p5 glm-4.6 glm-4p6 glm-4.7 glm-4p7 glm-5 "
    "kimi-k2.5 kimi-k2p5 kimi-k2.6 kimi-k2p6 kimi-k2p7 minimax-m2 minimax-m3 grok-3-mini mimo-v2 "
    "magistral thinking reason deep-research";

/// What an upstream that speaks OpenAI's dialect does differently: data only. The whole of a new
/// OpenAI-shaped provider is a row of `openai_dialects`.
struct OpenAiDialect {
    std::string_view name;
    std::string_view base{};         // default; empty: `api_base` must be given
    std::string_view key_names{};    // environment, space between; empty: <NAME>_API_KEY
    std::string_view base_names{};   // likewise, <NAME>_API_BASE
    std::string_view default_key{};  // sent when no key is found
    unsigned endpoints = 0;          // bits 1 << Endpoint
    Addressing addressing = Addressing::openai;

    ParamSet supported = kGeneral;  // chat parameters that it has a use for
    ParamSet supported_text = kTextParams;
    ParamSet supported_embedding = kEmbeddingParams;
    std::string_view extra_params{};  // of its own, shown as supported; they pass in any case
    // Words of models that take reasoning_effort; "*": all.
    std::string_view effort_models = kReasoningFamilies;
    std::string_view tool_models{};  // the only ones that take `tool_params`; empty: all
    ParamSet tool_params = 0;
    std::span<const ModelException> exceptions{};
    std::span<const Rename> renames{};
    TemperatureRange temperature{};
    // Types of `thinking`, blanks between; empty: `thinking` passes as it is.
    std::string_view thinking_types{};

    Quirks quirks{};
    std::string_view base_suffix{};    // added to an address without `/v1`
    std::string_view base_of_model{};  // of a model with a host of its own; `{}` is its name
    std::string_view model_prefix{};   // of a model whose name is short
    std::string_view key_header{};     // carries the key too
    std::string_view own_header{};     // `Name: value`, sent with every call
};

std::span<const OpenAiDialect> openai_dialects();

}  // namespace tollweir
