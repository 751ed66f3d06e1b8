#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/json_tree.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir::admin_cli {

// What the gateway answers, as people read it. Nothing to show is an empty text.

/// Two decimals from a dollar on, below it as many as four digits need: `$12.50`, `$0.0042`.
std::string shown_money(PicodollarSum amount);

/// `2026-11-20 03:07` in UTC; what is no time stays as it is.
std::string shown_time(std::string_view text);

/// Of an object: a string, number or flag as it reads; empty where it is absent or null.
std::string text_of(const JsonNode& object, std::string_view name);
std::string money_of(const JsonNode& object, std::string_view name);
std::string time_of(const JsonNode& object, std::string_view name);
/// The items of a list with commas between.
std::string list_of(const JsonNode& object, std::string_view name);
/// How many items a list has.
std::string count_of(const JsonNode& object, std::string_view name);
bool flag_of(const JsonNode& object, std::string_view name);

}  // namespace tollweir::admin_cli
