#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tollweir/auth/authenticator.hpp"
#include "tollweir/auth/identity.hpp"
#include "tollweir/auth/key_cache.hpp"
#include "tollweir/gateway/admin/fields.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// What a change of rows needs of its request, as a copy: the store's work may outlive it.
struct AdminCall {
    explicit AdminCall(const RequestContext& context);

    const Config& config() const { return snapshot->config(); }
    /// The key in rows of changes: a hash, or LiteLLM's word for the master key.
    std::string_view caller_key() const;

    Identity caller;
    std::string changed_by;  // the header `litellm-changed-by`; empty: not given
    /// That header, else the caller's user: who the audit log says it was.
    std::string author;
    std::shared_ptr<const Snapshot> snapshot;
    KeyCache* keys;           // null without virtual keys
    LiveConfig* live_config;  // null without a store
};

/// The body's fields; an empty body has none.
net::Task<Result<Fields>> read_fields(RequestContext& context);

/// A management error as clients of LiteLLM know it: `type` where the error names none, and the
/// status as a string in `code`. What is the gateway's own fault stays as it is.
GatewayError as_admin_error(GatewayError error, std::string_view type);

/// Answers with the JSON, or returns the error as `type`.
net::Task<Result<void>> answer(RequestContext& context, Result<std::string> json,
                               std::string_view type);

/// Runs `work(sql)` on a thread of the store's admin lane. A client that leaves ends the wait, not
/// the work: so it holds all it needs.
template <class Work>
net::Task<std::invoke_result_t<Work, Sql&>> run_in_store(RequestContext& context, Work work) {
    auto* store = context.state->store;
    if (store == nullptr) co_return std::unexpected(no_key_store());
    net::CancelSlot slot;
    context.client->cancel_on_leave(&slot);
    auto outcome =
        co_await store->run(context.state->worker, slot, StoreLane::admin, std::move(work));
    context.client->cancel_on_leave(nullptr);
    co_return outcome;
}

}  // namespace tollweir
