#pragma once

#include <cstdint>
#include <string_view>

namespace tollweir {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's own instruction where it has
/// one. `before` is the checksum of the bytes before these; 0 at the beginning.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace tollweir
