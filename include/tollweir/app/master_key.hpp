#pragma once

#include <filesystem>
#include <string>

#include "tollweir/app/command_line.hpp"
#include "tollweir/config/config.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

struct StoredMasterKey {
    Secret key;
    std::filesystem::path file;
    bool created = false;
};

/// The master key kept in the data directory, readable by its owner only; made on first use. For
/// `tollweir_settings.generate_master_key`. Errors: the directory cannot be made or read.
Result<StoredMasterKey> load_or_create_master_key(const std::filesystem::path& data_dir);

/// Says once, on standard output, what the new key is and how to use it. The only place that shows
/// a secret, and never through the log.
void print_welcome(const Config& config, const CommandLine& command_line,
                   const std::filesystem::path& file);

}  // namespace tollweir
