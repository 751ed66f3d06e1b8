#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "tollweir/core/json.hpp"

namespace tollweir::net {

/// Raw bytes with kJsonPadding readable ones behind `capacity()`.
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t capacity);

    char* data() const { return bytes_.get(); }
    std::size_t capacity() const { return capacity_; }
    explicit operator bool() const { return bytes_ != nullptr; }

private:
    struct Free {
        void operator()(char* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<char, Free> bytes_;
    std::size_t capacity_ = 0;
};

/// Buffers of one worker that are lent for a request or a read and come back. Small ones of two
/// sizes are kept; of large ones (bodies), a few, since fresh pages cost more than the copy they
/// hold. Worker thread only.
class BufferPool {
public:
    static constexpr std::size_t kSmall = 4 * 1024;    // a stream's relay
    static constexpr std::size_t kMedium = 32 * 1024;  // a request; most bodies fit behind the head

    /// At least `capacity` bytes.
    Buffer take(std::size_t capacity);
    void give(Buffer buffer);
    /// Frees what was not needed since the last trim. Called about once a second.
    void trim();

private:
    struct Shelf {
        std::vector<Buffer> free;
        std::size_t unused = 0;  // smallest number free since the last trim
        std::size_t keep = 0;
    };
    Shelf& shelf_for(std::size_t capacity);

    Shelf small_{{}, 0, 8};
    Shelf medium_{{}, 0, 8};
    Shelf large_{{}, 0, 0};
};

/// What all request bodies of the process may hold in memory together. Any thread.
class BodyBudget {
public:
    void set_limit(std::size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
    bool take(std::size_t bytes) {
        const auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes <= limit_.load(std::memory_order_relaxed)) return true;
        used_.fetch_sub(bytes, std::memory_order_relaxed);
        return false;
    }
    void give(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> limit_{std::numeric_limits<std::size_t>::max()};
};

/// One body's part of the budget; goes back by itself.
class BodyShare {
public:
    BodyShare() = default;
    BodyShare(const BodyShare&) = delete;
    BodyShare& operator=(const BodyShare&) = delete;
    ~BodyShare() { reset(); }

    /// Raises the share to `bytes`. False: the budget is used up, the share stays as it was.
    bool raise_to(BodyBudget& budget, std::size_t bytes) {
        if (bytes <= bytes_) return true;
        if (!budget.take(bytes - bytes_)) return false;
        budget_ = &budget;
        bytes_ = bytes;
        return true;
    }
    void reset() {
        if (bytes_ > 0) budget_->give(bytes_);
        bytes_ = 0;
    }

private:
    BodyBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
};

/// A buffer on loan; goes back to the pool by itself.
class BorrowedBuffer {
public:
    BorrowedBuffer() = default;
    BorrowedBuffer(BufferPool& pool, std::size_t capacity)
        : pool_(&pool), buffer_(pool.take(capacity)) {}
    BorrowedBuffer(BorrowedBuffer&& other) noexcept
        : pool_(other.pool_), buffer_(std::move(other.buffer_)) {}
    BorrowedBuffer& operator=(BorrowedBuffer&& other) noexcept {
        if (this != &other) {
            reset();
            pool_ = other.pool_;
            buffer_ = std::move(other.buffer_);
        }
        return *this;
    }
    ~BorrowedBuffer() { reset(); }

    void reset() {
        if (buffer_) pool_->give(std::move(buffer_));
        buffer_ = {};
    }
    char* data() const { return buffer_.data(); }
    std::size_t capacity() const { return buffer_.capacity(); }
    explicit operator bool() const { return static_cast<bool>(buffer_); }

private:
    BufferPool* pool_ = nullptr;
    Buffer buffer_;
};

/// Moves the first `size` bytes of `buffer` to one of at least `capacity` bytes.
void grow(BufferPool& pool, BorrowedBuffer& buffer, std::size_t size, std::size_t capacity);

}  // namespace tollweir::net
