#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/load.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// What counts of a row of LiteLLM_CredentialsTable.
struct StoredCredential {
    std::string name;
    std::string values_json;  // an object, its texts sealed (core/seal)
    std::string info_json;    // an object; empty: none

    friend bool operator==(const StoredCredential&, const StoredCredential&) = default;
};

/// A row of LiteLLM_Config.
struct StoredSection {
    std::string name;        // `router_settings`
    std::string value_json;  // an object; those of `environment_variables` are sealed

    friend bool operator==(const StoredSection&, const StoredSection&) = default;
};

/// By which findings name a row: `LiteLLM_Config.router_settings`.
std::string row_name(const StoredCredential& credential);
std::string row_name(const StoredSection& section);

/// What the store adds to the file beside models.
struct StoredSettings {
    std::vector<StoredCredential> credentials;
    std::vector<StoredSection> sections;

    friend bool operator==(const StoredSettings&, const StoredSettings&) = default;
};

/// The file and the store in one.
struct MergedConfig {
    LoadedConfig loaded;
    /// What of the store was left out, since no configuration can be made with it. Among the
    /// load's warnings as well.
    std::vector<ConfigFinding> left_out;
};

/// Reads the file anew with what the store says over it: mappings merge, null and empty lists say
/// nothing, lists of callbacks are joined, and a credential takes the place of the file's of its
/// name (spec/config.md 8.2). What the file alone may say (master key, database, what is stored) is
/// left as it is. A value that cannot be used is left out and warned of, under the name of its row;
/// so the store can keep no gateway from starting. `file`: of a load that stores models.
MergedConfig with_stored_settings(const LoadedConfig& file, const StoredSettings& stored,
                                  const Secret& seal_key);

/// The sections that are read from the store.
bool is_stored_section(std::string_view name);
/// Whether only the file, variables and flags may say this: a setting of `general_settings`, or a
/// variable's name where the section is `environment_variables`.
bool is_of_the_file_alone(std::string_view section, std::string_view key);

/// Whether the value of a setting is kept from answers.
bool is_hidden_setting(std::string_view name);
/// A section as the store has it, for people: secrets and all variables as `***`.
std::string shown_section(std::string_view name, std::string_view json);

/// A credential in force, for people.
struct ShownCredential {
    std::string name;
    std::string values_json;  // masked
    std::string info_json;

    friend bool operator==(const ShownCredential&, const ShownCredential&) = default;
};
/// Of file and store, in the order of the file, then of the store.
std::vector<ShownCredential> show_credentials(const ModelBase& base);
/// The object with the values of secrets masked but for two letters at each end of long ones.
std::string masked_values(const JsonFields& values);

/// A setting as LiteLLM's forms know it.
struct ShownSetting {
    std::string_view name;
    std::string_view type;  // `Boolean`, `Integer`, ...
    std::string_view description;
    std::string value_json;    // what is said of it, `"***"` of a secret; empty: nothing
    std::string default_json;  // empty: there is none
};
/// Of `general_settings`, those that the store may set.
std::vector<ShownSetting> show_general_settings(const ModelBase& base);
bool is_known_general_setting(std::string_view name);

/// Why a row of credentials cannot be used; empty: it can.
std::string flaw_of(const StoredCredential& credential, const Secret& seal_key);

}  // namespace tollweir
