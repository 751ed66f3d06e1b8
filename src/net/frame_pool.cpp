#include "tollweir/net/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>
#include <utility>

namespace tollweir::net {

#if __has_feature(address_sanitizer)

// Each frame anew, so that whoever uses one after its end is seen.
void* take_frame(std::size_t size) {
    return ::operator new(size);
}

void give_frame(void* frame, std::size_t) noexcept {
    ::operator delete(frame);
}

#else

namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kClasses = 32;  // frames over 2 KB are rare, and not kept
constexpr std::uint8_t kKept = 64;    // of a class

struct Pool {
    struct Frame {
        Frame* next;
    };

    ~Pool() {
        for (auto* frame : first) {
            while (frame != nullptr) ::operator delete(std::exchange(frame, frame->next));
        }
    }

    std::array<Frame*, kClasses> first{};
    std::array<std::uint8_t, kClasses> count{};
};

thread_local Pool pool;

std::size_t class_of(std::size_t size) {
    return (size - 1) / kStep;
}

}  // namespace

void* take_frame(std::size_t size) {
    const auto index = class_of(size);
    if (index >= kClasses) return ::operator new(size);
    auto*& first = pool.first[index];
    if (first == nullptr) return ::operator new((index + 1) * kStep);
    --pool.count[index];
    return std::exchange(first, first->next);
}

void give_frame(void* frame, std::size_t size) noexcept {
    const auto index = class_of(size);
    if (index >= kClasses || pool.count[index] == kKept) return ::operator delete(frame);
    ++pool.count[index];
    pool.first[index] = new (frame) Pool::Frame{pool.first[index]};
}

#endif

}  // namespace tollweir::net
