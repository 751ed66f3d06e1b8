#include "tollweir/gateway/admin/query_fields.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/json.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/admin/fields.hpp"

namespace tollweir {
namespace {

using namespace std::chrono;

// Names and ids; longer ones are in no row.
constexpr std::size_t kMaxText = 1'024;

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

GatewayError value_error(std::string_view name, const std::string& message) {
    GatewayError error(ErrorKind::unprocessable, ErrorSource::client,
                       std::string(name) + ": " + message);
    error.param_json = quoted(name);
    std::string detail;
    JsonWriter json(detail);
    json.begin_array().begin_object().key("type").string("value_error");
    json.key("loc").begin_array().string("query").string(name).end_array();
    json.key("msg").string(message).key("input").null().end_object().end_array();
    error.detail_json = std::move(detail);
    return error;
}

}  // namespace

void QueryFields::refuse(std::string_view name, std::string message) {
    if (error_) return;
    error_.emplace(ErrorKind::bad_request, ErrorSource::client, std::move(message));
    error_->param_json = quoted(name);
}

void QueryFields::refuse_value(std::string_view name, const std::string& message) {
    if (!error_) error_ = value_error(name, message);
}

Result<void> QueryFields::checked() const {
    if (error_) return std::unexpected(*error_);
    return {};
}

std::string QueryFields::text(std::string_view name) {
    auto value = form_value(query_, name);
    if (value.size() <= kMaxText && !has_control(value)) return value;
    refuse(name, "Invalid " + std::string(name) + ": too long, or with control characters");
    return {};
}

bool QueryFields::flag(std::string_view name, bool absent) {
    auto value = text(name);
    std::ranges::transform(value, value.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    if (value.empty()) return absent;
    if (value == "true" || value == "1" || value == "yes") return true;
    if (value != "false" && value != "0" && value != "no")
        refuse_value(name, "true or false is expected");
    return false;
}

std::size_t QueryFields::count(std::string_view name, std::size_t least, std::size_t most,
                               std::size_t absent) {
    const auto value = text(name);
    if (value.empty()) return absent;
    std::size_t number = 0;
    const auto* end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, number);
    if (error == std::errc() && at == end && number >= least && number <= most) return number;
    refuse_value(name, "a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most) + " is expected");
    return absent;
}

std::optional<sys_days> QueryFields::day(std::string_view name) {
    const auto value = text(name);
    if (value.empty()) return std::nullopt;
    const auto time = value.size() == 10 ? parse_rfc3339(value) : std::nullopt;
    if (time) return floor<days>(*time);
    refuse(name, "Invalid " + std::string(name) + ": a date such as 2026-11-20 is expected");
    return std::nullopt;
}

std::optional<WallTime> QueryFields::time(std::string_view name) {
    const auto value = text(name);
    if (value.empty()) return std::nullopt;
    const auto time = parse_rfc3339(value);
    if (!time)
        refuse(name,
               "Invalid " + std::string(name) + ": a time such as 2026-11-20 07:30:00 is expected");
    return time;
}

std::optional<Picodollars> QueryFields::dollars(std::string_view name) {
    const auto value = text(name);
    if (value.empty()) return std::nullopt;
    const auto amount = parse_dollars(value);
    if (!amount)
        refuse(name, "Invalid " + std::string(name) + ": dollars such as 0.25 are expected");
    return amount;
}

}  // namespace tollweir
