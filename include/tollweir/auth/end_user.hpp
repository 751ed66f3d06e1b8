#pragma once

#include <string>

#include "tollweir/config/access_config.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/net/http_request.hpp"

namespace tollweir {

/// The customer on whose behalf a request comes, for spend and limits; empty: none. First match of
/// spec/management-api.md 1.6: headers, then `user`, `litellm_metadata.user`, `metadata.user_id`,
/// `safety_identifier` of the body. An id over 512 bytes counts as none.
void find_end_user(const AccessConfig& access, const net::RequestHead& head, const ObjectView& body,
                   std::string& id);

}  // namespace tollweir
