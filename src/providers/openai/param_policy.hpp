#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/openai/body_fields.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {

/// `drop_params` and its kin, as deployment and request together want them.
/// Source: spec/providers-openai-family.md, section 5.
struct ParamPolicy {
    bool drops_unsupported = false;
    std::vector<std::string> dropped;  // of the request; the deployment's own are in the snapshot
    ParamSet allowed = 0;              // pass unchanged

    void allow(const std::vector<std::string>& names);
    bool allows(Param param) const { return (allowed & bit(param)) != 0; }
};

/// A request's field that is a list of texts; null is none. Errors (`bad_request`): anything else,
/// over 256 of them.
Result<std::vector<std::string>> read_string_list(const JsonMember& member);

/// LiteLLM's words for parameters that can be neither sent nor dropped: 400, not retried.
std::unexpected<GatewayError> refuse_params(const std::vector<Param>& params,
                                            std::string_view provider, std::string_view model);

}  // namespace tollweir
