#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tollweir {

enum class SecretManager : std::uint8_t {
    aws_secret_manager,
    aws_kms,
    azure_key_vault,
    google_secret_manager,
    google_kms,
    hashicorp_vault,
    cyberark,
    local
};

/// Where references are looked up; `general_settings.key_management_system` and its settings.
struct SecretManagerConfig {
    enum class Access : std::uint8_t { read_only, write_only, read_and_write };

    std::optional<SecretManager> system;                  // nothing: the environment
    std::optional<std::vector<std::string>> hosted_keys;  // nothing: all names
    bool stores_virtual_keys = false;
    std::string virtual_key_prefix = "litellm/";
    Access access = Access::read_only;
    std::string primary_secret_name;
    std::string description;
    std::string tags_json;  // empty: none

    friend bool operator==(const SecretManagerConfig&, const SecretManagerConfig&) = default;
};

}  // namespace tollweir
