#include "providers/openai/body_draft.hpp"

#include <algorithm>

namespace tollweir {

void BodyDraft::note(Param param, const JsonMember& member) {
    at_[static_cast<std::size_t>(param)] = &member;
    (member.type == JsonType::null ? nulls_ : present_) |= bit(param);
}

std::string_view BodyDraft::value(Param param) const {
    return has(param) ? member(param)->value : std::string_view();
}

void BodyDraft::remove(Param param) {
    if (const auto* found = member(param)) remove(*found);
}

void BodyDraft::remove(const JsonMember& member) {
    edits_.remove(member);
    removed_.push_back(&member);
    std::erase_if(trees_, [&member](const auto& entry) { return entry.first == &member; });
    forget(member);
}

void BodyDraft::forget(const JsonMember& member) {
    const auto at = std::ranges::find(at_, &member);
    if (at == at_.end()) return;
    *at = nullptr;
    const auto gone = bit(static_cast<Param>(at - at_.begin()));
    present_ &= ~gone;
    nulls_ &= ~gone;
}

bool BodyDraft::is_removed(const JsonMember& member) const {
    return std::ranges::find(removed_, &member) != removed_.end();
}

void BodyDraft::send_as(Param param, Param name) {
    const auto* renamed = member(param);
    remove(name);
    edits_.rename(*renamed, name_of(name));
    forget(*renamed);
    note(name, *renamed);
}

void BodyDraft::send_as(Param param, std::string_view name) {
    const auto* renamed = member(param);
    if (const auto* other = object().find(name)) remove(*other);
    edits_.rename(*renamed, name);
    forget(*renamed);
}

void BodyDraft::set(Param param, std::string_view json) {
    if (const auto* found = member(param)) {
        edits_.replace(*found, json);
        std::erase_if(trees_, [found](const auto& entry) { return entry.first == found; });
    } else {
        edits_.append(name_of(param), json);
    }
}

void BodyDraft::set(std::string_view name, std::string_view json) {
    const auto* found = object().find(name);
    if (found != nullptr && !is_removed(*found)) {
        edits_.replace(*found, json);
    } else {
        edits_.append(name, json);
    }
}

Result<JsonNode*> BodyDraft::tree(const JsonMember& member) {
    const auto found =
        std::ranges::find(trees_, &member, [](const auto& entry) { return entry.first; });
    if (found != trees_.end()) return &found->second;
    auto parsed = parse_json_tree(member.value);
    if (!parsed) {
        return fail(ErrorKind::bad_request, "'" + std::string(member.key) +
                                                "' is not valid JSON, or is nested too deeply.");
    }
    trees_.emplace_back(&member, std::move(*parsed));
    return &trees_.back().second;
}

void BodyDraft::finish() {
    std::string text;
    for (const auto& [member, root] : trees_) {
        text.clear();
        write_json(root, text);
        edits_.replace(*member, text);
    }
}

}  // namespace tollweir
