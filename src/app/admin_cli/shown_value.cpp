#include "app/admin_cli/shown_value.hpp"

#include "app/admin_cli/text_table.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir::admin_cli {
namespace {

constexpr int kDecimals = 12;  // of a picodollar
constexpr int kFewest = 2;
constexpr int kDigits = 4;

PicodollarSum power_of_ten(int exponent) {
    PicodollarSum power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

/// How many decimals show an amount: four digits behind the zeros of what is below a dollar.
int decimals_of(PicodollarSum amount) {
    if (amount >= kPicodollarsPerDollar || amount == 0) return kFewest;
    int zeros = 0;
    while (amount < power_of_ten(kDecimals - 1 - zeros)) ++zeros;
    return std::min(zeros + kDigits, kDecimals);
}

std::string text_of_value(const JsonNode& value) {
    if (value.is(JsonType::null)) return {};
    if (value.is(JsonType::string)) return printable(value.string().value_or(""));
    std::string json;
    write_json(value, json);
    return printable(json);
}

}  // namespace

std::string shown_money(PicodollarSum amount) {
    const bool is_negative = amount < 0;
    if (is_negative) amount = -amount;
    const int decimals = decimals_of(amount);
    const auto unit = power_of_ten(kDecimals - decimals);
    const auto units = (amount + unit / 2) / unit;
    const auto scale = power_of_ten(decimals);
    auto fraction = to_text(units % scale);
    fraction.insert(0, static_cast<std::size_t>(decimals) - fraction.size(), '0');
    while (fraction.size() > kFewest && fraction.back() == '0') fraction.pop_back();
    return (is_negative ? "-$" : "$") + to_text(units / scale) + "." + fraction;
}

std::string shown_time(std::string_view text) {
    const auto time = parse_rfc3339(text);
    if (!time) return printable(text);
    auto shown = rfc3339(*time).substr(0, sizeof "2026-11-20T03:07" - 1);
    shown[sizeof "2026-11-20" - 1] = ' ';
    return shown;
}

std::string text_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr ? std::string() : text_of_value(*value);
}

std::string money_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    if (value == nullptr || !value->is(JsonType::number)) return {};
    const auto amount = parse_dollars(value->text);
    return amount ? shown_money(*amount) : std::string(value->text);
}

std::string time_of(const JsonNode& object, std::string_view name) {
    const auto text = text_of(object, name);
    return text.empty() ? text : shown_time(text);
}

std::string list_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    if (value == nullptr || !value->is(JsonType::array)) return {};
    std::string out;
    for (const auto& item : value->children) {
        if (!out.empty()) out += ", ";
        out += text_of_value(item);
    }
    return out;
}

std::string count_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    if (value == nullptr || !value->is(JsonType::array)) return {};
    return std::to_string(value->children.size());
}

bool flag_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    return value != nullptr && value->text == "true";
}

}  // namespace tollweir::admin_cli
