#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tollweir {

using Sha256Digest = std::array<unsigned char, 32>;

/// Any thread. Throws std::runtime_error if libcrypto has no SHA-256.
Sha256Digest sha256(std::string_view bytes);

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
std::string to_hex(const Sha256Digest& digest);
/// Of 64 hex digits, either case; nothing if it is anything else.
std::optional<Sha256Digest> parse_digest(std::string_view hex);

/// For tables: a digest is as good as random already.
struct DigestHash {
    std::size_t operator()(const Sha256Digest& digest) const {
        std::size_t first;
        std::memcpy(&first, digest.data(), sizeof first);
        return first;
    }
};

/// Takes the same time wherever the two differ.
bool equal_digests(const Sha256Digest& a, const Sha256Digest& b);

}  // namespace tollweir
