#include "tollweir/gateway/admin/admin_call.hpp"

#include <algorithm>

#include "tollweir/gateway/respond.hpp"

namespace tollweir {
namespace {

// Names in audit rows, and bodies of management requests: five hundred keys fit many times.
constexpr std::size_t kMaxAuthor = 256;
constexpr std::size_t kMaxBody = std::size_t{8} * 1024 * 1024;

}  // namespace

AdminCall::AdminCall(const RequestContext& context)
    : caller(context.identity),
      changed_by(
          context.client->head().find("litellm-changed-by").value_or("").substr(0, kMaxAuthor)),
      author(changed_by.empty() ? std::string(caller.user_id()) : changed_by),
      snapshot(context.snapshot),
      keys(context.state->keys ? &context.state->keys->cache() : nullptr),
      live_config(context.state->live_config) {}

std::string_view AdminCall::caller_key() const {
    return caller.key ? std::string_view(caller.key->hash) : kMasterKeyName;
}

net::Task<Result<Fields>> read_fields(RequestContext& context) {
    const auto most = std::min(kMaxBody, context.config().server.max_body_bytes);
    auto body = context.client->body_at_hand(most);
    if (!body) {
        const auto read = co_await context.client->read_body(most);
        if (!read) co_return std::unexpected(read.error());
        body = *read;
    }
    co_return Fields::read(*body);
}

GatewayError as_admin_error(GatewayError error, std::string_view type) {
    if (error.source != ErrorSource::client) return error;
    if (!error.type_json) error.type_json = "\"" + std::string(type) + "\"";
    error.code_json = "\"" + std::to_string(error.http_status()) + "\"";
    return error;
}

net::Task<Result<void>> answer(RequestContext& context, Result<std::string> json,
                               std::string_view type) {
    if (!json) co_return std::unexpected(as_admin_error(std::move(json.error()), type));
    co_return co_await respond(context, 200, kJson, *json);
}

}  // namespace tollweir
