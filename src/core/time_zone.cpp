#include "tollweir/core/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace tollweir {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

bool is_utc(std::string_view name) {
    return name.empty() || name == "UTC" || name == "Etc/UTC";
}

bool is_zone_name(std::string_view name) {
    constexpr std::size_t kLongest = 64;
    return name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '/' || c == '_' || c == '-' || c == '+';
           });
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    if (is_utc(name)) return TimeZone();
    if (!is_zone_name(name)) return std::nullopt;
    try {
        const auto* zone = date::locate_zone(name);
        // The library reads the zone's file when it is first asked, so ask here.
        zone->get_info(date::sys_seconds(seconds(0)));
        return TimeZone(*zone);
    } catch (const std::exception&) {  // no such zone, or no database on this system
        return std::nullopt;
    }
}

std::string_view TimeZone::name() const {
    return zone_ == nullptr ? std::string_view("UTC") : std::string_view(zone_->name());
}

std::chrono::local_seconds TimeZone::to_local(WallTime instant) const {
    const auto since_epoch = floor<seconds>(instant.time_since_epoch());
    if (zone_ == nullptr) return std::chrono::local_seconds(since_epoch);
    const auto info = zone_->get_info(date::sys_seconds(since_epoch));
    return std::chrono::local_seconds(since_epoch + info.offset);
}

WallTime TimeZone::first_instant(std::chrono::local_seconds local) const {
    const auto since_epoch = local.time_since_epoch();
    if (zone_ == nullptr) return WallTime(since_epoch);
    const auto instant = zone_->to_sys(date::local_seconds(since_epoch), date::choose::earliest);
    return WallTime(instant.time_since_epoch());
}

}  // namespace tollweir
