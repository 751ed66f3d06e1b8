#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/config/config.hpp"

namespace tollweir {

/// Where a finding stands: file, 1-based line and column (0: not in a file), key path such as
/// `model_list[2].litellm_params.rpm`.
struct ConfigFinding {
    std::string file;
    int line = 0;
    int column = 0;
    std::string path;
    std::string message;

    /// `config.yaml:12:7: model_list[2].litellm_params.rpm: expected a whole number, found "fast"`
    std::string text() const;
};

/// Looks up an environment variable; tests hand in a map.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// What the command line adds to the file (spec/config.md, section 9).
struct ConfigOverrides {
    std::optional<std::string> model;  // --model: one deployment that answers every request
    std::optional<std::string> alias;
    std::optional<std::string> api_base;
    std::optional<std::string> api_version;
    std::optional<double> temperature;  // these three replace what the request says
    std::optional<std::int64_t> max_tokens;
    std::optional<double> request_timeout;  // seconds
    std::vector<std::pair<std::string, std::string>> headers;
    bool drop_params = false;
    bool debug = false;
    bool detailed_debug = false;
    bool require_auth = false;
    bool watch_config = false;
    std::optional<double> keepalive_timeout;  // seconds
    std::optional<std::int64_t> limit_concurrency;
    /// Names of flags that are absent, and of the environment variables that stand in for them.
    std::vector<std::pair<std::string, std::string>> variables;

    /// `--reload`, or the name of the variable that stood in for the flag.
    std::string source_of(const std::string& flag) const;
};

struct ModelBase;  // config/stored_models.hpp

struct LoadedConfig {
    Config config;
    std::shared_ptr<const ModelBase> models;  // what models of the store are read with
    std::vector<ConfigFinding> warnings;
    std::vector<std::filesystem::path> files;  // main file and includes, for the watcher
    Environment environment;  // the caller's, with `environment_variables` of the file on top
};

/// Reads the file (none: an empty one), its includes, references and the environment. All findings
/// of a load are collected: the error is the list of what makes it unusable, never empty. No YAML
/// type and no exception leaves this function. Blocks on file I/O: never on a worker.
std::expected<LoadedConfig, std::vector<ConfigFinding>> load_config(
    const std::optional<std::filesystem::path>& file, const ConfigOverrides& overrides,
    const Environment& environment);

/// The same from text, as if it stood in the file `name`, whose folder includes are relative to.
std::expected<LoadedConfig, std::vector<ConfigFinding>> load_config_text(
    std::string_view text, const std::string& name, const ConfigOverrides& overrides,
    const Environment& environment);

/// Reads a `.env` file: `NAME=value` lines, `export `, quotes, comments. Values that the process
/// environment already has win. Blocks.
std::map<std::string, std::string> read_env_file(const std::filesystem::path& file);

/// The process's variables over those of `env_file`, which is not read where LITELLM_MODE is
/// PRODUCTION. Blocks.
Environment process_environment(const std::filesystem::path& env_file = ".env");

}  // namespace tollweir
