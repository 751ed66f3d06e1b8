#pragma once

#include <string_view>

namespace tollweir {

/// As in CMakeLists.txt's `project()`; told to upstreams in User-Agent.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace tollweir
