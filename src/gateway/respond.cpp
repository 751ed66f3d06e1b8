#include "tollweir/gateway/respond.hpp"

#include "tollweir/gateway/reply_headers.hpp"

namespace tollweir {

net::Task<Result<void>> respond(RequestContext& context, int status, std::string_view content_type,
                                std::string_view body) {
    context.record.status = status;
    append_reply_headers(context, false, context.headers);
    context.headers.append("content-type: ").append(content_type).append("\r\n");
    const Pieces pieces{body};
    if (!co_await context.client->respond(status, context.headers, pieces))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

}  // namespace tollweir
