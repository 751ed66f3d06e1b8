#pragma once

#include <array>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/openai/body_fields.hpp"
#include "tollweir/core/json_tree.hpp"
#include "tollweir/core/splice.hpp"

namespace tollweir {

/// A request body on its way upstream: the known parameters by name, and the edits made so far.
/// Nested values are parsed only where a rule changes something inside them. Lives for one call.
class BodyDraft {
public:
    explicit BodyDraft(ObjectEdits& edits) : edits_(edits) {}

    const ObjectView& object() const { return edits_.object(); }

    void note(Param param, const JsonMember& member);
    /// Null counts as absent.
    bool has(Param param) const { return (present_ & bit(param)) != 0; }
    ParamSet present() const { return present_; }
    /// Given as null.
    ParamSet nulls() const { return nulls_; }
    /// The member, also where its value is null; null pointer if absent.
    const JsonMember* member(Param param) const { return at_[static_cast<std::size_t>(param)]; }
    /// JSON text as the client sent it; empty if absent.
    std::string_view value(Param param) const;

    void remove(Param param);
    void remove(const JsonMember& member);
    bool is_removed(const JsonMember& member) const;
    /// Afterwards the member is sent under `name`, in place of a member of that name.
    void send_as(Param param, Param name);
    /// The same for a name that is no OpenAI parameter.
    void send_as(Param param, std::string_view name);
    /// Sets the value, adds the member if need be; the value is not read again.
    void set(Param param, std::string_view json);
    /// Adds a member that is no parameter, in place of one of that name.
    void set(std::string_view name, std::string_view json);

    /// The member's value as a tree; what is changed in it is sent by `finish`. Errors
    /// (`bad_request`): malformed inside. The pointer is valid until the next call.
    Result<JsonNode*> tree(const JsonMember& member);
    /// A text that nodes of a tree may point to.
    std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }
    void finish();

private:
    void forget(const JsonMember& member);

    ObjectEdits& edits_;
    std::array<const JsonMember*, kParamCount> at_{};
    ParamSet present_ = 0;
    ParamSet nulls_ = 0;
    std::vector<const JsonMember*> removed_;
    std::vector<std::pair<const JsonMember*, JsonNode>> trees_;
    std::list<std::string> kept_;
};

}  // namespace tollweir
