#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /organization (spec/management-api.md 3.5). Administrators do everything; those of
// an organization see it and manage its members; members see those that they are in.

net::Task<Result<void>> make_organization(RequestContext& context);
net::Task<Result<void>> update_organization(RequestContext& context);
net::Task<Result<void>> remove_organizations(RequestContext& context);
net::Task<Result<void>> list_organizations(RequestContext& context);
net::Task<Result<void>> show_organization(RequestContext& context);
net::Task<Result<void>> add_organization_members(RequestContext& context);
net::Task<Result<void>> update_organization_member(RequestContext& context);
net::Task<Result<void>> remove_organization_member(RequestContext& context);

}  // namespace tollweir
