#pragma once

#include <cstddef>
#include <string>

#include "gateway/admin/spend/spend_query.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"

namespace tollweir {

/// What an answer lists at most; there are pages for more.
inline constexpr std::size_t kMostSpendRows = 1'000;

inline constexpr std::string_view kSpendErrorType = "bad_request";

inline Day today() {
    return std::chrono::floor<std::chrono::days>(WallClock::now());
}

inline std::string_view query_of(const RequestContext& context) {
    return context.client->head().query;
}

inline GatewayError no_database() {
    GatewayError error(ErrorKind::internal, ErrorSource::gateway,
                       "DB not connected. Spend is kept in the gateway's store, and this gateway "
                       "runs without one");
    error.type_json = "\"no_db_connection\"";
    error.code_json = "\"500\"";
    return error;
}

inline net::Task<Result<void>> refuse(GatewayError error) {
    co_return std::unexpected(as_admin_error(std::move(error), kSpendErrorType));
}

/// Answers with the JSON that `work(sql)` makes on the store's threads.
template <class Work>
net::Task<Result<void>> answer_from_store(RequestContext& context, Work work) {
    if (context.state->store == nullptr) co_return std::unexpected(no_database());
    auto json = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(json), kSpendErrorType);
}

}  // namespace tollweir
