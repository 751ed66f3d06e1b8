#include "gateway/admin/spend/spend_days_json.hpp"

#include <algorithm>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kAmountRoom = 16;  // of most amounts, with a comma

}  // namespace

SpendDaysJson::Totals& SpendDaysJson::day(std::string_view date) {
    // Most parts are of the day of the one before.
    if (last_ == nullptr || last_->first != date)
        last_ = &*days_.try_emplace(std::string(date)).first;
    return last_->second;
}

std::uint32_t SpendDaysJson::place_of(std::string_view name) {
    if (const auto found = places_.find(name); found != places_.end()) return found->second;
    const auto place = static_cast<std::uint32_t>(names_.size());
    places_.emplace(name, place);
    auto& member = names_.emplace_back();
    append_json_string(member, name);
    member += ':';
    return place;
}

void SpendDaysJson::add(std::vector<Part>& parts, std::string_view name, PicodollarSum spend) {
    const auto place = place_of(name);
    parts.push_back({place, spend});
    room_ += names_[place].size() + kAmountRoom;
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

void SpendDaysJson::write_parts(JsonWriter& json, std::vector<Part>& parts) const {
    // Stores tend to give keys in the same order each day.
    if (!std::ranges::is_sorted(parts, {}, &Part::name)) std::ranges::sort(parts, {}, &Part::name);
    std::string member;
    for (auto part = parts.begin(); part != parts.end();) {
        const auto name = part->name;
        PicodollarSum spend = 0;
        for (; part != parts.end() && part->name == name; ++part) spend += part->spend;
        member = names_[name];
        append_dollars(member, spend);
        json.raw(member);
    }
}

void SpendDaysJson::write_day(JsonWriter& json, std::string_view day, Totals& totals) const {
    json.begin_object().key("startTime").string(day).key("spend").raw(dollars(totals.spend));
    write_parts(json, totals.keys);
    json.key("users").begin_object();
    write_parts(json, totals.users);
    json.end_object().key("models").begin_object();
    write_parts(json, totals.models);
    json.end_object().end_object();
}

std::string SpendDaysJson::json(const std::string& first, Day last) {
    std::string out;
    out.reserve(room_);
    JsonWriter json(out);
    json.begin_array();
    for (auto& [day, totals] : days_) write_day(json, day, totals);
    // Texts of days sort as days do; another program may have written what is none.
    const auto seen = days_.empty() ? first : days_.rbegin()->first;
    Totals none;
    if (const auto from = parse_rfc3339(seen)) {
        auto day = std::chrono::floor<std::chrono::days>(*from);
        if (!days_.empty()) day += std::chrono::days(1);
        for (; day <= last; day += std::chrono::days(1)) write_day(json, day_text(day), none);
    }
    json.end_array();
    return out;
}

}  // namespace tollweir
