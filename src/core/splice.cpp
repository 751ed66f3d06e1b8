#include "tollweir/core/splice.hpp"

#include <algorithm>
#include <cassert>

#include "core/json_syntax.hpp"

namespace tollweir {
namespace {

const char* end_of(std::string_view text) {
    return text.data() + text.size();
}

/// Copies an object's text piece by piece.
class Copier {
public:
    Copier(std::string_view text, Pieces& out) : at_(text.data()), out_(out) {}

    void copy_to(const char* end) {
        if (end > at_) out_.emplace_back(at_, static_cast<std::size_t>(end - at_));
        at_ = std::max(at_, end);
    }
    void skip_to(const char* end) { at_ = end; }
    void add(std::string_view text) {
        if (!text.empty()) out_.push_back(text);
    }

private:
    const char* at_;
    Pieces& out_;
};

}  // namespace

void ObjectEdits::reset(const ObjectView& object) {
    object_ = &object;
    changes_.clear();
    texts_.clear();
    appended_.clear();
    additions_.clear();
}

void ObjectEdits::replace(const JsonMember& member, std::string_view json) {
    const std::size_t begin = texts_.size();
    texts_ += json;
    set(member, Action::replace, begin);
}

void ObjectEdits::rename(const JsonMember& member, std::string_view key) {
    const std::size_t begin = texts_.size();
    texts_.append(1, '"').append(key).append(1, '"');
    set(member, Action::rename, begin);
}

void ObjectEdits::remove(const JsonMember& member) {
    set(member, Action::remove, texts_.size());
}

void ObjectEdits::append(std::string_view key, std::string_view json) {
    std::string named = ",";
    append_json_string(named, key);
    drop_addition(named);
    const std::size_t begin = appended_.size();
    appended_.append(named).append(1, ':').append(json);
    additions_.push_back({begin, begin + named.size(), appended_.size()});
}

void ObjectEdits::drop_addition(std::string_view comma_and_key) {
    const auto same = std::ranges::find_if(additions_, [&](const Appended& added) {
        return std::string_view(appended_).substr(added.begin, added.key_end - added.begin) ==
               comma_and_key;
    });
    if (same == additions_.end()) return;
    const std::size_t size = same->end - same->begin;
    appended_.erase(same->begin, size);
    for (auto later = additions_.erase(same); later != additions_.end(); ++later) {
        later->begin -= size;
        later->key_end -= size;
        later->end -= size;
    }
}

bool ObjectEdits::removed(const JsonMember& member) const {
    const auto index = static_cast<std::size_t>(&member - object_->members().data());
    const auto found = std::ranges::lower_bound(changes_, index, {}, &Change::member);
    return found != changes_.end() && found->member == index && found->action != Action::replace;
}

void ObjectEdits::set(const JsonMember& member, Action action, std::size_t text_begin) {
    const auto index = static_cast<std::size_t>(&member - object_->members().data());
    assert(index < object_->members().size());
    const Change change{index, action, text_begin, texts_.size() - text_begin};
    const auto place = std::ranges::lower_bound(changes_, index, {}, &Change::member);
    if (place != changes_.end() && place->member == index) {
        *place = change;
    } else {
        changes_.insert(place, change);
    }
}

std::string_view ObjectEdits::text_of(const Change& change) const {
    return std::string_view(texts_).substr(change.begin, change.size);
}

void ObjectEdits::splice(Pieces& out) const {
    const auto members = object_->members();
    const std::string_view text = object_->text();
    Copier copier(text, out);
    std::size_t removed = 0;
    for (const Change& change : changes_) {
        const JsonMember& member = members[change.member];
        if (change.action == Action::replace) {
            copier.copy_to(member.value.data());
            copier.add(text_of(change));
            copier.skip_to(end_of(member.value));
        } else if (change.action == Action::rename) {
            copier.copy_to(member.whole.data());
            copier.add(text_of(change));
            copier.skip_to(member.whole.data() + json_string_length(member.whole));
        } else if (removed++ < change.member) {
            // A member that stays stands before it: the comma between them goes too.
            copier.copy_to(end_of(members[change.member - 1].whole));
            copier.skip_to(end_of(member.whole));
        } else {
            const bool last = change.member + 1 == members.size();
            copier.copy_to(member.whole.data());
            copier.skip_to(last ? end_of(member.whole) : members[change.member + 1].whole.data());
        }
    }
    if (!appended_.empty()) {
        const bool first = removed == members.size();
        copier.copy_to(members.empty() ? text.data() + object_->close_offset()
                                       : end_of(members.back().whole));
        copier.add(std::string_view(appended_).substr(first ? 1 : 0));
    }
    copier.copy_to(end_of(text));
}

}  // namespace tollweir
