#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tollweir/core/token_count.hpp"

namespace tollweir {

/// What a model said in the chunks of a stream, so that its tokens can be told where the upstream
/// tells none. Keeps the first kilobyte of the text and of the rest only how long it is: no
/// allocation, and next to no time a chunk. One stream, one thread.
class TextTally {
public:
    /// The `choices` of a chunk as JSON text. True: they are those of a chunk before, but for the
    /// text.
    bool add_choices(std::string_view json);

    /// The tokens so far: exactly counted up to a kilobyte of text, beyond it as if all were like
    /// the first (docs/token-counting.md has the error).
    std::uint64_t tokens(const TokenCounter& counter) const;

    bool empty() const { return sample_.size == 0; }
    /// Chunks that came: of most upstreams a token each, or some.
    std::uint64_t chunks() const { return read_.chunks + unread_.chunks; }

    static constexpr std::size_t kSampleBytes = 1024;

private:
    /// Sizes of what some chunks had.
    struct Sizes {
        std::uint64_t chunks = 0;
        std::uint64_t json = 0;  // bytes of `choices`
        std::uint64_t text = 0;  // of them, of what was said, as its JSON has it
    };
    struct Sample {
        std::size_t size = 0;
        std::array<char, kSampleBytes> bytes;  // insides of JSON literals, one behind the other
    };

    /// What stands before and behind the text of a chunk, quotes included.
    struct Frame {
        static constexpr std::size_t kMost = 96;
        std::uint8_t before_size = 0;  // 0: none is known
        std::uint8_t after_size = 0;
        std::array<char, kMost> before_bytes;
        std::array<char, kMost> after_bytes;

        std::string_view before() const { return {before_bytes.data(), before_size}; }
        std::string_view after() const { return {after_bytes.data(), after_size}; }
        bool is_around(std::string_view json) const;
        void set(std::string_view json, std::string_view literal);
    };

    void read(std::string_view json);
    void take(std::string_view inside);
    std::uint64_t bytes_beyond_sample() const;

    Sizes read_;    // while the sample is filled
    Sizes unread_;  // later ones: `text` stays 0
    bool full_ = false;
    Frame frame_;
    Sample sample_;
};

}  // namespace tollweir
