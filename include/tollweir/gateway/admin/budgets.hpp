#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /budget: rows that keys, customers, organizations and tags share
// (spec/management-api.md 3.4). Administrators only.

net::Task<Result<void>> make_budget(RequestContext& context);
net::Task<Result<void>> update_budget(RequestContext& context);
net::Task<Result<void>> show_budgets(RequestContext& context);
net::Task<Result<void>> list_budgets(RequestContext& context);
net::Task<Result<void>> show_budget_settings(RequestContext& context);
net::Task<Result<void>> remove_budget(RequestContext& context);

}  // namespace tollweir
