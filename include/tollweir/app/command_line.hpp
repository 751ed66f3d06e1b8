#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/load.hpp"

namespace tollweir {

/// What the process was asked to do: flags first, then their environment variables, then defaults
/// (spec/config.md, section 9).
struct CommandLine {
    enum class Action : std::uint8_t { serve, help, version, check, migrate, health, test };

    Action action = Action::serve;
    std::optional<std::filesystem::path> config_file;
    ConfigOverrides overrides;

    std::string host = "0.0.0.0";
    std::uint16_t port = 4000;    // 0: any free one
    std::size_t num_workers = 1;  // I/O threads
    std::string root_path;        // SERVER_ROOT_PATH: empty, or `/prefix` without trailing slash

    std::string ssl_keyfile;  // both or none
    std::string ssl_certfile;
    std::string ciphers;

    /// For the log once it runs: flags and variables without effect, and why.
    std::vector<std::string> notices;
};

/// `arguments` without the program's name. The error is one line for the operator; exit status 2.
/// Looks whether CONFIG_FILE_PATH names a file; reads none.
std::expected<CommandLine, std::string> parse_command_line(
    const std::vector<std::string>& arguments, const Environment& environment);

/// What `--help` prints.
std::string help_text();

/// Threads that may run at once: the processors, or fewer where a cgroup's quota says so.
/// `cpu_max` is the text of cgroup v2's `cpu.max`: "150000 100000" allows two, "max 100000" all.
std::size_t usable_processors(std::size_t processors, std::string_view cpu_max);

}  // namespace tollweir
