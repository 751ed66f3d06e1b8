#include "gateway/admin/spend/spend_days_json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tollweir/core/json.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

template <class Sums>
void write_sums(JsonWriter& json, const Sums& sums) {
    std::vector<std::pair<std::string_view, PicodollarSum>> sorted(sums.begin(), sums.end());
    std::ranges::sort(sorted);
    for (const auto& [name, spend] : sorted) json.key(name).raw(dollars(spend));
}

template <class Totals>
void write_day(JsonWriter& json, const std::string& day, const Totals& totals) {
    json.begin_object().key("startTime").string(day).key("spend").raw(dollars(totals.spend));
    write_sums(json, totals.keys);
    json.key("users").begin_object();
    write_sums(json, totals.users);
    json.end_object().key("models").begin_object();
    write_sums(json, totals.models);
    json.end_object().end_object();
}

}  // namespace

void SpendDaysJson::add(Sums& sums, std::string_view name, PicodollarSum spend) {
    if (const auto found = sums.find(name); found != sums.end())
        found->second += spend;
    else
        sums.emplace(name, spend);
}

SpendDaysJson::Totals& SpendDaysJson::day(std::string_view date) {
    auto found = days_.find(date);
    if (found == days_.end()) found = days_.emplace(date, Totals()).first;
    return found->second;
}

void SpendDaysJson::add(const KeyDaySpend& part) {
    auto& totals = day(part.day);
    totals.spend += part.spend;
    add(totals.keys, part.key_hash, part.spend);
    add(totals.users, part.user_id, part.spend);
}

void SpendDaysJson::add(const ModelDaySpend& part) {
    add(day(part.day).models, part.model, part.spend);
}

std::string SpendDaysJson::json(const std::string& first, Day last) const {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& [day, totals] : days_) write_day(json, day, totals);
    // Texts of days sort as days do; another program may have written what is none.
    const auto seen = days_.empty() ? first : days_.rbegin()->first;
    if (const auto from = parse_rfc3339(seen)) {
        auto day = std::chrono::floor<std::chrono::days>(*from);
        if (!days_.empty()) day += std::chrono::days(1);
        for (; day <= last; day += std::chrono::days(1)) write_day(json, day_text(day), Totals());
    }
    json.end_array();
    return out;
}

}  // namespace tollweir
