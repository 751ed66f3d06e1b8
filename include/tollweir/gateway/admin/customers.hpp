#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /customer, each also as /end_user (spec/management-api.md 3.3). Administrators
// only.

net::Task<Result<void>> make_customer(RequestContext& context);
net::Task<Result<void>> show_customer(RequestContext& context);
net::Task<Result<void>> update_customer(RequestContext& context);
net::Task<Result<void>> remove_customers(RequestContext& context);
net::Task<Result<void>> list_customers(RequestContext& context);
net::Task<Result<void>> block_customers(RequestContext& context);
net::Task<Result<void>> unblock_customers(RequestContext& context);

}  // namespace tollweir
