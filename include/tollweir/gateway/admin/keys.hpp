#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /key: who may do what, and what they take and answer, is spec/management-api.md 2.

net::Task<Result<void>> generate_key(RequestContext& context);
net::Task<Result<void>> generate_service_account_key(RequestContext& context);
net::Task<Result<void>> update_key(RequestContext& context);
net::Task<Result<void>> update_keys_in_bulk(RequestContext& context);
net::Task<Result<void>> delete_keys(RequestContext& context);
net::Task<Result<void>> show_key(RequestContext& context);
net::Task<Result<void>> show_keys(RequestContext& context);
net::Task<Result<void>> list_keys(RequestContext& context);
net::Task<Result<void>> list_key_aliases(RequestContext& context);
net::Task<Result<void>> block_key(RequestContext& context);
net::Task<Result<void>> unblock_key(RequestContext& context);
net::Task<Result<void>> regenerate_key(RequestContext& context);
net::Task<Result<void>> reset_key_spend(RequestContext& context);
net::Task<Result<void>> check_key_health(RequestContext& context);

}  // namespace tollweir
