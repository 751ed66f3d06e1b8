#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "gateway/admin/spend/spend_query.hpp"

namespace tollweir {

/// What each day's spend is made of, added up part by part.
class SpendDaysJson {
public:
    // What is spent is added up once by keys and once by models.
    void add(const KeyDaySpend& part);
    void add(const ModelDaySpend& part);
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
    Totals& day(std::string_view date);

    std::map<std::string, Totals, std::less<>> days_;
};

}  // namespace tollweir
