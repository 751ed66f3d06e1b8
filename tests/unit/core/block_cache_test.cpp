#include "tollweir/core/block_cache.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace tollweir {
namespace {

TEST(BlockCache, GivesABlockBackToWhoeverAsksForItsSizeNext) {
    std::thread([] {
        const BlockCache cache;
        for (const std::size_t size : {1u, 63u, 64u, 65u, 1000u, 4096u}) {
            void* first = BlockCache::allocate(size);
            std::memset(first, 0x5a, size);
            BlockCache::free(first);
            void* second = BlockCache::allocate(size);
            EXPECT_EQ(second, first) << size;
            BlockCache::free(second);
        }
    }).join();
}

TEST(BlockCache, GivesBlocksThatDoNotOverlapAndSuitAnyObject) {
    std::thread([] {
        const BlockCache cache;
        struct Block {
            unsigned char* bytes;
            std::size_t size;
            unsigned char mark;
        };
        std::vector<Block> blocks;
        std::uint32_t state = 1;
        const auto next = [&state] { return state = state * 1664525u + 1013904223u; };
        for (int turn = 0; turn < 20'000; ++turn) {
            if (blocks.size() < 50 || next() % 2 == 0) {
                const std::size_t size = next() % 5000;
                auto* bytes = static_cast<unsigned char*>(BlockCache::allocate(size));
                ASSERT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::max_align_t), 0u);
                const auto mark = static_cast<unsigned char>(next());
                std::memset(bytes, mark, size);
                blocks.push_back({bytes, size, mark});
            } else {
                const auto at = next() % blocks.size();
                for (std::size_t i = 0; i < blocks[at].size; ++i)
                    ASSERT_EQ(blocks[at].bytes[i], blocks[at].mark);
                if (next() % 2 == 0)
                    BlockCache::free(blocks[at].bytes);
                else
                    BlockCache::free(blocks[at].bytes, blocks[at].size);
                blocks[at] = blocks.back();
                blocks.pop_back();
            }
        }
        for (const auto& block : blocks) BlockCache::free(block.bytes);
    }).join();
}

TEST(BlockCache, TakesWhatAnotherThreadAllocatedAndLeavesItsOwnToOthers) {
    void* ours = BlockCache::allocate(100);
    void* theirs = nullptr;
    std::thread([&] {
        const BlockCache cache;
        // The size it was asked for says how much may be given out again, here too.
        BlockCache::free(ours, 100);
        void* again = BlockCache::allocate(128);
        EXPECT_EQ(again, ours);
        std::memset(again, 1, 128);
        BlockCache::free(again);
        theirs = BlockCache::allocate(200);
        void* both = BlockCache::allocate(64);
        BlockCache::free(both);
    }).join();
    std::memset(theirs, 1, 200);
    BlockCache::free(theirs);
}

}  // namespace
}  // namespace tollweir
