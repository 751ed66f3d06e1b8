#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tollweir {

/// Standard alphabet, padded with `=`.
void append_base64(std::string& out, std::span<const std::byte> bytes);

/// URL-safe alphabet, not padded.
void append_base64url(std::string& out, std::span<const std::byte> bytes);

/// Decodes the standard alphabet, padded with `=` to whole groups of four; appends the bytes. False
/// if the text is none; `out` then holds what came before.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace tollweir
