#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/spin_bit.hpp"

namespace tollweir {

/// A caller, a conversation or the beginning of a prompt, or a deployment; within this process.
/// 0: none.
using AffinityId = std::uint64_t;

/// Which deployment served somebody last, so that it may again: it has the prompt in its cache. Of
/// fixed size, where a new entry takes the place of an old one that is in its way: what is lost is
/// a preference. Any thread; a spin bit is held for a few instructions.
class AffinityTable {
public:
    AffinityTable();

    AffinityId find(AffinityId who, TimePoint now) const;
    void pin(AffinityId who, AffinityId deployment, TimePoint until);

private:
    struct Slot {
        AffinityId who;
        AffinityId deployment;
        TimePoint::rep until;
    };
    struct Free {
        void operator()(Slot* slots) const { std::free(slots); }
    };
    static constexpr std::size_t kSlots = 65'536;
    static constexpr std::size_t kBits = 64;

    // Zeroed by the system, so that pages take memory once they are used.
    std::unique_ptr<Slot[], Free> slots_;
    mutable std::array<SpinBit, kBits> bits_;
};

/// `kind` keeps callers, conversations and prompts apart.
AffinityId affinity_of(std::string_view kind, std::string_view group, std::string_view who);
AffinityId affinity_of_deployment(std::string_view id);

/// What of a prompt providers cache: the tools, and the messages up to the last one that has
/// `cache_control`. Empty: no message has it.
std::string cached_beginning(const ObjectView& body);

/// How long providers keep the beginning of a prompt: Anthropic's five minutes, as in LiteLLM.
inline constexpr std::chrono::minutes kPromptCacheLife{5};
/// Shorter prompts are not cached: OpenAI's and Anthropic's minimum.
inline constexpr std::uint64_t kLeastCachedTokens = 1024;

}  // namespace tollweir
