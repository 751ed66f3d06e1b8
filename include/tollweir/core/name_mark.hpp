#pragma once

#include <cstdint>
#include <string_view>

namespace tollweir {

/// One of 64 bits for a name. Most names of an object or a head differ in length or first and last
/// letter, so the marks of all of them, together in one word, tell of most others that they are not
/// there. `fold`: set in both letters; 0x20 where their case does not count.
constexpr std::uint64_t name_mark(std::string_view name, unsigned fold = 0) {
    if (name.empty()) return 1;
    const auto mark = name.size() + 5 * (static_cast<unsigned char>(name.front()) | fold) +
                      11 * (static_cast<unsigned char>(name.back()) | fold);
    return std::uint64_t{1} << (mark & 63);
}

}  // namespace tollweir
