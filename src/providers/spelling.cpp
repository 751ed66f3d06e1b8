#include "tollweir/providers/spelling.hpp"

namespace tollweir {

std::string_view other_spelling(std::string_view name) {
    if (name == "max_tokens") return "max_completion_tokens";
    if (name == "max_completion_tokens") return "max_tokens";
    if (name == "thinking") return "reasoning_effort";
    if (name == "reasoning_effort") return "thinking";
    return {};
}

}  // namespace tollweir
