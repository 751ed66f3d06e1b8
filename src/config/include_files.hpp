#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/findings.hpp"
#include "config/node.hpp"

namespace tollweir {

/// The text of a file of at most `kMaxConfigBytes`; an error in `findings` otherwise.
std::optional<std::string> read_text(const std::filesystem::path& file, const Position& asked_at,
                                     const std::string& path, Findings& findings);

/// Merges the files named by `root`'s `include` into it and takes the key away. Names are relative
/// to `folder`, the main file's, nested ones too. Mappings merge deeply, lists append, of a single
/// value the included one wins. `files` gets every file read.
void merge_includes(Node& root, const std::filesystem::path& folder,
                    std::vector<std::filesystem::path>& files, Findings& findings);

/// `from` into `into`, by the rule above.
void merge_node(Node& into, Node from);

/// Adds the `users` and `teams` of the file that `general_settings.user_config` names.
void merge_user_config(Node& root, const std::filesystem::path& folder,
                       const Environment& environment, std::vector<std::filesystem::path>& files,
                       Findings& findings);

}  // namespace tollweir
