#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tollweir {

/// Standard alphabet, padded with `=`.
void append_base64(std::string& out, std::span<const std::byte> bytes);

/// URL-safe alphabet, not padded.
void append_base64url(std::string& out, std::span<const std::byte> bytes);

}  // namespace tollweir
