#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollweir {

/// Puts right what one upstream does otherwise than the dialect its answers are in, before the
/// gateway reads them. One object an answer, one thread; no I/O. Texts that are not JSON are left
/// as they are: whoever reads them next refuses them.
class AnswerTidier {
public:
    enum class Chunk : std::uint8_t { as_it_is, changed, dropped };

    virtual ~AnswerTidier() = default;

    /// A whole answer. True: what it should be is in `out`, which is overwritten.
    virtual bool tidy_answer(std::string_view body, std::string& out) = 0;

    /// The data of one event of a stream; the events of a stream come in order.
    virtual Chunk tidy_chunk(std::string_view data, std::string& out) = 0;
};

}  // namespace tollweir
