#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tollweir {

struct JsonNode;

/// Puts the chunks of a stream of chat or text completions together into the answer that they are,
/// for rows that keep answers and for streams that may have to go on elsewhere. Texts move with
/// their escapes. Beyond four megabytes it takes no more. For one stream.
class AnswerRecorder {
public:
    /// One event's JSON text; what is no chunk is passed over.
    void add_chunk(std::string_view json);
    /// The answer so far, as one JSON object; `{}`: nothing came.
    std::string answer() const;
    /// The inside of the JSON literal of what a chat has said, where another model can go on with
    /// it: the text of its one choice, unfinished and without a tool call or anything else beside
    /// it. Nothing: none can.
    std::optional<std::string> open_text() const;
    /// A member of the first chunk as JSON; empty: it had none.
    std::string_view first_member(std::string_view name) const;

private:
    // Texts of one object: name with its quotes, and the inside of the literal.
    using Texts = std::vector<std::pair<std::string, std::string>>;
    struct Call {
        Texts own;
        Texts function;
    };
    struct Choice {
        Texts texts;
        std::map<std::int64_t, Call> calls;
        std::string finish_reason;  // a literal; empty: none yet
        bool has_more = false;      // than texts and tool calls
    };

    void add_choice(const JsonNode& node);
    void add_call(const JsonNode& node, Choice& choice);
    void add_texts(const JsonNode& object, Texts& texts);
    static bool says_more(const JsonNode& member);
    static void write_texts(const Texts& texts, std::string& out);

    Texts common_;  // members of the first chunk: name with its quotes, JSON
    std::string usage_;
    std::map<std::int64_t, Choice> choices_;
    bool is_chat_ = true;
    std::size_t bytes_ = 0;
};

}  // namespace tollweir
