#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/api/front.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// A canned answer (`mock_response`), in OpenAI's dialect; no upstream is called.
struct MockReply {
    std::string body;                         // of an answer that is not a stream
    std::vector<std::string> events;          // payloads of a stream, `[DONE]` excluded
    std::optional<GatewayError> breaks_with;  // after the first half of the events
    Usage usage;
};

/// Makes the answer that `mock_json` (JSON text of `mock_response`) asks for: a string is the text,
/// streamed word by word; an object is the answer; `litellm.RateLimitError` and its like are errors
/// (spec/data-plane.md, 2.4). `created`: Unix seconds; `id`: unique.
Result<MockReply> make_mock_reply(std::string_view mock_json, const ChatView& view,
                                  std::string_view model, std::string_view id,
                                  std::int64_t created);

}  // namespace tollweir
