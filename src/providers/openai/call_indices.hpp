#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/openai/answer_steps.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {

/// Numbers the tool calls of a stream anew where an upstream gives no `index` (OpenAI's Node SDK
/// drops such a call, the Python SDK throws), or one index to several calls (they would be joined).
/// Others keep theirs. Source of the rules: spec/providers-openai-family.md, section 8.
class CallIndices {
public:
    /// The calls of one choice's delta; true if something was changed.
    bool mend(const JsonNode& choice, JsonNode& delta, AnswerTexts& texts);

private:
    struct Call {
        std::string choice;  // its index, as written
        std::string given;   // the upstream's index; empty: none
        std::string id;      // empty: none yet
        unsigned index;      // the one that the client sees
    };

    Call& call_of(std::string_view choice, std::string_view given, std::string_view id);
    Call& open(std::string_view choice, std::string_view given, std::string_view id);

    std::vector<Call> calls_;  // in the order in which they began
};

}  // namespace tollweir
