#include "tollweir/core/prompt_bound.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tollweir/core/find_text.hpp"

namespace tollweir {
namespace {

// Ratios are tokens for so many bytes.
constexpr std::uint64_t kUnit = 4096;
constexpr unsigned kLowestOctave = 6;  // 64 tokens for 4096 bytes

constexpr std::uint32_t kFewest = 8;    // prompts before anything is learnt
constexpr std::uint32_t kMemory = 512;  // prompts after which each counts half
constexpr std::uint32_t kEach = 4;      // prompts between two looks at the table

// Before anything is learnt: English in JSON has some 4.2 bytes a token, code 3.2, Chinese 3.5 to
// 2.4 (docs/token-counting.md).
constexpr std::uint64_t kLikely = kUnit * 10 / 29;
constexpr std::uint64_t kTypical = kUnit * 10 / 40;

// What the framing of messages and tools adds to any prompt.
constexpr std::uint64_t kFrameTokens = 12;
// An image of OpenAI's in high detail; others count from 85 to some 1,600.
constexpr std::uint64_t kMediaTokens = 1105;
// Shorter members hold no medium that is worth the search.
constexpr std::size_t kSearchedBytes = 4096;

/// Takes away what stands from `at` to the end of its literal, which is returned.
const char* leave_out(const char* at, const char* end, PromptSize& size) {
    const auto* quote =
        static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
    if (quote == nullptr) quote = end;
    size.bytes -= static_cast<std::uint64_t>(quote - at);
    ++size.media;
    return quote;
}

/// Images and files: `data:image/png;base64,...`.
void leave_data_urls_out(std::string_view json, PromptSize& size) {
    constexpr std::string_view kMark = ";base64,";
    const char* const end = json.data() + json.size();
    for (auto at = find_text(json, kMark, 0); at != json.npos; at = find_text(json, kMark, at)) {
        const auto* quote = leave_out(json.data() + at + kMark.size(), end, size);
        at = static_cast<std::size_t>(quote - json.data());
    }
}

/// Recordings: `"input_audio":{"data":"...","format":"wav"}`.
void leave_audio_out(std::string_view json, PromptSize& size) {
    constexpr std::string_view kPart = R"("input_audio":)";
    constexpr std::string_view kData = R"("data":")";
    for (auto at = find_text(json, kPart, 0); at != json.npos;
         at = find_text(json, kPart, at + 1)) {
        const auto data = find_text(json, kData, at);
        if (data == json.npos) return;
        leave_out(json.data() + data + kData.size(), json.data() + json.size(), size);
    }
}

bool becomes_prompt(std::string_view key, Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return key == "messages" || key == "tools" || key == "functions" ||
                   key == "response_format" || key == "system" || key == "contents";
        case Endpoint::completions:
            return key == "prompt" || key == "suffix";
        case Endpoint::embeddings:
        case Endpoint::moderations:
            return key == "input";
    }
    return false;
}

std::uint64_t tokens_of(const PromptSize& size, std::uint64_t ratio) {
    return (size.bytes * ratio + kUnit - 1) / kUnit + size.media * kMediaTokens;
}

std::uint64_t before_learning(const PromptSize& size, std::uint64_t ratio,
                              const TokenCounter& counter) {
    return tokens_of(size, counter.scaled(ratio)) + kFrameTokens;
}

}  // namespace

PromptSize prompt_size(const ObjectView& body, Endpoint endpoint) {
    PromptSize size;
    for (const auto& member : body.members()) {
        if (!becomes_prompt(member.key, endpoint)) continue;
        size.bytes += member.value.size();
        if (member.value.size() < kSearchedBytes) continue;
        leave_data_urls_out(member.value, size);
        leave_audio_out(member.value, size);
    }
    return size;
}

std::size_t PromptBound::bucket_of(std::uint64_t ratio) {
    const auto lowest = std::uint64_t{1} << kLowestOctave;
    ratio = std::clamp(ratio, lowest, (lowest << kOctaves) - 1);
    const auto octave = static_cast<std::size_t>(std::bit_width(ratio)) - 1;
    const auto step = static_cast<std::size_t>(ratio >> (octave - 3)) & (kSteps - 1);
    return (octave - kLowestOctave) * kSteps + step;
}

std::uint64_t PromptBound::end_of(std::size_t bucket) {
    const auto octave = bucket / kSteps + kLowestOctave;
    return ((kSteps + 1 + bucket % kSteps) << (octave - 3)) - 1;
}

void PromptBound::observe(const PromptSize& size, std::uint64_t prompt_tokens) {
    if (is_silent()) silent_.store(false, std::memory_order_relaxed);
    // Those of media say nothing of texts.
    if (size.bytes == 0 || size.media != 0 || prompt_tokens == 0) return;
    constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
    const auto ratio = std::min(prompt_tokens, kMost) * kUnit / size.bytes;
    counts_[bucket_of(ratio)].fetch_add(1, std::memory_order_relaxed);
    const auto total = total_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (total >= kFewest && total % kEach == 0) learn();
    if (total == kMemory) fade();
}

std::uint64_t PromptBound::end_at_share(std::uint64_t percent) const {
    std::uint64_t total = 0;
    for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        below += counts_[bucket].load(std::memory_order_relaxed);
        if (below * 100 >= total * percent) return end_of(bucket);
    }
    return end_of(kBuckets - 1);
}

void PromptBound::learn() {
    likely_.store(end_at_share(95), std::memory_order_relaxed);
    typical_.store(end_at_share(50), std::memory_order_relaxed);
}

void PromptBound::fade() {
    std::uint32_t left = 0;
    for (auto& count : counts_) {
        const auto half = count.load(std::memory_order_relaxed) / 2;
        count.store(half, std::memory_order_relaxed);
        left += half;
    }
    total_.store(std::max(left, kFewest), std::memory_order_relaxed);
}

std::uint64_t PromptBound::likely(const PromptSize& size, const TokenCounter& counter) const {
    const auto ratio = likely_.load(std::memory_order_relaxed);
    return ratio == 0 ? before_learning(size, kLikely, counter) : tokens_of(size, ratio);
}

std::uint64_t PromptBound::typical(const PromptSize& size, const TokenCounter& counter) const {
    const auto ratio = typical_.load(std::memory_order_relaxed);
    return ratio == 0 ? before_learning(size, kTypical, counter) : tokens_of(size, ratio);
}

}  // namespace tollweir
