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
net::Task<Result<void>> show_spend_session(RequestContext& context);

net::Task<Result<void>> show_spend_of_keys(RequestContext& context);
net::Task<Result<void>> show_spend_of_users(RequestContext& context);
net::Task<Result<void>> show_spend_of_tags(RequestContext& context);

// The last 30 days.
net::Task<Result<void>> show_global_spend(RequestContext& context);
net::Task<Result<void>> show_global_days(RequestContext& context);
net::Task<Result<void>> show_global_keys(RequestContext& context);
net::Task<Result<void>> show_global_models(RequestContext& context);
net::Task<Result<void>> show_global_providers(RequestContext& context);
net::Task<Result<void>> show_global_teams(RequestContext& context);
net::Task<Result<void>> show_global_end_users(RequestContext& context);
net::Task<Result<void>> show_global_tags(RequestContext& context);
net::Task<Result<void>> show_global_tag_names(RequestContext& context);
net::Task<Result<void>> show_global_activity(RequestContext& context);
net::Task<Result<void>> show_global_model_activity(RequestContext& context);
net::Task<Result<void>> show_global_cache_hits(RequestContext& context);
// Of days that must be named.
net::Task<Result<void>> show_spend_report(RequestContext& context);

// What an owner's keys used, day by day, and what it is made of; a page is some days.
net::Task<Result<void>> show_user_activity(RequestContext& context);
net::Task<Result<void>> show_team_activity(RequestContext& context);
net::Task<Result<void>> show_tag_activity(RequestContext& context);
net::Task<Result<void>> show_customer_activity(RequestContext& context);
net::Task<Result<void>> show_organization_activity(RequestContext& context);
// All days at once.
net::Task<Result<void>> show_all_user_activity(RequestContext& context);
net::Task<Result<void>> show_all_team_activity(RequestContext& context);
net::Task<Result<void>> show_all_tag_activity(RequestContext& context);
net::Task<Result<void>> show_all_customer_activity(RequestContext& context);
net::Task<Result<void>> show_all_organization_activity(RequestContext& context);

net::Task<Result<void>> reset_global_spend(RequestContext& context);
net::Task<Result<void>> show_provider_budgets(RequestContext& context);

}  // namespace tollweir
