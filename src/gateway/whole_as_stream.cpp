#include "tollweir/gateway/whole_as_stream.hpp"

#include "tollweir/api/front.hpp"

namespace tollweir {

net::Task<Result<void>> send_as_stream(RequestContext& context, std::string_view answer,
                                       const UsageCost& cost) {
    const bool with_usage =
        context.view.wants_stream_usage || context.config().always_include_stream_usage;
    const auto chunks = answer_as_chunks(answer, with_usage, cost);
    if (!chunks) co_return std::unexpected(chunks.error());
    Pieces events;
    for (const auto& chunk : *chunks) events.insert(events.end(), {"data: ", chunk, "\n\n"});
    events.push_back("data: [DONE]\n\n");
    auto& client = *context.client;
    if (!client.is_streaming()) client.begin_stream(200, context.headers);
    context.record.first_token =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - client.arrival());
    if (!co_await client.finish_stream(events))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

}  // namespace tollweir
