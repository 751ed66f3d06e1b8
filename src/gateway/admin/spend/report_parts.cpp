#include "gateway/admin/spend/report_parts.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "tollweir/core/json.hpp"

namespace tollweir {

ReportParts::Text ReportParts::text_of(std::string_view text) {
    if (const auto found = places_.find(text); found != places_.end()) return found->second;
    const auto place = static_cast<Text>(texts_.size());
    places_.emplace(texts_.emplace_back(text), place);
    return place;
}

void ReportParts::add(const OwnerPart& part) {
    pieces_.push_back({text_of(part.day), text_of(part.owner), text_of(part.key_hash),
                       text_of(part.model), part.spend, part.tokens});
}

std::vector<std::string> ReportParts::owners() const {
    std::set<Text> found;
    for (const auto& piece : pieces_) found.insert(piece.owner);
    std::vector<std::string> names;
    names.reserve(found.size());
    for (const auto owner : found) names.push_back(texts_[owner]);
    return names;
}

void ReportParts::name_owners(const OwnerLabels& labels) {
    if (labels.empty()) return;
    std::unordered_map<Text, Text> named;
    for (auto& piece : pieces_) {
        const auto [found, is_new] = named.try_emplace(piece.owner, piece.owner);
        if (is_new)
            if (const auto label = labels.find(texts_[piece.owner]); label != labels.end())
                found->second = text_of(label->second);
        piece.owner = found->second;
    }
}

/// Numbers its texts anew, in their order, so that pieces are compared as numbers; and adds up
/// those that are of the same.
void ReportParts::sort() {
    std::vector<Text> order(texts_.size());
    std::iota(order.begin(), order.end(), Text{0});
    std::ranges::sort(order, {}, [&](Text text) -> const std::string& { return texts_[text]; });
    std::vector<Text> ranks(order.size());
    std::deque<std::string> sorted;
    for (const auto text : order) {
        ranks[text] = static_cast<Text>(sorted.size());
        sorted.push_back(std::move(texts_[text]));
    }
    places_.clear();
    texts_ = std::move(sorted);
    for (auto& piece : pieces_)
        for (auto* text : {&piece.day, &piece.owner, &piece.key, &piece.model})
            *text = ranks[*text];
    const auto place_of = [](const Piece& piece) {
        return std::tie(piece.day, piece.owner, piece.key, piece.model);
    };
    std::ranges::sort(pieces_, {}, place_of);
    std::size_t kept = 0;
    for (std::size_t at = 1; at < pieces_.size(); ++at) {
        if (place_of(pieces_[at]) == place_of(pieces_[kept])) {
            pieces_[kept].spend += pieces_[at].spend;
            pieces_[kept].tokens += pieces_[at].tokens;
        } else {
            pieces_[++kept] = pieces_[at];
        }
    }
    if (!pieces_.empty()) pieces_.resize(kept + 1);
}

std::string ReportParts::json(const OwnerLabels& labels, std::string_view list,
                              std::string_view name) && {
    name_owners(labels);
    sort();
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto at = pieces_.cbegin(); at != pieces_.cend();) {
        const auto day = at->day;
        json.begin_object().key("group_by_day").string(texts_[day] + "T00:00:00+00:00");
        json.key(list).begin_array();
        while (at != pieces_.cend() && at->day == day) {
            const auto end = std::find_if(at, pieces_.cend(), [&](const Piece& piece) {
                return piece.day != day || piece.owner != at->owner;
            });
            PicodollarSum total = 0;
            for (auto piece = at; piece != end; ++piece) total += piece->spend;
            json.begin_object().key(name).string(texts_[at->owner]);
            json.key("total_spend").raw(dollars(total)).key("metadata").begin_array();
            for (; at != end; ++at) {
                json.begin_object().key("model").string(texts_[at->model]);
                json.key("api_key").string(texts_[at->key]).key("spend").raw(dollars(at->spend));
                json.key("total_tokens").number(at->tokens).end_object();
            }
            json.end_array().end_object();
        }
        json.end_array().end_object();
    }
    json.end_array();
    return out;
}

}  // namespace tollweir
