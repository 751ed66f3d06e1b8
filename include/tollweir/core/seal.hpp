#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/secret.hpp"

namespace tollweir {

// How LiteLLM keeps credentials in its database: each text sealed by itself, with a key that is
// made of the salt key. Any thread.

/// As every version of LiteLLM reads it: XSalsa20-Poly1305 under SHA-256 of the salt key, the nonce
/// in front, URL-safe base64. Two seals of one text differ. Throws std::runtime_error if libsodium
/// cannot be used.
std::string seal(std::string_view text, const Secret& salt_key);

/// What was sealed, by any version of LiteLLM: the form above in either alphabet, and AES-256-GCM
/// (`v2:gcm:`, `v3:gcm:`). Nothing: another key, a changed text, or none that was sealed.
std::optional<std::string> unseal(std::string_view sealed, const Secret& salt_key);

/// Whether a text may be a sealed one. A long text of base64's letters alone may be so by chance.
bool looks_sealed(std::string_view text);

}  // namespace tollweir
