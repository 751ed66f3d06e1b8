// `operator new` of the binary: on threads that have one, out of their BlockCache. Sanitizers watch
// their own, so that builds with one leave it to them.

#include <new>

#include "tollweir/core/block_cache.hpp"

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void* operator new(std::size_t size) {
    for (;;) {
        if (void* block = tollweir::BlockCache::allocate(size)) return block;
        const auto handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

void operator delete(void* block) noexcept {
    tollweir::BlockCache::free(block);
}

void operator delete(void* block, std::size_t size) noexcept {
    tollweir::BlockCache::free(block, size);
}

// Those of arrays, and those that do not throw, are the library's, which call these.

#endif
