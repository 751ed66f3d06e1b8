#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tollweir {

/// SipHash-2-4 with 128 bits of output, by Aumasson and Bernstein (2012): a hash that nobody can
/// steer without its key.
std::array<std::uint64_t, 2> siphash128(std::array<std::uint64_t, 2> key, std::string_view bytes);

}  // namespace tollweir
