#pragma once

#include <string>

#include "config/section.hpp"
#include "tollweir/core/deployment.hpp"

namespace tollweir {

/// The members of `litellm_params` that are fields of the upstream's request body, in file order:
/// OpenAI's parameters, checked, and names that nobody here knows, as they are. Warns about keys
/// that are not active yet, and about unknown ones that are near a known one; what is near one of
/// the gateway's own keys, or named like a credential, is not sent.
JsonFields read_body_defaults(const Section& params);

/// A mapping of body fields as it is (`extra_body`).
JsonFields read_json_fields(const Section& section);

/// Sets a field, replacing one of the same name.
void set_field(JsonFields& fields, const std::string& name, std::string json);

}  // namespace tollweir
