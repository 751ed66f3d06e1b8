#pragma once

#include <cstdint>
#include <optional>

#include "tollweir/api/front.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/prompt_bound.hpp"
#include "tollweir/core/text_tally.hpp"

namespace tollweir {

// Tokens that nobody has counted yet, for reservations, and tokens that the upstream never told,
// for bookings. docs/token-counting.md.

/// What a prompt is taken to be, and what it was told from. To be kept from admission on: the body
/// is gone once a stream has begun.
struct PromptEstimate {
    std::uint64_t tokens = 0;  // likely no more; for the reservation
    PromptSize size;           // for PromptBound::observe and estimated_usage
};

/// By the body's bytes and what is learnt of the group: no tokenizer, no allocation. 10 ns for
/// bodies up to 4 KiB, beyond it a search for media (4 us for 20 KB).
PromptEstimate estimate_prompt_tokens(const ChatView& view, const PromptBound& learnt,
                                      const TokenCounter& counter);

/// The most that the answer may have: `max_completion_tokens` or `max_tokens`, times `n` (text
/// completions: `best_of`); of the request, else of the deployment's defaults, where one is given.
/// 0 where the endpoint generates nothing. Nothing: there is no bound.
std::optional<std::uint64_t> asked_completion_tokens(const ChatView& view,
                                                     const Deployment* deployment = nullptr);

/// What a stream used whose upstream told nothing, or whose client left before it did. `counted`:
/// the prompt's tokens where they were counted while the body was there.
Usage estimated_usage(const PromptSize& prompt, std::optional<std::uint64_t> counted,
                      const PromptBound& learnt, const TokenCounter& counter,
                      const TextTally& answer);

/// What a whole answer used whose upstream told nothing. Counts both by the tokenizer: 5 us for a
/// kilobyte, a millisecond at most for usual texts. `choices`: of the answer, JSON text.
Usage counted_usage(const ChatView& view, const TokenCounter& counter, std::string_view choices);

}  // namespace tollweir
