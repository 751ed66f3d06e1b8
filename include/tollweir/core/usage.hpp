#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollweir {

/// Tokens of one upstream call. Cached and cache-write tokens are inside `prompt_tokens`, reasoning
/// tokens inside `completion_tokens` (OpenAI's counting).
struct Usage {
    std::uint64_t prompt_tokens = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t total_tokens = 0;
    std::uint64_t cached_tokens = 0;
    std::uint64_t cache_write_tokens = 0;
    std::uint64_t reasoning_tokens = 0;
    std::uint64_t audio_prompt_tokens = 0;
    std::uint64_t audio_completion_tokens = 0;
    bool reported = false;  // false: the upstream named none (yet)

    friend bool operator==(const Usage&, const Usage&) = default;
};

/// Reads an OpenAI `usage` object (JSON text). Nothing when the text is not an object or a member
/// has the wrong type; absent or null members count as 0, and `total_tokens` absent is the sum.
/// `text` must be followed by kJsonPadding readable bytes.
std::optional<Usage> read_openai_usage(std::string_view text);

}  // namespace tollweir
