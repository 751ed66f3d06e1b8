#pragma once

#include <cstddef>

namespace tollweir {

/// Small blocks of memory that the calling thread has freed, for its next allocations: a request's
/// coroutine frames above all, which come and go by the dozen and of which the C library keeps
/// seven a size. By size, so that a block is found without a search. A thread without one of these
/// is served by `malloc`; on any thread a block may be freed that another has allocated.
///
/// `operator new` of the binary asks it (src/allocate.cpp); one a thread at a time.
class BlockCache {
public:
    BlockCache();
    ~BlockCache();
    BlockCache(const BlockCache&) = delete;
    BlockCache& operator=(const BlockCache&) = delete;

    /// At least `size` bytes, aligned for any object; null: there is no memory.
    static void* allocate(std::size_t size) noexcept;
    /// What `allocate` gave; null is nothing. With the size it was asked for, where that is known,
    /// the C library need not be.
    static void free(void* block) noexcept;
    static void free(void* block, std::size_t size) noexcept;
};

}  // namespace tollweir
