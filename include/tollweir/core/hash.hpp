#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tollweir {

using Sha256Digest = std::array<unsigned char, 32>;

/// Any thread. Throws std::runtime_error if libcrypto has no SHA-256.
Sha256Digest sha256(std::string_view bytes);

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// Takes the same time wherever the two differ.
bool equal_digests(const Sha256Digest& a, const Sha256Digest& b);

}  // namespace tollweir
