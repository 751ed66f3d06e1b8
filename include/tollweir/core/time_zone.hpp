#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "tollweir/core/clock.hpp"

namespace date {
class time_zone;
}

namespace tollweir {

/// A place's clock: what its wall shows at an instant, and back. A value as small as a pointer; UTC
/// unless found. Reading it is pure and may be done by any thread.
class TimeZone {
public:
    TimeZone() = default;

    /// The zone of an IANA name (`Europe/Berlin`); nothing if the system's database does not have
    /// it. Reads files, so not on an event loop; for UTC it reads nothing.
    static std::optional<TimeZone> find(std::string_view name);

    std::string_view name() const;

    std::chrono::local_seconds to_local(WallTime instant) const;

    /// The first instant at which the wall shows `local`. Where clocks jump over it, the instant of
    /// the jump.
    WallTime first_instant(std::chrono::local_seconds local) const;

    friend bool operator==(const TimeZone&, const TimeZone&) = default;

private:
    explicit TimeZone(const date::time_zone& zone) : zone_(&zone) {}

    const date::time_zone* zone_ = nullptr;  // lives as long as the process; null: UTC
};

}  // namespace tollweir
