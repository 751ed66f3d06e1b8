#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tollweir/core/ip_range.hpp"

namespace tollweir {

/// A header that says on whose behalf a request comes; `general_settings.user_header_mappings`.
struct UserHeader {
    enum class Names : std::uint8_t { internal_user, customer };

    std::string header;  // lower case
    Names names = Names::customer;

    friend bool operator==(const UserHeader&, const UserHeader&) = default;
};

/// Who may ask, from where, for what, and how requests must look; of `general_settings`.
struct AccessConfig {
    std::vector<IpRange> allowed_ips;  // empty: everybody
    bool use_x_forwarded_for = false;
    std::vector<IpRange> trusted_proxies;  // tollweir_settings.server: hops left out of X-F-F

    // Paths; a trailing `*` stands for any rest. Empty: no such rule.
    std::vector<std::string> allowed_routes;
    std::vector<std::string> admin_only_routes;
    std::vector<std::string> public_routes;

    std::vector<UserHeader> user_headers;  // in the order in which they are asked
    std::string user_header;               // `user_header_name` (deprecated), lower case
    bool enforce_user_param = false;
    bool reject_clientside_metadata_tags = false;
    bool default_team_disabled = false;
    std::vector<std::string> enforced_params;  // body fields each call must carry: `metadata.job`
    std::vector<std::string> service_account_enforced_params;

    bool allow_client_side_credentials = false;
    bool disable_responses_id_security = false;

    std::chrono::milliseconds key_cache_ttl{60'000};  // `user_api_key_cache_ttl`
    std::chrono::milliseconds stale_for{3'600'000};   // tollweir_settings.auth: database away
    int budget_exceeded_status = 429;                 // or 400
    bool return_master_key = true;                    // `disable_master_key_return: true` clears it
    bool add_master_key_hash_to_db = true;  // `disable_adding_master_key_hash_to_db` clears it

    friend bool operator==(const AccessConfig&, const AccessConfig&) = default;
};

}  // namespace tollweir
