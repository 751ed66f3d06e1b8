#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "gateway/admin/spend/spend_query.hpp"

namespace tollweir {

/// What each day's spend is made of, added up part by part.
class SpendDaysJson {
public:
    void add(const DaySpend& part);
    /// As LiteLLM shows it: keys are beside `spend`; days without spend after the last one that has
    /// some, or from `first` if none has, up to `last` are filled in.
    std::string json(const std::string& first, Day last) const;

private:
    struct HashText {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    using Sums = std::unordered_map<std::string, PicodollarSum, HashText, std::equal_to<>>;
    struct Totals {
        PicodollarSum spend = 0;
        Sums keys;
        Sums users;
        Sums models;
    };

    static void add(Sums& sums, std::string_view name, PicodollarSum spend);

    std::map<std::string, Totals, std::less<>> days_;
};

}  // namespace tollweir
