#pragma once

#include <cstdint>
#include <string_view>

#include "tollweir/core/tokenizer.hpp"

namespace tollweir {

enum class CountKind : std::uint8_t {
    exact,     // the model's own tokenizer
    estimate,  // another's, times a factor (docs/token-counting.md)
};

/// How the tokens of a model are counted. A value; any thread.
struct TokenCounter {
    /// By the model's name, with or without provider prefixes: OpenAI's models exactly, families
    /// whose tokenizers are known by a measured factor, any other name as cl100k_base (LiteLLM's
    /// choice).
    static TokenCounter for_model(std::string_view model);

    std::uint64_t count(std::string_view text) const {
        return scaled(Tokenizer::of(encoding).count(text));
    }
    /// Tokens of the model for so many of the encoding.
    std::uint64_t scaled(std::uint64_t tokens) const { return (tokens * permille + 500) / 1000; }

    TokenEncoding encoding = TokenEncoding::cl100k_base;
    CountKind kind = CountKind::estimate;
    std::uint16_t permille = 1000;
    // gpt-3.5-turbo-0301 frames its messages differently.
    bool old_chat_frame = false;

    friend bool operator==(const TokenCounter&, const TokenCounter&) = default;
};

}  // namespace tollweir
