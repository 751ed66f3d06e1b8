#include "tollweir/net/buffer.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace tollweir::net {

namespace {
// Larger buffers go back to the system at once; smaller large ones are shelved, this many at most.
constexpr std::size_t kMaxShelvedCapacity = 1024 * 1024;
constexpr std::size_t kMaxShelvedLarge = 16;
}  // namespace

Buffer::Buffer(std::size_t capacity)
    : bytes_(static_cast<char*>(std::malloc(capacity + kJsonPadding))), capacity_(capacity) {
    if (!bytes_) throw std::bad_alloc();
    // The scanner reads the padding; it must be initialised, not meaningful.
    std::memset(bytes_.get() + capacity, 0, kJsonPadding);
}

BufferPool::Shelf& BufferPool::shelf_for(std::size_t capacity) {
    if (capacity <= kSmall) return small_;
    return capacity <= kMedium ? medium_ : large_;
}

Buffer BufferPool::take(std::size_t capacity) {
    auto& shelf = shelf_for(capacity);
    if (&shelf == &large_) {
        // Best fit among a handful; a 20 KiB body must not occupy a 1 MiB buffer for long.
        auto best = shelf.free.end();
        for (auto it = shelf.free.begin(); it != shelf.free.end(); ++it)
            if (it->capacity() >= capacity && it->capacity() <= capacity * 4 &&
                (best == shelf.free.end() || it->capacity() < best->capacity()))
                best = it;
        if (best == shelf.free.end()) {
            const auto rounded =
                capacity <= kMaxShelvedCapacity ? std::bit_ceil(capacity) : capacity;
            return Buffer(rounded);
        }
        auto found = std::move(*best);
        shelf.free.erase(best);
        shelf.unused = std::min(shelf.unused, shelf.free.size());
        return found;
    }
    if (shelf.free.empty()) return Buffer(capacity <= kSmall ? kSmall : kMedium);
    auto found = std::move(shelf.free.back());
    shelf.free.pop_back();
    shelf.unused = std::min(shelf.unused, shelf.free.size());
    return found;
}

void BufferPool::give(Buffer buffer) {
    auto& shelf = shelf_for(buffer.capacity());
    if (&shelf == &large_ &&
        (buffer.capacity() > kMaxShelvedCapacity || shelf.free.size() >= kMaxShelvedLarge))
        return;
    shelf.free.push_back(std::move(buffer));
}

void BufferPool::trim() {
    for (auto* shelf : {&small_, &medium_, &large_}) {
        const auto spare = shelf->unused > shelf->keep ? shelf->unused - shelf->keep : 0;
        shelf->free.resize(shelf->free.size() - std::min(spare, shelf->free.size()));
        shelf->unused = shelf->free.size();
    }
}

void grow(BufferPool& pool, BorrowedBuffer& buffer, std::size_t size, std::size_t capacity) {
    if (buffer && buffer.capacity() >= capacity) return;
    BorrowedBuffer bigger(pool, capacity);
    if (size > 0) std::memcpy(bigger.data(), buffer.data(), size);
    buffer = std::move(bigger);
}

}  // namespace tollweir::net
