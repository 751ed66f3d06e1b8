#include "gateway/admin/spend/activity_breakdown.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tollweir {
namespace {

constexpr std::string_view kNoOwner = "Unassigned";
// Some 50 MiB; three months of a thousand keys with five models each.
constexpr std::size_t kMostRowsKept = 400'000;

/// Leaves the `count` entries with the most spend; the name settles what is alike.
template <class Entries, class RankOf, class NameOf>
void keep_most(Entries& entries, std::size_t count, RankOf rank_of, NameOf name_of) {
    if (entries.size() <= count) return;
    const auto cut = entries.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::nth_element(entries, cut, [&](const auto& a, const auto& b) {
        const auto order = rank_of(a) <=> rank_of(b);
        return order != 0 ? order > 0 : name_of(a) < name_of(b);
    });
    entries.erase(cut, entries.end());
}

}  // namespace

ActivityBreakdown::Text ActivityBreakdown::text_of(std::string_view text) {
    if (const auto found = places_.find(text); found != places_.end()) return found->second;
    const auto place = static_cast<Text>(texts_.size());
    places_.emplace(texts_.emplace_back(text), place);
    return place;
}

ActivityBreakdown::Row ActivityBreakdown::row_of(const ActivityView& view) {
    const auto key = text_of(view.key_hash);
    return {.day = text_of(view.day),
            .key = key,
            .names = {text_of(view.model), text_of(view.model_group), text_of(view.provider),
                      text_of(view.endpoint), text_of(view.mcp_tool),
                      text_of(view.owner.empty() ? kNoOwner : view.owner), key},
            .sums = view.sums};
}

void ActivityBreakdown::add(const ActivityView& view) {
    const auto row = row_of(view);
    for (std::size_t part = 0; part < kParts; ++part) {
        if (row.names[part] == 0) continue;
        auto& name = names_[part][row.names[part]];
        name.rank.add(row.sums);
        if (part + 1 < kParts) name.keys[row.key].add(row.sums);
    }
    keeps_all_ = keeps_all_ && rows_.size() < kMostRowsKept;
    if (keeps_all_) rows_.push_back(row);
}

void ActivityBreakdown::rank(Names& names, bool with_keys) const {
    std::vector<std::pair<Text, Name*>> ordered;
    for (auto& [text, name] : names) ordered.emplace_back(text, &name);
    keep_most(
        ordered, kMostNames, [](const auto& entry) { return entry.second->rank; },
        [&](const auto& entry) -> const std::string& { return texts_[entry.first]; });
    if (ordered.size() < names.size()) {
        for (auto& [text, name] : names) name.is_listed = false;
        for (const auto& [text, name] : ordered) name->is_listed = true;
    }
    if (!with_keys) return;
    for (const auto& [text, name] : ordered) {
        std::vector<std::pair<Text, Rank>> keys(name->keys.begin(), name->keys.end());
        keep_most(
            keys, kMostKeysOfName, [](const auto& entry) { return entry.second; },
            [&](const auto& entry) -> const std::string& { return texts_[entry.first]; });
        name->keys = {keys.begin(), keys.end()};
    }
}

bool ActivityBreakdown::rank() {
    other_ = text_of(kOtherNames);
    for (std::size_t part = 0; part < kParts; ++part) rank(names_[part], part + 1 < kParts);
    if (keeps_all_)
        for (const auto& row : rows_) count(row);
    rows_ = {};
    return keeps_all_;
}

void ActivityBreakdown::count(const ActivityView& view) {
    count(row_of(view));
}

void ActivityBreakdown::count(const Row& row) {
    auto& cells = days_[row.day];
    for (std::size_t part = 0; part < kParts; ++part) {
        if (row.names[part] == 0) continue;
        // A row that was written between the two looks may bring a new name.
        const auto found = names_[part].find(row.names[part]);
        const bool is_listed = found != names_[part].end() && found->second.is_listed;
        const bool shows_key = is_listed && found->second.keys.contains(row.key);
        cells[part][is_listed ? row.names[part] : other_][shows_key ? row.key : other_].add(
            row.sums);
    }
}

ActivityBreakdown::Days ActivityBreakdown::days() const {
    Days days;
    for (const auto& [date, cells] : days_) {
        auto& day = days[texts_[date]];
        for (std::size_t part = 0; part < kParts; ++part) {
            auto& list = day.parts[part];
            for (const auto& [text, keys] : cells[part]) {
                auto& name =
                    list.emplace_back(NameSums{.name = texts_[text], .sums = {}, .keys = {}});
                for (const auto& [key, sums] : keys) {
                    name.sums.add(sums);
                    if (part + 1 < kParts) name.keys.push_back({texts_[key], sums});
                }
                std::ranges::sort(name.keys, {}, &KeySums::key);
            }
            std::ranges::sort(list, {}, &NameSums::name);
        }
        // Every row has an owner here.
        for (const auto& owner : day.part(Part::entities)) day.sums.add(owner.sums);
    }
    return days;
}

std::vector<std::string> ActivityBreakdown::listed(Part part) const {
    std::vector<std::string> found;
    for (const auto& [text, name] : names_[static_cast<std::size_t>(part)])
        if (name.is_listed) found.push_back(texts_[text]);
    return found;
}

std::vector<std::string> ActivityBreakdown::listed_keys() const {
    std::set<std::string> found;
    for (auto& key : listed(Part::keys)) found.insert(std::move(key));
    for (const auto& names : names_)
        for (const auto& [text, name] : names)
            if (name.is_listed)
                for (const auto& [key, rank] : name.keys) found.insert(texts_[key]);
    return {found.begin(), found.end()};
}

std::vector<std::string> ActivityBreakdown::listed_owners() const {
    return listed(Part::entities);
}

}  // namespace tollweir
