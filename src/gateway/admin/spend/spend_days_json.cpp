#include "gateway/admin/spend/spend_days_json.hpp"

#include <map>

#include "tollweir/core/json.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using Sums = std::map<std::string_view, PicodollarSum>;

struct DayTotals {
    PicodollarSum spend = 0;
    Sums keys;
    Sums users;
    Sums models;
};

void write_sums(JsonWriter& json, const Sums& sums) {
    for (const auto& [name, spend] : sums) json.key(name).raw(dollars(spend));
}

void write_day(JsonWriter& json, const std::string& day, const DayTotals& totals) {
    json.begin_object().key("startTime").string(day).key("spend").raw(dollars(totals.spend));
    write_sums(json, totals.keys);
    json.key("users").begin_object();
    write_sums(json, totals.users);
    json.end_object().key("models").begin_object();
    write_sums(json, totals.models);
    json.end_object().end_object();
}

}  // namespace

std::string spend_days_json(const std::vector<DaySpend>& spend, const std::string& first,
                            Day last) {
    std::map<std::string, DayTotals> by_day;
    for (const auto& part : spend) {
        auto& day = by_day[part.day];
        day.spend += part.spend;
        day.keys[part.key_hash] += part.spend;
        day.users[part.user_id] += part.spend;
        day.models[part.model] += part.spend;
    }
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& [day, totals] : by_day) write_day(json, day, totals);
    // Texts of days sort as days do; another program may have written what is none.
    const auto seen = by_day.empty() ? first : by_day.rbegin()->first;
    if (const auto from = parse_rfc3339(seen)) {
        auto day = std::chrono::floor<std::chrono::days>(*from);
        if (!by_day.empty()) day += std::chrono::days(1);
        for (; day <= last; day += std::chrono::days(1)) write_day(json, day_text(day), {});
    }
    json.end_array();
    return out;
}

}  // namespace tollweir
