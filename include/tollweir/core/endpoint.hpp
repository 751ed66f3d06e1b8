#pragma once

#include <cstdint>
#include <string_view>

namespace tollweir {

/// What a billed route asks of a model.
enum class Endpoint : std::uint8_t { chat_completions, completions, embeddings, moderations };
inline constexpr std::size_t kEndpointCount = 4;

/// A wire format. Where client and upstream speak the same one, bytes pass through.
enum class Dialect : std::uint8_t { openai, anthropic, gemini };

/// `/chat/completions`, as spend rows name it.
constexpr std::string_view route_of(Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return "/chat/completions";
        case Endpoint::completions:
            return "/completions";
        case Endpoint::embeddings:
            return "/embeddings";
        case Endpoint::moderations:
            return "/moderations";
    }
    return "/";
}

/// `chat/completions`, as in OpenAI's URLs and in our logs.
constexpr std::string_view path_of(Endpoint endpoint) {
    return route_of(endpoint).substr(1);
}

constexpr bool can_stream(Endpoint endpoint) {
    return endpoint == Endpoint::chat_completions || endpoint == Endpoint::completions;
}

}  // namespace tollweir
