#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tollweir/api/answer_recorder.hpp"

namespace tollweir {

struct RequestContext;

/// What a call's spend row keeps of what was said (`store_prompts_in_spend_logs`), as JSON texts.
struct KeptTexts {
    std::string request;
    std::string answer;
};

/// Makes `context.kept` with the request in it, unless the configuration or the client does not
/// want it kept: `no-log`, `turn_off_message_logging`, `x-litellm-enable-message-redaction`.
void keep_request(RequestContext& context);
/// The answer that went to the client, in pieces; nothing where none is kept.
void keep_answer(RequestContext& context, std::span<const std::string_view> pieces);
/// The same of a stream.
void keep_stream(RequestContext& context, const AnswerRecorder& said);

}  // namespace tollweir
