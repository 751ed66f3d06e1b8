#pragma once

#include <string>
#include <string_view>

namespace tollweir {

/// Whether a value refers to something on the gateway's side, a variable or a token's source: such
/// references are resolved in the configuration file only. What is no JSON counts as one.
/// spec/peer-lessons.md 9.
bool holds_reference(std::string_view json);
/// What is said of it; `path`: the value's.
std::string reference_refused(std::string path);

}  // namespace tollweir
