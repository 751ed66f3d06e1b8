#pragma once

#include <string>
#include <vector>

#include "tollweir/config/access_config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/key_record.hpp"

namespace tollweir {

/// What configuration and key demand of a body or forbid in it: `enforce_user_param`,
/// `reject_clientside_metadata_tags`, `enforced_params`, `allowed_tools`. Errors as
/// spec/management-api.md 1.4 words them.
Result<void> permit_body(const AccessConfig& access, const KeyRecord& key, const ObjectView& body);

/// The model groups that a client names to fall back on, which it must be allowed to use:
/// `["m1"]`, `[{"model": "m"}]`, `[{"a": ["b"]}]`. spec/data-plane.md, 2.3.
std::vector<std::string> client_fallbacks(const ObjectView& body);

}  // namespace tollweir
