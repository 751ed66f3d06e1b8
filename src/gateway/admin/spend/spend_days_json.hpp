#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/admin/spend/spend_query.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {

/// What each day's spend is made of, added up part by part. A year is some hundred thousand parts
/// of a few hundred names, so a name is kept once and written as JSON once.
class SpendDaysJson {
public:
    SpendDaysJson() = default;
    SpendDaysJson(const SpendDaysJson&) = delete;
    SpendDaysJson& operator=(const SpendDaysJson&) = delete;

    // What is spent is added up once by keys and once by models.
    void add(const KeyDaySpend& part);
    void add(const ModelDaySpend& part);
    /// As LiteLLM shows it: keys are beside `spend`; days without spend after the last one that has
    /// some, or from `first` if none has, up to `last` are filled in. Ends what is added.
    std::string json(const std::string& first, Day last);

private:
    struct HashText {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    struct Part {
        std::uint32_t name;  // its place among the names
        PicodollarSum spend;
    };
    struct Totals {
        PicodollarSum spend = 0;
        std::vector<Part> keys;
        std::vector<Part> users;
        std::vector<Part> models;
    };

    Totals& day(std::string_view date);
    std::uint32_t place_of(std::string_view name);
    void add(std::vector<Part>& parts, std::string_view name, PicodollarSum spend);
    void write_parts(JsonWriter& json, std::vector<Part>& parts) const;
    void write_day(JsonWriter& json, std::string_view day, Totals& totals) const;

    using Days = std::map<std::string, Totals, std::less<>>;
    Days days_;
    Days::value_type* last_ = nullptr;  // that something was added to
    std::unordered_map<std::string, std::uint32_t, HashText, std::equal_to<>> places_;
    std::vector<std::string> names_;  // as JSON, with the colon
    std::size_t room_ = 0;            // that the answer takes, about
};

}  // namespace tollweir
