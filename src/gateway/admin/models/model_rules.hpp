#pragma once

#include <string>
#include <string_view>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/storage/team_row.hpp"

namespace tollweir {

// What may be said of a model through the API: values in, a decision out.

/// No value refers to something on the gateway's side: a variable, a token's source, a file.
/// spec/peer-lessons.md 9.
Result<void> refuse_references(const JsonFields& params);

/// A stored credential does not follow to an address that is given without it.
Result<void> permit_new_address(const JsonFields& before, const JsonFields& changes);

/// What an administrator of a team may set: no prices, nothing that lends or borrows credentials,
/// and an address only where the configuration lets clients name one.
Result<void> permit_team_fields(const JsonFields& params, const JsonFields& info,
                                bool may_name_address);
/// A team's model has a credential of its own, and so never the gateway's.
Result<void> need_own_credential(const JsonFields& params);

/// The name joins the list of what the team may use: it must not open anything else. `is_admin`: of
/// the gateway, who may open what exists.
Result<void> permit_team_name(const Snapshot& snapshot, const TeamRow& team,
                              const std::string& name, bool is_admin);

}  // namespace tollweir
