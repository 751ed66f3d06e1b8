#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// A path that is forwarded as it is; an item of `general_settings.pass_through_endpoints`.
struct PassThroughEndpoint {
    std::string id;    // empty: none given
    std::string path;  // begins with `/`
    std::string target;
    Origin target_origin;
    std::string target_path;
    std::string target_query;
    std::vector<std::pair<std::string, Secret>> headers;
    bool forwards_headers = false;
    bool merges_query = false;
    std::vector<std::pair<std::string, std::string>> default_query;
    bool includes_subpaths = false;
    std::vector<std::string> methods = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    Picodollars cost_per_request = 0;
    bool needs_key = true;
    std::string guardrails_json;  // empty: none

    friend bool operator==(const PassThroughEndpoint&, const PassThroughEndpoint&) = default;
};

struct PassThroughConfig {
    std::vector<PassThroughEndpoint> endpoints;
    bool uses_client_credentials = false;  // use_client_credentials_pass_through_routes

    friend bool operator==(const PassThroughConfig&, const PassThroughConfig&) = default;
};

}  // namespace tollweir
