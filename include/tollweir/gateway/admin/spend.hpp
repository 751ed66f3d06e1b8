#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// Where the money went (docs/spend.md; spec/management-api.md 5.4). Administrators see everything,
// others what their own keys spent.

net::Task<Result<void>> show_spend_logs(RequestContext& context);
net::Task<Result<void>> show_spend_log_page(RequestContext& context);
net::Task<Result<void>> show_spend_log_texts(RequestContext& context);

net::Task<Result<void>> show_spend_of_keys(RequestContext& context);
net::Task<Result<void>> show_spend_of_users(RequestContext& context);
net::Task<Result<void>> show_spend_of_tags(RequestContext& context);

// The last 30 days.
net::Task<Result<void>> show_global_spend(RequestContext& context);
net::Task<Result<void>> show_global_days(RequestContext& context);
net::Task<Result<void>> show_global_keys(RequestContext& context);
net::Task<Result<void>> show_global_models(RequestContext& context);
net::Task<Result<void>> show_global_providers(RequestContext& context);

net::Task<Result<void>> reset_global_spend(RequestContext& context);
net::Task<Result<void>> show_provider_budgets(RequestContext& context);

}  // namespace tollweir
