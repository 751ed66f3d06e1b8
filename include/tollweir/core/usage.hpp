#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tollweir/core/service_tier.hpp"

namespace tollweir {

/// What one upstream call used. Parts are inside their whole (OpenAI's counting): cached, written,
/// audio, image and video tokens inside `prompt_tokens`, reasoning, audio and image tokens inside
/// `completion_tokens`, one-hour writes inside `cache_write_tokens`, cached audio inside
/// `cached_tokens` and `audio_prompt_tokens` both.
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
    std::uint64_t cache_write_1h_tokens = 0;
    std::uint64_t cached_audio_tokens = 0;
    std::uint64_t image_prompt_tokens = 0;
    std::uint64_t video_prompt_tokens = 0;
    std::uint64_t image_completion_tokens = 0;
    std::uint64_t citation_tokens = 0;  // beside prompt and completion
    std::uint64_t web_searches = 0;     // the model ran
    std::optional<ServiceTier> tier{};  // that the upstream says it served the call on
    bool estimated = false;             // some of it was counted by us: the upstream named none

    friend bool operator==(const Usage&, const Usage&) = default;
};

/// Of a call whose upstream named none.
Usage estimated_usage(std::uint64_t prompt_tokens, std::uint64_t completion_tokens);

/// Adds one call's use to that of others; the tier stays.
void add(Usage& sum, const Usage& usage);

/// Reads an OpenAI `usage` object (JSON text), with what compatible providers put beside OpenAI's
/// members: cached tokens at the top (DeepSeek, Moonshot, LiteLLM), searches, citations. Nothing
/// when the text is not an object or a member has the wrong type; absent or null members count as
/// 0, and `total_tokens` absent is the sum. `text` must be followed by kJsonPadding readable bytes.
std::optional<Usage> read_openai_usage(std::string_view text);

}  // namespace tollweir
