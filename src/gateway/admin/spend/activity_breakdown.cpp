#include "gateway/admin/spend/activity_breakdown.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
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

std::size_t ActivityBreakdown::HashLabel::operator()(const Label& label) const {
    std::size_t hash = 0;
    for (const auto text : label) hash = (hash ^ text) * 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 32);
}

ActivityBreakdown::Text ActivityBreakdown::text_of(std::string_view text) {
    if (const auto found = places_.find(text); found != places_.end()) return found->second;
    const auto place = static_cast<Text>(texts_.size());
    places_.emplace(texts_.emplace_back(text), place);
    return place;
}

ActivityBreakdown::Text ActivityBreakdown::text_of(std::string_view text, std::size_t column) {
    auto& last = last_[column];
    if (texts_[last] != text) last = text_of(text);
    return last;
}

ActivityBreakdown::Row ActivityBreakdown::row_of(const ActivityView& view) {
    const Label label{
        text_of(view.model, 0),    text_of(view.model_group, 1),
        text_of(view.provider, 2), text_of(view.endpoint, 3),
        text_of(view.mcp_tool, 4), text_of(view.owner.empty() ? kNoOwner : view.owner, 5),
        text_of(view.key_hash, 6)};
    const auto place = static_cast<std::uint32_t>(labelled_.size());
    const auto [found, is_new] = places_of_labels_.try_emplace(label, place);
    if (is_new) labelled_.push_back({.label = label});
    return {.day = text_of(view.day, kParts), .labelled = found->second, .sums = view.sums};
}

void ActivityBreakdown::add(const ActivityView& view) {
    const auto row = row_of(view);
    labelled_[row.labelled].rank.add({row.sums.spend, row.sums.calls});
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
    for (const auto& [label, rank, cells] : labelled_)
        for (std::size_t part = 0; part < kParts; ++part) {
            if (label[part] == 0) continue;
            auto& name = names_[part][label[part]];
            name.rank.add(rank);
            if (part + 1 < kParts) name.keys[label.back()].add(rank);
        }
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

std::uint32_t ActivityBreakdown::cell_of(const Label& label, std::size_t part) {
    // A row that was written between the two looks may bring a new name.
    const auto found = names_[part].find(label[part]);
    const bool is_listed = found != names_[part].end() && found->second.is_listed;
    const bool shows_key = is_listed && found->second.keys.contains(label.back());
    const Place place{is_listed ? label[part] : other_, shows_key ? label.back() : other_};
    auto& places = cells_[part];
    const auto [cell, is_new] =
        places_of_cells_[part].try_emplace(place, static_cast<std::uint32_t>(places.size()));
    if (is_new) places.push_back(place);
    return cell->second;
}

void ActivityBreakdown::count(const Row& row) {
    auto& day = days_[row.day];
    auto& [label, rank, cells] = labelled_[row.labelled];
    for (std::size_t part = 0; part < kParts; ++part) {
        if (label[part] == 0) continue;
        if (cells[part] == 0) cells[part] = cell_of(label, part) + 1;
        if (day[part].size() < cells[part]) day[part].resize(cells_[part].size());
        auto& cell = day[part][cells[part] - 1];
        cell.sums.add(row.sums);
        cell.is_used = true;
    }
}

/// By names, and keys under them.
std::vector<std::uint32_t> ActivityBreakdown::ordered_cells(std::size_t part) const {
    const auto& places = cells_[part];
    std::vector<std::uint32_t> cells(places.size());
    std::iota(cells.begin(), cells.end(), 0U);
    std::ranges::sort(cells, {}, [&](std::uint32_t cell) {
        return std::tie(texts_[places[cell].name], texts_[places[cell].key]);
    });
    return cells;
}

ActivityBreakdown::Days ActivityBreakdown::days() const {
    Days days;
    for (const auto& [date, cells] : days_) days.try_emplace(texts_[date]);
    for (std::size_t part = 0; part < kParts; ++part) {
        const auto order = ordered_cells(part);
        for (const auto& [date, cells] : days_) {
            auto& list = days[texts_[date]].parts[part];
            for (const auto at : order) {
                if (at >= cells[part].size() || !cells[part][at].is_used) continue;
                const auto& [name, key] = cells_[part][at];
                const auto& sums = cells[part][at].sums;
                if (list.empty() || list.back().name != texts_[name])
                    list.push_back({.name = texts_[name], .sums = {}, .keys = {}});
                list.back().sums.add(sums);
                if (part + 1 < kParts) list.back().keys.push_back({texts_[key], sums});
            }
        }
    }
    // Every row has an owner here.
    for (auto& [date, day] : days)
        for (const auto& owner : day.part(Part::entities)) day.sums.add(owner.sums);
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
