#include "tollweir/core/block_cache.hpp"

#include <malloc.h>

#include <array>
#include <cassert>
#include <cstdint>
#include <cstdlib>

namespace tollweir {
namespace {

constexpr std::size_t kStep = 64;         // sizes between two shelves
constexpr std::size_t kLargest = 4096;    // larger blocks are malloc's
constexpr std::uint32_t kMostKept = 256;  // blocks of one shelf
constexpr std::size_t kShelves = kLargest / kStep + 1;

struct FreeBlock {
    FreeBlock* next;
};

/// Blocks of at least `kStep` times the shelf's number.
struct Shelf {
    FreeBlock* first = nullptr;
    std::uint32_t count = 0;
};

// No destructor: blocks are freed until the very end of a thread.
thread_local constinit std::array<Shelf, kShelves> shelves{};
thread_local constinit bool keeps = false;

/// The shelf that serves a size.
std::size_t number_of(std::size_t size) {
    return size == 0 ? 1 : (size + kStep - 1) / kStep;
}

/// False: it is full.
bool put(std::size_t number, void* block) {
    auto& shelf = shelves[number];
    if (shelf.count >= kMostKept) return false;
    auto* freed = static_cast<FreeBlock*>(block);
    freed->next = shelf.first;
    shelf.first = freed;
    ++shelf.count;
    return true;
}

}  // namespace

BlockCache::BlockCache() {
    assert(!keeps);
    keeps = true;
}

BlockCache::~BlockCache() {
    keeps = false;
    for (auto& shelf : shelves) {
        while (shelf.first != nullptr) {
            auto* block = shelf.first;
            shelf.first = block->next;
            std::free(block);
        }
        shelf.count = 0;
    }
}

void* BlockCache::allocate(std::size_t size) noexcept {
    if (size > kLargest) return std::malloc(size);
    // Rounded up on every thread: whoever frees it may put it on a shelf.
    const auto number = number_of(size);
    auto& shelf = shelves[number];
    if (!keeps || shelf.first == nullptr) return std::malloc(number * kStep);
    auto* block = shelf.first;
    shelf.first = block->next;
    --shelf.count;
    return block;
}

void BlockCache::free(void* block) noexcept {
    if (block == nullptr) return;
    if (keeps) {
        // What malloc rounded the size up to, whoever asked for it.
        const auto number = malloc_usable_size(block) / kStep;
        if (number > 0 && number < kShelves && put(number, block)) return;
    }
    std::free(block);
}

void BlockCache::free(void* block, std::size_t size) noexcept {
    if (block == nullptr) return;
    if (keeps && size <= kLargest && put(number_of(size), block)) return;
    std::free(block);
}

}  // namespace tollweir
