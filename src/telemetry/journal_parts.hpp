#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tollweir/telemetry/journal_part.hpp"

namespace tollweir {

// A reference takes up to 21 bytes; and a reader keeps the parts of a whole batch in memory.
inline constexpr std::size_t kLeastSharedPart = 32;
inline constexpr std::size_t kMostSharedPart = 8 * 1024;

/// Which shared parts a writer's file has, and where. It forgets those that others push out of
/// their place: they are written again. Keeps its storage; one thread.
class JournalParts {
public:
    /// Where in the file `bytes` stand already; else `offset`, where they are being written.
    JournalPart find_or_add(std::string_view bytes, std::uint64_t offset);

    /// Another file begins.
    void forget();

private:
    struct Entry {
        JournalPart part;
        std::uint32_t uses = 0;
        std::string bytes;
    };

    std::array<Entry, 256> entries_;
};

}  // namespace tollweir
