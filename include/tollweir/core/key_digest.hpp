#pragma once

#include <string_view>

#include "tollweir/core/hash.hpp"

namespace tollweir {

/// The SHA-256 of a key that a client sent, remembered for the keys that come again: hashing one
/// takes longer than all else that is asked of a known key. Any thread; each remembers its own.
///
/// What is remembered is no key: the digest, under a 128-bit SipHash of the key by a secret that
/// lives only in this process. Whoever does not know the secret cannot make another key with the
/// same one, nor tell from the time that a look-up takes how near it came, and whether the digest
/// is one of a key that exists is asked afterwards, as ever. Who reads this memory can try out
/// guesses of keys as against the digests themselves, no more.
Sha256Digest digest_of_key(std::string_view key);

}  // namespace tollweir
