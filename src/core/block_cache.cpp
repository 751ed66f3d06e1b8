#include "tollweir/core/block_cache.hpp"

#include <malloc.h>

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace tollweir {
namespace {

constexpr std::size_t kStep = 64;         // sizes between two shelves
constexpr std::size_t kLargest = 4096;    // larger blocks are malloc's
constexpr std::uint32_t kMostKept = 256;  // blocks of one shelf
constexpr std::size_t kShelves = kLargest / kStep + 1;

/// Blocks of at least `kStep` times the shelf's number. Their places stand here and not in the
/// blocks, so that one is taken without waiting for its memory.
struct Shelf {
    std::uint32_t count;
    void* blocks[kMostKept];
};

// Null: the thread keeps none. No destructor: blocks are freed until the very end of a thread.
thread_local constinit Shelf* shelves = nullptr;

/// The shelf that serves a size.
std::size_t number_of(std::size_t size) {
    return size == 0 ? 1 : (size + kStep - 1) / kStep;
}

/// False: it is full.
bool put(std::size_t number, void* block) {
    auto& shelf = shelves[number];
    if (shelf.count >= kMostKept) return false;
    shelf.blocks[shelf.count++] = block;
    return true;
}

}  // namespace

BlockCache::BlockCache() {
    assert(shelves == nullptr);
    // Pages of shelves that stay empty are never touched. Without memory nothing is kept.
    shelves = static_cast<Shelf*>(std::calloc(kShelves, sizeof(Shelf)));
}

BlockCache::~BlockCache() {
    auto* const table = std::exchange(shelves, nullptr);
    if (table == nullptr) return;
    for (std::size_t number = 0; number < kShelves; ++number)
        for (std::uint32_t i = 0; i < table[number].count; ++i) std::free(table[number].blocks[i]);
    std::free(table);
}

void* BlockCache::allocate(std::size_t size) noexcept {
    if (size > kLargest) return std::malloc(size);
    // Rounded up on every thread: whoever frees it may put it on a shelf.
    const auto number = number_of(size);
    if (shelves == nullptr || shelves[number].count == 0) return std::malloc(number * kStep);
    auto& shelf = shelves[number];
    return shelf.blocks[--shelf.count];
}

void BlockCache::free(void* block) noexcept {
    if (block == nullptr) return;
    if (shelves != nullptr) {
        // What malloc rounded the size up to, whoever asked for it.
        const auto number = malloc_usable_size(block) / kStep;
        if (number > 0 && number < kShelves && put(number, block)) return;
    }
    std::free(block);
}

void BlockCache::free(void* block, std::size_t size) noexcept {
    if (block == nullptr) return;
    if (shelves != nullptr && size <= kLargest && put(number_of(size), block)) return;
    std::free(block);
}

}  // namespace tollweir
