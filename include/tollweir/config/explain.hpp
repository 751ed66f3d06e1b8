#pragma once

#include <string>
#include <vector>

#include "tollweir/config/load.hpp"

namespace tollweir {

/// A value in force, for people: secrets are masked.
struct Setting {
    std::string path;    // `router_settings.timeout`
    std::string value;   // as JSON; `***`: a secret that is set
    std::string origin;  // `config.yaml:12`, `environment variable X`, `flag --x`, `default`
};

struct ExplainedConfig {
    LoadedConfig loaded;
    /// What the file, variables and flags say, and the defaults of what is active, in the order of
    /// docs/configuration.md; then the entries of `model_list`.
    std::vector<Setting> settings;
};

/// `load_config`, and where each value came from. Blocks on file I/O.
std::expected<ExplainedConfig, std::vector<ConfigFinding>> explain_config(
    const std::optional<std::filesystem::path>& file, const ConfigOverrides& overrides,
    const Environment& environment);

}  // namespace tollweir
