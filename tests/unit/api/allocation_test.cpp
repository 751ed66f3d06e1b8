#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tollweir/api/front.hpp"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

// Counts this binary's allocations. A sanitizer has hooks for that and wants `new` for itself.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

#include <sanitizer/allocator_interface.h>

namespace {

const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});

}  // namespace

#else

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const block = std::malloc(size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size, std::nothrow);
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete[](void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    std::free(block);
}

#endif

namespace tollweir {
namespace {

std::size_t count_allocations(std::string_view stream, const StreamEdits& edits) {
    const auto editor = openai_front().open_pass_through(edits);
    Pieces pieces;
    const auto feed = [&](std::string_view region) {
        pieces.clear();
        const auto consumed = editor->feed(region, pieces);
        EXPECT_TRUE(consumed);
        EXPECT_EQ(*consumed, region.size());
    };
    feed(stream);
    feed(stream);
    const std::size_t before = allocations;
    for (int round = 0; round < 100; ++round) feed(stream);
    return allocations - before;
}

TEST(AllocationCount, SeesAllocations) {
    const std::size_t before = allocations;
    const auto editor = openai_front().open_pass_through({.model = "m"});
    EXPECT_GT(allocations, before);
}

constexpr std::string_view kChunk =
    "data: {\"id\":\"chatcmpl-S1\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
    "\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
    "\"Bonjour\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";

TEST(StreamAllocations, AreNoneForTheChunksOfAStream) {
    const std::string model = "a model name that is longer than a small string";
    std::string three(kChunk);
    three += kChunk;
    three += kChunk;
    EXPECT_EQ(count_allocations(kChunk, {.model = model, .hide_usage = false}), 0U);
    EXPECT_EQ(count_allocations(kChunk, {.model = model, .hide_usage = true}), 0U);
    EXPECT_EQ(count_allocations(three, {.model = model, .hide_usage = true}), 0U);
}

TEST(StreamAllocations, AreNoneForCommentsAndForeignLineEnds) {
    std::string stream = ": ping\r\n\r\ndata:";
    stream += kChunk.substr(6, kChunk.size() - 8);
    stream += "\r\n\r\n";
    EXPECT_EQ(count_allocations(stream, {.model = "fast", .hide_usage = true}), 0U);
}

TEST(StreamAllocations, AreNoneForUsage) {
    const std::string_view stream =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":4,"
        "\"total_tokens\":16,\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n";
    EXPECT_EQ(count_allocations(stream, {.model = "fast", .hide_usage = true}), 0U);
}

TEST(RequestAllocations, AreNoneForABodyOfUsualKind) {
    const std::string body =
        R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello"}],"stream":true,)"
        R"("stream_options":{"include_usage":true},"temperature":0.5})" +
        std::string(kJsonPadding, ' ');
    ChatView view;
    ObjectEdits edits;
    Pieces pieces;
    const auto pass = [&] {
        ASSERT_TRUE(openai_front().scan(Endpoint::chat_completions, body, view));
        edits.reset(view.object);
        edits.replace(*view.object.find("model"), "\"a model name longer than a small string\"");
        edits.remove(*view.object.find("temperature"));
        edits.append("user", "\"someone whose name is longer than a small string\"");
        pieces.clear();
        edits.splice(pieces);
    };
    pass();
    const std::size_t before = allocations;
    for (int round = 0; round < 100; ++round) pass();
    EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace tollweir
