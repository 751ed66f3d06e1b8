#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tollweir/core/spend_row.hpp"

namespace tollweir {

/// Rows on their way from a spend journal into the store, and how far they bring its files: the
/// store applies both in one transaction, so that a batch counts once.
struct SpendBatch {
    struct File {
        std::string id;       // `<process>/worker-2.000017`
        std::string process;  // whose leases its rows use up
        // Bytes of the file that are applied before the batch, as the store must have it, and after
        // it. 0 before: the store has nothing of this file.
        std::uint64_t from = 0;
        std::uint64_t to = 0;
    };
    struct Entry {
        SpendRow row;
        std::size_t file = 0;  // of `files`
    };

    std::vector<File> files;
    std::vector<Entry> entries;
    // Ids of files that were applied wholly before and are gone: their positions may be forgotten.
    std::vector<std::string> gone;

    bool empty() const { return entries.empty(); }
    void clear() {
        files.clear();
        entries.clear();
    }
};

}  // namespace tollweir
