#pragma once

#include <optional>
#include <string_view>

#include "config/findings.hpp"
#include "config/node.hpp"

namespace tollweir {

inline constexpr std::size_t kMaxConfigBytes = 16 * 1024 * 1024;
inline constexpr int kMaxConfigDepth = 100;
/// Values of one file with its anchors expanded; past it a few lines of aliases fill the memory.
inline constexpr std::size_t kMaxConfigNodes = 250'000;

/// Reads one YAML document whose top is a mapping: anchors expanded, `<<` merged, keys unique.
/// Nothing after an error that leaves no tree; other errors stand in `findings`.
std::optional<Node> read_yaml(std::string_view text, int file, Findings& findings);

}  // namespace tollweir
