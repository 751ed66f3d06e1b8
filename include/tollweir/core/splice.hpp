#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/json.hpp"

namespace tollweir {

/// Bytes to write one after the other; the views' owners outlive the write.
using Pieces = std::vector<std::string_view>;

inline std::size_t total_size(const Pieces& pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    return size;
}

/// Changes to the top level of one JSON object, written out as pieces of the old text and the new
/// bits between them: key order, number spelling and escapes stay as the sender had them. Reused
/// from body to body (`reset` keeps storage). At most one change a member; the last one counts.
class ObjectEdits {
public:
    void reset(const ObjectView& object);

    /// The member's value becomes `json`. The text is copied.
    void replace(const JsonMember& member, std::string_view json);
    /// The member's key becomes `key` (needs no escaping), its value stays.
    void rename(const JsonMember& member, std::string_view key);
    void remove(const JsonMember& member);
    /// Adds `"key":json` before the closing brace; a later value for the same key takes the place
    /// of the earlier. Both are copied.
    void append(std::string_view key, std::string_view json);

    bool empty() const { return changes_.empty() && appended_.empty(); }
    const ObjectView& object() const { return *object_; }
    /// Whether the member is no longer there under its old key: removed or renamed.
    bool removed(const JsonMember& member) const;

    /// Appends the edited object to `out`. The views point into the object's text and into this
    /// object: valid until the next change or reset.
    void splice(Pieces& out) const;

private:
    enum class Action : unsigned char { replace, rename, remove };
    struct Change {
        std::size_t member;
        Action action;
        std::size_t begin, size;  // of the new text in `texts_`
    };

    struct Appended {
        std::size_t begin, key_end, end;
    };

    void drop_addition(std::string_view comma_and_key);
    void set(const JsonMember& member, Action action, std::size_t text_begin);
    std::string_view text_of(const Change& change) const;

    const ObjectView* object_ = nullptr;
    std::vector<Change> changes_;  // by member
    std::string texts_;
    std::string appended_;             // each with a comma before it
    std::vector<Appended> additions_;  // where each stands in `appended_`
};

}  // namespace tollweir
