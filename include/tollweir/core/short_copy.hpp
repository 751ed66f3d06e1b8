#pragma once

#include <cstddef>
#include <cstring>

namespace tollweir {

/// As memcpy, for the short pieces that heads and records are made of: up to 32 bytes are moved by
/// two loads and stores that may overlap, where a call would cost more than the bytes.
inline void copy_short(char* to, const char* from, std::size_t size) {
    const auto move_ends = [&]<std::size_t kWidth>() {
        char begin[kWidth];
        char end[kWidth];
        std::memcpy(begin, from, kWidth);
        std::memcpy(end, from + size - kWidth, kWidth);
        std::memcpy(to, begin, kWidth);
        std::memcpy(to + size - kWidth, end, kWidth);
    };
    if (size > 32)
        std::memcpy(to, from, size);
    else if (size >= 16)
        move_ends.operator()<16>();
    else if (size >= 8)
        move_ends.operator()<8>();
    else if (size >= 4)
        move_ends.operator()<4>();
    else if (size >= 2)
        move_ends.operator()<2>();
    else if (size == 1)
        *to = *from;
}

}  // namespace tollweir
