#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Pages for people and addresses of the gateway itself.
struct SiteConfig {
    std::string ui_access_mode = "all";
    bool has_public_model_hub = false;
    std::string mcp_management_mode;
    std::string control_plane_url;
    std::vector<std::string> public_model_groups;
    std::vector<std::pair<std::string, std::string>> public_links;  // title, URL
    std::string base_url;                                           // PROXY_BASE_URL
    std::string docs_url;
    std::string redoc_url;
    bool has_docs = true;   // NO_DOCS clears it
    bool has_redoc = true;  // NO_REDOC clears it
    std::string root_redirect;
    bool has_admin_ui = true;  // DISABLE_ADMIN_UI clears it
    std::string ui_username;
    Secret ui_password;
    std::string admin_id;          // PROXY_ADMIN_ID
    bool has_health_port = false;  // SEPARATE_HEALTH_APP
    std::uint16_t health_port = 4001;

    friend bool operator==(const SiteConfig&, const SiteConfig&) = default;
};

}  // namespace tollweir
