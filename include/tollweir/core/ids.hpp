#pragma once

#include <cstdint>
#include <string>

namespace tollweir {

/// From a fast generator of the thread's own that the system seeds: unique, but nothing that must
/// stay unguessed may rest on it.
std::uint64_t random_bits();

/// Appends a random UUID (version 4), 36 characters, of random_bits().
void append_uuid4(std::string& out);

/// A new gateway key, `sk-` and 22 characters: 128 bits from the system's random source. Throws
/// std::system_error if there is none.
std::string new_secret_key();

}  // namespace tollweir
