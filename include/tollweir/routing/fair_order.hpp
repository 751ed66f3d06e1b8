#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tollweir {

/// In which order calls that wait are served: lower priorities first; of equal ones turn by turn
/// among those who wait, however many calls each has waiting (start-time fair queuing); of one
/// caller's the first that came. No I/O, no clock, no lock.
class FairOrder {
public:
    using Ticket = std::uint64_t;

    Ticket join(std::string_view caller, std::int64_t priority);
    /// Done waiting, served or not. One that is not there is no error.
    void leave(Ticket ticket);

    bool empty() const { return places_.empty(); }
    std::size_t size() const { return places_.size(); }
    /// Whose turn it is; there must be one.
    Ticket first() const { return places_.begin()->second; }

private:
    struct Place {
        std::int64_t priority = 0;
        std::uint64_t turn = 0;
        Ticket ticket = 0;

        auto operator<=>(const Place&) const = default;
    };
    struct Caller {
        std::uint64_t turn = 0;  // of the last call that joined
        std::size_t waiting = 0;
    };

    std::map<Place, Ticket> places_;
    std::unordered_map<Ticket, std::pair<Place, std::string>> tickets_;
    std::unordered_map<std::string, Caller> callers_;
    std::uint64_t turn_ = 0;  // that is being served
    Ticket next_ = 1;
};

}  // namespace tollweir
