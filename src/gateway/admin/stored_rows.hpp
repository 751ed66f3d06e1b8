#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tollweir/gateway/admin/admin_call.hpp"

namespace tollweir {

// What the routes of rows other than keys share.

/// An error of the client's, with LiteLLM's `type` where it has one and the field that is at fault.
std::unexpected<GatewayError> row_error(ErrorKind kind, std::string message, std::string_view type,
                                        std::string_view param = {});

/// In the transaction of the change, only with `litellm_settings.store_audit_logs`. Values are
/// JSON; empty: none.
Result<void> audit_row(Sql& sql, const AdminCall& call, std::string_view table,
                       std::string_view action, std::string_view id, std::string_view before,
                       std::string_view after);

GatewayError no_database_for_rows();

/// Answers with the JSON that `work(sql)` makes on the store's threads.
template <class Work>
net::Task<Result<void>> serve_from_store(RequestContext& context, Work work,
                                         std::string_view error_type) {
    if (context.state->store == nullptr) co_return std::unexpected(no_database_for_rows());
    auto json = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(json), error_type);
}

/// Reads the body, parses it with `parse(Fields&)` and answers with what `work(sql, call, parsed)`
/// makes of it. `parse` returns a Result.
template <class Parse, class Work>
net::Task<Result<void>> serve_body(RequestContext& context, Parse parse, Work work,
                                   std::string_view error_type) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(as_admin_error(std::move(body.error()), error_type));
    auto parsed = parse(*body);
    if (!parsed) co_return std::unexpected(as_admin_error(std::move(parsed.error()), error_type));
    auto job = [call = AdminCall(context), work, given = std::move(*parsed)](Sql& sql) {
        return work(sql, call, given);
    };
    co_return co_await serve_from_store(context, std::move(job), error_type);
}

/// The same without a body.
template <class Work>
net::Task<Result<void>> serve_rows(RequestContext& context, Work work,
                                   std::string_view error_type) {
    auto job = [call = AdminCall(context), work](Sql& sql) { return work(sql, call); };
    co_return co_await serve_from_store(context, std::move(job), error_type);
}

}  // namespace tollweir
